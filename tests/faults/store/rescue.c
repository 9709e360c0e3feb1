#include <stdio.h>
#include <string.h>

#include "random.h"
#include "sweeps.h"

enum { SEEDS = 2, LONG_SEEDS = 12, OPERATIONS = 420, ONE_IN = 6, STEPS = 100000, DAMAGED_AT = 5, DAMAGED_BYTES = 6 };
/* Steps between two messages that are put while an index is made anew; and what the store takes afterwards: steps, removals, and bytes put. */
enum { STEPS_PER_MESSAGE = 5, GO_ON_STEPS = 400, GO_ON_REMOVED = 60, GO_ON_BYTES = 40 };
/* Power cuts played in each index made anew, and in a long run; and the most that follow each other in one. */
enum { CUTS = 8, LONG_CUTS = 40, CUTS_AT_ONCE = 2 };
/* With more documents than these it is the filling that takes the time, whatever the share: there all cases are played, or none. */
enum { SHARED_DOCUMENTS = 400 };

static moment_t s_before;
static moment_t s_damaged;
static run_t s_run;
static uint32_t s_cuts;
static uint32_t s_messages;
/* Behind power cuts: indexes for which there was no room any more, and stores that then refuse removals for good. */
static uint32_t s_roomless;
static uint32_t s_stuck;
static const char FORMS[] = CUT_FORM_LETTERS;

/* Turns a bit of the tree's root. */
static void damage(uint32_t random)
{
    const int32_t root = guest_call(ROW_ROOT, 0, 0, 0, 0);
    const uint32_t at = DAMAGED_AT + random_below(&random, DAMAGED_BYTES);
    guest_flash.bytes[(uint32_t)root * FLASH_UNIT + at] ^= (uint8_t)(1u << random_below(&random, 8));
}

/* Resets the device, and has the index made anew, as far as the power lasts; random: messages come meanwhile, by that. What look-ups say then. */
static int32_t make_anew(run_t *run, uint32_t *random)
{
    guest_reset();
    guest_set_time(run_state(run)->now);
    int32_t status = guest_call(ROW_MOUNT, 0, 0, 0, 0);
    for (int i = 0; i < STEPS && status >= 0; i++) {
        guest_call(ROW_WALK, BY_KEY, 0, 0, 0);
        status = guest_call(ROW_NEXT, 0, 0, 0, 0);
        if (status != HOST_BUSY) {
            break;
        }
        const uint32_t queued = run_state(run)->queued;
        if (random != NULL && i % STEPS_PER_MESSAGE == 0) {
            run_enqueue(run, (uint32_t)i, random);
        }
        s_messages += run_state(run)->queued - queued;
        run_step(run);
        status = HOST_OK;
    }
    return status;
}

/* Removes a record, with as many steps as that takes. */
static int32_t remove_with_steps(run_t *run, model_t *model, int n)
{
    int32_t status = HOST_NO_SPACE;
    for (int i = 0; i < GO_ON_STEPS && status == HOST_NO_SPACE; i++) {
        if (i > 0) {
            run_step(run);
        }
        const size_t key_bytes = model_key(n, model->entries[n].number, guest_key());
        status = guest_call(ROW_REMOVE, (int32_t)key_bytes, DELETED, 0, 0);
    }
    if (status == HOST_OK) {
        model_remove(model, n, DELETED);
    }
    return status;
}

/* However full the store is: what is removed makes room for one that is put, and none of that is refused for good. */
static void go_on(run_t *run, bool is_cut)
{
    model_t *model = &run->states[run->count - 1];
    char why[WHY_BYTES];
    int32_t status = HOST_NO_SPACE;
    for (int removed = 0; status == HOST_NO_SPACE && removed < GO_ON_REMOVED; removed++) {
        int n = 0;
        while (n < MODEL_KEYS - 1 && !model_is_live(model, n)) {
            n++;
        }
        status = model_is_live(model, n) ? remove_with_steps(run, model, n) : HOST_OK;
        if (status == HOST_NO_SPACE && is_cut) {
            s_stuck++;
            return;
        }
        if (status != HOST_OK) {
            run_fail(run, "behind the index made anew, remove: status %d %s", (int)status, guest_trap);
            return;
        }
        for (int i = 0; i < GO_ON_STEPS && run_step(run); i++) {
        }
        const uint32_t seed = 1 + (uint32_t)removed;
        const size_t key_bytes = model_key(0, 0, guest_key());
        model_value(seed, GO_ON_BYTES, guest_value());
        status = guest_call(ROW_PUT, (int32_t)key_bytes, GO_ON_BYTES, 0, model_number(0, seed));
        if (status == HOST_OK) {
            model_put(model, 0, seed, GO_ON_BYTES, 0, 0);
        }
    }
    if (status != HOST_OK) {
        run_fail(run, "behind the index made anew, put: status %d %s", (int)status, guest_trap);
    } else if (!model_counts_match(model, why, sizeof(why))) {
        run_fail(run, "behind the index made anew and a removal: %s", why);
    }
}

/*
 * No record may be lost, nor a count, and there is room to make the index anew. is_cut: power cuts left a checkpoint that did not end and tries to
 * make the index anew as garbage, then there may be none. corrupt: what is counted as damaged.
 */
static void check(run_t *run, int32_t status, int32_t corrupt, bool is_cut)
{
    model_t *model = &run->states[run->count - 1];
    char why[WHY_BYTES];
    model->corrupt = corrupt;
    if (status == HOST_IO && is_cut) {
        s_roomless++;
        return;
    }
    if (status < 0 && status != HOST_NOT_FOUND) {
        run_fail(run, "index not made anew: status %d %s", (int)status, guest_trap);
    } else if (!model_matches(model, why, sizeof(why))) {
        run_fail(run, "index made anew: %s", why);
    }
    if (run->failure[0] == '\0') {
        go_on(run, is_cut);
    }
    if (guest_flash.violation) {
        run_fail(run, "%s", guest_flash.violation);
    }
}

/* Plays it with power cuts in among its `most` programs and erases, one or two. */
static void play_cut(run_t *run, uint32_t most, uint32_t at, cut_form_t form, uint32_t random)
{
    moment_restore(&s_damaged, run);
    nor_flash_cut_after(&guest_flash, at, form, random);
    make_anew(run, NULL);
    if (!guest_flash.is_off) {
        run_fail(run, "%u programs and erases, and not so many when played again", (unsigned)most);
        return;
    }
    nor_flash_power_on(&guest_flash);
    if (random_below(&random, CUTS_AT_ONCE) > 0) {
        const cut_form_t second = (cut_form_t)random_below(&random, CUT_FORMS);
        nor_flash_cut_after(&guest_flash, 1 + random_below(&random, most), second, random);
        make_anew(run, NULL);
        nor_flash_power_on(&guest_flash);
    }
    const int32_t status = make_anew(run, &random);
    /* The cut may have come after the new index was named: nothing is damaged any more. */
    int32_t corrupt = 0;
    if (guest_call(ROW_STATS, 0, 0, 0, 0) == HOST_OK) {
        memcpy(&corrupt, guest_value(), sizeof(corrupt));
    }
    check(run, status, corrupt > 1 ? 1 : corrupt, true);
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
    const int32_t status = make_anew(&run, NULL);
    const uint32_t most = guest_flash.operations - s_damaged.flash.operations;
    if (sweep_wants(options, id)) {
        check(&run, status, 1, false);
        sweep_report(options, result, &run, id);
    }
    uint32_t random = seed;
    const uint32_t cuts = (status < 0 && status != HOST_NOT_FOUND) || most == 0 ? 0 : options->is_long ? LONG_CUTS : CUTS;
    for (uint32_t cut = 0; cut < cuts && !sweep_is_over(options, result); cut++) {
        const uint32_t at = 1 + random_below(&random, most);
        const cut_form_t form = (cut_form_t)random_below(&random, CUT_FORMS);
        snprintf(id, sizeof(id), "rescue:%s:%u:%u:%u%c%u", run.geometry->name, (unsigned)run.seed, (unsigned)operation,
                 (unsigned)at, FORMS[form], (unsigned)cut);
        if (sweep_wants(options, id)) {
            guest_is_traced = options->only != NULL;
            play_cut(&run, most, at, form, random);
            s_cuts++;
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
        s_cuts = 0;
        s_messages = 0;
        s_roomless = 0;
        s_stuck = 0;
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
            "%s: %u indexes made anew, %u power cuts while they were, %u messages put meanwhile; behind %u cuts no room, behind %u no "
            "more removals\n",
            geometry->name, (unsigned)(result->cases - before - s_cuts), (unsigned)s_cuts, (unsigned)s_messages,
            (unsigned)s_roomless, (unsigned)s_stuck);
    }
}
