/*
 * The flash of the board, in memory, with the rules of NOR: program only clears bits, erase sets a sector to 0xFF.
 */
#ifndef WASMOTE_BENCH_NOR_FLASH_H
#define WASMOTE_BENCH_NOR_FLASH_H

#include "platform.h"

extern const platform_flash_t nor_flash;

/** Erases everything, and writes an image of the configuration (host/src/config_image.h). */
void nor_flash_reset(const uint8_t *config, size_t config_len);

#endif
