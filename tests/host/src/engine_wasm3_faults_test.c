/*
 * The interpreter short of memory and with damaged modules: an error each time, never a crash, and nothing left behind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "heap_watch.h"
#include "test_engine.h"

enum { MUTATIONS = 20000 };

/* Loads a module with the n-th allocation failing, for every n there is. Returns how many there are. */
static int try_short_of_memory(const char *name, const test_module_t *module)
{
    int live = heap_live;
    for (int at = 1;; at++) {
        heap_allocations_left = at;
        int status = test_engine_load(module);
        bool has_failed = heap_allocations_left == 0;
        heap_allocations_left = -1;
        if (!has_failed) {
            assert_int_equal(status, HOST_OK);
            engine_wasm3.free(test_engine.instance);
            assert_int_equal(heap_live, live);
            return at - 1;
        }
        if (status != HOST_NO_MEMORY) {
            fail_msg("%s, allocation %d: %s, \"%s\"", name, at, host_status_name(status), test_engine.error);
        }
        assert_null(test_engine.instance);
        assert_non_null(strstr(test_engine.error, "memory"));
        assert_int_equal(heap_live, live);
    }
}

static void lack_of_memory_at_any_allocation_is_an_error(void **state)
{
    (void)state;
    static const char *const names[] = { "app_quiet", "app_deep", "app_loop", "app_wait", "app_abort" };
    static test_module_t module;
    for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
        test_module_read(&module, names[n]);
        assert_true(try_short_of_memory(names[n], &module) > 15);
    }
}

/*
 * A function whose code pages end at another word for each `filler`: locals kept across a block, and selects, take several
 * words at once.
 */
static size_t page_filling_body(uint8_t *body, size_t filler)
{
    enum { ROUNDS = 24 };
    size_t len = 0;
    memcpy(body, "\x01\x01\x7F", 3); /* one local, i32: number 1 */
    len += 3;
    for (size_t i = 0; i < filler; i++) {
        memcpy(body + len, "\x3F\x00\x1A", 3); /* memory.size; drop: one word */
        len += 3;
    }
    for (size_t i = 0; i < ROUNDS; i++) {
        /* local.get 1; block (result i32) i32.const 5 end; i32.add; drop */
        memcpy(body + len, "\x20\x01\x02\x7F\x41\x05\x0B\x6A\x1A", 9);
        /* local.get 1; i32.const 6; local.get 1; select; drop */
        memcpy(body + len + 9, "\x20\x01\x41\x06\x20\x01\x1B\x1A", 8);
        len += 17;
    }
    memcpy(body + len, "\x41\x07\x0B", 3);
    return len + 3;
}

static void one_page_that_fails_is_never_passed_over(void **state)
{
    (void)state;
    enum { PAGE_WORDS = 128 };
    static test_module_t module;
    int pages = 0;
    heap_recovers = true;
    for (size_t filler = 0; filler < PAGE_WORDS; filler++) {
        uint8_t body[1024];
        test_module_step(&module, body, page_filling_body(body, filler));
        pages += try_short_of_memory("pages", &module);
    }
    heap_recovers = false;
    assert_true(pages > 3 * PAGE_WORDS);
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    static test_module_t module;
    test_module_read(&module, "app_deep");
    size_t whole = module.len;
    int live = heap_live;
    for (module.len = 0; module.len < whole; module.len++) {
        if (test_engine_load(&module) == HOST_OK) {
            fail_msg("the first %zu of %zu bytes loaded", module.len, whole);
        }
        assert_true(test_engine.error[0] != '\0');
        assert_int_equal(heap_live, live);
    }
}

static int load_step(const uint8_t *body, size_t len)
{
    static test_module_t module;
    test_module_step(&module, body, len);
    return test_engine_load(&module);
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
    assert_string_equal(test_engine.error, "compile: underrun while parsing Wasm binary");
}

static void a_block_with_parameters_is_refused(void **state)
{
    (void)state;
    /* unreachable; block (param i64) (result i32); drop; i32.const 0; end */
    static const uint8_t body[] = { 0, 0x00, 0x02, 3, 0x1A, 0x41, 0, 0x0B, 0x0B };
    assert_int_equal(load_step(body, sizeof(body)), HOST_INVALID);
    assert_string_equal(test_engine.error, "compile: block with parameters");
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
            assert_string_equal(test_engine.error, "compile: compiling function overran its stack height limit");
            continue;
        }
        uint64_t result = 0;
        assert_int_equal(refused, 0);
        assert_int_equal(test_engine_step(&result), HOST_OK);
        assert_int_equal(result, 5 * values + 7);
        engine_wasm3.free(test_engine.instance);
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
        engine_config_t config = test_engine_config(&module);
        if (i % 4 == 3) {
            config.imports = link_kernel_imports;
            config.import_count = link_kernel_import_count;
            config.exports = link_kernel_exports;
            config.export_count = KERNEL_EXPORT_COUNT;
        }
        test_engine.error[0] = '\0';
        if (engine_wasm3.load(&config, &test_engine.instance, test_engine.error) == HOST_OK) {
            engine_wasm3.free(test_engine.instance);
        } else {
            refused++;
            assert_true(test_engine.error[0] != '\0');
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
        cmocka_unit_test(lack_of_memory_at_any_allocation_is_an_error),
        cmocka_unit_test(one_page_that_fails_is_never_passed_over),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(a_branch_table_longer_than_its_function_is_refused),
        cmocka_unit_test(a_block_with_parameters_is_refused),
        cmocka_unit_test(a_stack_as_high_as_the_compilers_is_loaded_or_refused),
        cmocka_unit_test(damaged_modules_load_or_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
