/* options: what each does, and what is said of a command line that is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "options.h"
#include "platform.h"

enum { MAX_ARGUMENTS = 24 };

#define REQUIRED "--kernel", "k.wasm", "--app", "a.wasm", "--flash", "f.img"

/* arguments: ended by NULL. */
static int parse(char *const *arguments, options_t *out, char *error)
{
    char *argv[MAX_ARGUMENTS + 2] = { "wasmote-sim" };
    int argc = 1;
    for (; arguments[argc - 1] != NULL; argc++) {
        argv[argc] = arguments[argc - 1];
    }
    return options_parse(argc, argv, out, error);
}

#define PARSE(out, error, ...) parse((char *const[]){ __VA_ARGS__, NULL }, out, error)

#define REFUSE(expected, ...)                                                \
    do {                                                                     \
        options_t options;                                                   \
        char error[OPTIONS_ERROR_BYTES];                                     \
        assert_int_equal(PARSE(&options, error, __VA_ARGS__), HOST_INVALID); \
        assert_string_equal(error, expected);                                \
    } while (0)

static void has_defaults(void **state)
{
    (void)state;
    options_t options;
    char error[OPTIONS_ERROR_BYTES];
    assert_int_equal(PARSE(&options, error, REQUIRED), HOST_OK);
    assert_string_equal(options.kernel_path, "k.wasm");
    assert_string_equal(options.app_path, "a.wasm");
    assert_string_equal(options.flash_path, "f.img");
    assert_null(options.replay_path);
    assert_false(options.resets_flash);
    assert_false(options.traces);
    assert_true(options.has_stdin);
    assert_false(options.is_stepped);
    assert_true(options.syncs_flash);
    assert_int_equal(options.status_ms, 500);
    assert_int_equal(options.log_level, PLATFORM_LOG_INFO);
    assert_int_equal(options.seed, 1);
    assert_int_equal(options.update_key_count, 0);
}

static void takes_every_option(void **state)
{
    (void)state;
    options_t options;
    char error[OPTIONS_ERROR_BYTES];
    assert_int_equal(PARSE(&options, error, REQUIRED, "--reset-flash", "--trace", "--status-ms", "0", "--replay=r.csv",
                           "--log-level", "debug", "--clock", "stepped", "--flash-sync", "never", "--seed",
                           "18446744073709551599", "--no-stdin"),
                     HOST_OK);
    assert_true(options.resets_flash);
    assert_true(options.traces);
    assert_false(options.has_stdin);
    assert_true(options.is_stepped);
    assert_false(options.syncs_flash);
    assert_int_equal(options.status_ms, 0);
    assert_string_equal(options.replay_path, "r.csv");
    assert_int_equal(options.log_level, PLATFORM_LOG_DEBUG);
    assert_true(options.seed == UINT64_C(18446744073709551599));
    assert_int_equal(PARSE(&options, error, "--help"), OPTIONS_HELP);
}

#define KEY_64 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void takes_two_keys(void **state)
{
    (void)state;
    options_t options;
    char error[OPTIONS_ERROR_BYTES];
    assert_int_equal(PARSE(&options, error, REQUIRED, "--update-key", "04" KEY_64 KEY_64, "--update-key", "05" KEY_64 KEY_64),
                     HOST_OK);
    assert_int_equal(options.update_key_count, 2);
    assert_int_equal(options.update_keys[0][0], 4);
    assert_int_equal(options.update_keys[1][0], 5);
    assert_int_equal(options.update_keys[1][OPTIONS_KEY_BYTES - 1], 0xff);
    assert_int_equal(options.update_keys[1][2], 0x11);
    const char *const bad[] = { "", "04", "04" KEY_64 KEY_64 "0", "0g" KEY_64 KEY_64, "04" KEY_64 KEY_64 "00" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(PARSE(&options, error, REQUIRED, "--update-key", (char *)(uintptr_t)bad[i]), HOST_INVALID);
    }
    assert_int_equal(PARSE(&options, error, REQUIRED, "--update-key", "04" KEY_64 KEY_64, "--update-key", "04" KEY_64 KEY_64,
                           "--update-key", "04" KEY_64 KEY_64),
                     HOST_INVALID);
}

static void says_what_is_wrong_and_what_is_expected(void **state)
{
    (void)state;
    REFUSE("--kernel: found nothing, expected the path of a kernel module", "--app", "a", "--flash", "f");
    REFUSE("--app: found nothing, expected the path of an app module", "--kernel", "k", "--flash", "f");
    REFUSE("--flash: found nothing, expected the path of a flash image, made when missing", "--kernel", "k", "--app", "a");
    REFUSE("--flash: found nothing, expected the path of a flash image, made when missing", "--kernel", "k", "--app", "a",
           "--flash", "");
    REFUSE("--status-ms: found '-5', expected milliseconds, 0..3600000", REQUIRED, "--status-ms", "-5");
    REFUSE("--status-ms: found '3600001', expected milliseconds, 0..3600000", REQUIRED, "--status-ms", "3600001");
    REFUSE("--seed: found '1x', expected a number", REQUIRED, "--seed", "1x");
    REFUSE("--seed: found '184467440737095516160', expected a number", REQUIRED, "--seed", "184467440737095516160");
    REFUSE("--log-level: found 'loud', expected error, warning, info or debug", REQUIRED, "--log-level", "loud");
    REFUSE("--clock: found 'fast', expected real or stepped", REQUIRED, "--clock", "fast");
    REFUSE("--flash-sync: found 'often', expected always or never", REQUIRED, "--flash-sync", "often");
    REFUSE("argument 7: found '--bogus', expected an option of --help", REQUIRED, "--bogus");
    REFUSE("argument 7: found '--seed', expected a value behind it", REQUIRED, "--seed");
    REFUSE("argument 7: found 'stray', expected an option", REQUIRED, "stray");
    REFUSE("argument 1: found 'stray', expected an option", "stray", "--bogus", REQUIRED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_defaults),
        cmocka_unit_test(takes_every_option),
        cmocka_unit_test(takes_two_keys),
        cmocka_unit_test(says_what_is_wrong_and_what_is_expected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
