/*
 * The board's flash: one file, a 4 MB NOR part with the table of main/partitions.csv. Programming only clears bits, an
 * erase sets a sector of 4 KB to 0xFF, and a unit of 16 bytes is programmed once between two erases: a second time is
 * told as an error event and fails with IO, as encrypted flash would lose the data.
 *
 *     0x000000  the part, byte for byte
 *     0x400000  "WMNF", u32 version = 1, u64 programs, u64 0
 *     0x400018  u32 eraseCount[1024], one per sector
 *     0x401018  u8 programmed[32768], one bit per unit, bit 0 of byte 0 first
 *
 * Every change is written through before the call returns, so that the end of the process loses nothing. A file
 * shorter than the part is new: all but its config partition is set to 0xFF. A whole part without the table behind it (an
 * image read from a board) is taken as it is.
 */
#ifndef WASMOTE_SIM_FLASH_FILE_H
#define WASMOTE_SIM_FLASH_FILE_H

#include "platform.h"
#include "world.h"

enum {
    FLASH_PART_BYTES = 0x400000,
    FLASH_SECTOR_BYTES = 4096,
    FLASH_SECTORS = FLASH_PART_BYTES / FLASH_SECTOR_BYTES,
    FLASH_UNIT_BYTES = 16,
    FLASH_CONFIG_OFFSET = 0x360000,
    FLASH_CONFIG_BYTES = 0x4000,
    FLASH_FIRMWARE_BYTES = 0x4000 /* of a slot: a simulated firmware is small */
};

/** Beside the partitions of the port: what the boot loader alone sees. */
enum { FLASH_PARTITION_OTADATA = PLATFORM_PARTITION_COUNT, FLASH_PARTITIONS };

typedef struct flash_file flash_file_t;

/**
 * Opens or makes the file. reset: erases all but the config partition and forgets the counts. world holds the power cut
 * that waits. Returns OK with *out set, NO_MEMORY, or IO with errno telling why.
 */
int flash_file_open(const char *path, bool reset, world_t *world, flash_file_t **out);

void flash_file_close(flash_file_t *flash);

/** false: sync does not wait for the disk; what was written survives the end of the process, but not of the PC. Begins as true. */
void flash_file_set_synced(flash_file_t *flash, bool is_synced);

/** The five functions of platform_flash_t; ctx is the flash_file_t. */
int flash_file_geometry(void *ctx, int partition, platform_flash_geometry_t *out);
int flash_file_read(void *ctx, int partition, uint32_t offset, uint8_t *dst, size_t len);
int flash_file_program(void *ctx, int partition, uint32_t offset, const uint8_t *src, size_t len);
int flash_file_erase(void *ctx, int partition, uint32_t sector);
int flash_file_sync(void *ctx, int partition);

/** Maps a partition for reading: what is written later shows at once. Returns its bytes with *out set, or IO. */
int flash_file_map(const flash_file_t *flash, int partition, const uint8_t **out);

void flash_file_unmap(const flash_file_t *flash, int partition, const uint8_t *mapped);

/** Returns how often a sector of a partition was erased since the file was made. */
uint32_t flash_file_erase_count(const flash_file_t *flash, int partition, uint32_t sector);

/** Returns all erases and all program calls since the file was made. */
uint64_t flash_file_erases(const flash_file_t *flash);
uint64_t flash_file_programs(const flash_file_t *flash);

#endif
