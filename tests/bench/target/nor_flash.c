#include "nor_flash.h"

#include <string.h>

#include "meter.h"

/* Sizes of main/partitions.csv; the slots of an app stay empty here. */
enum { SECTOR_BYTES = 4096, PROGRAM_BYTES = 16, STORE_SECTORS = 128, STATE_SECTORS = 4, CONFIG_SECTORS = 4 };

nor_flash_counts_t nor_flash_counts;

static uint8_t s_store[NOR_FLASH_STORE_SECTORS_MAX * SECTOR_BYTES] __attribute__((section(".arena")));
static uint8_t s_state[STATE_SECTORS * SECTOR_BYTES] __attribute__((section(".arena")));
static uint8_t s_config[CONFIG_SECTORS * SECTOR_BYTES] __attribute__((section(".arena")));

static struct {
    uint8_t *bytes;
    uint32_t sectors;
} s_partitions[PLATFORM_PARTITION_COUNT] = {
    [PLATFORM_PARTITION_STORE] = { s_store, STORE_SECTORS },
    [PLATFORM_PARTITION_STATE] = { s_state, STATE_SECTORS },
    [PLATFORM_PARTITION_CONFIG] = { s_config, CONFIG_SECTORS },
};

static int flash_geometry(void *ctx, int partition, platform_flash_geometry_t *out)
{
    (void)ctx;
    if (!s_partitions[partition].bytes) {
        return HOST_NOT_FOUND;
    }
    *out = (platform_flash_geometry_t){ SECTOR_BYTES, s_partitions[partition].sectors, PROGRAM_BYTES };
    return HOST_OK;
}

static int flash_read(void *ctx, int partition, uint32_t offset, uint8_t *dst, size_t len)
{
    (void)ctx;
    meter_pause();
    memcpy(dst, s_partitions[partition].bytes + offset, len);
    nor_flash_counts.read_bytes += partition == PLATFORM_PARTITION_STORE ? len : 0;
    meter_resume();
    return HOST_OK;
}

static int flash_program(void *ctx, int partition, uint32_t offset, const uint8_t *src, size_t len)
{
    (void)ctx;
    meter_pause();
    uint8_t *at = s_partitions[partition].bytes + offset;
    for (size_t i = 0; i < len; i++) {
        at[i] &= src[i];
    }
    nor_flash_counts.programmed_bytes += partition == PLATFORM_PARTITION_STORE ? len : 0;
    meter_resume();
    return HOST_OK;
}

static int flash_erase(void *ctx, int partition, uint32_t sector)
{
    (void)ctx;
    meter_pause();
    memset(s_partitions[partition].bytes + sector * SECTOR_BYTES, 0xFF, SECTOR_BYTES);
    if (partition == PLATFORM_PARTITION_STORE) {
        nor_flash_counts.erased_bytes += SECTOR_BYTES;
        nor_flash_counts.erases[sector]++;
    }
    meter_resume();
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

void nor_flash_set_store(uint32_t sectors)
{
    s_partitions[PLATFORM_PARTITION_STORE].sectors = sectors;
}

void nor_flash_reset(const uint8_t *config, size_t config_len)
{
    memset(s_store, 0xFF, sizeof s_store);
    memset(s_state, 0xFF, sizeof s_state);
    memset(s_config, 0xFF, sizeof s_config);
    memcpy(s_config, config, config_len);
    memset(&nor_flash_counts, 0, sizeof nor_flash_counts);
}
