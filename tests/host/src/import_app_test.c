/*
 * The app's own host rows: yield, log, random.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "test_device.h"

static test_device_t s_device;

static int set_up(void **state)
{
    (void)state;
    test_device_prepare(&s_device);
    return test_device_start(&s_device, "app_wait");
}

static int tear_down(void **state)
{
    (void)state;
    test_device_stop(&s_device);
    return 0;
}

static void yield_runs_the_kernel_feeds_and_refuels(void **state)
{
    (void)state;
    uint32_t steps = kernel_u32(&s_device, KERNEL_STEPS);
    int feeds = s_device.board.feeds;
    int64_t start_ms = s_device.board.now_ms;
    kernel_poke(&s_device, KERNEL_STEP_MS, 7);
    assert_int_equal(runtime_step(s_device.runtime), 7); /* the kernel's deadline is that of its step behind the app's */
    assert_int_equal(s_device.stops, 0);                 /* 40 loop passes with fuel for 20 */
    assert_int_equal(s_device.board.now_ms - start_ms, 400);
    assert_true(kernel_u32(&s_device, KERNEL_STEPS) >= steps + 41);
    assert_true(s_device.board.feeds >= feeds + 40);
}

static void yield_wakes_at_the_kernels_deadline(void **state)
{
    (void)state;
    kernel_poke(&s_device, KERNEL_STEP_MS, 1);
    int idles = s_device.board.idles;
    runtime_step(s_device.runtime);
    assert_in_range(s_device.board.idles - idles, 400, 440);
}

static void yield_ends_early_when_a_message_waits(void **state)
{
    (void)state;
    kernel_poke(&s_device, KERNEL_EVENT, 1);
    int64_t start_ms = s_device.board.now_ms;
    runtime_step(s_device.runtime);
    assert_int_equal(s_device.board.now_ms, start_ms);
    assert_int_equal(app_u32(&s_device, 0), 1);
}

static void yield_refuses_a_negative_time(void **state)
{
    (void)state;
    const uint64_t args[] = { 0xFFFFFFFF };
    uint8_t memory[8];
    uint32_t steps = kernel_u32(&s_device, KERNEL_STEPS);
    assert_int_equal(call_row(app_row("yield"), &s_device.runtime->app.guest, memory, sizeof(memory), args), HOST_INVALID);
    assert_int_equal(kernel_u32(&s_device, KERNEL_STEPS), steps);
}

static void a_kernel_that_traps_under_a_yield_is_the_kernels_trap(void **state)
{
    (void)state;
    runtime_step(s_device.runtime);
    kernel_poke(&s_device, KERNEL_TRAP, TRAP_IN_STEP);
    const uint64_t args[] = { 10 };
    uint8_t memory[8];
    engine_call_t call = { .user = &s_device.runtime->app.guest,
                           .import = app_row("yield"),
                           .memory = memory,
                           .memory_bytes = sizeof(memory),
                           .args = args };
    assert_string_equal(call.import->handler(&call), "the kernel trapped");
    assert_int_equal(runtime_step(s_device.runtime), HOST_CORRUPT);
    assert_int_equal(s_device.stops, 0);
}

static void the_app_is_not_entered_from_its_own_yield(void **state)
{
    (void)state;
    static test_module_t other;
    test_module_app(&other, "app_quiet");
    s_device.runtime->app.is_running = true; /* as it is inside a yield */
    assert_int_equal(runtime_swap_app(s_device.runtime, other.bytes, other.len), HOST_INVALID);
    assert_non_null(s_device.runtime->app.instance);
    s_device.runtime->app.is_running = false;
    assert_int_equal(runtime_swap_app(s_device.runtime, other.bytes, other.len), HOST_OK);
}

static void a_log_line_carries_the_modules_tag(void **state)
{
    (void)state;
    uint8_t memory[] = "hello";
    const uint64_t args[] = { PLATFORM_LOG_INFO, 0, 5 };
    const uint64_t wrong_level[] = { 4, 0, 5 };
    guest_t *app = &s_device.runtime->app.guest;
    assert_int_equal(call_row(app_row("log"), app, memory, sizeof(memory), args), HOST_OK);
    assert_int_equal(call_row(kernel_row("sys_log"), &s_device.runtime->kernel_guest, memory, sizeof(memory), args), HOST_OK);
    assert_string_equal(s_device.board.log, "app: hello\nkernel: hello\n");
    assert_int_equal(call_row(app_row("log"), app, memory, sizeof(memory), wrong_level), HOST_INVALID);
    assert_string_equal(s_device.board.log, "app: hello\nkernel: hello\n");
}

static void random_fills_the_span_and_no_more(void **state)
{
    (void)state;
    uint8_t memory[8] = { 0 };
    const uint64_t args[] = { 2, 3 };
    assert_int_equal(call_row(app_row("random"), &s_device.runtime->app.guest, memory, sizeof(memory), args), HOST_OK);
    assert_memory_equal(memory, "\0\0\x5A\x5A\x5A\0\0\0", 8);
}

int main(void)
{
#define DEVICE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        DEVICE_TEST(yield_runs_the_kernel_feeds_and_refuels),
        DEVICE_TEST(yield_wakes_at_the_kernels_deadline),
        DEVICE_TEST(yield_ends_early_when_a_message_waits),
        DEVICE_TEST(yield_refuses_a_negative_time),
        DEVICE_TEST(a_kernel_that_traps_under_a_yield_is_the_kernels_trap),
        DEVICE_TEST(the_app_is_not_entered_from_its_own_yield),
        DEVICE_TEST(a_log_line_carries_the_modules_tag),
        DEVICE_TEST(random_fills_the_span_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
