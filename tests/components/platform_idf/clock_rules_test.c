#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "clock_rules.h"

static void a_clock_that_was_never_set_is_unset(void **state)
{
    (void)state;
    assert_int_equal(clock_rules_wall_ms(0, 0), -1);
    assert_int_equal(clock_rules_wall_ms(86400, 0), -1); /* a day after a power-on */
    assert_int_equal(clock_rules_wall_ms(CLOCK_EARLIEST_S - 1, 999999), -1);
    assert_int_equal(clock_rules_wall_ms(CLOCK_EARLIEST_S, 0), CLOCK_EARLIEST_S * 1000);
    assert_int_equal(clock_rules_wall_ms(CLOCK_EARLIEST_S, 999999), CLOCK_EARLIEST_S * 1000 + 999);
}

static void tls_waits_for_the_clock_and_gives_up_in_the_end(void **state)
{
    (void)state;
    /* Timers that begin anywhere: at zero, near 32 bits of ms, far on. */
    static const int64_t starts[] = { 0, INT64_C(4294967290), INT64_C(900000000000) };
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        const int64_t opened = starts[i];
        assert_int_equal(clock_rules_tls_gate(true, false, opened, opened), TLS_GATE_GO);
        assert_int_equal(clock_rules_tls_gate(false, false, opened, opened), TLS_GATE_WAIT);
        assert_int_equal(clock_rules_tls_gate(false, false, opened, opened + CLOCK_TLS_WAIT_MS - 1), TLS_GATE_WAIT);
        assert_int_equal(clock_rules_tls_gate(false, false, opened, opened + CLOCK_TLS_WAIT_MS), TLS_GATE_GIVE_UP);
        assert_int_equal(clock_rules_tls_gate(true, false, opened, opened + CLOCK_TLS_WAIT_MS),
                         TLS_GATE_GO); /* set in the last moment */
        assert_int_equal(clock_rules_tls_gate(true, true, opened, opened), TLS_GATE_GO);
        assert_int_equal(clock_rules_tls_gate(false, true, opened, opened + CLOCK_TLS_WAIT_MS - 1), TLS_GATE_WAIT);
        assert_int_equal(clock_rules_tls_gate(false, true, opened, opened + CLOCK_TLS_WAIT_MS), TLS_GATE_GO_UNDATED);
    }
}

static void a_wait_leaves_time_to_feed_the_watchdog(void **state)
{
    (void)state;
    assert_int_equal(clock_rules_wait_ms(-5, 8), 0);
    assert_int_equal(clock_rules_wait_ms(0, 8), 0);
    assert_int_equal(clock_rules_wait_ms(3999, 8), 3999);
    assert_int_equal(clock_rules_wait_ms(60000, 8), 4000);
    assert_int_equal(clock_rules_wait_ms(INT64_MAX, 1), 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clock_that_was_never_set_is_unset),
        cmocka_unit_test(tls_waits_for_the_clock_and_gives_up_in_the_end),
        cmocka_unit_test(a_wait_leaves_time_to_feed_the_watchdog),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
