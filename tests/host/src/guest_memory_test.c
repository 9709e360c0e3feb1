/*
 * Every pointer argument of every row, on both walls: just inside the memory, just outside, and wrapping. The rows come
 * from the .def files, so a new row is tested the day it is written.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "guest_memory.h"
#include "test_device.h"

enum { SPAN_BYTES = 32, SAFE_ADDRESS = 256 };

static const engine_export_t s_probe_export[] = { { "probe", "v()", false } };

typedef struct {
    uint32_t address;
    uint32_t len;
    bool is_inside;
} span_case_t;

static const span_case_t s_cases[] = {
    { 0, SPAN_BYTES, true },
    { TEST_MEMORY_BYTES - SPAN_BYTES, SPAN_BYTES, true },
    { TEST_MEMORY_BYTES, 0, true },
    { TEST_MEMORY_BYTES - SPAN_BYTES + 1, SPAN_BYTES, false },
    { TEST_MEMORY_BYTES, 1, false },
    { TEST_MEMORY_BYTES + 1, 0, false },
    { TEST_MEMORY_BYTES - 1, 0x7FFFFFFF, false },
    { SPAN_BYTES, 0xFFFFFFFF, false },                  /* a negative length */
    { SPAN_BYTES, 0xFFFFFFFF - SPAN_BYTES + 1, false }, /* the sum is 2^32: 0 in 32 bits */
    { 0xFFFFFFFF, 1, false },
    { 0xFFFFFFFF, SPAN_BYTES, false },
    { 0x80000000, SPAN_BYTES, false },
};

typedef struct {
    test_device_t device;
    test_module_t module;
    engine_instance_t *instance;
} probe_t;

static void probe_open(probe_t *probe, const engine_import_t *row, const engine_import_t *rows, size_t row_count, bool is_app)
{
    char error[ENGINE_ERROR_BYTES] = "";
    test_device_prepare(&probe->device);
    assert_int_equal(test_device_start(&probe->device, ""), HOST_OK);
    test_module_probe(&probe->module, row);
    const engine_config_t config = {
        .bytes = probe->module.bytes,
        .bytes_len = probe->module.len,
        .memory_bytes = TEST_MEMORY_BYTES,
        .stack_bytes = 1024,
        .imports = rows,
        .import_count = row_count,
        .exports = s_probe_export,
        .export_count = 1,
        .user = is_app ? (void *)&probe->device.runtime->app.guest : (void *)&probe->device.runtime->kernel_guest,
    };
    if (engine_wasm3.load(&config, &probe->instance, error) < 0) {
        fail_msg("%s: %s", row->name, error);
    }
    /* A row that runs the kernel in place of the app must find the app's instance. */
    probe->device.runtime->app.instance = is_app ? probe->instance : NULL;
}

static void probe_close(probe_t *probe)
{
    probe->device.runtime->app.instance = NULL;
    engine_wasm3.free(probe->instance);
    test_device_stop(&probe->device);
}

/* Fills the arguments with spans and numbers that the row accepts, then puts the case's span at `at`. */
static void set_args(probe_t *probe, const engine_import_t *row, size_t at, const span_case_t *span)
{
    uint32_t bytes;
    uint8_t *memory = engine_wasm3.memory(probe->instance, &bytes);
    const char *types = signature_args(row->signature);
    for (size_t i = 0; types[i] != ')'; i++) {
        bool is_pointer = types[i] != 'i' && types[i] != 'I';
        guest_put_u32(memory + 8 * i, is_pointer ? SAFE_ADDRESS : 0);
        if (i > 0 && types[i - 1] != 'i' && types[i - 1] != 'I') {
            guest_put_u32(memory + 8 * i, SPAN_BYTES);
        }
    }
    guest_put_u32(memory + 8 * at, span->address);
    guest_put_u32(memory + 8 * (at + 1), span->len);
}

/* Work that the row did, seen from below: calls of the board and of the kernel. */
static int work_done(probe_t *probe)
{
    return probe->device.board.calls + (int)kernel_u32(&probe->device, KERNEL_SYSCALLS) + (int)strlen(probe->device.board.log);
}

static void try_span(const engine_import_t *row, const engine_import_t *rows, size_t row_count, bool is_app, size_t at,
                     const span_case_t *span)
{
    static probe_t probe;
    char error[ENGINE_ERROR_BYTES] = "";
    char refusal[ENGINE_ERROR_BYTES];
    probe_open(&probe, row, rows, row_count, is_app);
    set_args(&probe, row, at, span);
    int before = work_done(&probe);
    int status = engine_wasm3.call(probe.instance, 0, NULL, 0, NULL, error);
    snprintf(refusal, sizeof(refusal), "%s: pointer outside memory", row->name);
    bool was_refused = status == HOST_CORRUPT && strcmp(error, refusal) == 0;
    if (was_refused == span->is_inside) {
        fail_msg("%s, argument %zu at %u + %u: status %d, \"%s\"", row->name, at, span->address, span->len, status, error);
    }
    if (was_refused) {
        assert_int_equal(work_done(&probe), before);
    } else {
        assert_true(status == HOST_OK || strstr(row->name, "abort"));
    }
    probe_close(&probe);
}

static int try_wall(const engine_import_t *rows, size_t row_count, bool is_app)
{
    int pointers = 0;
    for (size_t r = 0; r < row_count; r++) {
        const char *types = signature_args(rows[r].signature);
        for (size_t at = 0; types[at] != ')'; at++) {
            if (types[at] == 'i' || types[at] == 'I') {
                continue;
            }
            pointers++;
            for (size_t c = 0; c < sizeof(s_cases) / sizeof(s_cases[0]); c++) {
                try_span(&rows[r], rows, row_count, is_app, at, &s_cases[c]);
            }
        }
    }
    return pointers;
}

static void every_pointer_of_the_kernels_wall(void **state)
{
    (void)state;
    assert_true(try_wall(link_kernel_imports, link_kernel_import_count, false) >= 10);
}

static void every_pointer_of_the_apps_wall(void **state)
{
    (void)state;
    assert_true(try_wall(link_app_imports, link_app_import_count, true) >= 20);
}

static void a_signature_has_a_length_behind_every_pointer(void **state)
{
    (void)state;
    const engine_import_t *walls[] = { link_kernel_imports, link_app_imports };
    const size_t counts[] = { link_kernel_import_count, link_app_import_count };
    for (size_t w = 0; w < 2; w++) {
        for (size_t r = 0; r < counts[w]; r++) {
            const char *types = signature_args(walls[w][r].signature);
            assert_true(signature_arg_count(walls[w][r].signature) <= LINK_ARGS_MAX);
            for (size_t i = 0; types[i] != ')'; i++) {
                assert_non_null(strchr("iI<>", types[i]));
                assert_true(strchr("<>", types[i]) == NULL || types[i + 1] == 'i');
            }
        }
    }
}

static void numbers_are_little_endian_at_any_alignment(void **state)
{
    (void)state;
    uint8_t bytes[6] = { 0 };
    guest_put_u32(bytes + 1, 0x12345678);
    assert_memory_equal(bytes, "\x00\x78\x56\x34\x12\x00", 6);
    assert_int_equal(guest_get_u32(bytes + 1), 0x12345678);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signature_has_a_length_behind_every_pointer),
        cmocka_unit_test(every_pointer_of_the_kernels_wall),
        cmocka_unit_test(every_pointer_of_the_apps_wall),
        cmocka_unit_test(numbers_are_little_endian_at_any_alignment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
