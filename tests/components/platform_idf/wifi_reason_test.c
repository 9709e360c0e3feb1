#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "esp_wifi_types.h"
#include "wifi_reason.h"

static void names_the_key_to_look_at(void **state)
{
    (void)state;
    assert_non_null(strstr(wifi_reason_text(WIFI_REASON_NO_AP_FOUND), "wifi.ssid"));
    assert_non_null(strstr(wifi_reason_text(WIFI_REASON_4WAY_HANDSHAKE_TIMEOUT), "wifi.password"));
    assert_non_null(strstr(wifi_reason_text(WIFI_REASON_AUTH_FAIL), "wifi.password"));
    assert_non_null(strstr(wifi_reason_text(WIFI_REASON_NO_AP_FOUND_IN_AUTHMODE_THRESHOLD), "wifi.password"));
    assert_null(strstr(wifi_reason_text(WIFI_REASON_BEACON_TIMEOUT), "wifi."));
}

static void every_number_has_words(void **state)
{
    (void)state;
    for (int reason = 0; reason <= UINT8_MAX; reason++) {
        assert_true(strlen(wifi_reason_text((uint8_t)reason)) > 0);
    }
    assert_string_equal(wifi_reason_text(0), "the access point ended it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_the_key_to_look_at),
        cmocka_unit_test(every_number_has_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
