#include "nor_flash.h"

#include <string.h>

enum { SECTOR_BYTES = 4096, SECTORS = 1024, PROGRAM_BYTES = 16 };

static uint8_t s_store[SECTORS * SECTOR_BYTES];

static int flash_geometry(void *ctx, int partition, platform_flash_geometry_t *out)
{
    (void)ctx;
    if (partition != PLATFORM_PARTITION_STORE) {
        return HOST_NOT_FOUND;
    }
    *out = (platform_flash_geometry_t){ SECTOR_BYTES, SECTORS, PROGRAM_BYTES };
    return HOST_OK;
}

static int flash_read(void *ctx, int partition, uint32_t offset, uint8_t *dst, size_t len)
{
    (void)ctx;
    (void)partition;
    memcpy(dst, s_store + offset, len);
    return HOST_OK;
}

static int flash_program(void *ctx, int partition, uint32_t offset, const uint8_t *src, size_t len)
{
    (void)ctx;
    (void)partition;
    for (size_t i = 0; i < len; i++) {
        s_store[offset + i] &= src[i];
    }
    return HOST_OK;
}

static int flash_erase(void *ctx, int partition, uint32_t sector)
{
    (void)ctx;
    (void)partition;
    memset(s_store + sector * SECTOR_BYTES, 0xFF, SECTOR_BYTES);
    return HOST_OK;
}

static int flash_sync(void *ctx, int partition)
{
    (void)ctx;
    (void)partition;
    return HOST_OK;
}

const platform_flash_t nor_flash = {
    .geometry = flash_geometry,
    .read = flash_read,
    .program = flash_program,
    .erase = flash_erase,
    .sync = flash_sync,
};

void nor_flash_reset(void)
{
    memset(s_store, 0xFF, sizeof s_store);
}
