#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "crash_record.h"
#include "link.h"
#include "platform.h"

static void position_back_to_ram(void)
{
    static volatile uint32_t s_word;
    position_keep_at(&s_word);
}

static int tear_down(void **state)
{
    (void)state;
    position_back_to_ram();
    return 0;
}

/* A run that began as told, and ended in the middle of a row of the kernel. */
static void run_into_a_row(crash_record_t *record)
{
    crash_report_t report;
    crash_record_begin(record, CRASH_RESET_POWER_ON, &report);
    position_enter(POSITION_KERNEL, KERNEL_EXPORT_step);
    position_enter_row(&link_kernel_imports[0]);
}

static void memory_of_a_power_on_is_not_believed(void **state)
{
    static const uint8_t fills[] = { 0x00, 0xff, 0x5a };
    (void)state;
    for (size_t i = 0; i < sizeof fills; i++) {
        crash_record_t record;
        crash_report_t report;
        memset(&record, fills[i], sizeof record);
        crash_record_begin(&record, CRASH_RESET_SOFTWARE, &report);
        assert_int_equal(report.reason, PLATFORM_RESET_RESTART);
        assert_string_equal(report.place, "unknown");
        assert_false(report.was_crash);
    }
}

static void a_watchdog_names_export_and_row(void **state)
{
    crash_record_t record = { 0 };
    crash_report_t report;
    (void)state;
    run_into_a_row(&record);
    crash_record_begin(&record, CRASH_RESET_WATCHDOG, &report);
    assert_int_equal(report.reason, PLATFORM_RESET_WATCHDOG);
    assert_true(report.was_crash);
    assert_string_equal(report.place, "kernel step, row link_start");
}

static void the_place_of_a_run_is_not_told_of_the_next(void **state)
{
    crash_record_t record = { 0 };
    crash_report_t report;
    (void)state;
    run_into_a_row(&record);
    crash_record_begin(&record, CRASH_RESET_PANIC, &report);
    assert_true(report.was_crash);
    crash_record_begin(&record, CRASH_RESET_PANIC, &report);
    assert_string_equal(report.place, "host");
}

static void a_restart_keeps_its_reason_once(void **state)
{
    crash_record_t record = { 0 };
    crash_report_t report;
    (void)state;
    run_into_a_row(&record);
    crash_record_note(&record, PLATFORM_RESET_KERNEL_TRAP);
    crash_record_begin(&record, CRASH_RESET_SOFTWARE, &report);
    assert_int_equal(report.reason, PLATFORM_RESET_KERNEL_TRAP);
    assert_true(report.was_crash);
    assert_string_equal(report.words, "the kernel trapped");
    /* Then somebody else restarts the chip, noting nothing. */
    crash_record_begin(&record, CRASH_RESET_SOFTWARE, &report);
    assert_int_equal(report.reason, PLATFORM_RESET_RESTART);
    assert_false(report.was_crash);
}

static void a_noted_reason_counts_only_after_a_restart_by_software(void **state)
{
    crash_record_t record = { 0 };
    crash_report_t report;
    (void)state;
    run_into_a_row(&record);
    crash_record_note(&record, PLATFORM_RESET_KERNEL_TRAP);
    crash_record_begin(&record, CRASH_RESET_BROWNOUT, &report);
    assert_int_equal(report.reason, PLATFORM_RESET_BROWNOUT);
}

static void every_flipped_bit_of_the_reason_is_seen(void **state)
{
    (void)state;
    for (int bit = 0; bit < 64; bit++) { /* magic and reason */
        crash_record_t record = { 0 };
        crash_report_t report;
        run_into_a_row(&record);
        crash_record_note(&record, PLATFORM_RESET_KERNEL_TRAP);
        ((uint8_t *)&record)[bit / 8] ^= (uint8_t)(1 << bit % 8);
        crash_record_begin(&record, CRASH_RESET_SOFTWARE, &report);
        assert_int_equal(report.reason, PLATFORM_RESET_RESTART);
    }
}

#define TEST(name) cmocka_unit_test_teardown(name, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(memory_of_a_power_on_is_not_believed),
        TEST(a_watchdog_names_export_and_row),
        TEST(the_place_of_a_run_is_not_told_of_the_next),
        TEST(a_restart_keeps_its_reason_once),
        TEST(a_noted_reason_counts_only_after_a_restart_by_software),
        TEST(every_flipped_bit_of_the_reason_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
