/* clock, link and watchdog: time as the board sees it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "watchdog.h"

static world_t *s_world;
static sim_clock_t s_clock;
static int s_pipe[2];
static int s_ready; /* what prepare answers: -1 at once, else how many */

static int prepare(void *ctx, struct pollfd *fds, int cap)
{
    (void)ctx, (void)cap;
    fds[0] = (struct pollfd){ .fd = s_pipe[0], .events = POLLIN };
    return s_ready;
}

static bool finish(void *ctx, const struct pollfd *fds, int count)
{
    (void)ctx, (void)count;
    return fds[0].revents != 0;
}

static void start(bool is_stepped)
{
    s_world = world_create(is_stepped, 1);
    s_ready = 1;
    assert_int_equal(pipe(s_pipe), 0);
    sim_clock_start(&s_clock, s_world, (sim_clock_inputs_t){ NULL, prepare, finish });
}

static int tear_down(void **state)
{
    (void)state;
    world_destroy(s_world);
    close(s_pipe[0]);
    close(s_pipe[1]);
    return 0;
}

static void starts_just_before_32_bits_wrap(void **state)
{
    (void)state;
    start(true);
    assert_true(sim_clock_monotonic(&s_clock) == CLOCK_START_MS);
    assert_true(CLOCK_START_MS < INT64_C(1) << 32 && CLOCK_START_MS + 10000 >= INT64_C(1) << 32);
    s_world->virtual_ms = 20000;
    assert_true(sim_clock_monotonic(&s_clock) == CLOCK_START_MS + 20000);
}

static void begins_anew_at_each_power_on(void **state)
{
    (void)state;
    start(true);
    s_world->virtual_ms = 5000;
    sim_clock_start(&s_clock, s_world, s_clock.inputs);
    assert_true(sim_clock_monotonic(&s_clock) == CLOCK_START_MS);
    assert_int_equal(sim_clock_uptime(&s_clock), 0);
}

static void wall_clock_goes_on_while_the_board_is_off(void **state)
{
    (void)state;
    start(true);
    s_world->wall_offset_ms = INT64_C(1700000000000);
    s_world->virtual_ms = 5000;
    sim_clock_start(&s_clock, s_world, s_clock.inputs);
    s_world->virtual_ms = 6000;
    assert_true(sim_clock_wall(&s_clock) == INT64_C(1700000006000));
    s_world->wall_is_set = 0;
    assert_int_equal(sim_clock_wall(&s_clock), -1);
}

static void stepped_wait_moves_to_its_deadline_or_as_far_as_granted(void **state)
{
    (void)state;
    start(true);
    s_world->granted_ms = 250;
    sim_clock_idle(&s_clock, 100);
    assert_int_equal(sim_clock_uptime(&s_clock), 100);
    sim_clock_idle(&s_clock, 100);
    assert_int_equal(sim_clock_uptime(&s_clock), 200);
    sim_clock_idle(&s_clock, 100);
    assert_int_equal(sim_clock_uptime(&s_clock), 250);
}

static void stepped_time_stands_still_for_inputs(void **state)
{
    (void)state;
    start(true);
    s_world->granted_ms = 1000;
    assert_int_equal(write(s_pipe[1], "x", 1), 1);
    sim_clock_idle(&s_clock, 100);
    assert_int_equal(sim_clock_uptime(&s_clock), 0);
    s_ready = -1;
    sim_clock_idle(&s_clock, 100);
    assert_int_equal(sim_clock_uptime(&s_clock), 0);
    s_ready = 0; /* nothing to wait for */
    sim_clock_idle(&s_clock, 0);
    assert_int_equal(sim_clock_uptime(&s_clock), 0);
    sim_clock_idle(&s_clock, 100);
    assert_int_equal(sim_clock_uptime(&s_clock), 100);
}

static void real_wait_ends_with_an_input(void **state)
{
    (void)state;
    start(false);
    assert_int_equal(write(s_pipe[1], "x", 1), 1);
    /* Would outlast the test's time limit if the input did not end it. */
    for (int i = 0; i < 1000; i++) {
        sim_clock_idle(&s_clock, 60000);
    }
    const int64_t before = sim_clock_monotonic(&s_clock);
    s_ready = 0;
    sim_clock_idle(&s_clock, 20);
    assert_true(sim_clock_monotonic(&s_clock) >= before + 20);
}

/* Exit status of a process in which the watchdog runs: fed again and again, then no more when `hangs`. */
static int watched(bool hangs)
{
    const pid_t pid = fork();
    if (pid == 0) {
        sim_watchdog_start(s_world, 60);
        sim_watchdog_set(1);
        for (int i = 0; hangs || i < 30; i++) {
            poll(NULL, 0, 50);
            if (!hangs) {
                sim_watchdog_set(0);
            }
        }
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void watchdog_ends_a_board_that_hangs(void **state)
{
    (void)state;
    start(false);
    assert_int_equal(watched(true), BOARD_EXIT_WATCHDOG);
    assert_int_equal(s_world->reset_reason, PLATFORM_RESET_WATCHDOG);
    s_world->reset_reason = PLATFORM_RESET_POWER_ON;
    assert_int_equal(watched(false), 0);
    assert_int_equal(s_world->reset_reason, PLATFORM_RESET_POWER_ON);
}

static void a_wait_leaves_time_to_feed_it(void **state)
{
    (void)state;
    start(false);
    assert_int_equal(sim_watchdog_longest_wait(), 1000);
    const pid_t pid = fork();
    if (pid == 0) {
        sim_watchdog_start(s_world, 2);
        _exit(sim_watchdog_longest_wait() == 1000 && sim_watchdog_set(5) == HOST_OK && sim_watchdog_longest_wait() == 2500);
    }
    int status;
    waitpid(pid, &status, 0);
    assert_int_equal(WEXITSTATUS(status), 1);
}

#define TEST(name) cmocka_unit_test_teardown(name, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(starts_just_before_32_bits_wrap),           TEST(begins_anew_at_each_power_on),
        TEST(wall_clock_goes_on_while_the_board_is_off), TEST(stepped_wait_moves_to_its_deadline_or_as_far_as_granted),
        TEST(stepped_time_stands_still_for_inputs),      TEST(real_wait_ends_with_an_input),
        TEST(watchdog_ends_a_board_that_hangs),          TEST(a_wait_leaves_time_to_feed_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
