#include <stdio.h>
#include <string.h>

#include "random.h"
#include "sweeps.h"

enum {
    SECTOR_BYTES = 4096,
    SECTORS = 4,
    NAMES = 6,
    SEEDS = 2,
    LONG_SEEDS = 8,
    /* Operations without cuts, by seed: from an empty partition to one that has gone round its sectors; then those with cuts. */
    WARM_UP = 90,
    SWEPT = 60,
    LONG_SWEPT = 200,
    OPERATIONS_AFTER = 3,
    SECOND_AMONG = 8,
    VALUE_MAX = 200,
    LARGE_MAX = 600,
    LARGE_ONE_IN = 16,
    REMOVED_ONE_IN = 6,
    STEPS_MAX = 100,
    OVERWRITTEN = 3,
    NO_NAME = -1
};

/** What was put under each name, and what a power cut may have left of a call. */
typedef struct {
    uint32_t seed;
    uint32_t values[NAMES]; /* 0: none */
    int open_name;          /* NO_NAME: no call was cut short */
    uint32_t open_value;
    char failure[WHY_BYTES];
} state_t;

typedef struct {
    nor_flash_t flash;
    guest_state_t guest;
    state_t state;
} place_t;

static place_t s_before;
static place_t s_after;
static nor_flash_t s_image;
static state_t s_kept;
static const char FORMS[] = CUT_FORM_LETTERS;

static void fail(state_t *state, const char *what, int name, int32_t status)
{
    if (state->failure[0] == '\0') {
        snprintf(state->failure, sizeof(state->failure), "%s, name %d: status %d %s", what, name, (int)status, guest_trap);
    }
}

static uint32_t value_bytes(uint32_t value)
{
    uint32_t random = value;
    return 1 + random_below(&random, random_below(&random, LARGE_ONE_IN) == 0 ? LARGE_MAX : VALUE_MAX);
}

static void fill_value(uint32_t value, uint8_t *dst)
{
    for (uint32_t i = 0; i < value_bytes(value); i++) {
        dst[i] = (uint8_t)(value * 31 + (value >> 8) + i * 7);
    }
}

/* Whether that is what a name holds. */
static bool holds(int name, uint32_t value)
{
    const int32_t bytes = guest_call(ROW_STATE_GET, name, 0, 0, 0);
    if (value == 0 || bytes < 0) {
        return value == 0 && bytes == HOST_NOT_FOUND;
    }
    uint8_t wanted[LARGE_MAX];
    fill_value(value, wanted);
    return (uint32_t)bytes == value_bytes(value) && memcmp(wanted, guest_value(), (size_t)bytes) == 0;
}

static void check(state_t *state)
{
    for (int name = 0; name < NAMES; name++) {
        if (name == state->open_name && holds(name, state->open_value)) {
            state->values[name] = state->open_value;
        } else if (!holds(name, state->values[name])) {
            fail(state, "not what was put", name, guest_call(ROW_STATE_GET, name, 0, 0, 0));
        }
    }
    state->open_name = NO_NAME;
}

static void mount(state_t *state)
{
    guest_reset();
    const int32_t status = guest_call(ROW_STATE_MOUNT, 0, 0, 0, 0);
    if (guest_flash.is_off) {
        return;
    }
    if (status != HOST_OK) {
        fail(state, "mount", NO_NAME, status);
        return;
    }
    check(state);
}

static bool step(state_t *state)
{
    const uint32_t erases = guest_flash.erases;
    const int32_t more = guest_flash.is_off ? 0 : guest_call(ROW_STATE_STEP, 0, 0, 0, 0);
    if (guest_trap[0] != '\0' || guest_flash.erases > erases + 1) {
        fail(state, "step", NO_NAME, (int32_t)(guest_flash.erases - erases));
    }
    return more == 1;
}

/* Puts a value, or removes it: 0. */
static void put(state_t *state, int name, uint32_t value)
{
    state->open_name = name;
    state->open_value = value;
    int32_t status = HOST_NO_SPACE;
    for (int i = 0; i < STEPS_MAX && status == HOST_NO_SPACE && !guest_flash.is_off; i++) {
        if (i > 0) {
            step(state);
        }
        if (value != 0) {
            fill_value(value, guest_value());
        }
        status = guest_call(ROW_STATE_PUT, name, value == 0 ? 0 : (int32_t)value_bytes(value), 0, 0);
    }
    if (guest_flash.is_off) {
        return;
    }
    const bool is_nothing = value == 0 && state->values[name] == 0;
    if (status != (is_nothing ? HOST_NOT_FOUND : HOST_OK)) {
        fail(state, "put", name, status);
    }
    state->values[name] = value;
    state->open_name = NO_NAME;
}

static void operate(state_t *state, uint32_t number)
{
    uint32_t random = mixed(state->seed, number);
    const int name = (int)random_below(&random, NAMES);
    put(state, name, random_below(&random, REMOVED_ONE_IN) == 0 ? 0 : mixed(number, 1));
    for (uint32_t steps = random_below(&random, 4); steps > 0; steps--) {
        step(state);
    }
    if (guest_flash.violation) {
        fail(state, guest_flash.violation, NO_NAME, 0);
    }
}

static void recover(state_t *state)
{
    nor_flash_power_on(&guest_flash);
    mount(state);
}

static void save(place_t *place, const state_t *state)
{
    nor_flash_copy(&place->flash, &guest_flash);
    guest_save(&place->guest);
    place->state = *state;
}

static void restore(const place_t *place, state_t *state)
{
    nor_flash_copy(&guest_flash, &place->flash);
    guest_restore(&place->guest);
    *state = place->state;
}

static void begin(const sweep_options_t *options, state_t *state, uint32_t seed)
{
    nor_flash_init(&guest_flash, SECTOR_BYTES, SECTORS);
    guest_make_state(options->variant);
    memset(state, 0, sizeof(*state));
    state->seed = seed;
    state->open_name = NO_NAME;
    mount(state);
}

static void report(const sweep_options_t *options, sweep_result_t *result, const state_t *state, const char *id)
{
    sweep_count(options, result, state->failure, id);
    if (guest_trap[0] != '\0') {
        guest_make_state(options->variant);
    }
}

/* Plays an operation from s_before with a cut, another in what follows it, and a few operations more. */
static void play(const sweep_options_t *options, sweep_result_t *result, uint32_t number, uint32_t at, int form)
{
    static state_t state;
    char id[ID_BYTES];
    snprintf(id, sizeof(id), "state:%u:%u:%u%c", (unsigned)s_before.state.seed, (unsigned)number, (unsigned)at, FORMS[form]);
    if (!sweep_wants(options, id)) {
        return;
    }
    uint32_t random = mixed(mixed(number, at), (uint32_t)form);
    guest_is_traced = options->only != NULL;
    restore(&s_before, &state);
    nor_flash_cut_after(&guest_flash, at, (cut_form_t)form, mixed(number, at * CUT_FORMS + (uint32_t)form));
    operate(&state, number);
    nor_flash_power_on(&guest_flash);
    nor_flash_cut_after(&guest_flash, 1 + random_below(&random, SECOND_AMONG), (cut_form_t)random_below(&random, CUT_FORMS),
                        random_next(&random));
    mount(&state);
    for (uint32_t i = 1; i <= OPERATIONS_AFTER; i++) {
        if (guest_flash.is_off) {
            recover(&state);
        }
        operate(&state, number + i);
    }
    recover(&state);
    report(options, result, &state, id);
}

void sweep_state(const sweep_options_t *options, sweep_result_t *result)
{
    static state_t state;
    const uint32_t seeds = options->is_long ? LONG_SEEDS : SEEDS;
    for (uint32_t seed = 1; seed <= seeds; seed++) {
        const uint32_t warm = (seed - 1) * WARM_UP;
        const uint32_t end = warm + (options->is_long ? LONG_SWEPT : SWEPT);
        begin(options, &state, seed);
        for (uint32_t number = 0; number < end && !sweep_is_over(options, result); number++) {
            save(&s_before, &state);
            operate(&state, number);
            save(&s_after, &state);
            const uint32_t cuts = number < warm ? 0 : guest_flash.operations - s_before.flash.operations;
            for (uint32_t at = 1; at <= cuts; at++) {
                for (int form = 0; form < CUT_FORMS; form++) {
                    play(options, result, number, at, form);
                }
            }
            restore(&s_after, &state);
        }
        recover(&state);
        char id[ID_BYTES];
        snprintf(id, sizeof(id), "state:%u:none", (unsigned)seed);
        report(options, result, &state, id);
        printf("state seed %u: %u programs, %u erases\n", (unsigned)seed, (unsigned)guest_flash.programs,
               (unsigned)guest_flash.erases);
    }
}

static void settle(state_t *state)
{
    for (int i = 0; step(state); i++) {
        if (i == STEPS_MAX) {
            fail(state, "steps come to no end", NO_NAME, i);
            return;
        }
    }
}

/* Flips a bit of s_image: no value is lost, no old one is there, now and after a put that makes room for itself. */
static void flip(const sweep_options_t *options, sweep_result_t *result, const char *prefix, uint32_t bit)
{
    static state_t state;
    char id[ID_BYTES];
    snprintf(id, sizeof(id), "%s:%u", prefix, (unsigned)bit);
    if (!sweep_wants(options, id)) {
        return;
    }
    guest_is_traced = options->only != NULL;
    nor_flash_copy(&guest_flash, &s_image);
    guest_flash.bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
    state = s_kept;
    mount(&state);
    if (state.failure[0] == '\0') {
        put(&state, (int)(bit % NAMES), mixed(bit, 1));
        settle(&state);
        check(&state);
        mount(&state);
    }
    report(options, result, &state, id);
}

static void flip_all(const sweep_options_t *options, sweep_result_t *result, const char *prefix)
{
    for (uint32_t bit = 0; bit < SECTOR_BYTES * SECTORS * 8 && !sweep_is_over(options, result); bit++) {
        flip(options, result, prefix, bit);
    }
}

void sweep_state_flips(const sweep_options_t *options, sweep_result_t *result)
{
    begin(options, &s_kept, SEEDS + 1);
    for (uint32_t number = 0; number < WARM_UP; number++) {
        operate(&s_kept, number);
    }
    mount(&s_kept);
    settle(&s_kept);
    nor_flash_copy(&s_image, &guest_flash);
    flip_all(options, result, "state-bit:whole");

    /* And of what a cut before each program and erase of an overwrite left, once it was mounted. */
    static state_t state;
    nor_flash_copy(&guest_flash, &s_image);
    mount(&s_kept);
    save(&s_before, &s_kept);
    put(&s_kept, OVERWRITTEN, mixed(WARM_UP, 1));
    const uint32_t cuts = guest_flash.operations - s_before.flash.operations;
    for (uint32_t at = 1; at <= cuts; at++) {
        char prefix[ID_BYTES / 2];
        snprintf(prefix, sizeof(prefix), "state-bit:cut%u", (unsigned)at);
        restore(&s_before, &state);
        nor_flash_cut_after(&guest_flash, at, CUT_BEFORE, 1);
        put(&state, OVERWRITTEN, mixed(WARM_UP, 1));
        recover(&state);
        settle(&state);
        nor_flash_copy(&s_image, &guest_flash);
        s_kept = state;
        flip_all(options, result, prefix);
    }
    printf("state-bits: an image, and %u that cuts left\n", (unsigned)cuts);
}
