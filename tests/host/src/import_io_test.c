#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "guest_memory.h"
#include "row_cases.h"

enum { MINUS_ONE = 0xFFFFFFFF };

static void pins_and_levels_are_checked(void **state)
{
    (void)state;
    static const row_case_t cases[] = {
        { "io_gpio_mode", { 4, 3 }, PORT_ANSWER, true },
        { "io_gpio_mode", { 4, 4 }, HOST_INVALID, false },
        { "io_gpio_mode", { MINUS_ONE, 0 }, HOST_INVALID, false },
        { "io_gpio_write", { 4, 1 }, PORT_ANSWER, true },
        { "io_gpio_write", { 4, 2 }, HOST_INVALID, false },
        { "io_gpio_write", { MINUS_ONE, 1 }, HOST_INVALID, false },
        { "io_gpio_read", { 0 }, PORT_ANSWER, true },
        { "io_gpio_read", { MINUS_ONE }, HOST_INVALID, false },
        { "io_edge_count", { 0 }, PORT_ANSWER, true },
        { "io_edge_count", { MINUS_ONE }, HOST_INVALID, false },
        { "io_adc_millivolts", { 0 }, PORT_ANSWER, true },
        { "io_adc_millivolts", { MINUS_ONE }, HOST_INVALID, false },
        { "io_pwm_write", { 1, 50, 1000 }, PORT_ANSWER, true },
        { "io_pwm_write", { 1, 50, 1001 }, HOST_INVALID, false },
        { "io_pwm_write", { 1, 0, 10 }, HOST_INVALID, false },
        { "io_pwm_write", { MINUS_ONE, 50, 10 }, HOST_INVALID, false },
    };
    TRY_ROWS(app_row, cases);
}

static void buses_are_checked(void **state)
{
    (void)state;
    static const row_case_t cases[] = {
        { "io_i2c_transfer", { 0, 0x7F, 8, 2, 16, 4 }, PORT_ANSWER, true },
        { "io_i2c_transfer", { 0, 0x80, 8, 2, 16, 4 }, HOST_INVALID, false },
        { "io_i2c_transfer", { MINUS_ONE, 1, 8, 2, 16, 4 }, HOST_INVALID, false },
        { "io_spi_transfer", { 0, 8, 4, 16, 4 }, PORT_ANSWER, true },
        { "io_spi_transfer", { 0, 8, 4, 16, 5 }, HOST_INVALID, false },
        { "io_spi_transfer", { MINUS_ONE, 8, 4, 16, 4 }, HOST_INVALID, false },
        { "io_uart_write", { 0, 8, 4 }, PORT_ANSWER, true },
        { "io_uart_write", { MINUS_ONE, 8, 4 }, HOST_INVALID, false },
        { "io_uart_read", { 0, 8, 4 }, PORT_ANSWER, true },
        { "io_uart_read", { MINUS_ONE, 8, 4 }, HOST_INVALID, false },
        { "io_sensor", { 0, 8, 4 }, PORT_ANSWER, true },
        { "io_sensor", { 0, 8, 3 }, HOST_INVALID, false },
        { "io_sensor", { MINUS_ONE, 8, 4 }, HOST_INVALID, false },
    };
    TRY_ROWS(app_row, cases);
}

static void a_sensor_without_a_value_leaves_the_span(void **state)
{
    (void)state;
    fake_platform_t board;
    uint8_t memory[8] = { 0 };
    fake_platform_init(&board);
    guest_t guest = { .platform = &board.port };
    const uint64_t args[] = { 0, 4, 4 };
    board.answer = HOST_NOT_FOUND;
    assert_int_equal(call_row(app_row("io_sensor"), &guest, memory, sizeof(memory), args), HOST_NOT_FOUND);
    assert_int_equal(guest_get_u32(memory + 4), 0);
    board.answer = HOST_OK;
    assert_int_equal(call_row(app_row("io_sensor"), &guest, memory, sizeof(memory), args), HOST_OK);
    assert_int_equal(guest_get_u32(memory + 4), 21500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pins_and_levels_are_checked),
        cmocka_unit_test(buses_are_checked),
        cmocka_unit_test(a_sensor_without_a_value_leaves_the_span),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
