/*
 * One life of the board, from its backends being ready until a restart.
 */
#ifndef WASMOTE_BOARD_H
#define WASMOTE_BOARD_H

#include "flash_partition.h"
#include "kernel.h"
#include "platform.h"

/** Runs kernel and app for ever; app: the one that the firmware carries, for when no slot has another. Returns only by a restart of the device. */
void board_run(const platform_t *platform, flash_partition_t *flash, const kernel_t *kernel, const uint8_t *app, size_t app_len)
    __attribute__((noreturn));

#endif
