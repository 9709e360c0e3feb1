#include "workload.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "random.h"

/* Operations in which a queue fills, and then those in which it drains. */
enum { TIDE = 24 };
enum { BATCH = 20, SWEEP_MOST = 5, STEPS_AT_BOOT = 8, STEPS_MAX = 100, LARGE_ONE_IN = 12, TTL_MAX = 400 };
/* Commits that may be lost: BATCHED makes every eighth durable, NONE those before a flush. */
enum { BATCHED_UNSYNCED = 7, NONE_UNSYNCED = STATES_MAX / 2 };

void run_init(run_t *run, const geometry_t *geometry, uint32_t seed)
{
    memset(run, 0, sizeof(*run));
    run->geometry = geometry;
    run->seed = seed;
    model_init(&run->states[0], geometry->documents, geometry->queue_slots);
    run->count = 1;
}

void run_copy(run_t *to, const run_t *from)
{
    to->geometry = from->geometry;
    to->seed = from->seed;
    to->durable = from->durable;
    to->count = from->count;
    to->pending = from->pending;
    to->refused = from->refused;
    memcpy(to->states, from->states, (from->count + from->pending) * sizeof(from->states[0]));
    memcpy(to->failure, from->failure, sizeof(from->failure));
}

void moment_save(moment_t *moment, const run_t *run)
{
    nor_flash_copy(&moment->flash, &guest_flash);
    guest_save(&moment->guest);
    run_copy(&moment->run, run);
}

void moment_restore(const moment_t *moment, run_t *run)
{
    nor_flash_copy(&guest_flash, &moment->flash);
    guest_restore(&moment->guest);
    run_copy(run, &moment->run);
}

void run_fail(run_t *run, const char *format, ...)
{
    if (run->failure[0] != '\0') {
        return;
    }
    va_list values;
    va_start(values, format);
    vsnprintf(run->failure, sizeof(run->failure), format, values);
    va_end(values);
}

const model_t *run_state(const run_t *run)
{
    return &run->states[run->count - 1];
}

static bool is_over(const run_t *run)
{
    return guest_flash.is_off || run->failure[0] != '\0';
}

/* A state that follows the last one, when what is asked of the store becomes true. */
static model_t *propose(run_t *run)
{
    model_t *last = &run->states[run->count + run->pending - 1];
    run->pending++;
    last[1] = last[0];
    return last + 1;
}

/* The first `count` of the states proposed are true: acknowledged. */
static void acknowledge(run_t *run, uint32_t count)
{
    static const uint32_t unsynced[] = { 0, BATCHED_UNSYNCED, NONE_UNSYNCED };
    run->count += count;
    run->pending = 0;
    const uint32_t most = unsynced[run->geometry->durability];
    const uint32_t last = run->count - 1;
    run->durable = last > most && last - most > run->durable ? last - most : run->durable;
    if (run->geometry->durability == DURABILITY_SYNC) {
        run->durable = last;
    }
    if (run->durable > 0) {
        memmove(run->states, run->states + run->durable, (run->count - run->durable) * sizeof(run->states[0]));
        run->count -= run->durable;
        run->durable = 0;
    }
}

/* Takes the outcome of a call that was to make true what was proposed. Returns whether it did. */
static bool settle(run_t *run, int32_t status, const char *what)
{
    if (guest_flash.is_off) {
        return false;
    }
    if (status == HOST_OK) {
        acknowledge(run, run->pending);
        return true;
    }
    if (status == HOST_IO && guest_flash.is_bad_met) {
        return false; /* what became of it is found out */
    }
    run->pending = 0;
    if (status == HOST_NO_SPACE) {
        run->refused++;
    } else {
        run_fail(run, "%s: status %d %s", what, (int)status, guest_trap);
    }
    return false;
}

/* Tells the time, which is no change of the store. */
static void pass_time(run_t *run, uint32_t seconds)
{
    const uint32_t now = run_state(run)->now + seconds;
    for (uint32_t i = 0; i < run->count + run->pending; i++) {
        run->states[i].now = now;
    }
    guest_set_time(now);
}

static int32_t call_put(model_t *after, int n, uint32_t seed, uint32_t bytes, uint32_t ttl, uint32_t number)
{
    model_put(after, n, seed, bytes, ttl, number);
    const size_t key_bytes = model_key(n, number, guest_key());
    model_value(seed, bytes, guest_value());
    return guest_call(ROW_PUT, (int32_t)key_bytes, (int32_t)bytes, (int32_t)ttl, model_number(n, seed));
}

static int32_t call_remove(model_t *after, int n, int disposition)
{
    const size_t key_bytes = model_key(n, after->entries[n].number, guest_key());
    model_remove(after, n, disposition);
    return guest_call(ROW_REMOVE, (int32_t)key_bytes, disposition, 0, 0);
}

static uint32_t value_bytes(const run_t *run, uint32_t *random)
{
    const uint32_t limit = random_below(random, LARGE_ONE_IN) == 0 ? run->geometry->large_max : run->geometry->value_max;
    return random_below(random, limit + 1);
}

static int any_document(const run_t *run, uint32_t *random)
{
    return (int)random_below(random, (uint32_t)run->geometry->documents);
}

static void put_document(run_t *run, uint32_t number, uint32_t *random)
{
    const int n = any_document(run, random);
    const uint32_t bytes = value_bytes(run, random);
    const uint32_t ttl = random_below(random, 3) == 0 ? 1 + random_below(random, TTL_MAX) : 0;
    settle(run, call_put(propose(run), n, number + 1, bytes, ttl, 0), "put");
}

void run_enqueue(run_t *run, uint32_t number, uint32_t *random)
{
    const int n = model_queue_free(run_state(run));
    const uint32_t bytes = random_below(random, run->geometry->value_max + 1);
    const uint32_t ttl = random_below(random, 2) == 0 ? 1 + random_below(random, TTL_MAX) : 0;
    if (n >= 0) {
        settle(run, call_put(propose(run), n, number + 1, bytes, ttl, run_state(run)->queued + 1), "put into the queue");
    }
}

static void deliver(run_t *run)
{
    const int n = model_queue_oldest(run_state(run));
    if (n >= 0) {
        settle(run, call_remove(propose(run), n, DELIVERED), "deliver");
    }
}

static void remove_document(run_t *run, uint32_t *random)
{
    const int n = any_document(run, random);
    if (model_is_live(run_state(run), n)) {
        settle(run, call_remove(propose(run), n, DELETED), "remove");
        return;
    }
    const size_t key_bytes = model_key(n, 0, guest_key());
    const int32_t status = guest_call(ROW_REMOVE, (int32_t)key_bytes, DELETED, 0, 0);
    if (status != HOST_NOT_FOUND && !is_over(run)) {
        run_fail(run, "remove of what is not there: %d %s", (int)status, guest_trap);
    }
}

static void touch_document(run_t *run, uint32_t *random)
{
    const int n = any_document(run, random);
    const uint32_t ttl = 1 + random_below(random, TTL_MAX);
    const size_t key_bytes = model_key(n, 0, guest_key());
    if (!model_is_live(run_state(run), n)) {
        return;
    }
    model_touch(propose(run), n, ttl);
    settle(run, guest_call(ROW_TOUCH, (int32_t)key_bytes, (int32_t)ttl, 0, 0), "touch");
}

/* Changes documents in their order from any one on; is_filling: puts those that are missing, and changes no other. */
static void batch(run_t *run, uint32_t number, uint32_t *random, bool is_filling)
{
    model_t *after = propose(run);
    const uint32_t documents = (uint32_t)run->geometry->documents;
    const uint32_t first = random_below(random, documents);
    const uint32_t value_max = run->geometry->value_max / 2;
    int32_t status = guest_call(ROW_BEGIN_BATCH, 0, 0, 0, 0);
    uint32_t done = 0;
    for (uint32_t i = 0; done < BATCH && i < documents && status == HOST_OK && !guest_flash.is_off; i++) {
        const int n = (int)((first + i) % documents);
        if (is_filling && after->entries[n].seed != 0) {
            continue;
        }
        if (!is_filling && i % 4 == 3 && model_is_live(after, n)) {
            status = call_remove(after, n, DELETED);
        } else {
            status = call_put(after, n, mixed(number, i), random_below(random, value_max + 1), 0, 0);
        }
        done++;
    }
    if (status == HOST_OK) {
        status = guest_call(ROW_COMMIT_BATCH, 0, 0, 0, 0);
    } else {
        guest_call(ROW_ABORT_BATCH, 0, 0, 0, 0);
    }
    settle(run, status, "batch");
}

static void sweep(run_t *run)
{
    uint32_t expired = 0;
    for (int n; expired < SWEEP_MOST && (n = model_first_expired(&run->states[run->count + run->pending - 1])) >= 0; expired++) {
        model_remove(propose(run), n, EXPIRED);
    }
    const int32_t swept = guest_call(ROW_SWEEP, SWEEP_MOST, 0, 0, 0);
    if (is_over(run) || guest_flash.is_bad_met) {
        return;
    }
    if (swept < 0 || (uint32_t)swept > expired) {
        run_fail(run, "sweep: %d of %u %s", (int)swept, (unsigned)expired, guest_trap);
        return;
    }
    run->refused += (uint32_t)swept < expired;
    acknowledge(run, (uint32_t)swept);
}

static void purge(run_t *run, int space)
{
    model_purge(propose(run), space);
    settle(run, guest_call(ROW_PURGE, space, 0, 0, 0), "purge");
}

static void flush(run_t *run)
{
    if (guest_call(ROW_FLUSH, 0, 0, 0, 0) == HOST_OK) {
        run->durable = run->count - 1;
        acknowledge(run, 0);
    } else if (!guest_flash.is_off && !guest_flash.is_bad_met) {
        run_fail(run, "flush %s", guest_trap);
    }
}

bool run_step(run_t *run)
{
    if (is_over(run)) {
        return false;
    }
    const uint32_t erases = guest_flash.erases;
    const int32_t more = guest_call(ROW_STEP, 0, 0, 0, 0);
    if (guest_trap[0] != '\0') {
        run_fail(run, "step: %s", guest_trap);
    } else if (guest_flash.erases > erases + 1) {
        run_fail(run, "step made %u erases", (unsigned)(guest_flash.erases - erases));
    }
    return more == 1;
}

void run_operation(run_t *run, uint32_t number)
{
    uint32_t random = mixed(run->seed, number);
    pass_time(run, random_below(&random, 9));
    if (run->count + BATCH > STATES_MAX) {
        flush(run);
    }
    const uint32_t kind = random_below(&random, 20);
    if (run_state(run)->counts[SPACE_DOCUMENTS].records < run->geometry->least) {
        batch(run, number, &random, true);
    } else if (random_below(&random, run->geometry->purge_one_in) == 0) {
        purge(run, (int)random_below(&random, 4) == 0 ? SPACE_QUEUE : SPACE_DOCUMENTS);
    } else if (kind < 7) {
        put_document(run, number, &random);
    } else if (kind < 12) {
        const bool is_filling = run->geometry->burst > 1 ? number / TIDE % 2 == 0 : kind < 10;
        for (int i = 0; i < run->geometry->burst && !is_over(run); i++) {
            if (is_filling) {
                run_enqueue(run, number, &random);
            } else {
                deliver(run);
            }
            if (run->geometry->burst > 1) {
                run_step(run);
            }
        }
    } else if (kind < 14) {
        remove_document(run, &random);
    } else if (kind < 15) {
        touch_document(run, &random);
    } else if (kind < 16) {
        batch(run, number, &random, false);
    } else if (kind < 18) {
        sweep(run);
    } else if (kind < 19) {
        flush(run);
    }
    if (guest_flash.is_bad_met && run->pending > 0) {
        run_check(run);
    }
    for (uint32_t steps = random_below(&random, run->geometry->steps_max + 1); steps > 0; steps--) {
        run_step(run);
    }
    if (guest_flash.violation) {
        run_fail(run, "%s", guest_flash.violation);
    }
}

void run_mount(run_t *run)
{
    if (run->failure[0] != '\0') {
        return;
    }
    guest_reset();
    pass_time(run, 0);
    const int32_t status = guest_call(ROW_MOUNT, 0, 0, 0, 0);
    if (guest_flash.is_off) {
        return;
    }
    if (status != HOST_OK) {
        run_fail(run, "mount: status %d %s", (int)status, guest_trap);
        return;
    }
    run_check(run);
    for (int i = 0; i < STEPS_AT_BOOT && run_step(run); i++) {
    }
}

void run_check(run_t *run)
{
    if (run->failure[0] != '\0') {
        return;
    }
    char why[WHY_BYTES];
    char newest[WHY_BYTES] = "";
    for (uint32_t at = run->count + run->pending; at-- > run->durable;) {
        const model_t *state = &run->states[at];
        if (model_counts_match(state, why, sizeof(why)) && model_matches(state, why, sizeof(why))) {
            run->states[0] = *state;
            run->count = 1;
            run->pending = 0;
            run->durable = 0;
            return;
        }
        if (guest_is_traced) {
            printf("state %u of %u: %s\n", (unsigned)at, (unsigned)(run->count + run->pending), why);
        }
        if (newest[0] == '\0' || strncmp(why, "space", 5) != 0) {
            memcpy(newest, why, sizeof(newest));
        }
    }
    run_fail(run, "%u states, %u not acknowledged: %s", (unsigned)(run->count + run->pending - run->durable),
             (unsigned)run->pending, newest);
}

void run_compare(run_t *run)
{
    char why[WHY_BYTES];
    if (!is_over(run) && !model_matches(run_state(run), why, sizeof(why))) {
        run_fail(run, "without a cut: %s", why);
    }
}
