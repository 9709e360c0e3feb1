/*
 * A store partition in memory with the rules of NOR, large enough for 10,000 records at once.
 */
#ifndef WASMOTE_BENCH_PC_NOR_FLASH_H
#define WASMOTE_BENCH_PC_NOR_FLASH_H

#include "platform.h"

extern const platform_flash_t nor_flash;

/** Erases all of it. */
void nor_flash_reset(void);

#endif
