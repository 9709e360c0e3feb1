/* preflight: what is said of files that the command line names and that cannot be used. */
#include "preflight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "platform.h"
#include "scratch.h"

static char s_module[SCRATCH_PATH_BYTES];
static char s_flash[SCRATCH_PATH_BYTES];
static char s_csv[SCRATCH_PATH_BYTES];
static char s_error[PREFLIGHT_ERROR_BYTES];
static world_t *s_world;
static replay_t *s_replay;

static int set_up(void **state)
{
    (void)state;
    scratch_path(s_module, "module.wasm");
    scratch_path(s_flash, "flash.img");
    scratch_path(s_csv, "samples.csv");
    scratch_write(s_module, "module", 6);
    scratch_write(s_csv, "time,adc0\n0,1\n", 14);
    s_world = world_create(true, 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(s_module);
    unlink(s_flash);
    unlink(s_csv);
    replay_free(s_replay);
    world_destroy(s_world);
    return 0;
}

static options_t good(void)
{
    return (options_t){ .kernel_path = s_module, .app_path = s_module, .flash_path = s_flash, .replay_path = s_csv };
}

static int check(options_t options)
{
    return preflight_check(&options, s_world, &s_replay, s_error);
}

static void makes_the_flash_and_loads_the_recording(void **state)
{
    (void)state;
    assert_int_equal(check(good()), HOST_OK);
    assert_int_equal(access(s_flash, R_OK | W_OK), 0);
    assert_non_null(s_replay);
    assert_string_equal(s_world->app_path, s_module);
}

static void says_which_file_is_wrong(void **state)
{
    (void)state;
    char expected[PREFLIGHT_ERROR_BYTES];
    options_t options = good();
    options.kernel_path = "/proc/no-kernel";
    assert_int_equal(check(options), HOST_INVALID);
    assert_string_equal(s_error,
                        "--kernel: found '/proc/no-kernel' (No such file or directory), expected a module that can be read");
    options = good();
    options.app_path = "/proc/no-app";
    assert_int_equal(check(options), HOST_INVALID);
    assert_string_equal(s_error, "--app: found '/proc/no-app' (No such file or directory), expected a module that can be read");
    options = good();
    options.flash_path = "/proc/no-flash";
    assert_int_equal(check(options), HOST_INVALID);
    assert_string_equal(s_error,
                        "--flash: found '/proc/no-flash' (No such file or directory), expected a file that can be written");
    replay_free(s_replay);
    scratch_write(s_csv, "time,adc0\n0,x\n", 14);
    assert_int_equal(check(good()), HOST_INVALID);
    snprintf(expected, sizeof expected,
             "--replay: found '%s' (line 2, column 2 (adc0): found 'x', expected a number), expected recorded samples as CSV",
             s_csv);
    assert_string_equal(s_error, expected);
    assert_null(s_replay);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(makes_the_flash_and_loads_the_recording, set_up, tear_down),
        cmocka_unit_test_setup_teardown(says_which_file_is_wrong, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
