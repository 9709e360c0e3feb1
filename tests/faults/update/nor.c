#include "nor.h"

#include <string.h>

nor_t nor;

static uint32_t sectors_of(int partition)
{
    switch (partition) {
    case PLATFORM_PARTITION_STORE:
        return NOR_SECTORS_MAX;
    case PLATFORM_PARTITION_SLOTS:
    case NOR_OTADATA:
        return 2;
    default:
        return 4;
    }
}

static int geometry(void *ctx, int partition, platform_flash_geometry_t *out)
{
    (void)ctx;
    *out = (platform_flash_geometry_t){ NOR_SECTOR_BYTES, sectors_of(partition), NOR_UNIT_BYTES };
    return HOST_OK;
}

static int read_bytes(void *ctx, int partition, uint32_t offset, uint8_t *dst, size_t len)
{
    (void)ctx;
    memcpy(dst, nor.bytes[partition] + offset, len);
    return nor.is_off ? HOST_IO : HOST_OK;
}

/* Marsaglia's xorshift, 32 bits. */
static uint32_t random_below(uint32_t limit)
{
    nor.seed ^= nor.seed << 13;
    nor.seed ^= nor.seed >> 17;
    nor.seed ^= nor.seed << 5;
    return nor.seed % limit;
}

/* Returns how many of len bytes the power lasts for. */
static size_t powered(size_t len)
{
    cut_form_t form;
    if (nor.is_off) {
        return 0;
    }
    nor.operations++;
    if (nor.operations == nor.cut_at) {
        form = nor.cut_form;
    } else if (!nor.is_cut || !nor.is_cut(nor.operations, &form)) {
        return len;
    }
    nor.is_off = true;
    return form == CUT_BEFORE ? 0 : form == CUT_AFTER ? len : random_below((uint32_t)len);
}

/* A flash that lies loses, with the power, what it was told last. */
static void forget_cached(void)
{
    if (nor.is_lying && nor.cached.len > 0) {
        memset(nor.bytes[nor.cached.partition] + nor.cached.offset, 0xFF, nor.cached.len);
        memset(nor.is_programmed[nor.cached.partition] + nor.cached.offset / NOR_UNIT_BYTES, 0, nor.cached.len / NOR_UNIT_BYTES);
    }
    nor.cached.len = 0;
}

static int program(void *ctx, int partition, uint32_t offset, const uint8_t *src, size_t len)
{
    (void)ctx;
    if (nor.is_off) {
        return HOST_IO;
    }
    const size_t lasting = powered(len);
    uint8_t *at = nor.bytes[partition] + offset;
    uint8_t *marks = nor.is_programmed[partition] + offset / NOR_UNIT_BYTES;
    for (size_t i = 0; i < lasting; i++) {
        nor.is_twice = nor.is_twice || (i % NOR_UNIT_BYTES == 0 && marks[i / NOR_UNIT_BYTES]);
        at[i] &= src[i];
        if (i % NOR_UNIT_BYTES == NOR_UNIT_BYTES - 1) {
            marks[i / NOR_UNIT_BYTES] = 1;
        }
    }
    if (lasting < len && lasting > 0) {
        at[lasting] &= (uint8_t)(src[lasting] | random_below(256));
        marks[lasting / NOR_UNIT_BYTES] = 1;
    }
    if (nor.is_off) {
        forget_cached();
        return HOST_IO;
    }
    nor.cached.partition = partition;
    nor.cached.offset = offset;
    nor.cached.len = (uint32_t)len;
    return HOST_OK;
}

static int erase(void *ctx, int partition, uint32_t sector)
{
    (void)ctx;
    if (nor.is_off) {
        return HOST_IO;
    }
    const size_t lasting = powered(NOR_SECTOR_BYTES);
    uint8_t *at = nor.bytes[partition] + sector * NOR_SECTOR_BYTES;
    memset(at, 0xFF, lasting);
    memset(nor.is_programmed[partition] + sector * NOR_SECTOR_BYTES / NOR_UNIT_BYTES, 0, lasting / NOR_UNIT_BYTES);
    if (lasting < NOR_SECTOR_BYTES && lasting > 0) {
        at[lasting] |= (uint8_t)random_below(256);
    }
    if (nor.is_off) {
        forget_cached();
    }
    return nor.is_off ? HOST_IO : HOST_OK;
}

static int sync_bytes(void *ctx, int partition)
{
    (void)ctx;
    (void)partition;
    return nor.is_off ? HOST_IO : HOST_OK;
}

const platform_flash_t nor_port = { NULL, geometry, read_bytes, program, erase, sync_bytes };

void nor_init(void)
{
    memset(&nor, 0, sizeof(nor));
    memset(nor.bytes, 0xFF, sizeof(nor.bytes));
    nor.seed = 1;
}

void nor_power_on(void)
{
    nor.is_off = false;
    nor.cut_at = 0;
    nor.cached.len = 0;
}
