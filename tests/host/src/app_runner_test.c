/*
 * The life of an app: started, stepped, ended for every kind of fault, started again with back-off, while the kernel goes on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "heap_watch.h"
#include "test_device.h"

static test_device_t s_device;

static int set_up(void **state)
{
    (void)state;
    test_device_prepare(&s_device);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_device_stop(&s_device);
    return 0;
}

static void start(const char *app)
{
    assert_int_equal(test_device_start(&s_device, app), HOST_OK);
}

/* Lets the app run on the stepped clock until it stops once more. */
static void run_until_stopped(void)
{
    int stops = s_device.stops;
    for (int i = 0; i < 100 && s_device.stops == stops; i++) {
        int wait_ms = runtime_step(s_device.runtime);
        assert_in_range(wait_ms, 0, RUNTIME_STEP_MAX_MS);
        s_device.board.now_ms += s_device.stops == stops ? wait_ms : 0;
    }
    assert_int_equal(s_device.stops, stops + 1);
}

static void expect_fault(const char *app, const char *export_name, const char *reason)
{
    start(app);
    if (s_device.stops == 0) {
        run_until_stopped();
    }
    assert_string_equal(s_device.stop_export, export_name);
    assert_string_equal(s_device.stop_reason, reason);
    assert_null(s_device.runtime->app.instance);
    assert_non_null(strstr(s_device.board.log, reason));
    uint32_t steps = kernel_u32(&s_device, KERNEL_STEPS);
    assert_int_equal(runtime_step(s_device.runtime) >= 0, 1);
    assert_int_equal(kernel_u32(&s_device, KERNEL_STEPS), steps + 1);
}

static void a_trap_ends_the_app_alone(void **state)
{
    (void)state;
    expect_fault("app_trap", "step", "integer divide by zero");
}

static void an_endless_loop_ends_when_its_fuel_does(void **state)
{
    (void)state;
    expect_fault("app_loop", "step", "endless loop: no return after 20 loop passes");
}

static void a_leak_ends_at_the_edge_of_memory(void **state)
{
    (void)state;
    expect_fault("app_leak", "step", "access outside its 4096 bytes of memory: memory exhausted, or a stray pointer");
}

static void a_refused_page_is_called_memory_exhausted(void **state)
{
    (void)state;
    expect_fault("app_grow", "step", "memory exhausted: all 4096 bytes are in use");
}

static void endless_recursion_ends_at_the_stack(void **state)
{
    (void)state;
    expect_fault("app_deep", "step", "stack overflow: calls nested too deep");
}

static void an_abort_leaves_its_last_words(void **state)
{
    (void)state;
    expect_fault("app_abort", "setup", "abort: no sensor at 12:3");
}

static void the_wait_doubles_up_to_a_minute(void **state)
{
    (void)state;
    static const int32_t waits[] = { 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000 };
    start("app_grow");
    for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
        run_until_stopped();
        assert_int_equal(s_device.restart_ms, waits[i]);
        int64_t stopped_ms = s_device.board.now_ms;
        int starts = s_device.starts;
        s_device.board.now_ms = stopped_ms + waits[i] - 1;
        assert_int_equal(runtime_step(s_device.runtime), 1);
        assert_int_equal(s_device.starts, starts);
        s_device.board.now_ms = stopped_ms + waits[i];
        runtime_step(s_device.runtime);
        assert_int_equal(s_device.starts, starts + 1);
        assert_int_equal(kernel_u32(&s_device, KERNEL_APP_RESTARTS), i + 1);
    }
}

static void a_good_minute_forgets_the_back_off(void **state)
{
    (void)state;
    start("app_leak");
    run_until_stopped();
    assert_int_equal(s_device.restart_ms, 1000);
    run_until_stopped();
    assert_int_equal(s_device.restart_ms, 2000);
    s_device.board.now_ms += 2000;
    runtime_step(s_device.runtime);
    assert_int_equal(s_device.starts, 3);
    s_device.board.now_ms += APP_GOOD_RUN_MS;
    run_until_stopped();
    assert_int_equal(s_device.restart_ms, 1000);
}

static void a_module_that_does_not_load_is_tried_again(void **state)
{
    (void)state;
    test_module_app(&s_device.app, "fake_kernel"); /* imports rows of the other wall */
    start(NULL);
    assert_int_equal(s_device.stops, 1);
    assert_string_equal(s_device.stop_export, "load");
    assert_string_equal(s_device.stop_reason, "import sys_reset_reason: no such row on this wall");
    assert_int_equal(s_device.starts, 0);
    s_device.board.now_ms += 1000;
    runtime_step(s_device.runtime);
    assert_int_equal(s_device.stops, 2);
    assert_int_equal(s_device.restart_ms, 2000);
}

static void a_loop_guard_without_fuel_is_refused(void **state)
{
    (void)state;
    const manifest_t manifest = { .abi = 1, .memory_bytes = TEST_MEMORY_BYTES, .fuel = 0 };
    test_module_read(&s_device.app, "app_loop");
    test_module_sign(&s_device.app, &manifest, MANIFEST_APP);
    start(NULL);
    assert_string_equal(s_device.stop_reason, "manifest: fuel is 0, but the app counts its loop passes");
}

static void an_app_is_refused_while_the_heap_is_short(void **state)
{
    (void)state;
    s_device.board.free_heap = 60000;
    test_module_app(&s_device.app, "app_quiet");
    const manifest_t manifest = { .abi = 1, .memory_bytes = 60000, .fuel = TEST_FUEL };
    test_module_read(&s_device.app, "app_quiet");
    test_module_sign(&s_device.app, &manifest, MANIFEST_APP);
    start(NULL);
    assert_non_null(strstr(s_device.stop_reason, "bytes of RAM, 60000 are free"));
    s_device.board.free_heap = 120000;
    s_device.board.now_ms += 1000;
    runtime_step(s_device.runtime);
    assert_int_equal(s_device.starts, 1);
}

static void the_collector_runs_between_callbacks(void **state)
{
    (void)state;
    enum { APP_STEPS = 0, APP_COLLECTIONS = 4 };
    const manifest_t manifest = { .abi = 1, .memory_bytes = TEST_MEMORY_BYTES, .fuel = TEST_FUEL, .has_collector = true };
    test_module_read(&s_device.app, "app_quiet");
    test_module_sign(&s_device.app, &manifest, MANIFEST_APP);
    start(NULL);
    assert_int_equal(app_u32(&s_device, APP_COLLECTIONS), 1); /* after setup */
    assert_int_equal(runtime_step(s_device.runtime), 250);
    assert_int_equal(app_u32(&s_device, APP_STEPS), 1);
    assert_int_equal(app_u32(&s_device, APP_COLLECTIONS), 2);
}

static void a_promised_collector_that_is_missing_ends_the_app(void **state)
{
    (void)state;
    const manifest_t manifest = { .abi = 1, .memory_bytes = TEST_MEMORY_BYTES, .fuel = TEST_FUEL, .has_collector = true };
    test_module_read(&s_device.app, "app_trap");
    test_module_sign(&s_device.app, &manifest, MANIFEST_APP);
    start(NULL);
    assert_int_equal(s_device.stops, 1);
    assert_string_equal(s_device.stop_export, "__collect");
    assert_string_equal(s_device.stop_reason, "manifest: promises a collector that the app does not export");
    assert_int_equal(runtime_step(s_device.runtime), 1000);
}

static void the_app_is_stepped_when_it_is_due_and_not_before(void **state)
{
    (void)state;
    start("app_quiet");
    assert_int_equal(runtime_step(s_device.runtime), 250);
    s_device.board.now_ms += 249;
    assert_int_equal(runtime_step(s_device.runtime), 1);
    assert_int_equal(app_u32(&s_device, 0), 1);
    s_device.board.now_ms += 1;
    assert_int_equal(runtime_step(s_device.runtime), 250);
    assert_int_equal(app_u32(&s_device, 0), 2);
}

static void a_message_wakes_the_app_once(void **state)
{
    (void)state;
    start("app_quiet");
    runtime_step(s_device.runtime);
    s_device.board.now_ms += 10;
    kernel_poke(&s_device, KERNEL_EVENT, 1);
    assert_int_equal(runtime_step(s_device.runtime), 0); /* the kernel took it: the app's turn is the next round, at once */
    assert_int_equal(app_u32(&s_device, 0), 1);
    assert_int_equal(runtime_step(s_device.runtime), 250);
    assert_int_equal(app_u32(&s_device, 0), 2);
    s_device.board.now_ms += 10;
    assert_int_equal(runtime_step(s_device.runtime), 240); /* not taken: it waits until the app's own time */
    assert_int_equal(app_u32(&s_device, 0), 2);
    kernel_poke(&s_device, KERNEL_EVENT, 0);
    runtime_step(s_device.runtime);
    kernel_poke(&s_device, KERNEL_EVENT, 1);
    assert_int_equal(runtime_step(s_device.runtime), 0);
    runtime_step(s_device.runtime);
    assert_int_equal(app_u32(&s_device, 0), 3);
}

static void after_a_watchdog_reset_the_kernel_comes_first(void **state)
{
    (void)state;
    s_device.board.reset_reason = PLATFORM_RESET_WATCHDOG;
    start("app_quiet");
    int64_t boot_ms = s_device.board.now_ms;
    assert_int_equal(runtime_step(s_device.runtime), 5000); /* the kernel's own deadline */
    s_device.board.now_ms = boot_ms + APP_HOLD_MS - 1;
    assert_int_equal(runtime_step(s_device.runtime), 1);
    assert_int_equal(s_device.starts, 0);
    s_device.board.now_ms = boot_ms + APP_HOLD_MS;
    runtime_step(s_device.runtime);
    assert_int_equal(s_device.starts, 1);
    assert_non_null(strstr(s_device.board.log, "the watchdog ended the run before: the app waits 10000 ms"));
}

static void a_new_app_does_not_wait_for_what_the_old_one_did(void **state)
{
    (void)state;
    static test_module_t other;
    s_device.board.reset_reason = PLATFORM_RESET_WATCHDOG;
    start("app_quiet");
    test_module_app(&other, "app_quiet");
    assert_int_equal(runtime_swap_app(s_device.runtime, other.bytes, other.len), HOST_OK);
    runtime_step(s_device.runtime);
    assert_int_equal(s_device.starts, 1);
}

static void fifty_swaps_leave_nothing_behind(void **state)
{
    (void)state;
    static test_module_t quiet;
    static test_module_t trap;
    uint32_t kernel_bytes, app_bytes, first_bytes;
    test_module_app(&quiet, "app_quiet");
    test_module_app(&trap, "app_trap");
    start("app_quiet");
    runtime_memory(s_device.runtime, &kernel_bytes, &first_bytes);
    int live = heap_live;
    for (int i = 1; i <= 50; i++) {
        const test_module_t *module = i % 2 ? &trap : &quiet;
        assert_int_equal(runtime_swap_app(s_device.runtime, module->bytes, module->len), HOST_OK);
        assert_true(runtime_step(s_device.runtime) >= 0);
        assert_int_equal(s_device.starts, i + 1);
    }
    runtime_memory(s_device.runtime, &kernel_bytes, &app_bytes);
    assert_int_equal(app_bytes, first_bytes);
    assert_int_equal(heap_live, live);
    assert_true(kernel_u32(&s_device, KERNEL_STEPS) >= 50);
}

static void no_app_is_fine_too(void **state)
{
    (void)state;
    uint32_t kernel_bytes, app_bytes;
    start("");
    assert_int_equal(runtime_step(s_device.runtime), 5000); /* the kernel's own deadline */
    runtime_memory(s_device.runtime, &kernel_bytes, &app_bytes);
    assert_int_equal(app_bytes, 0);
    assert_true(kernel_bytes > TEST_MEMORY_BYTES);
}

int main(void)
{
#define DEVICE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        DEVICE_TEST(a_trap_ends_the_app_alone),
        DEVICE_TEST(an_endless_loop_ends_when_its_fuel_does),
        DEVICE_TEST(a_leak_ends_at_the_edge_of_memory),
        DEVICE_TEST(a_refused_page_is_called_memory_exhausted),
        DEVICE_TEST(endless_recursion_ends_at_the_stack),
        DEVICE_TEST(an_abort_leaves_its_last_words),
        DEVICE_TEST(the_wait_doubles_up_to_a_minute),
        DEVICE_TEST(a_good_minute_forgets_the_back_off),
        DEVICE_TEST(a_module_that_does_not_load_is_tried_again),
        DEVICE_TEST(a_loop_guard_without_fuel_is_refused),
        DEVICE_TEST(an_app_is_refused_while_the_heap_is_short),
        DEVICE_TEST(the_collector_runs_between_callbacks),
        DEVICE_TEST(a_promised_collector_that_is_missing_ends_the_app),
        DEVICE_TEST(the_app_is_stepped_when_it_is_due_and_not_before),
        DEVICE_TEST(a_message_wakes_the_app_once),
        DEVICE_TEST(after_a_watchdog_reset_the_kernel_comes_first),
        DEVICE_TEST(a_new_app_does_not_wait_for_what_the_old_one_did),
        DEVICE_TEST(fifty_swaps_leave_nothing_behind),
        DEVICE_TEST(no_app_is_fine_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
