/*
 * The kernel compiled ahead of time behind the engine seam: which module it takes, what it refuses and in which words, what
 * it holds, and that no lack of memory leaves anything behind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "aot_module.h"
#include "guest_memory.h"
#include "heap_watch.h"
#include "kernel_file.h"
#include "link.h"
#include "test_device.h"

enum { MEMORY_BYTES = 4096, ROW_DESCEND = 42, ROW_LOAD = 0 };

static char s_error[ENGINE_ERROR_BYTES];
static engine_instance_t *s_instance;
static engine_import_t s_imports[64];

static const char *answer(engine_call_t *call)
{
    return guest_return(call, 0);
}

static engine_config_t config_of(const kernel_file_t *kernel)
{
    for (size_t i = 0; i < link_kernel_import_count; i++) {
        s_imports[i] = link_kernel_imports[i];
        s_imports[i].handler = answer;
    }
    return (engine_config_t){
        .bytes = kernel->bytes,
        .bytes_len = kernel->len,
        .memory_bytes = kernel_file_memory_bytes(kernel),
        .imports = s_imports,
        .import_count = link_kernel_import_count,
        .exports = link_kernel_exports,
        .export_count = KERNEL_EXPORT_COUNT,
    };
}

static int load(const engine_config_t *config)
{
    s_instance = NULL;
    s_error[0] = '\0';
    return engine_aot.load(config, &s_instance, s_error);
}

static int load_named(const char *name)
{
    kernel_file_t kernel = kernel_file_read(name);
    const engine_config_t config = config_of(&kernel);
    int status = load(&config);
    kernel_file_free(&kernel);
    return status;
}

static int syscall_row(engine_instance_t *instance, int row, uint32_t argument, uint64_t *result)
{
    const uint64_t args[LINK_SYSCALL_ARGS] = { (uint64_t)row, 0, argument };
    s_error[0] = '\0';
    return engine_aot.call(instance, KERNEL_EXPORT_syscall, args, LINK_SYSCALL_ARGS, result, s_error);
}

static void a_module_is_known_by_its_bytes_or_by_the_head_it_left(void **state)
{
    (void)state;
    uint64_t version = 0;
    assert_int_equal(load_named("edge_kernel"), HOST_OK);
    assert_int_equal(engine_aot.call(s_instance, KERNEL_EXPORT_abi_version, NULL, 0, &version, s_error), HOST_OK);
    assert_int_equal(version, LINK_ABI_VERSION);
    engine_aot.free(s_instance);
    for (size_t i = 0; aot_modules[i]; i++) {
        const aot_module_t *module = aot_modules[i];
        kernel_file_t head = { .bytes = (uint8_t *)module->head, .len = module->head_len };
        const engine_config_t config = config_of(&head);
        int status = load(&config);
        assert_string_equal(status == HOST_OK || strncmp(s_error, "start: ", 7) == 0 ? "" : s_error, ""); /* two never start */
        engine_aot.free(s_instance);
    }
}

static void any_other_module_is_refused(void **state)
{
    (void)state;
    kernel_file_t kernel = kernel_file_read("edge_kernel");
    engine_config_t config = config_of(&kernel);
    kernel.bytes[kernel.len - 1] ^= 1;
    assert_int_equal(load(&config), HOST_INVALID);
    assert_string_equal(s_error, "not the module that this program was compiled with");
    kernel.bytes[kernel.len - 1] ^= 1;
    config.memory_bytes += 8;
    assert_int_equal(load(&config), HOST_INVALID);
    assert_string_equal(s_error, "memory: 4104 bytes, compiled for 4096");
    config.memory_bytes -= 8;
    config.bytes_len--;
    assert_int_equal(load(&config), HOST_INVALID);
    config.bytes = NULL;
    config.bytes_len = 0;
    assert_int_equal(load(&config), HOST_INVALID);
    assert_null(s_instance);
    kernel_file_free(&kernel);
}

static void the_wall_must_be_the_one_it_was_made_for(void **state)
{
    (void)state;
    kernel_file_t kernel = kernel_file_read("edge_kernel");
    engine_config_t config = config_of(&kernel);
    config.import_count = (size_t)(kernel_row("sys_abort") - link_kernel_imports);
    assert_int_equal(load(&config), HOST_INVALID);
    assert_string_equal(s_error, "import sys_abort: no such row on this wall");
    config = config_of(&kernel);
    s_imports[1].signature = "i(i)";
    assert_int_equal(load(&config), HOST_INVALID);
    assert_string_equal(s_error, "import link_stop: no such row on this wall");
    kernel_file_free(&kernel);
}

static void exports_are_linked_strictly(void **state)
{
    (void)state;
    kernel_file_t kernel = kernel_file_read("edge_kernel");
    engine_export_t exports[] = { { "step", "i(I)", false }, { "__collect", "v()", true } };
    engine_config_t config = config_of(&kernel);
    const uint64_t now = 0;
    uint64_t wait_ms = 0;
    int32_t value;
    config.exports = exports;
    config.export_count = 2;
    assert_int_equal(load(&config), HOST_OK);
    assert_int_equal(engine_aot.call(s_instance, 0, &now, 1, &wait_ms, s_error), HOST_OK);
    assert_int_equal(wait_ms, 1000);
    assert_int_equal(engine_aot.call(s_instance, 1, NULL, 0, NULL, s_error), HOST_NOT_FOUND);
    assert_int_equal(engine_aot.global_get(s_instance, 1, &value), HOST_NOT_FOUND);
    assert_int_equal(engine_aot.global_set(s_instance, 1, 1), HOST_NOT_FOUND);
    engine_aot.free(s_instance);
    exports[1].is_optional = false;
    assert_int_equal(load(&config), HOST_INVALID);
    assert_string_equal(s_error, "export __collect: missing");
    exports[1] = (engine_export_t){ "setup", "v()", false };
    assert_int_equal(load(&config), HOST_INVALID);
    assert_string_equal(s_error, "export setup: missing");
    kernel_file_free(&kernel);
}

static void a_module_that_cannot_start_says_why(void **state)
{
    (void)state;
    int live = heap_live;
    assert_int_equal(load_named("start_kernel"), HOST_INVALID);
    assert_string_equal(s_error, "start: integer divide by zero");
    assert_int_equal(load_named("data_kernel"), HOST_INVALID);
    assert_string_equal(s_error, "start: access outside its 4096 bytes of memory: memory exhausted, or a stray pointer");
    assert_int_equal(heap_live, live);
}

static void no_lack_of_memory_leaves_anything_behind(void **state)
{
    (void)state;
    kernel_file_t kernel = kernel_file_read("edge_kernel");
    const engine_config_t config = config_of(&kernel);
    int live = heap_live;
    int allocations = 1;
    for (;; allocations++) {
        heap_allocations_left = allocations;
        int status = load(&config);
        heap_allocations_left = -1;
        if (status == HOST_OK) {
            break;
        }
        assert_int_equal(status, HOST_NO_MEMORY);
        assert_non_null(strstr(s_error, "out of memory"));
        assert_int_equal(heap_live, live);
    }
    assert_int_equal(allocations, 5); /* instance, state, memory, table; the fifth never comes */
    engine_aot.free(s_instance);
    assert_int_equal(heap_live, live);
    kernel_file_free(&kernel);
}

static void a_heap_too_small_is_known_before_loading(void **state)
{
    (void)state;
    kernel_file_t kernel = kernel_file_read("edge_kernel");
    engine_config_t config = config_of(&kernel);
    config.heap_free = MEMORY_BYTES;
    int live = heap_live;
    assert_int_equal(load(&config), HOST_NO_MEMORY);
    assert_non_null(strstr(s_error, "bytes of RAM, 4096 are free"));
    assert_int_equal(heap_live, live);
    config.heap_free = MEMORY_BYTES + 1024;
    assert_int_equal(load(&config), HOST_OK);
    engine_aot.free(s_instance);
    kernel_file_free(&kernel);
}

static void an_instance_holds_its_memory_and_little_more(void **state)
{
    (void)state;
    enum { BOOKKEEPING_BYTES = 600 };
    kernel_file_t kernel = kernel_file_read("full-plain");
    const engine_config_t config = config_of(&kernel);
    assert_int_equal(load(&config), HOST_OK);
    uint32_t bytes;
    assert_non_null(engine_aot.memory(s_instance, &bytes));
    assert_int_equal(bytes, config.memory_bytes);
    assert_in_range(engine_aot.footprint(s_instance), bytes, bytes + BOOKKEEPING_BYTES);
    engine_aot.free(s_instance);
    kernel_file_free(&kernel);
}

static void a_trap_ends_one_call_of_one_instance(void **state)
{
    (void)state;
    uint64_t result = 0;
    assert_int_equal(load_named("edge_kernel"), HOST_OK);
    engine_instance_t *first = s_instance;
    assert_int_equal(load_named("edge_kernel"), HOST_OK);
    assert_int_equal(syscall_row(first, ROW_LOAD, MEMORY_BYTES, &result), HOST_CORRUPT);
    for (uint32_t levels = 1; levels < 20; levels++) { /* the depth is counted anew in each call */
        assert_int_equal(syscall_row(s_instance, ROW_DESCEND, levels, &result), HOST_OK);
        assert_int_equal(result, levels);
    }
    assert_int_equal(syscall_row(s_instance, ROW_DESCEND, 1000, &result), HOST_CORRUPT);
    assert_string_equal(s_error, "stack overflow: calls nested too deep");
    engine_aot.free(first);
    engine_aot.free(s_instance);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_module_is_known_by_its_bytes_or_by_the_head_it_left),
        cmocka_unit_test(any_other_module_is_refused),
        cmocka_unit_test(the_wall_must_be_the_one_it_was_made_for),
        cmocka_unit_test(exports_are_linked_strictly),
        cmocka_unit_test(a_module_that_cannot_start_says_why),
        cmocka_unit_test(no_lack_of_memory_leaves_anything_behind),
        cmocka_unit_test(a_heap_too_small_is_known_before_loading),
        cmocka_unit_test(an_instance_holds_its_memory_and_little_more),
        cmocka_unit_test(a_trap_ends_one_call_of_one_instance),
    };
    return cmocka_run_group_tests_name("host/src/engine_aot", tests, NULL, NULL);
}
