#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "guest_memory.h"
#include "row_cases.h"

enum { SIZE = FAKE_SECTOR_BYTES * FAKE_SECTOR_COUNT };

static void ranges_end_with_the_partition(void **state)
{
    (void)state;
    static const row_case_t cases[] = {
        { "flash_read", { 0, 0, 64, 100 }, PORT_ANSWER, true },
        { "flash_read", { 0, SIZE - 1, 64, 1 }, PORT_ANSWER, true },
        { "flash_read", { 0, SIZE, 64, 0 }, PORT_ANSWER, true },
        { "flash_read", { 0, SIZE - 1, 64, 2 }, HOST_INVALID, false },
        { "flash_read", { 0, 0xFFFFFFFF, 64, 1 }, HOST_INVALID, false },
        { "flash_read", { 0, 0xFFFFFFFF, 64, 2 }, HOST_INVALID, false },
        { "flash_program", { 0, SIZE - 16, 64, 16 }, PORT_ANSWER, true },
        { "flash_program", { 0, SIZE - 16, 64, 32 }, HOST_INVALID, false },
        { "flash_program", { 0, 0xFFFFFFF0, 64, 16 }, HOST_INVALID, false },
        { "flash_erase", { 0, FAKE_SECTOR_COUNT - 1 }, PORT_ANSWER, true },
        { "flash_erase", { 0, FAKE_SECTOR_COUNT }, HOST_INVALID, false },
        { "flash_erase", { 0, 0xFFFFFFFF }, HOST_INVALID, false },
        { "flash_sync", { 0 }, PORT_ANSWER, true },
    };
    TRY_ROWS(kernel_row, cases);
}

static void programming_is_aligned_to_the_unit(void **state)
{
    (void)state;
    static const row_case_t cases[] = {
        { "flash_program", { 0, 16, 64, 48 }, PORT_ANSWER, true },
        { "flash_program", { 0, 8, 64, 16 }, HOST_INVALID, false },
        { "flash_program", { 0, 16, 64, 8 }, HOST_INVALID, false },
        { "flash_read", { 0, 7, 65, 3 }, PORT_ANSWER, true },
    };
    TRY_ROWS(kernel_row, cases);
}

static void programming_nothing_is_no_work_for_the_port(void **state)
{
    (void)state;
    static const row_case_t cases[] = {
        { "flash_program", { 0, 16, 64, 0 }, HOST_OK, false },
        { "flash_program", { 0, SIZE, 64, 0 }, HOST_OK, false },
        { "flash_program", { 0, 8, 64, 0 }, HOST_INVALID, false },
        { "flash_program", { PLATFORM_PARTITION_CONFIG, 0, 64, 0 }, HOST_INVALID, false },
    };
    TRY_ROWS(kernel_row, cases);
}

static void a_partition_must_exist(void **state)
{
    (void)state;
    static const char *const rows[] = { "flash_read", "flash_program", "flash_erase", "flash_sync" };
    for (size_t i = 0; i < 4; i++) {
        const row_case_t cases[] = {
            { rows[i], { PLATFORM_PARTITION_APP_B, 0, 64, 16 }, HOST_NOT_FOUND, false },
            { rows[i], { PLATFORM_PARTITION_COUNT, 0, 64, 16 }, HOST_INVALID, false },
            { rows[i], { 0xFFFFFFFF, 0, 64, 16 }, HOST_INVALID, false },
        };
        TRY_ROWS(kernel_row, cases);
    }
}

static void the_configuration_is_read_only(void **state)
{
    (void)state;
    static const row_case_t cases[] = {
        { "flash_read", { PLATFORM_PARTITION_CONFIG, 0, 64, 16 }, PORT_ANSWER, true },
        { "flash_program", { PLATFORM_PARTITION_CONFIG, 0, 64, 16 }, HOST_INVALID, false },
        { "flash_erase", { PLATFORM_PARTITION_CONFIG, 0 }, HOST_INVALID, false },
        { "flash_program", { PLATFORM_PARTITION_STATE, 0, 64, 16 }, PORT_ANSWER, true },
    };
    TRY_ROWS(kernel_row, cases);
}

static void geometry_is_three_numbers(void **state)
{
    (void)state;
    fake_platform_t board;
    uint8_t memory[16] = { 0 };
    fake_platform_init(&board);
    guest_t guest = { .platform = &board.port };
    const uint64_t whole[] = { 0, 4, 12 };
    const uint64_t tight[] = { 0, 4, 11 };
    const uint64_t missing[] = { PLATFORM_PARTITION_APP_B, 4, 12 };
    assert_int_equal(call_row(kernel_row("flash_geometry"), &guest, memory, sizeof(memory), tight), HOST_INVALID);
    assert_int_equal(call_row(kernel_row("flash_geometry"), &guest, memory, sizeof(memory), missing), HOST_NOT_FOUND);
    assert_int_equal(guest_get_u32(memory + 4), 0);
    assert_int_equal(call_row(kernel_row("flash_geometry"), &guest, memory, sizeof(memory), whole), HOST_OK);
    assert_int_equal(guest_get_u32(memory + 4), FAKE_SECTOR_BYTES);
    assert_int_equal(guest_get_u32(memory + 8), FAKE_SECTOR_COUNT);
    assert_int_equal(guest_get_u32(memory + 12), FAKE_PROGRAM_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_end_with_the_partition),
        cmocka_unit_test(programming_is_aligned_to_the_unit),
        cmocka_unit_test(programming_nothing_is_no_work_for_the_port),
        cmocka_unit_test(a_partition_must_exist),
        cmocka_unit_test(the_configuration_is_read_only),
        cmocka_unit_test(geometry_is_three_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
