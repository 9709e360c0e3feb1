#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include "config_idf.h"
#include "esp_crt_bundle.h"
#include "esp_log.h"
#include "net_credentials.h"

#define PEM "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
#define KEY "-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----\n"

/* A configuration of texts. */
static const char *s_ca;
static const char *s_certificate;
static const char *s_key;
static int s_bundle; /* 1, 0, a status, or LEFT_OUT */
enum { LEFT_OUT = 2 };

int config_idf_get(const char *key, uint8_t *dst, size_t cap)
{
    const char *text = strcmp(key, "tls.ca") == 0 ? s_ca : strcmp(key, "tls.certificate") == 0 ? s_certificate : s_key;
    assert_true(text != s_key || strcmp(key, "tls.key") == 0 || s_key == NULL);
    if (text == NULL) {
        return HOST_NOT_FOUND;
    }
    if (strlen(text) > cap) {
        return HOST_TOO_LARGE;
    }
    memcpy(dst, text, strlen(text));
    return (int)strlen(text);
}

int config_idf_get_bool(const char *key, int fallback)
{
    assert_string_equal(key, "tls.useBundle");
    return s_bundle == LEFT_OUT ? fallback : s_bundle;
}

esp_err_t esp_crt_bundle_attach(void *conf)
{
    (void)conf;
    return ESP_OK;
}

static net_credentials_t s_credentials;
static esp_tls_cfg_t s_config;

static int set_up(void **state)
{
    (void)state;
    s_ca = s_certificate = s_key = NULL;
    s_bundle = LEFT_OUT;
    memset(&s_config, 0, sizeof s_config);
    fake_log_reset();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    net_credentials_free(&s_credentials);
    return 0;
}

static void an_authority_of_our_own_is_the_only_one(void **state)
{
    (void)state;
    s_ca = PEM PEM;
    assert_int_equal(net_credentials_load(&s_credentials, &s_config), HOST_OK);
    assert_string_equal((const char *)s_config.cacert_buf, PEM PEM);
    assert_int_equal(s_config.cacert_bytes, sizeof(PEM PEM)); /* with its zero */
    assert_null(s_config.crt_bundle_attach);
    assert_null(s_config.clientcert_buf);
}

static void without_one_the_authorities_of_the_web_are_taken(void **state)
{
    (void)state;
    assert_int_equal(net_credentials_load(&s_credentials, &s_config), HOST_OK);
    assert_true(s_config.crt_bundle_attach == esp_crt_bundle_attach);
    assert_null(s_config.cacert_buf);
    assert_int_equal(s_config.cacert_bytes, 0);
}

static void no_authority_at_all_is_refused(void **state)
{
    (void)state;
    s_bundle = 0;
    assert_int_equal(net_credentials_load(&s_credentials, &s_config), HOST_INVALID);
    assert_non_null(strstr(fake_log, "tls.ca is missing"));
    s_bundle = HOST_INVALID;
    assert_int_equal(net_credentials_load(&s_credentials, &s_config), HOST_INVALID);
    assert_non_null(strstr(fake_log, "tls.useBundle: expected true or false"));
}

static void certificate_and_key_come_together(void **state)
{
    (void)state;
    s_ca = PEM;
    s_certificate = PEM;
    s_key = KEY;
    assert_int_equal(net_credentials_load(&s_credentials, &s_config), HOST_OK);
    assert_string_equal((const char *)s_config.clientcert_buf, PEM);
    assert_string_equal((const char *)s_config.clientkey_buf, KEY);
    assert_int_equal(s_config.clientkey_bytes, sizeof KEY);
    net_credentials_free(&s_credentials);
    s_key = NULL;
    assert_int_equal(net_credentials_load(&s_credentials, &s_config), HOST_INVALID);
    assert_non_null(strstr(fake_log, "found tls.certificate alone"));
    net_credentials_free(&s_credentials);
    s_key = KEY;
    s_certificate = NULL;
    assert_int_equal(net_credentials_load(&s_credentials, &s_config), HOST_INVALID);
    assert_non_null(strstr(fake_log, "found tls.key alone"));
}

static void what_is_no_pem_is_refused_and_not_shown(void **state)
{
    static char huge[9000];
    (void)state;
    s_ca = "hunter2";
    assert_int_equal(net_credentials_load(&s_credentials, &s_config), HOST_INVALID);
    assert_non_null(strstr(fake_log, "tls.ca: found no PEM"));
    assert_null(strstr(fake_log, "hunter2"));
    net_credentials_free(&s_credentials);
    memset(huge, 'x', sizeof huge - 1);
    s_ca = huge;
    assert_int_equal(net_credentials_load(&s_credentials, &s_config), HOST_INVALID);
    assert_non_null(strstr(fake_log, "tls.ca: TOO_LARGE"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_authority_of_our_own_is_the_only_one), TEST(without_one_the_authorities_of_the_web_are_taken),
        TEST(no_authority_at_all_is_refused),          TEST(certificate_and_key_come_together),
        TEST(what_is_no_pem_is_refused_and_not_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
