/*
 * The runtime's round: the kernel's start, its traps, what it asks of the board, and the counters.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "guest_memory.h"
#include "heap_watch.h"
#include "test_device.h"
#include "test_kernel_engine.h"

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

static void a_kernel_that_fails_its_set_up_keeps_the_device_from_running(void **state)
{
    (void)state;
    int live = heap_live;
    s_device.board.reset_reason = HOST_INVALID; /* what the fake kernel's setup answers */
    assert_int_equal(test_device_start(&s_device, ""), HOST_INVALID);
    assert_non_null(strstr(s_device.board.log, "kernel: setup failed: INVALID"));
    assert_null(s_device.runtime);
    assert_int_equal(heap_live, live);
}

static void a_module_that_is_no_kernel_is_refused(void **state)
{
    (void)state;
    int live = heap_live;
    test_module_app(&s_device.kernel, "app_quiet");
    assert_int_equal(test_device_start(&s_device, ""), HOST_INVALID);
    assert_non_null(strstr(s_device.board.log, "kernel not loaded: manifest: kind is 1, expected 0 (INVALID)"));
    test_module_kernel(&s_device.kernel, "app_quiet");
    assert_int_equal(test_device_start(&s_device, ""), HOST_INVALID);
    const char *why = test_kernel_engine == &engine_wasm3
                          ? "kernel not loaded: export setup: kind or signature differs"
                          : "kernel not loaded: not the module that this program was compiled with";
    assert_non_null(strstr(s_device.board.log, why));
    assert_int_equal(heap_live, live);
}

static void a_trap_of_the_kernels_step_is_corrupt_from_then_on(void **state)
{
    (void)state;
    assert_int_equal(test_device_start(&s_device, "app_quiet"), HOST_OK);
    kernel_poke(&s_device, KERNEL_TRAP, TRAP_IN_STEP);
    assert_int_equal(runtime_step(s_device.runtime), HOST_CORRUPT);
    assert_non_null(strstr(s_device.board.log, "kernel trapped in step: unreachable executed"));
    assert_int_equal(runtime_step(s_device.runtime), HOST_CORRUPT);
    assert_int_equal(runtime_stats(s_device.runtime, (uint32_t[1]){ 0 }, 1), HOST_CORRUPT);
    assert_int_equal(s_device.stops, 0);
}

static void an_abort_of_the_kernel_says_what_and_where(void **state)
{
    (void)state;
    assert_int_equal(test_device_start(&s_device, ""), HOST_OK);
    kernel_poke(&s_device, KERNEL_TRAP, ABORT_IN_STEP);
    assert_int_equal(runtime_step(s_device.runtime), HOST_CORRUPT);
    assert_non_null(strstr(s_device.board.log, "kernel trapped in step: abort: kernel says no at 7:9"));
}

static void a_trap_of_the_kernel_inside_a_syscall_is_not_the_apps_fault(void **state)
{
    (void)state;
    assert_int_equal(test_device_start(&s_device, "app_deep"), HOST_OK);
    kernel_poke(&s_device, KERNEL_TRAP, TRAP_IN_SYSCALL);
    assert_int_equal(runtime_step(s_device.runtime), HOST_CORRUPT);
    assert_non_null(strstr(s_device.board.log, "kernel trapped in syscall"));
    assert_int_equal(s_device.stops, 0);
}

static void a_trap_while_an_app_is_announced_is_the_kernels(void **state)
{
    (void)state;
    assert_int_equal(test_device_start(&s_device, "app_grow"), HOST_OK);
    runtime_step(s_device.runtime);
    assert_int_equal(s_device.stops, 1);
    kernel_poke(&s_device, KERNEL_TRAP, TRAP_IN_APP_STARTED);
    s_device.board.now_ms += 1000;
    assert_int_equal(runtime_step(s_device.runtime), HOST_CORRUPT);
    assert_int_equal(s_device.starts, 1);
}

static void the_watchdog_is_fed_in_every_round(void **state)
{
    (void)state;
    assert_int_equal(test_device_start(&s_device, "app_quiet"), HOST_OK);
    for (int i = 0; i < 3; i++) {
        int feeds = s_device.board.feeds;
        runtime_step(s_device.runtime);
        assert_true(s_device.board.feeds > feeds);
    }
}

static void the_kernels_deadline_is_kept_within_bounds(void **state)
{
    (void)state;
    assert_int_equal(test_device_start(&s_device, ""), HOST_OK);
    kernel_poke(&s_device, KERNEL_STEP_MS, 120);
    assert_int_equal(runtime_step(s_device.runtime), 120);
    kernel_poke(&s_device, KERNEL_STEP_MS, 0x7FFFFFFF);
    assert_int_equal(runtime_step(s_device.runtime), RUNTIME_STEP_MAX_MS);
    kernel_poke(&s_device, KERNEL_STEP_MS, 0xFFFFFFFF);
    assert_int_equal(runtime_step(s_device.runtime), 0);
}

static void an_app_that_found_no_room_waits_for_something_to_come_in(void **state)
{
    (void)state;
    assert_int_equal(test_device_start(&s_device, "app_retry"), HOST_OK);
    kernel_poke(&s_device, KERNEL_RESULT, 1); /* accepted: the kernel has work, whatever its last deadline was */
    assert_int_equal(runtime_step(s_device.runtime), 0);
    kernel_poke(&s_device, KERNEL_RESULT, (uint32_t)HOST_NO_SPACE);
    assert_int_equal(runtime_step(s_device.runtime), 1);
    const uint32_t syscalls = kernel_u32(&s_device, KERNEL_SYSCALLS);
    assert_int_equal(runtime_step(s_device.runtime), 1); /* no time has passed: the app is due still */
    assert_int_equal(kernel_u32(&s_device, KERNEL_SYSCALLS), syscalls + 1);
    kernel_poke(&s_device, KERNEL_STEP_MS, 0); /* the kernel itself has more to do */
    assert_int_equal(runtime_step(s_device.runtime), 0);
    kernel_poke(&s_device, KERNEL_STEP_MS, 5000);
    kernel_poke(&s_device, KERNEL_RESULT, (uint32_t)HOST_TOO_LARGE); /* refused, but not for lack of room */
    assert_int_equal(runtime_step(s_device.runtime), 0);
}

static void a_restart_is_done_after_the_step(void **state)
{
    (void)state;
    assert_int_equal(test_device_start(&s_device, ""), HOST_OK);
    runtime_step(s_device.runtime);
    assert_int_equal(s_device.board.restart_reason, -1);
    kernel_poke(&s_device, KERNEL_LEAVE, 1);
    runtime_step(s_device.runtime);
    assert_int_equal(s_device.board.restart_reason, PLATFORM_RESET_RESTART);
}

static void a_sleep_that_the_board_refuses_is_logged(void **state)
{
    (void)state;
    assert_int_equal(test_device_start(&s_device, ""), HOST_OK);
    kernel_poke(&s_device, KERNEL_LEAVE, 2);
    assert_int_equal(runtime_step(s_device.runtime), 5000);
    assert_int_equal(s_device.board.sleep_ms, 30000);
    assert_non_null(strstr(s_device.board.log, "deep sleep refused: UNSUPPORTED"));
}

static void counters_come_through_the_stats_row(void **state)
{
    (void)state;
    uint32_t fields[4] = { 0 };
    assert_int_equal(test_device_start(&s_device, ""), HOST_OK);
    kernel_poke(&s_device, KERNEL_RESULT, 12); /* bytes: three fields; the fake fills the buffer with 0, 1, 2, ... */
    assert_int_equal(runtime_stats(s_device.runtime, fields, 4), 3);
    assert_int_equal(kernel_u32(&s_device, KERNEL_ROW), SYSCALL_stats);
    assert_int_equal(kernel_u32(&s_device, KERNEL_ARGS), KERNEL_EXCHANGE);
    assert_int_equal(fields[0], 0x03020100);
    assert_int_equal(fields[2], 0x0B0A0908);
    assert_int_equal(fields[3], 0);
    assert_int_equal(runtime_stats(s_device.runtime, fields, 2), 2);
    kernel_poke(&s_device, KERNEL_RESULT, (uint32_t)HOST_CLOSED);
    assert_int_equal(runtime_stats(s_device.runtime, fields, 4), HOST_CLOSED);
}

static void lack_of_memory_at_any_allocation_of_a_start_is_a_status(void **state)
{
    (void)state;
    int live = heap_live;
    for (int at = 1;; at++) {
        heap_allocations_left = at;
        int status = test_device_start(&s_device, "app_quiet");
        bool was_exhausted = heap_allocations_left == 0;
        heap_allocations_left = -1;
        if (!was_exhausted) {
            assert_true(at > 20);
            assert_int_equal(status, HOST_OK);
            break;
        }
        /* Short for the app alone, the kernel runs without it. */
        assert_true(status == HOST_NO_MEMORY || (status == HOST_OK && s_device.runtime->app.instance == NULL));
        test_device_stop(&s_device);
        assert_int_equal(heap_live, live);
    }
}

int main(void)
{
#define DEVICE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        DEVICE_TEST(a_kernel_that_fails_its_set_up_keeps_the_device_from_running),
        DEVICE_TEST(a_module_that_is_no_kernel_is_refused),
        DEVICE_TEST(a_trap_of_the_kernels_step_is_corrupt_from_then_on),
        DEVICE_TEST(an_abort_of_the_kernel_says_what_and_where),
        DEVICE_TEST(a_trap_of_the_kernel_inside_a_syscall_is_not_the_apps_fault),
        DEVICE_TEST(a_trap_while_an_app_is_announced_is_the_kernels),
        DEVICE_TEST(the_watchdog_is_fed_in_every_round),
        DEVICE_TEST(the_kernels_deadline_is_kept_within_bounds),
        DEVICE_TEST(an_app_that_found_no_room_waits_for_something_to_come_in),
        DEVICE_TEST(a_restart_is_done_after_the_step),
        DEVICE_TEST(a_sleep_that_the_board_refuses_is_logged),
        DEVICE_TEST(counters_come_through_the_stats_row),
        DEVICE_TEST(lack_of_memory_at_any_allocation_of_a_start_is_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
