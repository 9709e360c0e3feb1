#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "link.h"
#include "position.h"

static volatile uint32_t s_word;

static int set_up(void **state)
{
    (void)state;
    s_word = 0xffffffff;
    position_keep_at(&s_word);
    return 0;
}

static void assert_place(const char *expected)
{
    char text[POSITION_TEXT_BYTES];
    position_describe(s_word, text);
    assert_string_equal(text, expected);
}

static const engine_import_t *row_named(const engine_import_t *table, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(table[i].name, name) == 0) {
            return &table[i];
        }
    }
    return NULL;
}

static void names_each_place_on_the_way_in_and_out(void **state)
{
    char last[POSITION_TEXT_BYTES];
    (void)state;
    assert_place("host");
    const uint32_t host = position_enter(POSITION_APP, APP_EXPORT_step);
    assert_place("app step");
    const uint32_t app = position_enter_row(row_named(link_app_imports, link_app_import_count, "publish"));
    assert_place("app step, row publish");
    const uint32_t row = position_enter(POSITION_KERNEL, KERNEL_EXPORT_syscall);
    assert_place("kernel syscall");
    const uint32_t kernel = position_enter_row(row_named(link_kernel_imports, link_kernel_import_count, "sys_abort"));
    assert_place("kernel syscall, row sys_abort");
    position_leave(kernel);
    position_enter_row(&link_kernel_imports[0]); /* the ends of the table */
    assert_place("kernel syscall, row link_start");
    position_leave(kernel);
    position_enter_row(&link_kernel_imports[link_kernel_import_count - 1]);
    position_describe(s_word, last);
    assert_non_null(strstr(last, link_kernel_imports[link_kernel_import_count - 1].name));
    position_leave(kernel);
    assert_place("kernel syscall");
    position_leave(row);
    assert_place("app step, row publish");
    position_leave(app);
    assert_place("app step");
    position_leave(host);
    assert_place("host");
}

static void a_row_that_is_none_of_ours_is_left_out(void **state)
{
    static const engine_import_t alien = { .module = "host", .name = "alien", .signature = "v()" };
    (void)state;
    position_enter(POSITION_KERNEL, KERNEL_EXPORT_setup);
    const uint32_t before = position_enter_row(&alien);
    assert_place("kernel setup");
    position_leave(before);
}

static void a_word_that_is_no_place_is_unknown(void **state)
{
    char text[POSITION_TEXT_BYTES];
    (void)state;
    const uint32_t row = 1u << POSITION_ROW_SHIFT;
    const uint32_t words[] = {
        3, /* no such module */
        POSITION_HOST | row,
        POSITION_KERNEL | KERNEL_EXPORT_COUNT << POSITION_EXPORT_SHIFT,
        POSITION_APP | APP_EXPORT_COUNT << POSITION_EXPORT_SHIFT,
        POSITION_KERNEL | (uint32_t)(link_kernel_import_count + 1) << POSITION_ROW_SHIFT, /* of another firmware */
        POSITION_KERNEL | 1u << 31,
        UINT32_MAX,
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        assert_false(position_describe(words[i], text));
        assert_string_equal(text, "unknown");
    }
    assert_true(position_describe(POSITION_KERNEL | (uint32_t)link_kernel_import_count << POSITION_ROW_SHIFT, text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(names_each_place_on_the_way_in_and_out, set_up),
        cmocka_unit_test_setup(a_row_that_is_none_of_ours_is_left_out, set_up),
        cmocka_unit_test_setup(a_word_that_is_no_place_is_unknown, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
