/*
 * The kernel on both engines, side by side: 10,000 events, and after each the two devices have said and done the same, to the
 * byte. A failure names the seed and the step; DIFFERENTIAL_SEED=n runs that seed alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "script.h"

enum { STEPS = 10000, DEFAULT_SEED = 20240611, SIDES = 2, SHOWN = 160 };

static device_t s_devices[SIDES];
static kernel_file_t s_kernel;
static const char *const s_side_names[SIDES] = { "wasm3", "ahead of time" };

/* Where two runs of bytes part, or len. */
static size_t first_difference(const uint8_t *a, const uint8_t *b, size_t len)
{
    size_t at = 0;
    while (at < len && a[at] == b[at]) {
        at++;
    }
    return at;
}

/* Each journal from its last line, or the last few bytes, before they part. */
static void show_journals(size_t at)
{
    for (int side = 0; side < SIDES; side++) {
        const journal_t *journal = &s_devices[side].board.journal;
        size_t from = at;
        while (from > 0 && at - from < SHOWN / 2 && journal->text[from - 1] != '\n') {
            from--;
        }
        print_error("%s: %.*s\n", s_side_names[side], SHOWN, journal->text + from);
    }
}

static void fail_at(uint32_t seed, int step, const char *event, const char *what, size_t at)
{
    fail_msg("seed %u, step %d (%s): %s differ at %zu", seed, step, event, what, at);
}

static void compare(uint32_t seed, int step, const char *event)
{
    device_t *a = &s_devices[0];
    device_t *b = &s_devices[1];
    size_t len = a->board.journal.len < b->board.journal.len ? a->board.journal.len : b->board.journal.len;
    size_t at = first_difference((uint8_t *)a->board.journal.text, (uint8_t *)b->board.journal.text, len + 1);
    if (at <= len) {
        show_journals(at);
        fail_at(seed, step, event, "journals", at);
    }
    if (memcmp(a->app, b->app, sizeof(a->app)) != 0) {
        fail_at(seed, step, event, "answers in the app's memory", first_difference(a->app, b->app, sizeof(a->app)));
    }
    if (memcmp(a->board.flash, b->board.flash, sizeof(a->board.flash)) != 0) {
        fail_at(seed, step, event, "flash images", first_difference(a->board.flash, b->board.flash, sizeof(a->board.flash)));
    }
    assert_non_null(a->runtime);
    assert_non_null(b->runtime);
    uint32_t bytes[SIDES];
    const uint8_t *memory = a->engine->memory(a->runtime->kernel, &bytes[0]);
    const uint8_t *other = b->engine->memory(b->runtime->kernel, &bytes[1]);
    assert_int_equal(bytes[0], bytes[1]);
    if (memcmp(memory, other, bytes[0]) != 0) { /* the exchange buffer lies in it */
        fail_at(seed, step, event, "linear memories", first_difference(memory, other, bytes[0]));
    }
}

static void run_script(const char *kernel_name, uint32_t seed)
{
    s_kernel = kernel_file_read(kernel_name);
    random_t seeds = { .state = seed };
    device_init(&s_devices[0], &engine_wasm3, &s_kernel, seed);
    device_init(&s_devices[1], &engine_aot, &s_kernel, seed);
    for (int step = 0; step < STEPS; step++) {
        uint32_t event_seed = random_next(&seeds);
        const char *event = "start";
        for (int side = 0; side < SIDES; side++) {
            event = script_event(&s_devices[side], event_seed);
        }
        compare(seed, step, event);
        for (int side = 0; side < SIDES; side++) {
            journal_clear(&s_devices[side].board.journal);
        }
    }
}

/* Also after a failure. */
static int free_devices(void **state)
{
    (void)state;
    for (int side = 0; side < SIDES; side++) {
        device_free(&s_devices[side]);
    }
    kernel_file_free(&s_kernel);
    return 0;
}

static uint32_t chosen_seed(void)
{
    const char *text = getenv("DIFFERENTIAL_SEED");
    return text ? (uint32_t)strtoul(text, NULL, 10) : DEFAULT_SEED;
}

/* The script reached what it is for: a script of refusals would compare nothing. */
static void expect_busy(void)
{
    const device_t *device = &s_devices[0];
    print_message("stored %d, queued %d, events %d, starts %d; broker: connects %d, publishes %d, subscribes %d\n",
                  device->stored, device->queued, device->events, device->starts, device->board.broker.connects,
                  device->board.broker.publishes, device->board.broker.subscribes);
    assert_int_equal(device->traps, 0);
    assert_true(device->queued > 100);
    assert_true(device->events > 20);
    assert_true(device->starts > 20);
    assert_true(device->board.broker.connects > 30);
    assert_true(device->board.broker.publishes > 100);
    assert_true(device->board.broker.subscribes > 30);
}

static void the_full_kernel_does_the_same_on_both_engines(void **state)
{
    (void)state;
    run_script("full-plain", chosen_seed());
    expect_busy();
    assert_true(s_devices[0].stored > 500);
}

static void the_minimal_kernel_does_the_same_on_both_engines(void **state)
{
    (void)state;
    run_script("minimal-plain", chosen_seed());
    expect_busy();
    assert_int_equal(s_devices[0].stored, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_full_kernel_does_the_same_on_both_engines, free_devices),
        cmocka_unit_test_teardown(the_minimal_kernel_does_the_same_on_both_engines, free_devices),
    };
    return cmocka_run_group_tests_name("host/aot/differential", tests, NULL, NULL);
}
