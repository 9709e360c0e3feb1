/* control: what each command changes, and what is said of one that is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "control.h"

static world_t *s_world;
static char s_error[CONTROL_ERROR_BYTES];

static int set_up(void **state)
{
    (void)state;
    s_world = world_create(true, 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_destroy(s_world);
    return 0;
}

static control_t obey(const char *text)
{
    char line[CONTROL_LINE_BYTES];
    snprintf(line, sizeof line, "%s", text);
    return control_apply(s_world, line, s_error);
}

static void refuse(const char *text, const char *expected)
{
    const world_t before = *s_world;
    assert_int_equal(obey(text), CONTROL_INVALID);
    assert_string_equal(s_error, expected);
    assert_memory_equal(&before, s_world, sizeof before);
}

static void moves_the_world(void **state)
{
    (void)state;
    assert_int_equal(obey("link down"), CONTROL_NONE);
    assert_int_equal(s_world->link_is_cut, 1);
    assert_int_equal(obey(" link\tup \r"), CONTROL_NONE);
    assert_int_equal(s_world->link_is_cut, 0);
    assert_int_equal(obey("adc 7 1234"), CONTROL_NONE);
    assert_int_equal(s_world->adc_millivolts[7], 1234);
    assert_int_equal(obey("gpio 47 1"), CONTROL_NONE);
    assert_int_equal(obey("gpio 47 1"), CONTROL_NONE);
    assert_int_equal(obey("gpio 47 0"), CONTROL_NONE);
    assert_int_equal(s_world->gpio_level[47], 0);
    assert_int_equal(s_world->gpio_edges[47], 2);
    assert_int_equal(obey("clock +1500"), CONTROL_NONE);
    assert_int_equal(s_world->granted_ms, 1500);
    assert_int_equal(obey("clock wall 1700000000000"), CONTROL_NONE);
    assert_true(s_world->wall_offset_ms == INT64_C(1700000000000));
    assert_int_equal(obey("clock wall unset"), CONTROL_NONE);
    assert_int_equal(s_world->wall_is_set, 0);
    assert_int_equal(obey(""), CONTROL_NONE);
}

static void arms_power_cuts(void **state)
{
    (void)state;
    assert_int_equal(obey("power-cut clean 250"), CONTROL_CUT_CLEAN);
    assert_int_equal(s_world->cut_off_ms, 250);
    assert_int_equal(s_world->cut_after, 0);
    assert_int_equal(obey("power-cut torn"), CONTROL_CUT_TORN);
    assert_int_equal(s_world->cut_off_ms, 0);
    assert_int_equal(s_world->cut_after, 1);
    assert_int_equal(s_world->cut_is_torn, 1);
    assert_int_equal(obey("power-cut-after 12 clean 5"), CONTROL_NONE);
    assert_int_equal(s_world->cut_after, 12);
    assert_int_equal(s_world->cut_is_torn, 0);
    assert_int_equal(s_world->cut_off_ms, 5);
}

static void hands_the_rest_to_the_supervisor(void **state)
{
    (void)state;
    assert_int_equal(obey("power off"), CONTROL_POWER_OFF);
    assert_int_equal(obey("power on"), CONTROL_POWER_ON);
    assert_int_equal(obey("status"), CONTROL_STATUS);
    assert_int_equal(obey("quit"), CONTROL_QUIT);
    assert_int_equal(obey("swap /a path/with blanks.wasm"), CONTROL_SWAP);
    assert_string_equal(s_world->app_path, "/a path/with blanks.wasm");
}

static void says_what_is_expected(void **state)
{
    (void)state;
    char longest[WORLD_PATH_BYTES + 6] = "swap ";
    memset(longest + 5, 'x', WORLD_PATH_BYTES);
    refuse("reboot now",
           "found command 'reboot', expected link, power, power-cut, power-cut-after, gpio, adc, clock, status, swap or quit");
    refuse("link", "command 'link': found 'nothing', expected link down|up");
    refuse("link sideways", "command 'link': found 'sideways', expected link down|up");
    refuse("link down now", "command 'link': found 'down', expected link down|up");
    refuse("power maybe", "command 'power': found 'maybe', expected power off|on");
    refuse("power-cut dirty", "command 'power-cut': found 'dirty', expected power-cut clean|torn [offMs]");
    refuse("power-cut clean -1", "command 'power-cut': found 'clean', expected power-cut clean|torn [offMs]");
    refuse("power-cut-after 0 clean",
           "command 'power-cut-after': found '0', expected power-cut-after N clean|torn [offMs], N from 1");
    refuse("power-cut-after 3", "command 'power-cut-after': found '3', expected power-cut-after N clean|torn [offMs], N from 1");
    refuse("gpio 48 1", "command 'gpio': found '48', expected gpio PIN 0|1, PIN 0..47");
    refuse("gpio 1 2", "command 'gpio': found '1', expected gpio PIN 0|1, PIN 0..47");
    refuse("adc 8 1", "command 'adc': found '8', expected adc CHANNEL MV, CHANNEL 0..7");
    refuse("clock 5", "command 'clock': found '5', expected clock +MS, or clock wall MS|unset");
    refuse("clock wall soon", "command 'clock': found 'wall', expected clock wall MS|unset");
    refuse("clock +99999999999999999999",
           "command 'clock': found '+99999999999999999999', expected clock +MS, or clock wall MS|unset");
    refuse("status please", "command 'status': found 'please', expected status");
    refuse("gpio 1 1 1 1", "command 'gpio': found '1', expected fewer words");
    refuse("swap ", "command 'swap': found a path of 0 bytes, expected 1..1023");
    refuse(longest, "command 'swap': found a path of 1024 bytes, expected 1..1023");
    s_world->is_stepped = false;
    refuse("clock +5", "command 'clock': found '+5', expected --clock stepped for that");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(moves_the_world),
        TEST(arms_power_cuts),
        TEST(hands_the_rest_to_the_supervisor),
        TEST(says_what_is_expected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
