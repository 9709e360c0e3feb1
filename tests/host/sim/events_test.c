/* events and log: whatever text goes in, one well-formed line comes out. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "events.h"
#include "log.h"
#include "scratch.h"

enum { SAID_BYTES = 8192 };

static char s_said[SAID_BYTES];

static const char *emitted(event_t *event)
{
    const int handle = capture_begin(STDOUT_FILENO);
    event_emit(event);
    capture_end(STDOUT_FILENO, handle, s_said, sizeof s_said);
    return s_said;
}

static void writes_members_in_order(void **state)
{
    (void)state;
    event_t event;
    event_begin(&event, "boot");
    event_text(&event, "reason", "power-on");
    event_number(&event, "boots", -9007199254740993);
    event_number_as_text(&event, "sequence", UINT64_MAX);
    event_bool(&event, "torn", true);
    event_bool(&event, "clean", false);
    assert_string_equal(emitted(&event), "{\"event\":\"boot\",\"reason\":\"power-on\",\"boots\":-9007199254740993,"
                                         "\"sequence\":\"18446744073709551615\",\"torn\":true,\"clean\":false}\n");
}

static void escapes_text(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *expected;
    } cases[] = {
        { "a \"quote\" and \\", "a \\\"quote\\\" and \\\\" },
        { "line\nbreak\ttab\x7f", "line\\u000abreak\\u0009tab\\u007f" },
        { "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80", "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80" },
        { "\xff\xc3", "\\ufffd\\ufffd" },                                  /* no first byte; cut short */
        { "\xc0\xaf\xe0\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd" }, /* over-long */
        { "\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd" },                       /* a surrogate */
        { "\xf4\x90\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd" },            /* above U+10FFFF */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char expected[256] = "{\"event\":\"e\",\"t\":\"";
        event_t event;
        event_begin(&event, "e");
        event_text(&event, "t", cases[i].text);
        strcat(expected, cases[i].expected);
        strcat(expected, "\"}\n");
        assert_string_equal(emitted(&event), expected);
    }
}

static void stays_one_line_whatever_is_added(void **state)
{
    (void)state;
    char text[2000];
    event_t event;
    memset(text, 1, sizeof text - 1);
    text[sizeof text - 1] = '\0';
    event_begin(&event, "e");
    for (int i = 0; i < 5; i++) {
        event_text(&event, "t", text);
        event_number(&event, "n", 1);
    }
    const char *line = emitted(&event);
    const size_t len = strlen(line);
    assert_true(len <= EVENT_BYTES);
    assert_string_equal(line + len - 7, "\"n\":1}\n");
    assert_ptr_equal(strchr(line, '\n'), line + len - 1);
    assert_non_null(strstr(line, "\"t\":\"\\u0001"));
}

static void logs_levels_and_no_forged_lines(void **state)
{
    (void)state;
    world_t *world = world_create(true, 1);
    world->virtual_ms = 12045;
    sim_log_start(world, PLATFORM_LOG_INFO);
    const int handle = capture_begin(STDERR_FILENO);
    sim_log(PLATFORM_LOG_ERROR, "net", "port %d", 7);
    sim_log_text(NULL, PLATFORM_LOG_INFO, "app", "one\nE (0.000) kernel: two\x1b[31m", 29);
    sim_log(PLATFORM_LOG_DEBUG, "net", "not shown");
    capture_end(STDERR_FILENO, handle, s_said, sizeof s_said);
    assert_string_equal(s_said, "E (12.045) net: port 7\nI (12.045) app: one\\x0aE (0.000) kernel: two\\x1b[31\n");
    world_destroy(world);
}

/* Whoever made the pipe may have made it non-blocking: a full one is a slow reader, and no reader that has gone. */
static void waits_for_a_slow_reader(void **state)
{
    (void)state;
    int ends[2];
    int status;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    while (write(ends[1], s_said, sizeof s_said) > 0 || write(ends[1], s_said, 1) > 0) {
    }
    const pid_t pid = fork();
    if (pid == 0) {
        const struct itimerval soon = { .it_value = { 0, 50000 } };
        setitimer(ITIMER_REAL, &soon, NULL);
        events_redirect(ends[1]);
        event_error("one more");
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM); /* it waited until the alarm */
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_for_a_slow_reader),
        cmocka_unit_test(writes_members_in_order),
        cmocka_unit_test(escapes_text),
        cmocka_unit_test(stays_one_line_whatever_is_added),
        cmocka_unit_test(logs_levels_and_no_forged_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
