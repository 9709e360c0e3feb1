#include <stdio.h>
#include <string.h>

#include "random.h"
#include "sweeps.h"

enum {
    SECTORS_MIN = 8,
    PROGRAMS_TRIED = 24,
    LONG_PROGRAMS_TRIED = 160,
    OPERATIONS = 140,
    /*
     * Operations that may be refused beside those that a store with one sector less refuses, too: a quarter of all in one case, because
     * when a full store begins to reclaim hangs on little; on average of a geometry none.
     */
    REFUSED_MORE = 40,
    OPERATIONS_AFTER = 20,
    SEED = 3
};

static run_t s_run;
static uint32_t s_met;
static uint32_t s_retired;
static uint32_t s_refused;
static uint32_t s_usual;

static int32_t bad_sectors(void)
{
    int32_t stats[2];
    guest_call(ROW_STATS, 0, 0, 0, 0);
    memcpy(stats, guest_value(), sizeof(stats));
    return stats[1];
}

/* Operations that a store refuses which never had the sector that went bad. */
static uint32_t refused_with_one_less(const geometry_t *geometry, uint32_t sector, int variant)
{
    static run_t run;
    geometry_t fewer = *geometry;
    fewer.sector_count--;
    nor_flash_init(&guest_flash, fewer.sector_bytes, fewer.sector_count);
    guest_make(variant, fewer.durability);
    run_init(&run, &fewer, SEED + sector);
    run_mount(&run);
    for (uint32_t operation = 0; operation < OPERATIONS + OPERATIONS_AFTER; operation++) {
        run_operation(&run, operation);
    }
    nor_flash_init(&guest_flash, geometry->sector_bytes, geometry->sector_count);
    guest_make(variant, geometry->durability);
    return run.refused;
}

/*
 * Plays a workload on flash of which one sector wears out: from its program number `from` on, 0: in its first erase. usual: operations
 * that are refused on one sector less.
 */
static void play(run_t *run, const geometry_t *geometry, uint32_t sector, uint32_t from, uint32_t usual)
{
    nor_flash_init(&guest_flash, geometry->sector_bytes, geometry->sector_count);
    guest_flash.bad_sector = sector;
    guest_flash.bad_from = from;
    guest_flash.is_erase_bad = true;
    if (from > 0) {
        guest_flash.is_erase_bad = false; /* until it is met */
    }
    run_init(run, geometry, SEED + sector);
    run_mount(run);
    for (uint32_t operation = 0; operation < OPERATIONS; operation++) {
        run_operation(run, operation);
        guest_flash.is_erase_bad = guest_flash.is_erase_bad || guest_flash.is_bad_met;
    }
    const int32_t retired = bad_sectors();
    /* One that fails in a program is retired when its turn comes to be erased. */
    if (retired > guest_flash.is_bad_met || (from == 0 && retired != guest_flash.is_bad_met)) {
        run_fail(run, "%d bad sectors", (int)retired);
    }
    s_met += guest_flash.is_bad_met;
    s_retired += (uint32_t)retired;
    run_mount(run);
    for (uint32_t operation = OPERATIONS; operation < OPERATIONS + OPERATIONS_AFTER; operation++) {
        run_operation(run, operation);
    }
    run_mount(run);
    s_refused += run->refused;
    s_usual += usual;
    if (run->refused > usual + REFUSED_MORE) {
        run_fail(run, "%u operations refused, %u on one sector less", (unsigned)run->refused, (unsigned)usual);
    }
}

void sweep_bad_sectors(const sweep_options_t *options, sweep_result_t *result)
{
    const uint32_t tried = options->is_long ? LONG_PROGRAMS_TRIED : PROGRAMS_TRIED;
    for (size_t i = 0; i < sweep_geometry_count; i++) {
        const geometry_t *geometry = &sweep_geometries[i];
        if (geometry->sector_count < SECTORS_MIN || geometry->durability != DURABILITY_SYNC || geometry->documents != DOCUMENTS) {
            continue;
        }
        nor_flash_init(&guest_flash, geometry->sector_bytes, geometry->sector_count);
        guest_make(options->variant, geometry->durability);
        s_met = 0;
        s_retired = 0;
        s_refused = 0;
        s_usual = 0;
        for (uint32_t sector = 0; sector < geometry->sector_count; sector++) {
            const uint32_t usual = refused_with_one_less(geometry, sector, options->variant);
            for (uint32_t from = 0; from <= tried && !sweep_is_over(options, result); from++) {
                char id[ID_BYTES];
                snprintf(id, sizeof(id), "bad:%s:%u:%u", geometry->name, (unsigned)sector, (unsigned)from);
                if (sweep_wants(options, id)) {
                    guest_is_traced = options->only != NULL;
                    play(&s_run, geometry, sector, from, usual);
                    sweep_report(options, result, &s_run, id);
                }
            }
        }
        printf("%s: a bad sector met %u times, retired %u times; %u operations refused, %u on one sector less\n", geometry->name,
               (unsigned)s_met, (unsigned)s_retired, (unsigned)s_refused, (unsigned)s_usual);
        /* A share of the cases may be uneven by some. */
        if (!options->only && s_refused > s_usual + s_usual / 4 + REFUSED_MORE) {
            s_run.failure[0] = '\0';
            run_fail(&s_run, "%u operations refused in all", (unsigned)s_refused);
            sweep_report(options, result, &s_run, geometry->name);
        }
    }
}
