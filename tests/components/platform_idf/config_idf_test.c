#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "config_idf.h"

/* What the image answers for a key; a text, or a status. */
static const char *s_host;
static const char *s_ssid;
static int s_status;

static int answer(const char *key, size_t key_len, uint8_t *dst, size_t cap)
{
    const char *text = strncmp(key, "mqtt.host", key_len) == 0 ? s_host : strncmp(key, "wifi.ssid", key_len) == 0 ? s_ssid : NULL;
    if (s_status < 0) {
        return s_status;
    }
    if (text == NULL || strlen(text) > cap) {
        return text == NULL ? HOST_NOT_FOUND : HOST_TOO_LARGE;
    }
    memcpy(dst, text, strlen(text));
    return (int)strlen(text);
}

/* In place of config_image_get(). */
int __wrap_config_image_get(const void *image, const char *key, size_t key_len, uint8_t *dst, size_t cap)
{
    (void)image;
    return answer(key, key_len, dst, cap);
}

static int no_geometry(void *ctx, int partition, platform_flash_geometry_t *out)
{
    (void)ctx, (void)partition, (void)out;
    return HOST_NOT_FOUND;
}

static int set_up(void **state)
{
    static const platform_flash_t no_flash = { .geometry = no_geometry };
    (void)state;
    s_host = "broker.example.com";
    s_ssid = "barn";
    s_status = HOST_OK;
    config_idf_init(&no_flash);
    return 0;
}

static void a_whole_configuration_lacks_nothing(void **state)
{
    char text[CONFIG_IDF_MISSING_BYTES] = "untouched";
    (void)state;
    assert_false(config_idf_missing(true, text));
    s_ssid = NULL; /* a board on a cable */
    assert_false(config_idf_missing(false, text));
    assert_string_equal(text, "untouched");
}

static void what_is_missing_is_named_with_the_command_that_gives_it(void **state)
{
    char text[CONFIG_IDF_MISSING_BYTES];
    (void)state;
    s_ssid = NULL;
    assert_true(config_idf_missing(true, text));
    assert_non_null(strstr(text, "configuration: no wifi.ssid; npm run provision -- --init writes config.json"));
    s_host = NULL;
    assert_true(config_idf_missing(false, text));
    assert_non_null(strstr(text, "configuration: no mqtt.host; "));
    assert_true(config_idf_missing(true, text));
    assert_non_null(strstr(text, "configuration: no mqtt.host, no wifi.ssid; "));
    assert_non_null(strstr(text, "--config config.json --port PORT gives it to the board")); /* to its end */
}

static void a_damaged_one_is_told_from_a_missing_one(void **state)
{
    char text[CONFIG_IDF_MISSING_BYTES];
    (void)state;
    s_status = HOST_CORRUPT;
    assert_true(config_idf_missing(true, text));
    assert_non_null(strstr(text, "configuration: CORRUPT; npm run provision"));
    s_status = HOST_UNSUPPORTED;
    assert_true(config_idf_missing(true, text));
    assert_non_null(strstr(text, "configuration: UNSUPPORTED; "));
}

static void a_text_is_terminated_and_one_too_long_left_alone(void **state)
{
    char text[8] = "before";
    (void)state;
    assert_int_equal(config_idf_get_text("wifi.ssid", text, 5), 4);
    assert_string_equal(text, "barn");
    assert_int_equal(config_idf_get_text("wifi.ssid", text, 4), HOST_TOO_LARGE);
    assert_string_equal(text, "barn");
    assert_int_equal(config_idf_get_text("other", text, sizeof text), HOST_NOT_FOUND);
    assert_string_equal(text, "barn");
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_whole_configuration_lacks_nothing),
        TEST(what_is_missing_is_named_with_the_command_that_gives_it),
        TEST(a_damaged_one_is_told_from_a_missing_one),
        TEST(a_text_is_terminated_and_one_too_long_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
