/* supervisor: a board that is a few lines long, and every way in which its process can end. */
#include "supervisor.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "events.h"
#include "platform.h"

/* What the board does at each start, one letter a start; the last one holds for all further starts. */
static const char *s_plan;

static world_t *s_world;
static pid_t s_pid;
static FILE *s_commands;
static FILE *s_events;
static char s_line[EVENT_BYTES];

/* Obeys the wire: shows every byte as an event, ends with 'q' or with the wire. */
static int live(int wake_fd)
{
    char byte;
    while (read(wake_fd, &byte, 1) == 1) {
        const char name[] = { 'w', 'a', 'k', 'e', '-', byte, '\0' };
        event_t event;
        event_begin(&event, name);
        event_emit(&event);
        if (byte == WORLD_WAKE_QUIT) {
            return BOARD_EXIT_QUIT;
        }
    }
    _exit(BOARD_EXIT_QUIT);
}

static int board(void *ctx, int wake_fd)
{
    (void)ctx;
    const size_t start = (size_t)s_world->boots - 1;
    const char deed = s_plan[start < strlen(s_plan) ? start : strlen(s_plan) - 1];
    switch (deed) {
    case 'w':
        s_world->reset_reason = PLATFORM_RESET_WATCHDOG;
        return BOARD_EXIT_WATCHDOG;
    case 'r':
        s_world->reset_reason = PLATFORM_RESET_RESTART;
        return BOARD_EXIT_RESTART;
    case 'k':
        s_world->reset_reason = PLATFORM_RESET_KERNEL_TRAP;
        return BOARD_EXIT_KERNEL_TRAP;
    case 'd':
        s_world->reset_reason = PLATFORM_RESET_DEEP_SLEEP;
        s_world->sleep_ms = 5000;
        return BOARD_EXIT_DEEP_SLEEP;
    case 'p':
        s_world->reset_reason = PLATFORM_RESET_POWER_ON;
        s_world->cut_is_torn = 1;
        return BOARD_EXIT_POWER_CUT;
    case 'f':
        return BOARD_EXIT_FAILED;
    case 'c':
        raise(SIGKILL);
        return 0;
    case 'h': /* deaf: does not even hear that it shall quit */
        for (;;) {
            pause();
        }
    default:
        return live(wake_fd);
    }
}

static void start(const char *plan, bool is_stepped, bool has_stdin)
{
    int commands[2];
    int events[2];
    s_plan = plan;
    s_world = world_create(is_stepped, 1);
    assert_int_equal(pipe(commands), 0);
    assert_int_equal(pipe(events), 0);
    s_pid = fork();
    if (s_pid == 0) {
        alarm(60); /* a supervisor that hangs must not outlive the test */
        setpgid(0, 0);
        dup2(commands[0], STDIN_FILENO);
        dup2(events[1], STDOUT_FILENO);
        close(commands[0]);
        close(commands[1]);
        close(events[0]);
        close(events[1]);
        _exit(supervisor_run(s_world, has_stdin, board, NULL));
    }
    close(commands[0]);
    close(events[1]);
    s_commands = fdopen(commands[1], "w");
    s_events = fdopen(events[0], "r");
    setvbuf(s_commands, NULL, _IOLBF, 0);
}

static void expect_event(const char *expected)
{
    if (fgets(s_line, sizeof s_line, s_events) == NULL) {
        fail_msg("the events ended, expected %s", expected);
    }
    s_line[strcspn(s_line, "\n")] = '\0';
    assert_string_equal(s_line, expected);
}

static void expect_boot(const char *reason, int boots)
{
    char expected[128];
    snprintf(expected, sizeof expected, "{\"event\":\"boot\",\"reason\":\"%s\",\"boots\":%d}", reason, boots);
    expect_event(expected);
}

static void say(const char *command)
{
    fprintf(s_commands, "%s\n", command);
}

/* Waits for the end of supervisor and board: both hold the events' pipe open. */
static void expect_end(int exit_status)
{
    int status;
    if (fgets(s_line, sizeof s_line, s_events) != NULL) {
        fail_msg("one more event: %s", s_line);
    }
    assert_int_equal(waitpid(s_pid, &status, 0), s_pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), exit_status);
    if (s_commands != NULL) {
        fclose(s_commands);
    }
    fclose(s_events);
    world_destroy(s_world);
}

static void end_commands(void)
{
    fclose(s_commands);
    s_commands = NULL;
}

#define FAULT(torn) "{\"event\":\"fault\",\"kind\":\"power-cut\",\"torn\":" torn "}"

static void quits_when_told(void **state)
{
    (void)state;
    start("l", false, true);
    expect_boot("power-on", 1);
    say("status");
    expect_event("{\"event\":\"wake-s\"}");
    say("swap next.wasm");
    expect_event("{\"event\":\"wake-a\"}");
    say("link down");
    expect_event("{\"event\":\"wake-w\"}");
    assert_int_equal(s_world->link_is_cut, 1);
    assert_string_equal(s_world->app_path, "next.wasm");
    say("quit");
    expect_event("{\"event\":\"wake-q\"}");
    expect_end(0);
}

static void quits_at_the_end_of_its_input(void **state)
{
    (void)state;
    start("l", false, true);
    expect_boot("power-on", 1);
    fputs("link down", s_commands); /* a last line without its end counts */
    end_commands();
    expect_event("{\"event\":\"wake-w\"}");
    expect_event("{\"event\":\"wake-q\"}");
    expect_end(0);
}

static void quits_by_signal_with_its_board(void **state)
{
    (void)state;
    start("l", false, false);
    expect_boot("power-on", 1);
    end_commands(); /* --no-stdin: means nothing */
    kill(s_pid, SIGTERM);
    expect_event("{\"event\":\"wake-q\"}");
    expect_end(0);
}

/* As `timeout` sends it, or a shell that ends a job. */
static void quits_by_a_signal_to_all_its_processes(void **state)
{
    (void)state;
    start("l", false, true);
    expect_boot("power-on", 1);
    say("status");
    expect_event("{\"event\":\"wake-s\"}"); /* now there are two */
    kill(-s_pid, SIGTERM);
    expect_event("{\"event\":\"wake-q\"}");
    expect_end(0);
}

static void kills_a_board_that_does_not_quit(void **state)
{
    (void)state;
    start("h", false, true);
    expect_boot("power-on", 1);
    say("quit");
    expect_end(0);
}

static void tells_each_reason_of_a_reset(void **state)
{
    (void)state;
    start("wrkpl", false, true);
    expect_boot("power-on", 1);
    expect_boot("watchdog", 2);
    expect_boot("restart", 3);
    expect_boot("kernel-trap", 4);
    expect_event(FAULT("true"));
    expect_boot("power-on", 5);
    say("quit");
    expect_event("{\"event\":\"wake-q\"}");
    expect_end(0);
}

static void cuts_the_power_now(void **state)
{
    (void)state;
    start("l", false, true);
    expect_boot("power-on", 1);
    say("power-cut clean");
    expect_event(FAULT("false"));
    expect_boot("power-on", 2);
    say("power-cut torn"); /* no flash operation comes: a clean one after a moment */
    expect_event(FAULT("false"));
    expect_boot("power-on", 3);
    assert_int_equal(s_world->cut_after, 0);
    end_commands();
    expect_event("{\"event\":\"wake-q\"}");
    expect_end(0);
}

static void stays_off_until_power_on(void **state)
{
    (void)state;
    start("l", false, true);
    expect_boot("power-on", 1);
    say("power off");
    expect_event(FAULT("false"));
    say("power-cut clean");
    expect_event("{\"event\":\"error\",\"message\":\"command 'power-cut': the board is off\"}");
    say("link down");
    say("power on");
    expect_boot("power-on", 2);
    assert_int_equal(s_world->link_is_cut, 1);
    say("power off");
    expect_event(FAULT("false"));
    say("quit");
    expect_end(0);
}

static void sleeps_in_the_board_s_own_time(void **state)
{
    (void)state;
    start("dl", true, true);
    expect_boot("power-on", 1);
    say("clock +4999");
    say("bogus"); /* a mark in the events: the board is still asleep */
    assert_non_null(fgets(s_line, sizeof s_line, s_events));
    assert_non_null(strstr(s_line, "found command 'bogus'"));
    say("clock +1");
    expect_boot("deep-sleep", 2);
    say("quit");
    expect_event("{\"event\":\"wake-q\"}");
    expect_end(0);
}

/* Lets one ms pass for a board that is on its way to sleep: stepped time moves only once its process is gone. */
static void await_sleep(void)
{
    say("clock +1");
    while (WORLD_GET(s_world->virtual_ms) != 1) {
        say("bogus"); /* answered with an event: the pace of this loop */
        assert_non_null(fgets(s_line, sizeof s_line, s_events));
    }
}

static void a_board_that_lost_its_power_asleep_does_not_wake_from_sleep(void **state)
{
    (void)state;
    start("dl", true, true);
    expect_boot("power-on", 1);
    await_sleep();
    say("power off");
    expect_event("{\"event\":\"fault\",\"kind\":\"power-cut\",\"torn\":false}");
    say("clock +60000");
    say("power on");
    expect_boot("power-on", 2);
    say("quit");
    expect_event("{\"event\":\"wake-q\"}");
    expect_end(0);
}

static void a_power_cut_reaches_a_board_asleep(void **state)
{
    (void)state;
    start("dl", true, true);
    expect_boot("power-on", 1);
    await_sleep();
    say("power-cut torn");
    expect_event("{\"event\":\"fault\",\"kind\":\"power-cut\",\"torn\":false}");
    expect_boot("power-on", 2);
    assert_int_equal(s_world->cut_after, 0);
    say("quit");
    expect_event("{\"event\":\"wake-q\"}");
    expect_end(0);
}

static void fails_with_a_board_that_cannot_run(void **state)
{
    (void)state;
    start("f", false, true);
    expect_boot("power-on", 1);
    expect_end(1);
}

static void fails_with_a_board_that_crashes(void **state)
{
    (void)state;
    start("c", false, true);
    expect_boot("power-on", 1);
    expect_event("{\"event\":\"error\",\"message\":\"the board's process crashed: signal 9\"}");
    expect_end(1);
}

static void refuses_a_command_without_end(void **state)
{
    (void)state;
    char longest[2000];
    start("l", false, true);
    expect_boot("power-on", 1);
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    say(longest);
    expect_event("{\"event\":\"error\",\"message\":\"command of more than 1087 bytes\"}");
    say("status");
    expect_event("{\"event\":\"wake-s\"}");
    end_commands();
    expect_event("{\"event\":\"wake-q\"}");
    expect_end(0);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quits_when_told),
        cmocka_unit_test(quits_at_the_end_of_its_input),
        cmocka_unit_test(quits_by_signal_with_its_board),
        cmocka_unit_test(quits_by_a_signal_to_all_its_processes),
        cmocka_unit_test(kills_a_board_that_does_not_quit),
        cmocka_unit_test(tells_each_reason_of_a_reset),
        cmocka_unit_test(cuts_the_power_now),
        cmocka_unit_test(stays_off_until_power_on),
        cmocka_unit_test(sleeps_in_the_board_s_own_time),
        cmocka_unit_test(a_board_that_lost_its_power_asleep_does_not_wake_from_sleep),
        cmocka_unit_test(a_power_cut_reaches_a_board_asleep),
        cmocka_unit_test(fails_with_a_board_that_cannot_run),
        cmocka_unit_test(fails_with_a_board_that_crashes),
        cmocka_unit_test(refuses_a_command_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
