/*
 * The flash of the board, in memory, with the rules of NOR: program only clears bits, erase sets a sector to 0xFF.
 */
#ifndef WASMOTE_BENCH_NOR_FLASH_H
#define WASMOTE_BENCH_NOR_FLASH_H

#include "platform.h"

extern const platform_flash_t nor_flash;

enum { NOR_FLASH_STORE_SECTORS_MAX = 512 };

/** What the store's partition has been through since nor_flash_reset. */
typedef struct {
    uint32_t read_bytes;
    uint32_t programmed_bytes;
    uint32_t erased_bytes;
    uint32_t erases[NOR_FLASH_STORE_SECTORS_MAX];
} nor_flash_counts_t;

extern nor_flash_counts_t nor_flash_counts;

/** Gives the store's partition another size than main/partitions.csv. Before nor_flash_reset. */
void nor_flash_set_store(uint32_t sectors);

/** Erases everything, and writes an image of the configuration (host/src/config_image.h). */
void nor_flash_reset(const uint8_t *config, size_t config_len);

#endif
