#include "nor_flash.h"

#include <string.h>

#include "random.h"

static uint32_t unit_count(const nor_flash_t *flash)
{
    return flash->sector_bytes / FLASH_UNIT * flash->sector_count;
}

void nor_flash_init(nor_flash_t *flash, uint32_t sector_bytes, uint32_t sector_count)
{
    memset(flash, 0, sizeof(*flash));
    flash->sector_bytes = sector_bytes;
    flash->sector_count = sector_count;
    memset(flash->bytes, 0xFF, (size_t)sector_bytes * sector_count);
}

void nor_flash_copy(nor_flash_t *to, const nor_flash_t *from)
{
    const uint32_t units = unit_count(from);
    to->sector_bytes = from->sector_bytes;
    to->sector_count = from->sector_count;
    memcpy(to->bytes, from->bytes, (size_t)units * FLASH_UNIT);
    memcpy(to->is_programmed, from->is_programmed, units);
    memcpy(to->cache, from->cache, from->cached * sizeof(from->cache[0]));
    to->cached = from->cached;
    to->is_off = from->is_off;
    to->is_reset = from->is_reset;
    to->violation = from->violation;
    to->operations = from->operations;
    to->programs = from->programs;
    to->erases = from->erases;
    to->syncs = from->syncs;
    to->cut_at = FLASH_NEVER;
    to->bad_from = FLASH_NEVER;
    to->is_erase_bad = false;
    to->is_bad_met = false;
}

void nor_flash_cut_after(nor_flash_t *flash, uint32_t operation, cut_form_t form, uint32_t seed)
{
    flash->cut_at = flash->operations + operation;
    flash->cut_form = form;
    flash->cut_seed = seed;
}

void nor_flash_power_on(nor_flash_t *flash)
{
    if (!flash->is_reset) {
        flash->cached = 0;
    }
    flash->is_off = false;
    flash->is_reset = false;
    flash->cut_at = FLASH_NEVER;
}

static void violate(nor_flash_t *flash, const char *what)
{
    if (!flash->violation) {
        flash->violation = what;
    }
}

static int flash_geometry(void *ctx, int partition, platform_flash_geometry_t *out)
{
    const nor_flash_t *flash = ctx;
    if (partition != PLATFORM_PARTITION_STORE) {
        return HOST_NOT_FOUND;
    }
    *out = (platform_flash_geometry_t){ flash->sector_bytes, flash->sector_count, FLASH_UNIT };
    return HOST_OK;
}

static int flash_read(void *ctx, int partition, uint32_t offset, uint8_t *dst, size_t len)
{
    const nor_flash_t *flash = ctx;
    (void)partition;
    if (flash->is_off) {
        return HOST_IO;
    }
    memcpy(dst, flash->bytes + offset, len);
    return HOST_OK;
}

/* Clears the bits of one unit that are clear in `src` and set in the mask. */
static void program_unit(nor_flash_t *flash, uint32_t unit, const uint8_t *src, const uint8_t mask[FLASH_UNIT])
{
    if (flash->is_programmed[unit]) {
        violate(flash, "a unit was programmed twice");
    }
    uint8_t *at = flash->bytes + (size_t)unit * FLASH_UNIT;
    for (int i = 0; i < FLASH_UNIT; i++) {
        at[i] &= (uint8_t)(src[i] | ~mask[i]);
    }
    if (!flash->is_programmed[unit]) {
        flash->cache[flash->cached++] = (uint16_t)unit;
    }
    flash->is_programmed[unit] = 1;
}

/* Programs some bits of a unit. One that none of them changed was not programmed: nobody can tell. */
static void tear_unit(nor_flash_t *flash, uint32_t unit, const uint8_t *src, const uint8_t mask[FLASH_UNIT])
{
    uint8_t before[FLASH_UNIT];
    const uint8_t *at = flash->bytes + (size_t)unit * FLASH_UNIT;
    const uint8_t was_programmed = flash->is_programmed[unit];
    memcpy(before, at, FLASH_UNIT);
    program_unit(flash, unit, src, mask);
    if (memcmp(before, at, FLASH_UNIT) == 0) {
        flash->is_programmed[unit] = was_programmed;
    }
}

/* Bits of one unit, of which about an eighth, a half, or all but an eighth are set. */
static void choose_bits(uint32_t *random, uint32_t density, uint8_t mask[FLASH_UNIT])
{
    for (int i = 0; i < FLASH_UNIT; i += 4) {
        uint32_t word = random_next(random);
        const uint32_t other = random_next(random);
        const uint32_t third = random_next(random);
        word = density == 0 ? word & other & third : density == 1 ? word : word | other | third;
        memcpy(mask + i, &word, sizeof(word));
    }
}

static void program_units(nor_flash_t *flash, uint32_t first, uint32_t count, const uint8_t *src)
{
    static const uint8_t all[FLASH_UNIT] = { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                             0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF };
    for (uint32_t i = 0; i < count; i++) {
        program_unit(flash, first + i, src + (size_t)i * FLASH_UNIT, all);
    }
}

/* Those units never reached the cells, which are as after their erase. */
static void drop_cache(nor_flash_t *flash)
{
    for (uint32_t i = 0; i < flash->cached; i++) {
        memset(flash->bytes + (size_t)flash->cache[i] * FLASH_UNIT, 0xFF, FLASH_UNIT);
        flash->is_programmed[flash->cache[i]] = 0;
    }
    flash->cached = 0;
}

static int cut_program(nor_flash_t *flash, uint32_t first, uint32_t count, const uint8_t *src)
{
    uint32_t random = flash->cut_seed;
    uint8_t mask[FLASH_UNIT];
    const uint32_t whole = random_below(&random, count);
    const uint32_t density = random_below(&random, 3);
    switch (flash->cut_form) {
    case CUT_TORN:
        program_units(flash, first, whole, src);
        choose_bits(&random, density, mask);
        tear_unit(flash, first + whole, src + (size_t)whole * FLASH_UNIT, mask);
        break;
    case CUT_SCATTERED:
        for (uint32_t i = 0; i < count; i++) {
            choose_bits(&random, density, mask);
            tear_unit(flash, first + i, src + (size_t)i * FLASH_UNIT, mask);
        }
        break;
    case CUT_AFTER:
    case CUT_CACHE:
    case CUT_RESET:
        program_units(flash, first, count, src);
        break;
    default:
        break;
    }
    if (flash->cut_form == CUT_CACHE) {
        drop_cache(flash);
    }
    flash->is_off = true;
    flash->is_reset = flash->cut_form == CUT_RESET;
    return HOST_IO;
}

static bool is_worn(nor_flash_t *flash, uint32_t sector)
{
    if (flash->bad_from == FLASH_NEVER || sector != flash->bad_sector || ++flash->bad_programs < flash->bad_from) {
        return false;
    }
    flash->is_bad_met = true;
    return true;
}

static int flash_program(void *ctx, int partition, uint32_t offset, const uint8_t *src, size_t len)
{
    nor_flash_t *flash = ctx;
    (void)partition;
    if (flash->is_off) {
        return HOST_IO;
    }
    if (offset / flash->sector_bytes != (offset + len - 1) / flash->sector_bytes) {
        violate(flash, "a program crosses a sector's end");
    }
    flash->operations++;
    flash->programs++;
    const uint32_t first = offset / FLASH_UNIT;
    const uint32_t count = (uint32_t)len / FLASH_UNIT;
    if (flash->operations == flash->cut_at) {
        return cut_program(flash, first, count, src);
    }
    if (is_worn(flash, offset / flash->sector_bytes)) {
        program_units(flash, first, count / 2, src);
        return HOST_IO;
    }
    program_units(flash, first, count, src);
    return HOST_OK;
}

/*
 * What an erase leaves that was cut short: old bytes, blank ones, or some in between; none of its units may be programmed. Cells
 * of a sector are erased together, so its first unit never stays whole while all others come out blank.
 */
static void tear_erase(nor_flash_t *flash, uint32_t sector)
{
    uint32_t random = flash->cut_seed;
    uint8_t *at = flash->bytes + (size_t)sector * flash->sector_bytes;
    const uint32_t units = flash->sector_bytes / FLASH_UNIT;
    memset(flash->is_programmed + (size_t)sector * units, 1, units);
    if (flash->cut_form == CUT_TORN) {
        const uint32_t done = (1 + random_below(&random, units - 1)) * FLASH_UNIT;
        const bool is_end = random_below(&random, 2) == 1 && done < flash->sector_bytes / 2;
        memset(is_end ? at + flash->sector_bytes - done : at, 0xFF, done);
        return;
    }
    const uint32_t density = random_below(&random, 3);
    for (uint32_t unit = 0; unit < units; unit++) {
        uint8_t mask[FLASH_UNIT];
        choose_bits(&random, density, mask);
        for (int i = 0; i < FLASH_UNIT; i++) {
            at[unit * FLASH_UNIT + i] |= mask[i];
        }
    }
    for (uint32_t i = 0; i < flash->sector_bytes; i++) {
        if (at[i] != 0xFF) {
            return;
        }
    }
    memset(flash->is_programmed + (size_t)sector * units, 0, units); /* it looks erased, and nobody can tell */
}

/* What of a sector lies in the cache is gone with the erase. */
static void forget_cached(nor_flash_t *flash, uint32_t sector)
{
    const uint32_t units = flash->sector_bytes / FLASH_UNIT;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < flash->cached; i++) {
        if (flash->cache[i] / units != sector) {
            flash->cache[kept++] = flash->cache[i];
        }
    }
    flash->cached = kept;
}

static int flash_erase(void *ctx, int partition, uint32_t sector)
{
    nor_flash_t *flash = ctx;
    (void)partition;
    if (flash->is_off) {
        return HOST_IO;
    }
    flash->operations++;
    flash->erases++;
    const uint32_t units = flash->sector_bytes / FLASH_UNIT;
    const bool is_cut = flash->operations == flash->cut_at;
    flash->is_off = is_cut;
    flash->is_reset = is_cut && flash->cut_form == CUT_RESET;
    if (is_cut && flash->cut_form == CUT_BEFORE) {
        return HOST_IO;
    }
    forget_cached(flash, sector);
    if (is_cut && (flash->cut_form == CUT_TORN || flash->cut_form == CUT_SCATTERED)) {
        tear_erase(flash, sector);
        return HOST_IO;
    }
    const bool is_bad = flash->is_erase_bad && sector == flash->bad_sector;
    flash->is_bad_met = flash->is_bad_met || is_bad;
    memset(flash->bytes + (size_t)sector * flash->sector_bytes, 0xFF, is_bad ? flash->sector_bytes / 2 : flash->sector_bytes);
    memset(flash->is_programmed + (size_t)sector * units, 0, is_bad ? units / 2 : units);
    if (is_cut && flash->cut_form == CUT_CACHE) {
        drop_cache(flash);
    }
    return is_cut || is_bad ? HOST_IO : HOST_OK;
}

static int flash_sync(void *ctx, int partition)
{
    nor_flash_t *flash = ctx;
    (void)partition;
    if (flash->is_off) {
        return HOST_IO;
    }
    flash->syncs++;
    flash->cached = 0;
    return HOST_OK;
}

const platform_flash_t nor_flash_port = {
    .geometry = flash_geometry,
    .read = flash_read,
    .program = flash_program,
    .erase = flash_erase,
    .sync = flash_sync,
};
