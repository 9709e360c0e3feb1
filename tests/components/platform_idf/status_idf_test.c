#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "esp_log.h"
#include "esp_tls_errors.h"
#include "mbedtls/net_sockets.h"
#include "mbedtls/ssl.h"
#include "mbedtls/x509.h"
#include "status_idf.h"

static void esp_codes(void **state)
{
    (void)state;
    assert_int_equal(status_of_esp(ESP_OK), HOST_OK);
    assert_int_equal(status_of_esp(ESP_ERR_NO_MEM), HOST_NO_MEMORY);
    assert_int_equal(status_of_esp(ESP_ERR_INVALID_ARG), HOST_INVALID);
    assert_int_equal(status_of_esp(ESP_ERR_INVALID_SIZE), HOST_INVALID);
    assert_int_equal(status_of_esp(ESP_ERR_NOT_FOUND), HOST_NOT_FOUND);
    assert_int_equal(status_of_esp(ESP_ERR_NOT_SUPPORTED), HOST_UNSUPPORTED);
    assert_int_equal(status_of_esp(ESP_ERR_TIMEOUT), HOST_TIMEOUT);
    assert_int_equal(status_of_esp(ESP_ERR_NOT_ALLOWED), HOST_REFUSED);
    assert_int_equal(status_of_esp(ESP_ERR_INVALID_CRC), HOST_CORRUPT);
    assert_int_equal(status_of_esp(ESP_ERR_MBEDTLS_X509_CRT_PARSE_FAILED), HOST_INVALID);
    assert_int_equal(status_of_esp(ESP_ERR_MBEDTLS_SSL_SETUP_FAILED), HOST_NO_MEMORY);
    assert_int_equal(status_of_esp(ESP_FAIL), HOST_IO);
    assert_int_equal(status_of_esp(0x3001), HOST_IO); /* unknown to us */
}

static void a_failure_is_logged_with_its_number_and_success_is_not(void **state)
{
    (void)state;
    fake_log_reset();
    assert_int_equal(status_report("flash", "store", ESP_OK), HOST_OK);
    assert_string_equal(fake_log, "");
    assert_int_equal(status_report("flash", "store", ESP_ERR_TIMEOUT), HOST_TIMEOUT);
    assert_string_equal(fake_log, "E flash: store: ESP_ERR_TIMEOUT (0x107)\n");
}

static void errno_of_sockets(void **state)
{
    (void)state;
    assert_int_equal(status_of_errno(EAGAIN), 0);
    assert_int_equal(status_of_errno(EINPROGRESS), 0);
    assert_int_equal(status_of_errno(EINTR), 0);
    assert_int_equal(status_of_errno(ECONNREFUSED), HOST_REFUSED);
    assert_int_equal(status_of_errno(ETIMEDOUT), HOST_TIMEOUT);
    assert_int_equal(status_of_errno(ECONNRESET), HOST_CLOSED);
    assert_int_equal(status_of_errno(EPIPE), HOST_CLOSED);
    assert_int_equal(status_of_errno(ENOMEM), HOST_NO_MEMORY);
    assert_int_equal(status_of_errno(EHOSTUNREACH), HOST_IO);
}

static void errno_of_a_connection_that_did_not_come_about(void **state)
{
    (void)state;
    assert_int_equal(status_of_connect(EINPROGRESS), 0);
    assert_int_equal(status_of_connect(ECONNREFUSED), HOST_REFUSED);
    assert_int_equal(status_of_connect(ECONNRESET), HOST_REFUSED);
    assert_int_equal(status_of_connect(ECONNABORTED), HOST_TIMEOUT);
    assert_int_equal(status_of_connect(EHOSTUNREACH), HOST_IO);
}

static void mbedtls_codes(void **state)
{
    (void)state;
    assert_int_equal(status_of_mbedtls(MBEDTLS_ERR_SSL_WANT_READ), 0);
    assert_int_equal(status_of_mbedtls(MBEDTLS_ERR_SSL_WANT_WRITE), 0);
    assert_int_equal(status_of_mbedtls(MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET), 0);
    assert_int_equal(status_of_mbedtls(0), HOST_CLOSED);
    assert_int_equal(status_of_mbedtls(MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY), HOST_CLOSED);
    assert_int_equal(status_of_mbedtls(MBEDTLS_ERR_NET_SEND_FAILED), HOST_CLOSED);
    assert_int_equal(status_of_mbedtls(MBEDTLS_ERR_SSL_ALLOC_FAILED), HOST_NO_MEMORY);
    assert_int_equal(status_of_mbedtls(MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE), HOST_PROTOCOL);
}

static void the_gravest_flag_of_a_certificate_counts(void **state)
{
    const char *why = NULL;
    (void)state;
    assert_int_equal(status_of_certificate(MBEDTLS_X509_BADCERT_EXPIRED, &why), HOST_EXPIRED);
    assert_string_equal(why, "expired");
    assert_int_equal(status_of_certificate(MBEDTLS_X509_BADCERT_FUTURE, &why), HOST_EXPIRED);
    assert_int_equal(status_of_certificate(MBEDTLS_X509_BADCERT_CN_MISMATCH | MBEDTLS_X509_BADCERT_EXPIRED, &why), HOST_INVALID);
    assert_int_equal(status_of_certificate(MBEDTLS_X509_BADCERT_NOT_TRUSTED | MBEDTLS_X509_BADCERT_CN_MISMATCH, &why),
                     HOST_CORRUPT);
    assert_non_null(strstr(why, "tls.ca"));
    assert_int_equal(status_of_certificate(MBEDTLS_X509_BADCERT_REVOKED, &why), HOST_CORRUPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(esp_codes),        cmocka_unit_test(a_failure_is_logged_with_its_number_and_success_is_not),
        cmocka_unit_test(errno_of_sockets), cmocka_unit_test(errno_of_a_connection_that_did_not_come_about),
        cmocka_unit_test(mbedtls_codes),    cmocka_unit_test(the_gravest_flag_of_a_certificate_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
