/*
 * The interpreter behind the engine seam: what loads, what is refused, what a trap says, and that no lack of memory and no
 * damaged module crashes the host.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "heap_watch.h"
#include "link.h"
#include "test_modules.h"

enum { STACK_BYTES = 1024, MUTATIONS = 20000 };

static char s_error[ENGINE_ERROR_BYTES];
static engine_instance_t *s_instance;
static int s_imports_called;

static const char *answer_import(engine_call_t *call)
{
    s_imports_called++;
    call->result = 7;
    return NULL;
}

/* Both walls, every row answered with 7. */
static engine_import_t s_rows[64];

static engine_config_t app_config(const test_module_t *module)
{
    for (size_t i = 0; i < link_app_import_count; i++) {
        s_rows[i] = link_app_imports[i];
        s_rows[i].handler = answer_import;
    }
    return (engine_config_t){
        .bytes = module->bytes,
        .bytes_len = module->len,
        .memory_bytes = TEST_MEMORY_BYTES,
        .stack_bytes = STACK_BYTES,
        .imports = s_rows,
        .import_count = link_app_import_count,
        .exports = link_app_exports,
        .export_count = APP_EXPORT_COUNT,
    };
}

static int load(const test_module_t *module)
{
    const engine_config_t config = app_config(module);
    s_instance = NULL;
    s_error[0] = '\0';
    return engine_wasm3.load(&config, &s_instance, s_error);
}

static void load_app(const char *name)
{
    static test_module_t module;
    test_module_read(&module, name);
    if (load(&module) != HOST_OK) {
        fail_msg("%s: %s", name, s_error);
    }
}

static int step(uint64_t *result)
{
    const uint64_t now = 5;
    s_error[0] = '\0';
    return engine_wasm3.call(s_instance, APP_EXPORT_step, &now, 1, result, s_error);
}

static void an_export_answers_with_its_result(void **state)
{
    (void)state;
    uint64_t result = 0;
    load_app("app_quiet");
    assert_int_equal(engine_wasm3.call(s_instance, APP_EXPORT_abi_version, NULL, 0, &result, s_error), HOST_OK);
    assert_int_equal(result, 1);
    assert_int_equal(engine_wasm3.call(s_instance, APP_EXPORT_setup, NULL, 0, NULL, s_error), HOST_OK);
    assert_int_equal(step(&result), HOST_OK);
    assert_int_equal(result, 250);
    engine_wasm3.free(s_instance);
}

static void an_optional_export_may_be_missing(void **state)
{
    (void)state;
    int32_t fuel = 0;
    load_app("app_trap");
    assert_int_equal(engine_wasm3.call(s_instance, APP_EXPORT___collect, NULL, 0, NULL, s_error), HOST_NOT_FOUND);
    assert_int_equal(engine_wasm3.global_get(s_instance, APP_EXPORT_fuel, &fuel), HOST_NOT_FOUND);
    assert_int_equal(engine_wasm3.global_set(s_instance, APP_EXPORT_fuel, 1), HOST_NOT_FOUND);
    engine_wasm3.free(s_instance);
}

static void a_global_is_read_and_written(void **state)
{
    (void)state;
    int32_t fuel = 0;
    load_app("app_loop");
    assert_int_equal(engine_wasm3.global_set(s_instance, APP_EXPORT_fuel, 100000), HOST_OK);
    assert_int_equal(step(NULL), HOST_CORRUPT);
    assert_string_equal(s_error, "unreachable executed");
    assert_int_equal(engine_wasm3.global_get(s_instance, APP_EXPORT_fuel, &fuel), HOST_OK);
    assert_int_equal(fuel, 0);
    engine_wasm3.free(s_instance);
}

static void linear_memory_is_the_manifests_and_no_page(void **state)
{
    (void)state;
    uint32_t bytes = 0;
    load_app("app_leak");
    assert_non_null(engine_wasm3.memory(s_instance, &bytes));
    assert_int_equal(bytes, TEST_MEMORY_BYTES);
    int steps = 0;
    while (step(NULL) == HOST_OK) {
        steps++;
    }
    assert_int_equal(steps, TEST_MEMORY_BYTES / 256);
    assert_string_equal(s_error, "access outside its 4096 bytes of memory: memory exhausted, or a stray pointer");
    engine_wasm3.free(s_instance);
}

static void memory_cannot_grow(void **state)
{
    (void)state;
    load_app("app_grow");
    assert_int_equal(step(NULL), HOST_CORRUPT);
    assert_string_equal(s_error, "memory exhausted: all 4096 bytes are in use");
    engine_wasm3.free(s_instance);
}

static void the_stack_ends_with_a_trap_at_every_size(void **state)
{
    (void)state;
    static test_module_t module;
    test_module_read(&module, "app_deep");
    for (uint32_t bytes = STACK_BYTES; bytes < STACK_BYTES + 256; bytes += 8) {
        engine_config_t config = app_config(&module);
        config.stack_bytes = bytes;
        assert_int_equal(engine_wasm3.load(&config, &s_instance, s_error), HOST_OK);
        s_imports_called = 0;
        assert_int_equal(step(NULL), HOST_CORRUPT);
        assert_string_equal(s_error, "stack overflow: calls nested too deep");
        assert_true(s_imports_called > 5);
        engine_wasm3.free(s_instance);
    }
}

static void a_division_by_zero_says_so(void **state)
{
    (void)state;
    load_app("app_trap");
    assert_int_equal(step(NULL), HOST_OK);
    assert_int_equal(step(NULL), HOST_OK);
    assert_int_equal(step(NULL), HOST_CORRUPT);
    assert_string_equal(s_error, "integer divide by zero");
    engine_wasm3.free(s_instance);
}

static void a_module_too_large_for_the_heap_is_refused_before_loading(void **state)
{
    (void)state;
    static test_module_t module;
    test_module_read(&module, "app_quiet");
    engine_config_t config = app_config(&module);
    config.heap_free = 6000;
    int live = heap_live;
    assert_int_equal(engine_wasm3.load(&config, &s_instance, s_error), HOST_NO_MEMORY);
    assert_non_null(strstr(s_error, "bytes of RAM, 6000 are free"));
    assert_int_equal(heap_live, live);
    config.heap_free = 60000;
    assert_int_equal(engine_wasm3.load(&config, &s_instance, s_error), HOST_OK);
    engine_wasm3.free(s_instance);
}

/* Loads a module with the n-th allocation failing, for every n there is. Returns how many there are. */
static int load_short_of_memory(const char *name)
{
    static test_module_t module;
    int live = heap_live;
    test_module_read(&module, name);
    for (int at = 1;; at++) {
        heap_allocations_left = at;
        int status = load(&module);
        bool has_failed = heap_allocations_left == 0;
        heap_allocations_left = -1;
        if (!has_failed) {
            assert_int_equal(status, HOST_OK);
            engine_wasm3.free(s_instance);
            assert_int_equal(heap_live, live);
            return at - 1;
        }
        if (status != HOST_NO_MEMORY) {
            fail_msg("%s, allocation %d: %s, \"%s\"", name, at, host_status_name(status), s_error);
        }
        assert_null(s_instance);
        assert_non_null(strstr(s_error, "memory"));
        assert_int_equal(heap_live, live);
    }
}

static void lack_of_memory_at_any_allocation_is_an_error(void **state)
{
    (void)state;
    static const char *const names[] = { "app_quiet", "app_deep", "app_loop", "app_pages", "app_abort" };
    for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
        assert_true(load_short_of_memory(names[n]) > 15);
    }
}

static void one_failed_allocation_is_never_passed_over(void **state)
{
    (void)state;
    heap_recovers = true;
    assert_true(load_short_of_memory("app_pages") > 30);
    heap_recovers = false;
}

static void fifty_instances_leave_nothing_behind(void **state)
{
    (void)state;
    int live = heap_live;
    size_t footprint = 0;
    for (int i = 0; i < 50; i++) {
        load_app(i % 2 ? "app_trap" : "app_quiet");
        while (i % 2 && step(NULL) == HOST_OK) {
        }
        if (i == 0) {
            footprint = engine_wasm3.footprint(s_instance);
            assert_true(footprint > TEST_MEMORY_BYTES + STACK_BYTES);
        }
        if (i == 48) {
            assert_int_equal(engine_wasm3.footprint(s_instance), footprint);
        }
        engine_wasm3.free(s_instance);
        assert_int_equal(heap_live, live);
    }
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    static test_module_t module;
    test_module_read(&module, "app_deep");
    size_t whole = module.len;
    int live = heap_live;
    for (module.len = 0; module.len < whole; module.len++) {
        if (load(&module) == HOST_OK) {
            fail_msg("the first %zu of %zu bytes loaded", module.len, whole);
        }
        assert_true(s_error[0] != '\0');
        assert_int_equal(heap_live, live);
    }
}

static int load_step(const uint8_t *body, size_t len)
{
    static test_module_t module;
    test_module_step(&module, body, len);
    return load(&module);
}

static void a_branch_table_longer_than_its_function_is_refused(void **state)
{
    (void)state;
    enum { TARGETS = 300, TARGETS_AT = 5 };
    /* i32.const 0; br_table, 2^32 - 1 targets announced; i32.const 0 */
    static uint8_t body[TARGETS_AT + TARGETS + 8] = { 0, 0x41, 0, 0x0E };
    memcpy(body + TARGETS_AT - 1, "\xFF\xFF\xFF\xFF\x0F", 5);
    body[sizeof(body) - 3] = 0x41;
    body[sizeof(body) - 1] = 0x0B;
    assert_int_equal(load_step(body, sizeof(body)), HOST_INVALID);
    assert_string_equal(s_error, "compile: underrun while parsing Wasm binary");
}

static void a_block_with_parameters_is_refused(void **state)
{
    (void)state;
    /* unreachable; block (param i64) (result i32); drop; i32.const 0; end */
    static const uint8_t body[] = { 0, 0x00, 0x02, 3, 0x1A, 0x41, 0, 0x0B, 0x0B };
    assert_int_equal(load_step(body, sizeof(body)), HOST_INVALID);
    assert_string_equal(s_error, "compile: block with parameters");
}

static void a_stack_as_high_as_the_compilers_is_loaded_or_refused(void **state)
{
    (void)state;
    enum { VALUES_MIN = 100, VALUES_MAX = 140 };
    int refused = 0;
    for (size_t values = VALUES_MIN; values < VALUES_MAX; values++) {
        uint8_t body[4 * VALUES_MAX] = { 0 };
        size_t len = 1;
        for (size_t i = 0; i < values; i++) {
            body[len++] = 0x41; /* i32.const 5 */
            body[len++] = 5;
        }
        memcpy(body + len, "\x02\x7F\x41\x07\x0B", 5); /* block (result i32); i32.const 7; end */
        len += 5;
        for (size_t i = 0; i < values; i++) {
            body[len++] = 0x6A; /* i32.add */
        }
        body[len++] = 0x0B;
        if (load_step(body, len) != HOST_OK) {
            refused++;
            assert_string_equal(s_error, "compile: compiling function overran its stack height limit");
            continue;
        }
        uint64_t result = 0;
        assert_int_equal(refused, 0);
        assert_int_equal(step(&result), HOST_OK);
        assert_int_equal(result, 5 * values + 7);
        engine_wasm3.free(s_instance);
    }
    assert_in_range(refused, 1, VALUES_MAX - VALUES_MIN - 1);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* Code is validated and signed on the PC, so a damaged module is only loaded here, never run. */
static void damaged_modules_load_or_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = { "app_deep", "app_wait", "app_quiet", "fake_kernel" };
    static test_module_t module;
    int refused = 0;
    int live = heap_live;
    for (uint32_t i = 1; i <= MUTATIONS; i++) {
        uint32_t seed = i * 2654435761u;
        test_module_read(&module, names[i % 4]);
        for (uint32_t changes = 1 + next_random(&seed) % 4; changes > 0; changes--) {
            size_t from = i % 3 ? module.len / 2 : 8; /* mostly code */
            size_t at = from + next_random(&seed) % (module.len - from);
            module.bytes[at] = (uint8_t)next_random(&seed);
        }
        engine_config_t config = app_config(&module);
        if (i % 4 == 3) {
            config.imports = link_kernel_imports;
            config.import_count = link_kernel_import_count;
            config.exports = link_kernel_exports;
            config.export_count = KERNEL_EXPORT_COUNT;
        }
        s_error[0] = '\0';
        if (engine_wasm3.load(&config, &s_instance, s_error) == HOST_OK) {
            engine_wasm3.free(s_instance);
        } else {
            refused++;
            assert_true(s_error[0] != '\0');
        }
        if (heap_live != live) {
            fail_msg("mutation %u leaks", (unsigned)i);
        }
    }
    assert_in_range(refused, MUTATIONS / 4, MUTATIONS - MUTATIONS / 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_export_answers_with_its_result),
        cmocka_unit_test(an_optional_export_may_be_missing),
        cmocka_unit_test(a_global_is_read_and_written),
        cmocka_unit_test(linear_memory_is_the_manifests_and_no_page),
        cmocka_unit_test(memory_cannot_grow),
        cmocka_unit_test(the_stack_ends_with_a_trap_at_every_size),
        cmocka_unit_test(a_division_by_zero_says_so),
        cmocka_unit_test(a_module_too_large_for_the_heap_is_refused_before_loading),
        cmocka_unit_test(lack_of_memory_at_any_allocation_is_an_error),
        cmocka_unit_test(one_failed_allocation_is_never_passed_over),
        cmocka_unit_test(fifty_instances_leave_nothing_behind),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(a_branch_table_longer_than_its_function_is_refused),
        cmocka_unit_test(a_block_with_parameters_is_refused),
        cmocka_unit_test(a_stack_as_high_as_the_compilers_is_loaded_or_refused),
        cmocka_unit_test(damaged_modules_load_or_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
