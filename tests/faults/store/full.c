#include <stdio.h>
#include <string.h>

#include "random.h"
#include "sweeps.h"

enum { SEEDS = 4, LONG_SEEDS = 40, ROUNDS = 40, REMOVED_MAX = 6, STEPS_MAX = 300, REMOUNT_ONE_IN = 5 };

static run_t s_run;
static uint32_t s_removed_max;

static void step_until_done(run_t *run)
{
    for (int i = 0; i < STEPS_MAX && run_step(run); i++) {
    }
}

/* Puts a document. Returns the status; what it says is true of the model then. */
static int32_t put(run_t *run, int n, uint32_t seed, uint32_t bytes)
{
    model_t *model = &run->states[0];
    const size_t key_bytes = model_key(n, 0, guest_key());
    model_value(seed, bytes, guest_value());
    const int32_t status = guest_call(ROW_PUT, (int32_t)key_bytes, (int32_t)bytes, 0, model_number(n, seed));
    if (status == HOST_OK) {
        model_put(model, n, seed, bytes, 0, 0);
    } else if (status != HOST_NO_SPACE) {
        run_fail(run, "put: status %d %s", (int)status, guest_trap);
    }
    return status;
}

/* A removal may be refused while reclaim is at work, never when that has come to its end. */
static void remove_one(run_t *run, int n)
{
    int32_t status = HOST_NO_SPACE;
    bool has_more = true;
    for (int i = 0; i < STEPS_MAX && status == HOST_NO_SPACE && has_more; i++) {
        has_more = i == 0 || run_step(run);
        const size_t key_bytes = model_key(n, 0, guest_key());
        status = guest_call(ROW_REMOVE, (int32_t)key_bytes, DELETED, 0, 0);
    }
    if (status != HOST_OK) {
        run_fail(run, "a full store does not remove: status %d %s", (int)status, guest_trap);
        return;
    }
    model_remove(&run->states[0], n, DELETED);
}

static int any_there(const run_t *run, uint32_t *random)
{
    int n = (int)random_below(random, DOCUMENTS);
    for (int i = 0; i < DOCUMENTS && run->states[0].entries[n].seed == 0; i++) {
        n = (n + 1) % DOCUMENTS;
    }
    return n;
}

/* Puts until there is no space, whatever steps are made. */
static void fill(run_t *run, uint32_t bytes, uint32_t *random)
{
    for (int refused = 0; refused < DOCUMENTS && run->failure[0] == '\0';) {
        const int n = (int)random_below(random, DOCUMENTS);
        if (run->states[0].entries[n].seed != 0) {
            refused++; /* of those that are there only a few are overwritten */
            continue;
        }
        if (put(run, n, random_next(random), bytes) != HOST_OK) {
            step_until_done(run);
            refused = put(run, n, random_next(random), bytes) == HOST_OK ? 0 : DOCUMENTS;
        }
    }
}

/* Removes until a put finds room again. */
static void make_room(run_t *run, uint32_t bytes, uint32_t *random)
{
    for (uint32_t removed = 1; run->failure[0] == '\0'; removed++) {
        const int n = any_there(run, random);
        remove_one(run, n);
        step_until_done(run);
        if (put(run, n, random_next(random), bytes) == HOST_OK) {
            return;
        }
        s_removed_max = removed + 1 > s_removed_max ? removed + 1 : s_removed_max;
        if (removed == REMOVED_MAX) {
            run_fail(run, "no space for one after %u were removed", (unsigned)removed);
        }
    }
}

static void play(run_t *run, const geometry_t *geometry, uint32_t seed)
{
    uint32_t random = mixed(seed, geometry->sector_bytes);
    const uint32_t bytes = geometry->sector_bytes * geometry->sector_count / DOCUMENTS;
    nor_flash_init(&guest_flash, geometry->sector_bytes, geometry->sector_count);
    run_init(run, geometry, seed);
    run_mount(run);
    for (int round = 0; round < ROUNDS && run->failure[0] == '\0'; round++) {
        fill(run, bytes, &random);
        if (random_below(&random, REMOUNT_ONE_IN) == 0) {
            run_mount(run);
        }
        make_room(run, bytes, &random);
        if (random_below(&random, REMOUNT_ONE_IN) == 0) {
            run_mount(run);
        }
    }
    for (int n = 0; n < DOCUMENTS && run->failure[0] == '\0'; n++) {
        if (run->states[0].entries[n].seed != 0) {
            remove_one(run, n);
            step_until_done(run);
        }
    }
    run_mount(run);
    if (guest_flash.violation) {
        run_fail(run, "%s", guest_flash.violation);
    }
}

void sweep_full(const sweep_options_t *options, sweep_result_t *result)
{
    const uint32_t seeds = options->is_long ? LONG_SEEDS : SEEDS;
    for (size_t i = 0; i < sweep_geometry_count; i++) {
        const geometry_t *geometry = &sweep_geometries[i];
        nor_flash_init(&guest_flash, geometry->sector_bytes, geometry->sector_count);
        guest_make(options->variant, geometry->durability);
        for (uint32_t seed = 1; seed <= seeds && !sweep_is_over(options, result); seed++) {
            char id[ID_BYTES];
            snprintf(id, sizeof(id), "full:%s:%u", geometry->name, (unsigned)seed);
            if (geometry->durability == DURABILITY_SYNC && geometry->documents == DOCUMENTS && sweep_wants(options, id)) {
                guest_is_traced = options->only != NULL;
                play(&s_run, geometry, seed);
                sweep_report(options, result, &s_run, id);
                printf("%s: %u removed before a put found room\n", id, (unsigned)s_removed_max);
                s_removed_max = 1;
            }
        }
    }
}
