#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "link_machine.h"
#include "platform.h"

static void comes_up_with_access_point_and_address(void **state)
{
    link_machine_t machine = { 0 };
    (void)state;
    assert_int_equal(link_machine_state(&machine), PLATFORM_LINK_DOWN);
    link_machine_start(&machine);
    assert_int_equal(link_machine_state(&machine), PLATFORM_LINK_CONNECTING);
    link_machine_joined(&machine);
    assert_int_equal(link_machine_state(&machine), PLATFORM_LINK_CONNECTING);
    link_machine_got_address(&machine);
    assert_int_equal(link_machine_state(&machine), PLATFORM_LINK_UP);
    link_machine_lost_address(&machine);
    assert_int_equal(link_machine_state(&machine), PLATFORM_LINK_CONNECTING);
    link_machine_got_address(&machine);
    link_machine_left(&machine, 0);
    assert_int_equal(link_machine_state(&machine), PLATFORM_LINK_CONNECTING);
}

static void the_wait_doubles_to_a_minute_and_is_forgotten_once_up(void **state)
{
    static const int32_t waits[] = { 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000 };
    link_machine_t machine = { 0 };
    (void)state;
    link_machine_start(&machine);
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
        assert_int_equal(link_machine_left(&machine, 0), waits[i]);
    }
    for (int i = 0; i < 100000; i++) { /* months of them */
        assert_int_equal(link_machine_left(&machine, 0), LINK_RETRY_MAX_MS);
    }
    link_machine_joined(&machine); /* joined, and thrown out before it had an address: no success yet */
    assert_int_equal(link_machine_left(&machine, 0), LINK_RETRY_MAX_MS);
    link_machine_joined(&machine);
    link_machine_got_address(&machine);
    assert_int_equal(link_machine_left(&machine, 0), LINK_RETRY_FIRST_MS);
}

static void boards_of_one_site_spread_their_attempts(void **state)
{
    (void)state;
    for (uint32_t random = 0; random < 5000; random += 7) {
        link_machine_t machine = { 0 };
        link_machine_start(&machine);
        const int32_t wait = link_machine_left(&machine, random);
        assert_in_range(wait, LINK_RETRY_FIRST_MS * 3 / 4, LINK_RETRY_FIRST_MS);
    }
    link_machine_t one = { .is_started = true };
    link_machine_t other = { .is_started = true };
    assert_int_not_equal(link_machine_left(&one, 1), link_machine_left(&other, 2));
}

static void a_link_that_is_not_wanted_stays_down(void **state)
{
    link_machine_t machine = { 0 };
    (void)state;
    link_machine_start(&machine);
    link_machine_joined(&machine);
    link_machine_got_address(&machine);
    link_machine_stop(&machine);
    assert_int_equal(link_machine_state(&machine), PLATFORM_LINK_DOWN);
    assert_int_equal(link_machine_left(&machine, 0), LINK_STOPPED);
    /* Events that were on their way when it was stopped. */
    link_machine_joined(&machine);
    link_machine_got_address(&machine);
    assert_int_equal(link_machine_state(&machine), PLATFORM_LINK_DOWN);
    link_machine_start(&machine);
    assert_int_equal(link_machine_state(&machine), PLATFORM_LINK_CONNECTING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_up_with_access_point_and_address),
        cmocka_unit_test(the_wait_doubles_to_a_minute_and_is_forgotten_once_up),
        cmocka_unit_test(boards_of_one_site_spread_their_attempts),
        cmocka_unit_test(a_link_that_is_not_wanted_stays_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
