#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "pwm_slots.h"

static void pins_of_one_frequency_share_a_timer(void **state)
{
    pwm_slots_t slots;
    pwm_slot_t a;
    pwm_slot_t b;
    (void)state;
    pwm_slots_init(&slots);
    assert_true(pwm_slots_take(&slots, 6, 4, 1000, &a));
    assert_true(a.is_new_channel && a.is_new_timer);
    assert_true(pwm_slots_take(&slots, 6, 5, 1000, &b));
    assert_true(b.is_new_channel);
    assert_false(b.is_new_timer);
    assert_int_equal(a.timer, b.timer);
    assert_int_not_equal(a.channel, b.channel);
}

static void a_pin_keeps_its_channel(void **state)
{
    pwm_slots_t slots;
    pwm_slot_t a;
    pwm_slot_t again;
    (void)state;
    pwm_slots_init(&slots);
    pwm_slots_take(&slots, 6, 4, 1000, &a);
    assert_true(pwm_slots_take(&slots, 6, 4, 1000, &again));
    assert_false(again.is_new_channel || again.is_new_timer);
    assert_int_equal(again.channel, a.channel);
    /* Another frequency: its timer is nobody else's, so it is changed in place. */
    assert_true(pwm_slots_take(&slots, 6, 4, 50, &again));
    assert_true(again.is_new_timer);
    assert_int_equal(again.timer, a.timer);
}

static void another_frequency_leaves_the_neighbour_alone(void **state)
{
    pwm_slots_t slots;
    pwm_slot_t a;
    pwm_slot_t b;
    (void)state;
    pwm_slots_init(&slots);
    pwm_slots_take(&slots, 6, 4, 1000, &a);
    pwm_slots_take(&slots, 6, 5, 1000, &b);
    assert_true(pwm_slots_take(&slots, 6, 5, 50, &b));
    assert_int_not_equal(b.timer, a.timer);
    assert_true(b.is_new_channel); /* must be bound to its new timer */
    assert_int_equal(slots.hertz[a.timer], 1000);
}

static void a_full_chip_refuses(void **state)
{
    pwm_slots_t slots;
    pwm_slot_t slot;
    (void)state;
    pwm_slots_init(&slots);
    for (int i = 0; i < PWM_TIMERS_MAX; i++) {
        assert_true(pwm_slots_take(&slots, 6, i, 100 + i, &slot));
    }
    assert_false(pwm_slots_take(&slots, 6, 10, 5, &slot)); /* no timer */
    assert_true(pwm_slots_take(&slots, 6, 10, 100, &slot));
    assert_true(pwm_slots_take(&slots, 6, 11, 100, &slot));
    assert_false(pwm_slots_take(&slots, 6, 12, 100, &slot)); /* no channel */
    assert_true(pwm_slots_take(&slots, 6, 11, 101, &slot));
}

static void duty_has_the_bits_that_the_frequency_leaves(void **state)
{
    (void)state;
    assert_int_equal(pwm_duty_bits(32000000, 50), PWM_DUTY_BITS_MAX);
    assert_int_equal(pwm_duty_bits(32000000, 1000), 14);
    assert_int_equal(pwm_duty_bits(32000000, 40000), 9);
    assert_int_equal(pwm_duty_bits(32000000, 16000000), 1);
    assert_int_equal(pwm_duty_bits(32000000, 16000001), 0);
    assert_int_equal(pwm_duty_bits(32000000, UINT32_MAX), 0);
    assert_int_equal(pwm_duty(14, 0), 0);
    assert_int_equal(pwm_duty(14, 500), 8192);
    assert_int_equal(pwm_duty(14, 1000), 16384);
    assert_int_equal(pwm_duty(1, 500), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pins_of_one_frequency_share_a_timer),          cmocka_unit_test(a_pin_keeps_its_channel),
        cmocka_unit_test(another_frequency_leaves_the_neighbour_alone), cmocka_unit_test(a_full_chip_refuses),
        cmocka_unit_test(duty_has_the_bits_that_the_frequency_leaves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
