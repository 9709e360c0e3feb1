/* replay: which sample holds when, and what is said of a file that is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "replay.h"
#include "replay_time.h"
#include "scratch.h"

enum { TEMPERATURE = REPLAY_SENSOR };

static char s_path[SCRATCH_PATH_BYTES];

static replay_t *load(const char *text)
{
    replay_t *replay = NULL;
    char error[REPLAY_ERROR_BYTES] = "";
    scratch_path(s_path, "replay.csv");
    scratch_write(s_path, text, strlen(text));
    if (replay_load(s_path, &replay, error) != HOST_OK) {
        fail_msg("%s", error);
    }
    unlink(s_path);
    return replay;
}

static void refuse(const char *text, const char *expected)
{
    replay_t *replay = NULL;
    char error[REPLAY_ERROR_BYTES] = "";
    scratch_path(s_path, "replay.csv");
    scratch_write(s_path, text, strlen(text));
    assert_int_equal(replay_load(s_path, &replay, error), HOST_INVALID);
    unlink(s_path);
    assert_null(replay);
    assert_string_equal(error, expected);
}

static int32_t value(const replay_t *replay, int column, int64_t at_ms)
{
    int32_t out = INT32_MIN;
    assert_int_equal(replay_value(replay, column, at_ms, &out), HOST_OK);
    return out;
}

static void holds_a_sample_until_the_next(void **state)
{
    (void)state;
    replay_t *replay = load("time,adc0,temperature\n0,100,21.5\n1.5,200,-3.25\n4,300,0\n");
    assert_int_equal(value(replay, 0, 0), 100);
    assert_int_equal(value(replay, 0, 1499), 100);
    assert_int_equal(value(replay, 0, 1500), 200);
    assert_int_equal(value(replay, 0, 3999), 200);
    assert_int_equal(value(replay, 0, 4000), 300);
    assert_int_equal(value(replay, 0, INT64_C(1) << 50), 300); /* holds the last, never loops */
    assert_int_equal(value(replay, TEMPERATURE, 0), 21500);
    assert_int_equal(value(replay, TEMPERATURE, 2000), -3250);
    replay_free(replay);
}

static void counts_from_its_first_row(void **state)
{
    (void)state;
    replay_t *replay = load("adc1,time\r\n7,2025-03-01T00:59:58.5+01:00\r\n8,2025-03-01T00:00:00Z\r\n");
    assert_int_equal(value(replay, 1, 0), 7);
    assert_int_equal(value(replay, 1, 1499), 7);
    assert_int_equal(value(replay, 1, 1500), 8);
    replay_free(replay);
}

static void leaves_out_what_is_empty(void **state)
{
    (void)state;
    int32_t out;
    replay_t *replay = load("\xef\xbb\xbf\"time\",\"adc0\",\"adc7\"\n10,,1\n11,5,\n12,,2");
    assert_int_equal(replay_value(replay, 0, 0, &out), HOST_NOT_FOUND);
    assert_int_equal(value(replay, 0, 1000), 5);
    assert_int_equal(value(replay, 0, 2000), 5);
    assert_int_equal(value(replay, 7, 1000), 1);
    assert_int_equal(value(replay, 7, 2000), 2);
    assert_int_equal(replay_value(replay, 3, 2000, &out), HOST_NOT_FOUND);
    replay_free(replay);
}

static void a_file_that_ends_in_an_error_is_refused(void **state)
{
    (void)state;
    replay_t *replay;
    char error[REPLAY_ERROR_BYTES];
    assert_int_equal(replay_load("/", &replay, error), HOST_IO);
    assert_string_equal(error, "line 1: cannot be read on: Is a directory");
}

static void names_line_and_column_of_a_mistake(void **state)
{
    (void)state;
    refuse("", "line 1: no samples, expected a header and at least one row");
    refuse("time,adc0\n", "line 2: no samples, expected a header and at least one row");
    refuse("adc0\n1\n", "line 1: no column is named time");
    refuse("time,adc8\n0,1\n",
           "line 1, column 2: found 'adc8', expected time, adc0..adc7, temperature, load, freeMemory or uptime");
    refuse("time,adc0,adc0\n0,1,1\n", "line 1, column 3: 'adc0' stands twice");
    refuse("time,adc0\n0,1\n1,x\n", "line 3, column 2 (adc0): found 'x', expected a number");
    refuse("time,adc0\n0,1\n1,1e12\n", "line 3, column 2 (adc0): found '1e12', expected a number");
    refuse("time,adc0\n0,nan\n", "line 2, column 2 (adc0): found 'nan', expected a number");
    refuse("time,adc0\nnoon,1\n", "line 2, column 1 (time): found 'noon', expected seconds or ISO 8601");
    refuse("time,adc0\n5,1\n4,1\n", "line 3, column 1 (time): '4' is earlier than the row before");
    refuse("time,adc0\n5,1\n2025-03-01T00:00:00Z,1\n",
           "line 3, column 1 (time): '2025-03-01T00:00:00Z' is not written like the first row's");
    refuse("time,adc0\n0,1\n1,2,3\n", "line 3: found 3 fields, expected 2");
    refuse("time,adc0\n0\n", "line 2: found 1 fields, expected 2");
    refuse("time,adc0\n0,\"1\"2\n", "line 2, column 2: a quote out of place");
    refuse("time,adc0\n0,\"1\n", "line 3: a quote is not closed");
}

static void tells_of_a_file_it_cannot_read(void **state)
{
    (void)state;
    replay_t *replay;
    char error[REPLAY_ERROR_BYTES];
    assert_int_equal(replay_load("/proc/nowhere.csv", &replay, error), HOST_NOT_FOUND);
    assert_string_equal(error, "No such file or directory");
}

static void reads_times(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t at_ms;
        bool is_iso;
    } good[] = {
        { "0", 0, false },
        { "12.3456", 12346, false },
        { "1970-01-01T00:00:00Z", 0, true },
        { "2000-02-29 12:00:00", INT64_C(951825600000), true },
        { "2024-12-31T23:59:59.999Z", INT64_C(1735689599999), true },
        { "2025-01-01T01:00:00.5+01:00", INT64_C(1735689600500), true },
        { "2024-12-31T19:00:00-05:00", INT64_C(1735689600000), true },
        { "0001-01-01T00:00:00Z", INT64_C(-62135596800000), true },
    };
    static const char *const bad[] = {
        "",
        "-1",
        "1e13",
        "nan",
        "inf",
        "1 s",
        "2025-13-01T00:00:00Z",
        "2025-00-01T00:00:00Z",
        "2025-02-29T00:00:00Z",
        "2025-04-31T00:00:00Z",
        "2025-01-00T00:00:00Z",
        "2025-01-01T24:00:00Z",
        "2025-01-01T00:60:00Z",
        "2025-01-01T00:00:00z",
        "2025-01-01T00:00:00.Z",
        "2025-01-01T00:00:00Zx",
        "2025-01-01T00:00:00+1:00",
        "2025-01-01T00:00",
        "20250101T000000Z",
    };
    int64_t at_ms;
    bool is_iso;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        if (!replay_parse_time(good[i].text, &at_ms, &is_iso) || at_ms != good[i].at_ms || is_iso != good[i].is_iso) {
            fail_msg("'%s' was read as %lld", good[i].text, (long long)at_ms);
        }
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (replay_parse_time(bad[i], &at_ms, &is_iso)) {
            fail_msg("'%s' was read as %lld", bad[i], (long long)at_ms);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_a_sample_until_the_next),
        cmocka_unit_test(counts_from_its_first_row),
        cmocka_unit_test(leaves_out_what_is_empty),
        cmocka_unit_test(a_file_that_ends_in_an_error_is_refused),
        cmocka_unit_test(names_line_and_column_of_a_mistake),
        cmocka_unit_test(tells_of_a_file_it_cannot_read),
        cmocka_unit_test(reads_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
