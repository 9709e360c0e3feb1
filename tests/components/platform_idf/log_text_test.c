#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "log_text.h"

static void control_characters_are_shown_and_forge_no_line(void **state)
{
    char out[LOG_TEXT_BYTES];
    (void)state;
    log_text_clean("a\nE (0) host: b\x7f", 16, out);
    assert_string_equal(out, "a\\x0aE (0) host: b\\x7f");
    log_text_clean("gr\xc3\xbc\xc3\x9f", 6, out);
    assert_string_equal(out, "gr\xc3\xbc\xc3\x9f");
    log_text_clean("", 0, out);
    assert_string_equal(out, "");
}

static void a_long_text_is_cut_and_still_ends(void **state)
{
    char text[2 * LOG_TEXT_BYTES];
    char out[LOG_TEXT_BYTES];
    (void)state;
    for (int byte = 'x'; byte >= 0; byte -= 'x' - '\n') { /* plain, then all escapes */
        memset(text, byte, sizeof text);
        log_text_clean(text, sizeof text, out);
        assert_in_range(strlen(out), LOG_TEXT_BYTES - 8, LOG_TEXT_BYTES - 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(control_characters_are_shown_and_forge_no_line),
        cmocka_unit_test(a_long_text_is_cut_and_still_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
