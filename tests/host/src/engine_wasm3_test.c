/*
 * The interpreter behind the engine seam: calls, globals, memory, and what a trap says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "heap_watch.h"
#include "test_engine.h"

static void load_app(const char *name)
{
    static test_module_t module;
    test_module_read(&module, name);
    if (test_engine_load(&module) != HOST_OK) {
        fail_msg("%s: %s", name, test_engine.error);
    }
}

static void an_export_answers_with_its_result(void **state)
{
    (void)state;
    uint64_t result = 0;
    load_app("app_quiet");
    assert_int_equal(engine_wasm3.call(test_engine.instance, APP_EXPORT_abi_version, NULL, 0, &result, test_engine.error),
                     HOST_OK);
    assert_int_equal(result, 1);
    assert_int_equal(engine_wasm3.call(test_engine.instance, APP_EXPORT_setup, NULL, 0, NULL, test_engine.error), HOST_OK);
    assert_int_equal(test_engine_step(&result), HOST_OK);
    assert_int_equal(result, 250);
    engine_wasm3.free(test_engine.instance);
}

static void an_optional_export_may_be_missing(void **state)
{
    (void)state;
    int32_t fuel = 0;
    load_app("app_trap");
    assert_int_equal(engine_wasm3.call(test_engine.instance, APP_EXPORT___collect, NULL, 0, NULL, test_engine.error),
                     HOST_NOT_FOUND);
    assert_int_equal(engine_wasm3.global_get(test_engine.instance, APP_EXPORT_fuel, &fuel), HOST_NOT_FOUND);
    assert_int_equal(engine_wasm3.global_set(test_engine.instance, APP_EXPORT_fuel, 1), HOST_NOT_FOUND);
    engine_wasm3.free(test_engine.instance);
}

static void a_global_is_read_and_written(void **state)
{
    (void)state;
    int32_t fuel = 0;
    load_app("app_loop");
    assert_int_equal(engine_wasm3.global_set(test_engine.instance, APP_EXPORT_fuel, 100000), HOST_OK);
    assert_int_equal(test_engine_step(NULL), HOST_CORRUPT);
    assert_string_equal(test_engine.error, "unreachable executed, or memory exhausted under a collector");
    assert_int_equal(engine_wasm3.global_get(test_engine.instance, APP_EXPORT_fuel, &fuel), HOST_OK);
    assert_int_equal(fuel, 0);
    engine_wasm3.free(test_engine.instance);
}

static void linear_memory_is_the_manifests_and_no_page(void **state)
{
    (void)state;
    uint32_t bytes = 0;
    load_app("app_leak");
    assert_non_null(engine_wasm3.memory(test_engine.instance, &bytes));
    assert_int_equal(bytes, TEST_MEMORY_BYTES);
    int steps = 0;
    while (test_engine_step(NULL) == HOST_OK) {
        steps++;
    }
    assert_int_equal(steps, TEST_MEMORY_BYTES / 256);
    assert_string_equal(test_engine.error, "access outside its 4096 bytes of memory: memory exhausted, or a stray pointer");
    engine_wasm3.free(test_engine.instance);
}

static void memory_cannot_grow(void **state)
{
    (void)state;
    load_app("app_grow");
    assert_int_equal(test_engine_step(NULL), HOST_CORRUPT);
    assert_string_equal(test_engine.error, "memory exhausted: all 4096 bytes are in use");
    engine_wasm3.free(test_engine.instance);
}

static void the_stack_ends_with_a_trap_at_every_size(void **state)
{
    (void)state;
    static test_module_t module;
    test_module_read(&module, "app_deep");
    for (uint32_t bytes = TEST_STACK_BYTES; bytes < TEST_STACK_BYTES + 256; bytes += 8) {
        engine_config_t config = test_engine_config(&module);
        config.stack_bytes = bytes;
        assert_int_equal(engine_wasm3.load(&config, &test_engine.instance, test_engine.error), HOST_OK);
        test_engine.imports_called = 0;
        assert_int_equal(test_engine_step(NULL), HOST_CORRUPT);
        assert_string_equal(test_engine.error, "stack overflow: calls nested too deep");
        assert_true(test_engine.imports_called > 5);
        engine_wasm3.free(test_engine.instance);
    }
}

static void a_division_by_zero_says_so(void **state)
{
    (void)state;
    load_app("app_trap");
    assert_int_equal(test_engine_step(NULL), HOST_OK);
    assert_int_equal(test_engine_step(NULL), HOST_OK);
    assert_int_equal(test_engine_step(NULL), HOST_CORRUPT);
    assert_string_equal(test_engine.error, "integer divide by zero");
    engine_wasm3.free(test_engine.instance);
}

static void a_module_too_large_for_the_heap_is_refused_before_loading(void **state)
{
    (void)state;
    static test_module_t module;
    test_module_read(&module, "app_quiet");
    engine_config_t config = test_engine_config(&module);
    config.heap_free = 6000;
    int live = heap_live;
    assert_int_equal(engine_wasm3.load(&config, &test_engine.instance, test_engine.error), HOST_NO_MEMORY);
    assert_non_null(strstr(test_engine.error, "bytes of RAM, 6000 are free"));
    assert_int_equal(heap_live, live);
    config.heap_free = 60000;
    assert_int_equal(engine_wasm3.load(&config, &test_engine.instance, test_engine.error), HOST_OK);
    engine_wasm3.free(test_engine.instance);
}

static void fifty_instances_leave_nothing_behind(void **state)
{
    (void)state;
    int live = heap_live;
    size_t footprint = 0;
    for (int i = 0; i < 50; i++) {
        load_app(i % 2 ? "app_trap" : "app_quiet");
        while (i % 2 && test_engine_step(NULL) == HOST_OK) {
        }
        if (i == 0) {
            footprint = engine_wasm3.footprint(test_engine.instance);
            assert_true(footprint > TEST_MEMORY_BYTES + TEST_STACK_BYTES);
        }
        if (i == 48) {
            assert_int_equal(engine_wasm3.footprint(test_engine.instance), footprint);
        }
        engine_wasm3.free(test_engine.instance);
        assert_int_equal(heap_live, live);
    }
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
        cmocka_unit_test(fifty_instances_leave_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
