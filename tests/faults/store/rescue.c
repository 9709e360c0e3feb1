#include <stdio.h>
#include <string.h>

#include "random.h"
#include "sweeps.h"

enum { SEEDS = 2, LONG_SEEDS = 12, OPERATIONS = 420, ONE_IN = 6, STEPS = 8, DAMAGED_AT = 5, DAMAGED_BYTES = 6 };
/* Power cuts played in each index made anew, and in a long run; and the most that follow each other in one. */
enum { CUTS = 8, LONG_CUTS = 40, CUTS_AT_ONCE = 2 };
/* With more documents than these it is the filling that takes the time, whatever the share: there all cases are played, or none. */
enum { SHARED_DOCUMENTS = 400 };

static moment_t s_before;
static moment_t s_damaged;
static run_t s_run;
static uint32_t s_roomless;
static uint32_t s_cuts;
static uint32_t s_roomless_cuts;
static const char FORMS[] = CUT_FORM_LETTERS;

/* Turns a bit of the tree's root. */
static void damage(uint32_t random)
{
    const int32_t root = guest_call(ROW_ROOT, 0, 0, 0, 0);
    const uint32_t at = DAMAGED_AT + random_below(&random, DAMAGED_BYTES);
    guest_flash.bytes[(uint32_t)root * FLASH_UNIT + at] ^= (uint8_t)(1u << random_below(&random, 8));
}

/* Resets the device, and has the index made anew, as far as the power lasts. What the first look-up says then. */
static int32_t make_anew(const model_t *model)
{
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
    return status;
}

/* No record may be lost, nor a count. Where there is no room for that, look-ups say so for good. corrupt: what is counted as damaged. */
static void check(run_t *run, int32_t status, int32_t corrupt)
{
    model_t *model = &run->states[run->count - 1];
    char why[WHY_BYTES];
    if (status == HOST_IO || status == HOST_NO_SPACE) {
        s_roomless++;
        return;
    }
    model->corrupt = corrupt;
    if (!model_matches(model, why, sizeof(why))) {
        run_fail(run, "index made anew: %s", why);
    } else if (guest_flash.violation) {
        run_fail(run, "%s", guest_flash.violation);
    }
}

/* Plays it with power cuts in among its `most` programs and erases, one or two. */
static void play_cut(run_t *run, uint32_t most, uint32_t at, cut_form_t form, uint32_t random)
{
    moment_restore(&s_damaged, run);
    const model_t *model = run_state(run);
    nor_flash_cut_after(&guest_flash, at, form, random);
    make_anew(model);
    if (!guest_flash.is_off) {
        run_fail(run, "%u programs and erases, and not so many when played again", (unsigned)most);
        return;
    }
    nor_flash_power_on(&guest_flash);
    if (random_below(&random, CUTS_AT_ONCE) > 0) {
        const cut_form_t second = (cut_form_t)random_below(&random, CUT_FORMS);
        nor_flash_cut_after(&guest_flash, 1 + random_below(&random, most), second, random);
        make_anew(model);
        nor_flash_power_on(&guest_flash);
    }
    const int32_t status = make_anew(model);
    /* The cut may have come after the new index was named: nothing is damaged any more. */
    int32_t corrupt = 0;
    if (guest_call(ROW_STATS, 0, 0, 0, 0) == HOST_OK) {
        memcpy(&corrupt, guest_value(), sizeof(corrupt));
    }
    check(run, status, corrupt > 1 ? 1 : corrupt);
}

/* Makes one index anew: without a cut, then with some. */
static void rescue(const sweep_options_t *options, sweep_result_t *result, uint32_t operation)
{
    const uint32_t seed = mixed(s_before.run.seed, operation);
    char id[ID_BYTES];
    static run_t run;
    moment_restore(&s_before, &run);
    snprintf(id, sizeof(id), "rescue:%s:%u:%u", run.geometry->name, (unsigned)run.seed, (unsigned)operation);
    damage(seed);
    moment_save(&s_damaged, &run);
    guest_is_traced = options->only && strcmp(options->only, id) == 0;
    const int32_t status = make_anew(run_state(&run));
    const uint32_t most = guest_flash.operations - s_damaged.flash.operations;
    if (sweep_wants(options, id)) {
        check(&run, status, 1);
        sweep_report(options, result, &run, id);
    }
    uint32_t random = seed;
    const bool has_room = status != HOST_IO && status != HOST_NO_SPACE;
    const uint32_t cuts = !has_room || most == 0 ? 0 : options->is_long ? LONG_CUTS : CUTS;
    for (uint32_t cut = 0; cut < cuts && !sweep_is_over(options, result); cut++) {
        const uint32_t at = 1 + random_below(&random, most);
        const cut_form_t form = (cut_form_t)random_below(&random, CUT_FORMS);
        snprintf(id, sizeof(id), "rescue:%s:%u:%u:%u%c%u", run.geometry->name, (unsigned)run.seed, (unsigned)operation,
                 (unsigned)at, FORMS[form], (unsigned)cut);
        if (sweep_wants(options, id)) {
            guest_is_traced = options->only != NULL;
            const uint32_t had_none = s_roomless;
            play_cut(&run, most, at, form, random);
            s_cuts++;
            s_roomless_cuts += s_roomless - had_none;
            s_roomless = had_none;
            sweep_report(options, result, &run, id);
        }
    }
    guest_is_traced = false;
}

void sweep_rescues(const sweep_options_t *options, sweep_result_t *result)
{
    const uint32_t seeds = options->is_long ? LONG_SEEDS : SEEDS;
    for (size_t i = 0; i < sweep_geometry_count; i++) {
        const geometry_t *geometry = &sweep_geometries[i];
        const bool is_costly = options->percent < 100 && geometry->documents > SHARED_DOCUMENTS;
        if (geometry->durability != DURABILITY_SYNC || is_costly) {
            continue;
        }
        s_roomless = 0;
        s_cuts = 0;
        s_roomless_cuts = 0;
        const uint32_t before = result->cases;
        for (uint32_t seed = 1; seed <= seeds && !sweep_is_over(options, result); seed++) {
            nor_flash_init(&guest_flash, geometry->sector_bytes, geometry->sector_count);
            guest_make(options->variant, geometry->durability);
            run_init(&s_run, geometry, seed);
            run_mount(&s_run);
            for (uint32_t operation = 0; operation < OPERATIONS && s_run.failure[0] == '\0'; operation++) {
                run_operation(&s_run, operation);
                if (operation % ONE_IN == 0 && guest_call(ROW_ROOT, 0, 0, 0, 0) != 0) {
                    moment_save(&s_before, &s_run);
                    rescue(options, result, operation);
                    moment_restore(&s_before, &s_run);
                }
            }
            if (s_run.failure[0] != '\0') {
                sweep_report(options, result, &s_run, geometry->name);
            }
        }
        printf(
            "%s: %u indexes made anew, %u more had no room; %u power cuts while they were, behind %u of which there was no room\n",
            geometry->name, (unsigned)(result->cases - before - s_cuts - s_roomless), (unsigned)s_roomless, (unsigned)s_cuts,
            (unsigned)s_roomless_cuts);
    }
}
