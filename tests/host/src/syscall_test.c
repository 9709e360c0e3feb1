/*
 * Syscalls: one marshalling for every KERNEL_CALL row, through the kernel's exchange buffer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "guest_memory.h"
#include "test_device.h"

enum { TOPIC = 512, PAYLOAD = 1024, RECEIPT = 2048 };

static test_device_t s_device;
static uint8_t s_memory[TEST_MEMORY_BYTES];

static int set_up(void **state)
{
    (void)state;
    test_device_prepare(&s_device);
    memset(s_memory, 0xEE, sizeof(s_memory));
    return test_device_start(&s_device, "");
}

static int tear_down(void **state)
{
    (void)state;
    test_device_stop(&s_device);
    return 0;
}

static int32_t syscall(const char *name, const uint64_t *args)
{
    return call_row(app_row(name), &s_device.runtime->app.guest, s_memory, sizeof(s_memory), args);
}

static int32_t publish(uint32_t topic_len, uint32_t payload_len, uint32_t receipt_cap)
{
    const uint64_t args[] = { TOPIC, topic_len, PAYLOAD, payload_len, 3, 60, RECEIPT, receipt_cap };
    return syscall("publish", args);
}

static void spans_are_laid_out_in_order_and_aligned(void **state)
{
    (void)state;
    memcpy(s_memory + TOPIC, "a/b/c", 5);
    memcpy(s_memory + PAYLOAD, "0123456789", 10);
    kernel_poke(&s_device, KERNEL_RESULT, 1);
    assert_int_equal(publish(5, 10, 8), 1);
    static const uint32_t expected[8] = { KERNEL_EXCHANGE, 5, KERNEL_EXCHANGE + 8, 10, 3, 60, KERNEL_EXCHANGE + 24, 8 };
    for (uint32_t i = 0; i < 8; i++) {
        assert_int_equal(kernel_u32(&s_device, KERNEL_ARGS + 4 * i), expected[i]);
    }
    assert_int_equal(kernel_u32(&s_device, KERNEL_ROW), SYSCALL_publish);
    assert_int_equal(kernel_u32(&s_device, KERNEL_NOW), (uint32_t)s_device.board.now_ms);
    const uint8_t *seen = kernel_memory(&s_device) + KERNEL_EXCHANGE_SEEN;
    assert_memory_equal(seen, "a/b/c", 5);
    assert_memory_equal(seen + 8, "0123456789", 10);
    assert_memory_equal(seen + 24, "\0\0\0\0\0\0\0\0", 8); /* what the kernel writes starts as zeros */
}

static void a_result_brings_its_span_back(void **state)
{
    (void)state;
    assert_int_equal(publish(5, 10, 8), 0);
    assert_memory_equal(s_memory + RECEIPT, "\x18\x19\x1A\x1B\x1C\x1D\x1E\x1F", 8); /* the fake's fill, at offset 24 */
    assert_int_equal(s_memory[RECEIPT + 8], 0xEE);
    assert_int_equal(s_memory[TOPIC], 0xEE); /* a span the kernel reads comes back untouched */
    assert_string_equal(s_device.syscall_name, "publish");
    assert_int_equal(s_device.syscall_out_len, 8);
    assert_memory_equal(s_device.syscall_out, s_memory + RECEIPT, 8);
}

static void a_refusal_leaves_the_callers_span_as_it_was(void **state)
{
    (void)state;
    kernel_poke(&s_device, KERNEL_RESULT, (uint32_t)HOST_NO_SPACE);
    assert_int_equal(publish(5, 10, 8), HOST_NO_SPACE);
    assert_int_equal(s_memory[RECEIPT], 0xEE);
    assert_int_equal(s_device.syscall_result, HOST_NO_SPACE);
    assert_int_equal(s_device.syscall_out_len, 0);
}

static void the_exchange_buffer_is_used_to_its_last_byte(void **state)
{
    (void)state;
    uint32_t payload = LINK_EXCHANGE_BYTES - 8 - 8; /* topic of 1..8 bytes, receipt of 8 */
    assert_int_equal(publish(8, payload, 8), 0);
    assert_int_equal(kernel_u32(&s_device, KERNEL_SYSCALLS), 1);
    assert_int_equal(publish(8, payload + 1, 8), HOST_TOO_LARGE);
    assert_int_equal(publish(9, payload, 8), HOST_TOO_LARGE);
    assert_int_equal(publish(8, payload, 9), HOST_TOO_LARGE);
    assert_int_equal(kernel_u32(&s_device, KERNEL_SYSCALLS), 1); /* the kernel was not asked */
    const uint64_t whole[] = { 1, TOPIC, LINK_EXCHANGE_BYTES };
    assert_int_equal(syscall("publish_write", whole), 0);
    const uint64_t more[] = { 1, TOPIC, LINK_EXCHANGE_BYTES + 1 };
    assert_int_equal(syscall("publish_write", more), HOST_TOO_LARGE);
}

static void every_row_reaches_the_kernel_under_its_number(void **state)
{
    (void)state;
    int rows = 0;
    for (size_t i = 0; i < link_app_import_count; i++) {
        const engine_import_t *row = &link_app_imports[i];
        if (row->row == LINK_HOST_ROW) {
            assert_string_equal(row->module, "host");
            continue;
        }
        assert_string_equal(row->module, "kernel");
        assert_int_equal(row->row, rows++);
        const uint64_t args[LINK_ARGS_MAX] = { 0 };
        call_row(row, &s_device.runtime->app.guest, s_memory, sizeof(s_memory), args);
        if (row->row != SYSCALL_event_next) { /* the fake answers that one before it takes notes */
            assert_int_equal(kernel_u32(&s_device, KERNEL_ROW), row->row);
        }
        assert_string_equal(s_device.syscall_name, row->name);
    }
    assert_int_equal(rows, SYSCALL_COUNT);
}

static void what_the_app_asks_of_the_kernel_it_does_in_the_same_round(void **state)
{
    (void)state;
    test_device_stop(&s_device);
    test_module_probe(&s_device.app, app_row("client_state"));
    const manifest_t manifest = { .abi = 1, .memory_bytes = TEST_MEMORY_BYTES, .fuel = TEST_FUEL };
    test_module_sign(&s_device.app, &manifest, MANIFEST_APP);
    assert_int_equal(test_device_start(&s_device, NULL), HOST_OK);
    app_poke(&s_device, PROBE_STEP_RESULT, 700);
    kernel_poke(&s_device, KERNEL_RESULT, 3);
    const uint32_t steps = kernel_u32(&s_device, KERNEL_STEPS);
    assert_int_equal(runtime_step(s_device.runtime), 700);
    assert_int_equal(app_u32(&s_device, PROBE_RESULT), 3);
    assert_int_equal(s_device.steps_at_syscall, steps);
    assert_int_equal(kernel_u32(&s_device, KERNEL_STEPS), steps + 1);
    s_device.board.now_ms += 700;
    kernel_poke(&s_device, KERNEL_STEP_MS, 0); /* and what the kernel then has to do keeps the round from waiting */
    assert_int_equal(runtime_step(s_device.runtime), 0);
}

int main(void)
{
#define DEVICE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        DEVICE_TEST(spans_are_laid_out_in_order_and_aligned),
        DEVICE_TEST(a_result_brings_its_span_back),
        DEVICE_TEST(a_refusal_leaves_the_callers_span_as_it_was),
        DEVICE_TEST(the_exchange_buffer_is_used_to_its_last_byte),
        DEVICE_TEST(every_row_reaches_the_kernel_under_its_number),
        DEVICE_TEST(what_the_app_asks_of_the_kernel_it_does_in_the_same_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
