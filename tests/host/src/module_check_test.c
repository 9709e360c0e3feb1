/*
 * Strict linking: what a module imports and exports is compared before anything is allocated, and the refusal names it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "link.h"
#include "module_check.h"
#include "test_modules.h"

static char s_error[ENGINE_ERROR_BYTES];

static int check(const test_module_t *module, const engine_export_t *exports, size_t export_count)
{
    const engine_config_t config = {
        .bytes = module->bytes,
        .bytes_len = module->len,
        .memory_bytes = TEST_MEMORY_BYTES,
        .imports = link_app_imports,
        .import_count = link_app_import_count,
        .exports = exports,
        .export_count = export_count,
    };
    module_summary_t summary;
    s_error[0] = '\0';
    return module_check(&config, &summary, s_error);
}

static void expect_row_refused(const char *from, const char *name, const char *signature, const char *error)
{
    const engine_import_t row = { .module = from, .name = name, .signature = signature };
    static test_module_t module;
    test_module_probe(&module, &row);
    assert_int_equal(check(&module, link_app_exports, APP_EXPORT_COUNT), HOST_INVALID);
    assert_string_equal(s_error, error);
}

static void an_import_must_be_a_row_with_its_signature(void **state)
{
    (void)state;
    expect_row_refused("host", "net_open", "i(<iii)", "import net_open: no such row on this wall");
    expect_row_refused("env", "abort", "v(<iii)", "import abort: no such row on this wall");
    expect_row_refused("kernel", "log", "i(i<i)", "import log: no such row on this wall");
    expect_row_refused("host", "lo", "i(i<i)", "import lo: no such row on this wall");
    expect_row_refused("host", "log", "v(i<i)", "import log: signature differs from its row");
    expect_row_refused("host", "log", "i(i<)", "import log: signature differs from its row");
    expect_row_refused("host", "log", "i(i<ii)", "import log: signature differs from its row");
    expect_row_refused("host", "log", "i(I<i)", "import log: signature differs from its row");
    expect_row_refused("host", "log", "I(i<i)", "import log: signature differs from its row");
    expect_row_refused("host", "a\nb", "i()", "import a?b: no such row on this wall");
}

static void every_row_of_the_wall_links(void **state)
{
    (void)state;
    static test_module_t module;
    for (size_t i = 0; i < link_app_import_count; i++) {
        test_module_probe(&module, &link_app_imports[i]);
        if (check(&module, link_app_exports, APP_EXPORT_COUNT) != HOST_OK) {
            fail_msg("%s: %s", link_app_imports[i].name, s_error);
        }
    }
}

static void an_export_must_be_there_with_its_signature(void **state)
{
    (void)state;
    static test_module_t module;
    static const engine_export_t missing[] = { { "stop", "v()", false } };
    static const engine_export_t absent[] = { { "stop", "v()", true } };
    static const engine_export_t wrong[] = { { "step", "i(i)", true } };
    static const engine_export_t global[] = { { "step", "g", true } };
    test_module_read(&module, "app_quiet");
    assert_int_equal(check(&module, missing, 1), HOST_INVALID);
    assert_string_equal(s_error, "export stop: missing");
    assert_int_equal(check(&module, absent, 1), HOST_OK);
    assert_int_equal(check(&module, wrong, 1), HOST_INVALID);
    assert_string_equal(s_error, "export step: kind or signature differs from what the host calls");
    assert_int_equal(check(&module, global, 1), HOST_INVALID);
}

static void expect_file_refused(const char *name, int status, const char *error)
{
    static test_module_t module;
    test_module_read(&module, name);
    assert_int_equal(check(&module, link_app_exports, APP_EXPORT_COUNT), status);
    assert_string_equal(s_error, error);
}

static void what_the_host_does_not_carry_is_refused_by_name(void **state)
{
    (void)state;
    expect_file_refused("bad_imported_memory", HOST_INVALID, "import memory: only functions can be imported");
    expect_file_refused("bad_two_pages", HOST_UNSUPPORTED, "memory: expected one of one page, not imported");
    expect_file_refused("bad_no_page", HOST_UNSUPPORTED, "memory: expected one of one page, not imported");
    expect_file_refused("bad_no_memory", HOST_UNSUPPORTED, "memory: expected one of one page, not imported");
    expect_file_refused("bad_data_end", HOST_INVALID, "data section: a segment ends outside the manifest's memory");
    expect_file_refused("bad_fuel_type", HOST_INVALID, "export fuel: kind or signature differs from what the host calls");
    expect_file_refused("bad_fuel_constant", HOST_INVALID, "export fuel: kind or signature differs from what the host calls");
    expect_file_refused("bad_passive_data", HOST_UNSUPPORTED, "data section: not an active segment");
    expect_file_refused("bad_two_results", HOST_INVALID, "type section: malformed, or more than one result");
}

static void sections_are_known_unique_and_in_order(void **state)
{
    (void)state;
    static test_module_t module;
    static const uint8_t extra[] = { 1, 1, 0 }; /* a second, empty type section */
    test_module_read(&module, "app_quiet");
    memcpy(module.bytes + module.len, extra, sizeof(extra));
    module.len += sizeof(extra);
    assert_int_equal(check(&module, link_app_exports, APP_EXPORT_COUNT), HOST_INVALID);
    assert_string_equal(s_error, "module: a section is unknown, repeated or out of order");
    module.bytes[module.len - 3] = 13;
    assert_int_equal(check(&module, link_app_exports, APP_EXPORT_COUNT), HOST_INVALID);
    module.bytes[module.len - 3] = 0; /* custom sections may stand anywhere */
    assert_int_equal(check(&module, link_app_exports, APP_EXPORT_COUNT), HOST_OK);
    module.bytes[module.len - 2] = 2;
    assert_int_equal(check(&module, link_app_exports, APP_EXPORT_COUNT), HOST_INVALID);
    assert_string_equal(s_error, "module: a section runs past the end");
}

/* A module of a header, a memory and one section. */
static void make_bare(test_module_t *module, const uint8_t *section, size_t len)
{
    static const uint8_t start[] = { 0, 'a', 's', 'm', 1, 0, 0, 0, 5, 3, 1, 0, 1 };
    memcpy(module->bytes, start, sizeof(start));
    memcpy(module->bytes + sizeof(start), section, len);
    module->len = sizeof(start) + len;
}

static void an_offset_at_the_edge_of_64_bits_is_outside(void **state)
{
    (void)state;
    static const uint8_t data[] = { 11, 15, 1, 0, 0x41, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0x0B, 0 };
    static const uint8_t bytes[] = { 11, 16, 1, 0, 0x41, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0x0B, 1, 7 };
    static const uint8_t element[] = { 9, 16, 1, 0, 0x41, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0x0B, 1, 0 };
    static test_module_t module;
    make_bare(&module, data, sizeof(data));
    assert_int_equal(check(&module, NULL, 0), HOST_INVALID);
    make_bare(&module, bytes, sizeof(bytes));
    assert_int_equal(check(&module, NULL, 0), HOST_INVALID);
    assert_string_equal(s_error, "data section: a segment ends outside the manifest's memory");
    make_bare(&module, element, sizeof(element));
    assert_int_equal(check(&module, NULL, 0), HOST_UNSUPPORTED);
    assert_string_equal(s_error, "element section: not an active segment within 4096 elements");
}

static void a_summary_counts_bodies(void **state)
{
    (void)state;
    static test_module_t module;
    module_summary_t summary;
    test_module_read(&module, "app_abort");
    const engine_config_t config = {
        .bytes = module.bytes,
        .bytes_len = module.len,
        .memory_bytes = TEST_MEMORY_BYTES,
        .imports = link_app_imports,
        .import_count = link_app_import_count,
        .exports = link_app_exports,
        .export_count = APP_EXPORT_COUNT,
    };
    assert_int_equal(module_check(&config, &summary, s_error), HOST_OK);
    assert_int_equal(summary.functions, 3);
    assert_int_equal(summary.code_bytes, 4 + 12 + 4);
    assert_int_equal(summary.imports, 1);
    assert_string_equal(link_app_imports[summary.import_rows[0]].name, "abort");
    assert_int_equal(summary.exports[APP_EXPORT_abi_version], 1);
    assert_int_equal(summary.exports[APP_EXPORT_setup], 2);
    assert_int_equal(summary.exports[APP_EXPORT_step], 3);
    assert_int_equal(summary.exports[APP_EXPORT_fuel], MODULE_NO_EXPORT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_import_must_be_a_row_with_its_signature),
        cmocka_unit_test(every_row_of_the_wall_links),
        cmocka_unit_test(an_export_must_be_there_with_its_signature),
        cmocka_unit_test(what_the_host_does_not_carry_is_refused_by_name),
        cmocka_unit_test(sections_are_known_unique_and_in_order),
        cmocka_unit_test(an_offset_at_the_edge_of_64_bits_is_outside),
        cmocka_unit_test(a_summary_counts_bodies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
