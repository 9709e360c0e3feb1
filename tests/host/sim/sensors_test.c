/* sensors, gpio and sys: the board's inputs and outputs. */
#include "sensors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gpio.h"
#include "scratch.h"
#include "sys.h"

static world_t *s_world;
static sim_gpio_t s_gpio;

static int set_up(void **state)
{
    (void)state;
    s_world = world_create(true, 1);
    sim_gpio_init(&s_gpio, s_world);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_destroy(s_world);
    return 0;
}

static void reads_this_pc(void **state)
{
    (void)state;
    sim_sensors_t sensors;
    int32_t value = -1;
    sim_sensors_init(&sensors, s_world, NULL);
    for (int channel = 0; channel < 3; channel++) {
        const int millivolts = sim_adc_millivolts(&sensors, channel);
        assert_in_range(millivolts, 0, SENSORS_ADC_FULL_SCALE_MV);
    }
    assert_true(sim_adc_millivolts(&sensors, 1) > 0); /* some memory is always in use */
    assert_int_equal(sim_adc_millivolts(&sensors, 3), HOST_INVALID);
    assert_int_equal(sim_adc_millivolts(&sensors, WORLD_ADC_CHANNELS), HOST_INVALID);
    assert_int_equal(sim_sensor(&sensors, SENSOR_FREE_MEMORY, &value), HOST_OK);
    assert_true(value > 1000);
    assert_int_equal(sim_sensor(&sensors, SENSOR_UPTIME, &value), HOST_OK);
    assert_true(value > 0);
    assert_int_equal(sim_sensor(&sensors, SENSOR_LOAD, &value), HOST_OK);
    assert_true(value >= 0);
    const int status = sim_sensor(&sensors, SENSOR_TEMPERATURE, &value);
    assert_true(status == HOST_NOT_FOUND || (status == HOST_OK && value > -100000 && value < 200000));
    assert_int_equal(sim_sensor(&sensors, 99, &value), HOST_NOT_FOUND);
}

static void prefers_command_to_recording_to_pc(void **state)
{
    (void)state;
    static const char text[] = "time,adc0,adc5,temperature\n0,1000,,\n2,1100,5500,-1.5\n";
    char path[SCRATCH_PATH_BYTES];
    char error[REPLAY_ERROR_BYTES];
    replay_t *replay;
    sim_sensors_t sensors;
    int32_t value;
    scratch_path(path, "sensors.csv");
    scratch_write(path, text, sizeof text - 1);
    assert_int_equal(replay_load(path, &replay, error), HOST_OK);
    sim_sensors_init(&sensors, s_world, replay);
    assert_int_equal(sim_adc_millivolts(&sensors, 0), 1000);
    assert_int_equal(sim_adc_millivolts(&sensors, 5), HOST_INVALID); /* not yet */
    s_world->virtual_ms = 2000;
    assert_int_equal(sim_adc_millivolts(&sensors, 0), 1100);
    assert_int_equal(sim_adc_millivolts(&sensors, 5), 5500);
    assert_int_equal(sim_sensor(&sensors, SENSOR_TEMPERATURE, &value), HOST_OK);
    assert_int_equal(value, -1500);
    assert_int_equal(sim_sensor(&sensors, SENSOR_UPTIME, &value), HOST_OK); /* no such column: the PC's */
    s_world->adc_millivolts[0] = 0;
    assert_int_equal(sim_adc_millivolts(&sensors, 0), 0);
    replay_free(replay);
    unlink(path);
}

static void shows_changes_of_outputs(void **state)
{
    (void)state;
    char said[512];
    assert_int_equal(sim_gpio_write(&s_gpio, 2, 1), HOST_INVALID); /* no output yet */
    assert_int_equal(sim_gpio_mode(&s_gpio, 2, GPIO_OUTPUT), HOST_OK);
    const int handle = capture_begin(STDOUT_FILENO);
    for (int i = 0; i < 4; i++) {
        sim_gpio_write(&s_gpio, 2, i / 2);
    }
    capture_end(STDOUT_FILENO, handle, said, sizeof said);
    assert_string_equal(said, "{\"event\":\"gpio\",\"pin\":2,\"level\":0}\n{\"event\":\"gpio\",\"pin\":2,\"level\":1}\n");
    assert_int_equal(sim_gpio_read(&s_gpio, 2), 1);
}

static void reads_inputs_and_counts_their_edges(void **state)
{
    (void)state;
    assert_int_equal(sim_gpio_read(&s_gpio, 3), 0);
    sim_gpio_mode(&s_gpio, 3, GPIO_PULL_UP);
    assert_int_equal(sim_gpio_read(&s_gpio, 3), 1);
    s_world->gpio_level[3] = 0;
    s_world->gpio_edges[3] = 5;
    assert_int_equal(sim_gpio_read(&s_gpio, 3), 0);
    assert_int_equal(sim_gpio_edge_count(&s_gpio, 3), 5);
    assert_int_equal(sim_gpio_edge_count(&s_gpio, 3), 0);
}

static void has_no_pins_beyond_its_own_and_no_buses(void **state)
{
    (void)state;
    uint8_t bytes[4] = { 0 };
    assert_int_equal(sim_gpio_mode(&s_gpio, WORLD_PINS, GPIO_OUTPUT), HOST_INVALID);
    assert_int_equal(sim_gpio_write(&s_gpio, WORLD_PINS, 1), HOST_INVALID);
    assert_int_equal(sim_gpio_read(&s_gpio, INT32_MAX), HOST_INVALID);
    assert_int_equal(sim_gpio_edge_count(&s_gpio, WORLD_PINS), HOST_INVALID);
    assert_int_equal(sim_pwm_write(&s_gpio, WORLD_PINS, 1000, 500), HOST_INVALID);
    assert_int_equal(sim_pwm_write(&s_gpio, 0, 1000, 500), HOST_OK);
    assert_int_equal(sim_i2c_transfer(&s_gpio, 0, 0x40, bytes, 1, bytes, 1), HOST_UNSUPPORTED);
    assert_int_equal(sim_spi_transfer(&s_gpio, 0, bytes, bytes, 1), HOST_UNSUPPORTED);
    assert_int_equal(sim_uart_write(&s_gpio, 0, bytes, 1), HOST_UNSUPPORTED);
    assert_int_equal(sim_uart_read(&s_gpio, 0, bytes, 1), HOST_UNSUPPORTED);
}

static void digests_and_draws_lots(void **state)
{
    (void)state;
    /* Source: FIPS 180-4, example of "abc". */
    static const uint8_t abc[32] = { 0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
                                     0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
                                     0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad };
    uint8_t digest[32];
    uint8_t first[600] = { 0 };
    uint8_t second[600] = { 0 };
    assert_int_equal(sim_sys_digest(s_world, (const uint8_t *)"abc", 3, digest), HOST_OK);
    assert_memory_equal(digest, abc, sizeof abc);
    assert_int_equal(sim_sys_random(s_world, first, sizeof first), HOST_OK);
    assert_int_equal(sim_sys_random(s_world, second, sizeof second), HOST_OK);
    assert_memory_not_equal(first, second, sizeof first);
    assert_memory_not_equal(first + 512, second + 512, 88); /* the last part, too */
}

static void tells_memory_figures(void **state)
{
    (void)state;
    const int whole = sim_sys_memory(s_world, 1);
    assert_in_range(sim_sys_memory(s_world, 0), 1, whole);
    assert_in_range(sim_sys_memory(s_world, 2), 1, whole);
    assert_int_equal(sim_sys_memory(s_world, 3), HOST_INVALID);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_this_pc),
        TEST(prefers_command_to_recording_to_pc),
        TEST(shows_changes_of_outputs),
        TEST(reads_inputs_and_counts_their_edges),
        TEST(has_no_pins_beyond_its_own_and_no_buses),
        TEST(digests_and_draws_lots),
        TEST(tells_memory_figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
