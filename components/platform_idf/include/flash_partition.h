/*
 * The partitions of main/partitions.csv through esp_partition, found by label, type and subtype at start.
 *
 * Encrypted partitions: read-only ones are read as usual. One that a module writes is refused, with a message: an erased unit of
 * encrypted flash does not read as 0xFF, which is how the store tells what is free.
 */
#ifndef WASMOTE_FLASH_PARTITION_H
#define WASMOTE_FLASH_PARTITION_H

#include "esp_partition.h"
#include "platform.h"

enum { FLASH_PARTITION_UNIT_BYTES = 16 }; /* programmed once between two erases, as the simulator's flash wants it */

typedef struct {
    const esp_partition_t *partition; /* NULL: the board lacks it */
    const void *mapped;               /* NULL: not mapped */
    esp_partition_mmap_handle_t mapping;
} flash_partition_slot_t;

typedef struct {
    flash_partition_slot_t slots[PLATFORM_PARTITION_COUNT];
} flash_partition_t;

/** Finds the partitions. What is missing or refused is logged, and answers NOT_FOUND or UNSUPPORTED from then on. */
void flash_partition_init(flash_partition_t *flash);

/**
 * Maps a whole partition for reading, as a module is. A mapping from before is given up: after a write it may show old bytes.
 * Returns its size with *bytes set; NOT_FOUND, UNSUPPORTED, NO_MEMORY (no free pages), IO.
 */
int flash_partition_map(flash_partition_t *flash, int partition, const uint8_t **bytes);

/** Gives a mapping up. */
void flash_partition_unmap(flash_partition_t *flash, int partition);

/** The functions of platform_flash_t; ctx is the flash_partition_t. A write ends the mapping of its partition. */
int flash_partition_geometry(void *ctx, int partition, platform_flash_geometry_t *out);
int flash_partition_read(void *ctx, int partition, uint32_t offset, uint8_t *dst, size_t len);
int flash_partition_program(void *ctx, int partition, uint32_t offset, const uint8_t *src, size_t len);
int flash_partition_erase(void *ctx, int partition, uint32_t sector);
int flash_partition_sync(void *ctx, int partition);

#endif
