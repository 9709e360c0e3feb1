#include <stdio.h>
#include <string.h>

#include "random.h"
#include "sweeps.h"

enum {
    SEEDS = 3,
    LONG_SEEDS = 12,
    /* Of ten thousand cases: for fewer no store is filled with each seed. */
    FEW = 10,
    /* Operations without cuts, by seed: from a new store to one that has gone round its sectors; then those with cuts. */
    WARM_UP = 120,
    SWEPT = 60,
    LONG_SWEPT = 240,
    /* Operations after a cut, and the programs and erases among which the second one falls. */
    OPERATIONS_AFTER = 3,
    SECOND_AMONG = 8,
    /* Where not all cases are played: so many operations without cuts are compared once. */
    COMPARED_ONE_IN = 16,
    /* One case of so many is played with every second cut among the first so many programs and erases. */
    DEEP_ONE_IN = 97,
    DEEP_AMONG = 20
};

typedef struct {
    uint32_t at; /* program or erase of the operation, from 1 */
    cut_form_t form;
} cut_t;

static moment_t s_before;
static run_t s_run;
static const char FORMS[] = CUT_FORM_LETTERS;

/* After a cut: power, mount, check. */
static void recover(run_t *run)
{
    nor_flash_power_on(&guest_flash);
    run_mount(run);
}

/* Plays an operation with a cut, and a second one in what follows. Returns whether the first was reached. */
static bool play(run_t *run, uint32_t operation, cut_t first, cut_t second, bool is_traced)
{
    moment_restore(&s_before, run);
    guest_is_traced = is_traced;
    if (is_traced) {
        printf("second cut: %u%c from the reset on\n", (unsigned)second.at, FORMS[second.form]);
    }
    nor_flash_cut_after(&guest_flash, first.at, first.form,
                        mixed(mixed(run->seed, operation), first.at * CUT_FORMS + first.form));
    run_operation(run, operation);
    if (!guest_flash.is_off) {
        return false;
    }
    nor_flash_power_on(&guest_flash);
    nor_flash_cut_after(&guest_flash, second.at, second.form, mixed(operation, mixed(second.at, second.form)));
    run_mount(run);
    for (uint32_t i = 1; i <= OPERATIONS_AFTER; i++) {
        if (guest_flash.is_off) {
            recover(run);
        }
        run_operation(run, operation + i);
    }
    recover(run);
    guest_is_traced = false;
    return true;
}

static void play_deep(const sweep_options_t *options, sweep_result_t *result, const char *id, uint32_t operation, cut_t first)
{
    for (uint32_t at = 1; at <= DEEP_AMONG && !sweep_is_over(options, result); at++) {
        for (int form = 0; form < CUT_FORMS; form++) {
            char deep[2 * ID_BYTES];
            snprintf(deep, sizeof(deep), "%s:%u%c", id, (unsigned)at, FORMS[form]);
            if (!sweep_wants_of(options, s_before.run.geometry, deep)) {
                continue;
            }
            play(&s_run, operation, first, (cut_t){ at, (cut_form_t)form }, options->only != NULL);
            sweep_report(options, result, &s_run, deep);
        }
    }
}

/* Plays one operation with each cut there is in it. */
static void cut_operation(const sweep_options_t *options, sweep_result_t *result, uint32_t operation, uint32_t cuts)
{
    for (uint32_t at = 1; at <= cuts && !sweep_is_over(options, result); at++) {
        for (int form = 0; form < CUT_FORMS; form++) {
            const cut_t first = { at, (cut_form_t)form };
            char id[ID_BYTES];
            snprintf(id, sizeof(id), "cut:%s:%u:%u:%u%c", s_before.run.geometry->name, (unsigned)s_before.run.seed,
                     (unsigned)operation, (unsigned)at, FORMS[form]);
            uint32_t random = mixed(mixed(operation, at), (uint32_t)form);
            const cut_t second = { 1 + random_below(&random, SECOND_AMONG), (cut_form_t)random_below(&random, CUT_FORMS) };
            if (sweep_wants_of(options, s_before.run.geometry, id)) {
                if (!play(&s_run, operation, first, second, options->only != NULL) && s_run.failure[0] == '\0') {
                    run_fail(&s_run, "the operation made %u programs and erases, and not so many when played again",
                             (unsigned)cuts);
                }
                sweep_report(options, result, &s_run, id);
            }
            if (random_below(&random, DEEP_ONE_IN) == 0) {
                play_deep(options, result, id, operation, first);
            }
        }
    }
}

/* A long run plays more seeds and operations; of a geometry of which it plays all cases in place of a share, that is enough. */
static bool is_longer(const sweep_options_t *options, const geometry_t *geometry)
{
    return options->is_long && geometry->share == 100;
}

/* How many seeds a geometry is played with: of which few cases are wanted, one. */
static uint32_t seeds_of(const sweep_options_t *options, const geometry_t *geometry)
{
    return is_longer(options, geometry) ? LONG_SEEDS : options->percent * geometry->share < FEW ? 1 : SEEDS;
}

static void sweep_run(const sweep_options_t *options, sweep_result_t *result, const geometry_t *geometry, uint32_t seed)
{
    static run_t run;
    uint32_t random = mixed(seed, geometry->sector_count);
    const uint32_t warm = geometry->filled_by + (seed - 1) * WARM_UP + random_below(&random, WARM_UP);
    const bool is_whole = options->percent >= 100;
    const uint32_t swept = is_longer(options, geometry) ? LONG_SWEPT : SWEPT;
    nor_flash_init(&guest_flash, geometry->sector_bytes, geometry->sector_count);
    guest_make(options->variant, geometry->durability);
    run_init(&run, geometry, seed);
    run_mount(&run);
    for (uint32_t operation = 0; operation < warm + swept && run.failure[0] == '\0'; operation++) {
        if (operation < warm) {
            run_operation(&run, operation);
            if (is_whole || operation % COMPARED_ONE_IN == 0) {
                run_compare(&run);
            }
            continue;
        }
        moment_save(&s_before, &run);
        run_operation(&run, operation);
        if (is_whole || operation % COMPARED_ONE_IN == 0) {
            run_compare(&run);
        }
        const uint32_t cuts = guest_flash.operations - s_before.flash.operations;
        static moment_t after;
        moment_save(&after, &run);
        cut_operation(options, result, operation, cuts);
        if (sweep_is_over(options, result)) {
            return;
        }
        moment_restore(&after, &run);
    }
    if (run.failure[0] == '\0') {
        recover(&run);
    }
    if (run.failure[0] != '\0') {
        char id[ID_BYTES];
        snprintf(id, sizeof(id), "cut:%s:%u:none", geometry->name, (unsigned)seed);
        sweep_report(options, result, &run, id);
    }
    printf("%s seed %u: %d documents, %d levels, tree of %d units, %d branches halved, %u refused, %u programs, %u erases\n",
           geometry->name, (unsigned)seed, (int)run_state(&run)->counts[SPACE_DOCUMENTS].records,
           (int)guest_call(ROW_LEVELS, 0, 0, 0, 0), (int)guest_call(ROW_TREE_UNITS, 0, 0, 0, 0),
           (int)guest_call(ROW_HALVED, 0, 0, 0, 0), (unsigned)run.refused, (unsigned)guest_flash.programs,
           (unsigned)guest_flash.erases);
}

void sweep_power_cuts(const sweep_options_t *options, sweep_result_t *result)
{
    for (size_t i = 0; i < sweep_geometry_count; i++) {
        const uint32_t seeds = seeds_of(options, &sweep_geometries[i]);
        for (uint32_t seed = 1; seed <= seeds && !sweep_is_over(options, result); seed++) {
            char prefix[ID_BYTES];
            const int len = snprintf(prefix, sizeof(prefix), "cut:%s:%u:", sweep_geometries[i].name, (unsigned)seed);
            if (!options->only || strncmp(options->only, prefix, (size_t)len) == 0) {
                sweep_run(options, result, &sweep_geometries[i], seed);
            }
        }
    }
}
