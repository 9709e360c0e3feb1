#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "driver/gpio.h"
#include "esp_log.h"
#include "esp_private/esp_gpio_reserve.h"
#include "io_idf.h"

enum { FLASH_PIN = 12, PINS = 22 };

static gpio_config_t s_config; /* the last one */
static int s_configs;
static uint64_t s_reserved;
static int s_level[PINS];
static gpio_isr_t s_handler[PINS];
static void *s_handler_ctx[PINS];
static int s_services;
static bool s_is_failing;

bool esp_gpio_is_reserved(uint64_t gpio_mask)
{
    return (s_reserved & gpio_mask) != 0;
}

esp_err_t gpio_config(const gpio_config_t *pGPIOConfig)
{
    s_config = *pGPIOConfig;
    s_configs++;
    if (s_config.mode == GPIO_MODE_INPUT_OUTPUT) {
        s_reserved |= s_config.pin_bit_mask; /* as the driver notes outputs */
    }
    return s_is_failing ? ESP_ERR_INVALID_ARG : ESP_OK;
}

esp_err_t gpio_set_level(gpio_num_t gpio_num, uint32_t level)
{
    s_level[gpio_num] = (int)level;
    return ESP_OK;
}

int gpio_get_level(gpio_num_t gpio_num)
{
    return s_level[gpio_num];
}

esp_err_t gpio_install_isr_service(int intr_alloc_flags)
{
    (void)intr_alloc_flags;
    return s_services++ > 0 ? ESP_ERR_INVALID_STATE : ESP_OK;
}

esp_err_t gpio_set_intr_type(gpio_num_t gpio_num, gpio_int_type_t intr_type)
{
    (void)gpio_num;
    return intr_type == GPIO_INTR_ANYEDGE ? ESP_OK : ESP_ERR_INVALID_ARG;
}

esp_err_t gpio_isr_handler_add(gpio_num_t gpio_num, gpio_isr_t isr_handler, void *args)
{
    s_handler[gpio_num] = isr_handler;
    s_handler_ctx[gpio_num] = args;
    return ESP_OK;
}

esp_err_t gpio_intr_enable(gpio_num_t gpio_num)
{
    return s_handler[gpio_num] != NULL ? ESP_OK : ESP_ERR_INVALID_STATE;
}

static int set_up(void **state)
{
    (void)state;
    s_reserved |= UINT64_C(1) << FLASH_PIN;
    s_configs = 0;
    s_is_failing = false;
    fake_log_reset();
    return 0;
}

static void modes_are_the_drivers(void **state)
{
    (void)state;
    assert_int_equal(io_idf_gpio_mode(NULL, 3, IO_IDF_PULL_UP), HOST_OK);
    assert_int_equal(s_config.pin_bit_mask, 1 << 3);
    assert_int_equal(s_config.mode, GPIO_MODE_INPUT);
    assert_int_equal(s_config.pull_up_en, GPIO_PULLUP_ENABLE);
    assert_int_equal(s_config.pull_down_en, GPIO_PULLDOWN_DISABLE);
    assert_int_equal(io_idf_gpio_mode(NULL, 3, IO_IDF_PULL_DOWN), HOST_OK);
    assert_int_equal(s_config.pull_up_en, GPIO_PULLUP_DISABLE);
    assert_int_equal(s_config.pull_down_en, GPIO_PULLDOWN_ENABLE);
    assert_int_equal(io_idf_gpio_mode(NULL, 3, IO_IDF_INPUT), HOST_OK);
    assert_int_equal(s_config.pull_down_en, GPIO_PULLDOWN_DISABLE);
    s_is_failing = true;
    assert_int_equal(io_idf_gpio_mode(NULL, 3, IO_IDF_INPUT), HOST_INVALID);
}

static void pins_of_the_flash_and_pins_that_are_none_are_refused_by_every_row(void **state)
{
    static const int pins[] = { FLASH_PIN, 22, 64, INT32_MAX, -1 };
    (void)state;
    for (size_t i = 0; i < sizeof pins / sizeof pins[0]; i++) {
        fake_log_reset();
        assert_int_equal(io_idf_gpio_mode(NULL, pins[i], IO_IDF_OUTPUT), HOST_INVALID);
        assert_non_null(strstr(fake_log, "the chip has no such output, or the flash or a bus uses it"));
        assert_int_equal(io_idf_gpio_write(NULL, pins[i], 1), HOST_INVALID);
        assert_int_equal(io_idf_gpio_read(NULL, pins[i]), HOST_INVALID);
        assert_int_equal(io_idf_edge_count(NULL, pins[i]), HOST_INVALID);
    }
    assert_int_equal(io_idf_gpio_mode(NULL, 21, IO_IDF_OUTPUT), HOST_INVALID); /* an input only */
    assert_int_equal(s_configs, 0);
}

static void only_outputs_are_written_and_can_be_read_back(void **state)
{
    (void)state;
    assert_int_equal(io_idf_gpio_mode(NULL, 4, IO_IDF_INPUT), HOST_OK);
    assert_int_equal(io_idf_gpio_write(NULL, 4, 1), HOST_INVALID);
    assert_int_equal(io_idf_gpio_mode(NULL, 4, IO_IDF_OUTPUT), HOST_OK);
    assert_int_equal(io_idf_gpio_write(NULL, 4, 1), HOST_OK);
    assert_int_equal(io_idf_gpio_read(NULL, 4), 1);
    assert_int_equal(io_idf_gpio_mode(NULL, 4, IO_IDF_INPUT), HOST_OK); /* ours, though the driver notes it as taken */
    assert_int_equal(io_idf_gpio_write(NULL, 4, 0), HOST_INVALID);
}

static void a_pin_without_a_mode_is_an_input(void **state)
{
    (void)state;
    s_level[5] = 1;
    assert_int_equal(io_idf_gpio_read(NULL, 5), 1);
    assert_int_equal(s_configs, 1);
    assert_int_equal(s_config.mode, GPIO_MODE_INPUT);
    assert_int_equal(io_idf_gpio_read(NULL, 5), 1);
    assert_int_equal(s_configs, 1);
}

static void edges_are_counted_from_the_first_call_and_given_once(void **state)
{
    (void)state;
    assert_int_equal(io_idf_edge_count(NULL, 6), 0);
    assert_int_equal(io_idf_edge_count(NULL, 7), 0);
    assert_int_equal(s_services, 1);
    for (int i = 0; i < 5; i++) {
        s_handler[6](s_handler_ctx[6]);
    }
    s_handler[7](s_handler_ctx[7]);
    assert_int_equal(io_idf_edge_count(NULL, 6), 5);
    assert_int_equal(io_idf_edge_count(NULL, 6), 0);
    assert_int_equal(io_idf_edge_count(NULL, 7), 1);
    /* A new mode takes the interrupt off; the next call puts it back. */
    s_handler[6] = NULL;
    assert_int_equal(io_idf_gpio_mode(NULL, 6, IO_IDF_PULL_UP), HOST_OK);
    assert_int_equal(io_idf_edge_count(NULL, 6), 0);
    assert_non_null(s_handler[6]);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(modes_are_the_drivers),
        TEST(pins_of_the_flash_and_pins_that_are_none_are_refused_by_every_row),
        TEST(only_outputs_are_written_and_can_be_read_back),
        TEST(a_pin_without_a_mode_is_an_input),
        TEST(edges_are_counted_from_the_first_call_and_given_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
