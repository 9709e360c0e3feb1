/*
 * The manifest: every field of the 16 bytes, and where they must stand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "guest_memory.h"
#include "manifest.h"
#include "test_modules.h"

enum { FIRST_BYTE = 18 }; /* header 8, section id and length 2, name 8 */

static test_module_t s_module;
static manifest_t s_manifest;
static char s_error[ENGINE_ERROR_BYTES];

static int set_up(void **state)
{
    (void)state;
    const manifest_t manifest = { .abi = 1, .memory_bytes = 8192, .fuel = 70000, .has_collector = true };
    test_module_read(&s_module, "app_quiet");
    test_module_sign(&s_module, &manifest, MANIFEST_APP);
    memset(&s_manifest, 0, sizeof(s_manifest));
    s_error[0] = '\0';
    return 0;
}

static int read_manifest(void)
{
    return manifest_read(s_module.bytes, s_module.len, MANIFEST_APP, &s_manifest, s_error);
}

static void expect_refusal(int status, const char *error)
{
    assert_int_equal(read_manifest(), status);
    assert_string_equal(s_error, error);
    assert_int_equal(s_manifest.memory_bytes, 0);
}

static void a_manifest_is_read(void **state)
{
    (void)state;
    assert_int_equal(read_manifest(), HOST_OK);
    assert_int_equal(s_manifest.abi, 1);
    assert_int_equal(s_manifest.memory_bytes, 8192);
    assert_int_equal(s_manifest.fuel, 70000);
    assert_true(s_manifest.has_collector);
    s_module.bytes[FIRST_BYTE + 12] = 0;
    assert_int_equal(read_manifest(), HOST_OK);
    assert_false(s_manifest.has_collector);
}

static void another_format_is_refused(void **state)
{
    (void)state;
    s_module.bytes[FIRST_BYTE] = 2;
    expect_refusal(HOST_UNSUPPORTED, "manifest: format is 2, expected 1");
}

static void another_kind_is_refused(void **state)
{
    (void)state;
    s_module.bytes[FIRST_BYTE + 1] = 0;
    expect_refusal(HOST_INVALID, "manifest: kind is 0, expected 1");
}

static void another_abi_is_refused(void **state)
{
    (void)state;
    s_module.bytes[FIRST_BYTE + 3] = 1;
    expect_refusal(HOST_UNSUPPORTED, "manifest: abi is 257, expected 1");
}

static void a_memory_of_a_page_or_of_nothing_is_refused(void **state)
{
    (void)state;
    static const uint32_t sizes[] = { 0, 65536, 0xFFFFFFFF, 8190 };
    for (size_t i = 0; i < 4; i++) {
        guest_put_u32(s_module.bytes + FIRST_BYTE + 4, sizes[i]);
        assert_int_equal(read_manifest(), HOST_INVALID);
        assert_non_null(strstr(s_error, "expected a multiple of 8 below 65536"));
    }
    guest_put_u32(s_module.bytes + FIRST_BYTE + 4, 65528);
    assert_int_equal(read_manifest(), HOST_OK);
}

static void a_module_without_one_is_refused(void **state)
{
    (void)state;
    test_module_read(&s_module, "app_quiet");
    expect_refusal(HOST_INVALID, "manifest: no section `wasmote` of 16 bytes at the start of the app");
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    size_t whole = FIRST_BYTE + 16;
    for (s_module.len = 0; s_module.len < whole; s_module.len++) {
        assert_int_equal(read_manifest(), HOST_INVALID);
    }
    assert_int_equal(read_manifest(), HOST_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_manifest_is_read, set_up),
        cmocka_unit_test_setup(another_format_is_refused, set_up),
        cmocka_unit_test_setup(another_kind_is_refused, set_up),
        cmocka_unit_test_setup(another_abi_is_refused, set_up),
        cmocka_unit_test_setup(a_memory_of_a_page_or_of_nothing_is_refused, set_up),
        cmocka_unit_test_setup(a_module_without_one_is_refused, set_up),
        cmocka_unit_test_setup(every_truncation_is_refused, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
