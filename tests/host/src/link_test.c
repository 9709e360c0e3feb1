/*
 * The app's wall of a firmware whose kernel has no database (built with WASMOTE_ROWS_DATABASE=0).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <string.h>

#include "link.h"
#include "module_check.h"
#include "position.h"
#include "test_modules.h"

static int check(const char *name, const char *signature, char error[ENGINE_ERROR_BYTES])
{
    static test_module_t module;
    const engine_import_t row = { .module = "kernel", .name = name, .signature = signature };
    test_module_probe(&module, &row);
    const engine_config_t config = {
        .bytes = module.bytes,
        .bytes_len = module.len,
        .memory_bytes = TEST_MEMORY_BYTES,
        .imports = link_app_imports,
        .import_count = link_app_import_count,
        .left_out = link_app_left_out,
        .exports = link_app_exports,
        .export_count = APP_EXPORT_COUNT,
    };
    module_summary_t summary;
    return module_check(&config, &summary, error);
}

static void a_row_left_out_is_refused_with_its_name_and_who_has_it(void **state)
{
    char error[ENGINE_ERROR_BYTES];
    (void)state;
    assert_int_equal(check("db_put", "i(<i<i<ii)", error), HOST_INVALID);
    assert_string_equal(error, "import db_put: only in kernels named database, tendrl");
    assert_int_equal(check("db_error", "i(>i)", error), HOST_INVALID);
    assert_string_equal(error, "import db_error: only in kernels named database, tendrl");
}

static void a_stranger_is_still_a_stranger(void **state)
{
    char error[ENGINE_ERROR_BYTES];
    (void)state;
    assert_int_equal(check("db", "i()", error), HOST_INVALID);
    assert_string_equal(error, "import db: no such row on this wall");
    assert_int_equal(check("dba", "i()", error), HOST_INVALID);
    assert_string_equal(error, "import dba: no such row on this wall");
}

static void the_other_rows_keep_their_places(void **state)
{
    char error[ENGINE_ERROR_BYTES];
    (void)state;
    assert_int_equal(check("subscription_state", "i(i)", error), HOST_OK);
    for (size_t i = 0; i < link_app_import_count; i++) {
        const engine_import_t *row = &link_app_imports[i];
        char text[POSITION_TEXT_BYTES];
        assert_true(strncmp(row->name, "db_", 3) != 0);
        const uint32_t before = position_enter_row(row);
        assert_true(position_describe(*position_word | POSITION_APP, text));
        assert_non_null(strstr(text, row->name));
        position_leave(before);
    }
}

static void a_place_in_a_row_left_out_is_unknown(void **state)
{
    char text[POSITION_TEXT_BYTES];
    (void)state;
    size_t last = 0;
    for (size_t i = 0; i < link_app_import_count; i++) {
        last = link_app_imports[i].number > last ? link_app_imports[i].number : last;
    }
    const uint32_t inside =
        POSITION_APP | (uint32_t)APP_EXPORT_step << POSITION_EXPORT_SHIFT | (uint32_t)(last + 1) << POSITION_ROW_SHIFT;
    assert_false(position_describe(inside, text));
    assert_string_equal(text, "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_left_out_is_refused_with_its_name_and_who_has_it),
        cmocka_unit_test(a_stranger_is_still_a_stranger),
        cmocka_unit_test(the_other_rows_keep_their_places),
        cmocka_unit_test(a_place_in_a_row_left_out_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
