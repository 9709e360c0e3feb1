#include <stdio.h>
#include <string.h>

#include "random.h"
#include "sweeps.h"

enum { SEEDS = 2, LONG_SEEDS = 12, OPERATIONS = 420, ONE_IN = 6, STEPS = 8, DAMAGED_AT = 5, DAMAGED_BYTES = 6 };

static run_t s_run;
static run_t s_damaged;
static nor_flash_t s_flash;
static guest_state_t s_guest;
static uint32_t s_roomless;

/*
 * Turns a bit of the tree's root, resets the device, and has the index made anew: no record may be lost, nor a count. Where there is no room
 * for that, look-ups say so for good.
 */
static void rescue(run_t *run, uint32_t random)
{
    model_t *model = &run->states[run->count - 1];
    const int32_t root = guest_call(ROW_ROOT, 0, 0, 0, 0);
    const uint32_t at = DAMAGED_AT + random_below(&random, DAMAGED_BYTES);
    guest_flash.bytes[(uint32_t)root * FLASH_UNIT + at] ^= (uint8_t)(1u << random_below(&random, 8));
    guest_reset();
    guest_set_time(model->now);
    int32_t status = guest_call(ROW_MOUNT, 0, 0, 0, 0);
    for (int i = 0; i < STEPS && status >= 0; i++) {
        guest_call(ROW_WALK, BY_KEY, 0, 0, 0);
        status = guest_call(ROW_NEXT, 0, 0, 0, 0);
        if (status != HOST_BUSY) {
            break;
        }
        guest_call(ROW_STEP, 0, 0, 0, 0);
        status = HOST_OK;
    }
    if (status == HOST_IO || status == HOST_NO_SPACE) {
        s_roomless++;
        return;
    }
    char why[WHY_BYTES];
    model->corrupt = 1;
    if (!model_matches(model, why, sizeof(why))) {
        run_fail(run, "index made anew: %s", why);
    }
}

void sweep_rescues(const sweep_options_t *options, sweep_result_t *result)
{
    const uint32_t seeds = options->is_long ? LONG_SEEDS : SEEDS;
    for (size_t i = 0; i < sweep_geometry_count; i++) {
        const geometry_t *geometry = &sweep_geometries[i];
        if (geometry->durability != DURABILITY_SYNC) {
            continue;
        }
        s_roomless = 0;
        const uint32_t before = result->cases;
        for (uint32_t seed = 1; seed <= seeds && !sweep_is_over(options, result); seed++) {
            nor_flash_init(&guest_flash, geometry->sector_bytes, geometry->sector_count);
            guest_make(options->variant, geometry->durability);
            run_init(&s_run, geometry, seed);
            run_mount(&s_run);
            for (uint32_t operation = 0; operation < OPERATIONS && s_run.failure[0] == '\0'; operation++) {
                run_operation(&s_run, operation);
                char id[ID_BYTES];
                snprintf(id, sizeof(id), "rescue:%s:%u:%u", geometry->name, (unsigned)seed, (unsigned)operation);
                if (operation % ONE_IN != 0 || !sweep_wants(options, id) || guest_call(ROW_ROOT, 0, 0, 0, 0) == 0) {
                    continue;
                }
                nor_flash_copy(&s_flash, &guest_flash);
                guest_save(&s_guest);
                run_copy(&s_damaged, &s_run);
                guest_is_traced = options->only != NULL;
                rescue(&s_damaged, mixed(seed, operation));
                guest_is_traced = false;
                sweep_report(options, result, &s_damaged, id);
                nor_flash_copy(&guest_flash, &s_flash);
                guest_restore(&s_guest);
            }
            if (s_run.failure[0] != '\0') {
                sweep_report(options, result, &s_run, geometry->name);
            }
        }
        printf("%s: %u indexes made anew, %u had no room\n", geometry->name, (unsigned)(result->cases - before - s_roomless),
               (unsigned)s_roomless);
    }
}
