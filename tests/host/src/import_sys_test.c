#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "config_writer.h"
#include "row_cases.h"
#include "runtime_internal.h"

static void arguments_out_of_range_stay_outside(void **state)
{
    (void)state;
    static const row_case_t cases[] = {
        { "sys_random", { 8, 4 }, PORT_ANSWER, true },          { "sys_memory", { 1 }, PORT_ANSWER, true },
        { "sys_memory", { 3 }, HOST_INVALID, false },           { "sys_memory", { 0xFFFFFFFF }, HOST_INVALID, false },
        { "sys_digest", { 8, 4, 64, 32 }, PORT_ANSWER, true },  { "sys_digest", { 8, 4, 64, 31 }, HOST_INVALID, false },
        { "sys_watchdog", { 1 }, PORT_ANSWER, true },           { "sys_watchdog", { 60 }, PORT_ANSWER, true },
        { "sys_watchdog", { 0 }, HOST_INVALID, false }, /* 0 feeds it, which is the host's to do */
        { "sys_watchdog", { 61 }, HOST_INVALID, false },        { "sys_restart", { 7 }, HOST_INVALID, false },
        { "sys_restart", { 0xFFFFFFFF }, HOST_INVALID, false }, { "sys_sleep", { 0xFFFFFFFF }, HOST_INVALID, false },
    };
    TRY_ROWS(kernel_row, cases);
}

static void configuration_comes_from_the_image_opened_at_start(void **state)
{
    (void)state;
    static struct runtime runtime; /* only its configuration is looked at */
    static fake_platform_t board;
    uint8_t memory[128] = "mqtt.host";
    guest_t guest = { .platform = &board.port, .runtime = &runtime };
    const uint64_t args[] = { 0, 9, 64, 32 };
    fake_platform_init(&board);
    board.answer = HOST_OK;
    assert_int_equal(config_image_open(&board.port.flash, &runtime.device_config), HOST_NOT_FOUND);
    assert_int_equal(call_row(kernel_row("sys_config"), &guest, memory, sizeof(memory), args), HOST_NOT_FOUND);
    config_writer_t writer;
    config_writer_begin(&writer, board.config, sizeof(board.config));
    config_writer_add(&writer, "mqtt.host", "broker");
    config_writer_seal(&writer, 1);
    assert_int_equal(config_image_open(&board.port.flash, &runtime.device_config), HOST_OK);
    assert_int_equal(call_row(kernel_row("sys_config"), &guest, memory, sizeof(memory), args), 6);
    assert_memory_equal(memory + 64, "broker", 6);
}

static void a_failed_digest_leaves_the_span(void **state)
{
    (void)state;
    fake_platform_t board;
    uint8_t memory[64] = { 0 };
    fake_platform_init(&board);
    guest_t guest = { .platform = &board.port };
    const uint64_t args[] = { 0, 4, 16, 32 };
    board.answer = HOST_IO;
    assert_int_equal(call_row(kernel_row("sys_digest"), &guest, memory, sizeof(memory), args), HOST_IO);
    assert_int_equal(memory[16], 0);
    board.answer = HOST_OK;
    assert_int_equal(call_row(kernel_row("sys_digest"), &guest, memory, sizeof(memory), args), HOST_OK);
    assert_int_equal(memory[16], 0x77);
    assert_int_equal(memory[47], 0x77);
    assert_int_equal(memory[48], 0);
}

/* crc of whole and parts: 0 to start, and no complement is the guest's to do. */
static void a_crc_continues_over_parts(void **state)
{
    (void)state;
    uint8_t memory[] = "123456789";
    const size_t len = sizeof(memory) - 1;
    guest_t guest = { .tag = "kernel" };
    for (size_t cut = 0; cut <= len; cut++) {
        const uint64_t head[] = { 0, 0, cut };
        uint32_t crc = (uint32_t)call_row(kernel_row("sys_crc32"), &guest, memory, len, head);
        const uint64_t tail[] = { crc, cut, len - cut }; /* an empty one lies at the very end of the memory */
        crc = (uint32_t)call_row(kernel_row("sys_crc32"), &guest, memory, len, tail);
        assert_int_equal(crc, 0xCBF43926);
    }
    const uint64_t nothing[] = { 0x12345678, len, 0 };
    assert_int_equal(call_row(kernel_row("sys_crc32"), &guest, memory, len, nothing), 0x12345678);
}

/* Every entry of the table, against the definition bit by bit. */
static void a_crc_is_right_for_every_byte(void **state)
{
    (void)state;
    guest_t guest = { .tag = "kernel" };
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint8_t memory[] = { (uint8_t)byte };
        const uint64_t args[] = { 0xFFFFFFFF, 0, 1 }; /* a register of 0, which takes the byte as it is */
        uint32_t expected = byte;
        for (int bit = 0; bit < 8; bit++) {
            expected = (expected & 1) != 0 ? expected >> 1 ^ 0xEDB88320 : expected >> 1;
        }
        assert_int_equal((uint32_t)call_row(kernel_row("sys_crc32"), &guest, memory, sizeof(memory), args), ~expected);
    }
}

static void long_last_words_are_cut(void **state)
{
    (void)state;
    uint8_t memory[512];
    memset(memory, 'x', sizeof(memory));
    guest_t guest = { .tag = "kernel" };
    const uint64_t args[] = { 0, sizeof(memory), 1, 2 };
    engine_call_t call = {
        .user = &guest, .import = kernel_row("sys_abort"), .memory = memory, .memory_bytes = sizeof(memory), .args = args
    };
    assert_string_equal(call.import->handler(&call), "aborted");
    assert_int_equal(strncmp(guest.last_words, "abort: xxx", 10), 0);
    assert_string_equal(guest.last_words + strlen(guest.last_words) - 7, " at 1:2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_out_of_range_stay_outside),
        cmocka_unit_test(configuration_comes_from_the_image_opened_at_start),
        cmocka_unit_test(a_failed_digest_leaves_the_span),
        cmocka_unit_test(a_crc_continues_over_parts),
        cmocka_unit_test(a_crc_is_right_for_every_byte),
        cmocka_unit_test(long_last_words_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
