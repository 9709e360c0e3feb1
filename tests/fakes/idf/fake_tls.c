#include "fake_tls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "esp_tls.h"

fake_tls_t fake_tls;

void fake_tls_reset(void)
{
    fake_tls = (fake_tls_t){ .sessions = fake_tls.sessions, .handshake = { 1 } };
}

struct mbedtls_ssl_context {
    void *bio;
    mbedtls_ssl_send_t *send;
    mbedtls_ssl_recv_t *recv;
};

struct esp_tls {
    mbedtls_ssl_context ssl;
    int fd;
    esp_tls_conn_state_t state;
};

esp_tls_t *esp_tls_init(void)
{
    fake_tls.sessions++;
    esp_tls_t *tls = calloc(1, sizeof *tls);
    tls->fd = -1;
    return tls;
}

int esp_tls_conn_destroy(esp_tls_t *tls)
{
    fake_tls.sessions--;
    if (tls->fd >= 0) {
        close(tls->fd);
    }
    free(tls);
    return 0;
}

int esp_tls_conn_new_async(const char *hostname, int hostlen, int port, const esp_tls_cfg_t *cfg, esp_tls_t *tls)
{
    (void)port, (void)cfg;
    assert_int_equal((int)strlen(hostname), hostlen);
    assert_int_equal(tls->state, ESP_TLS_CONNECTING);
    const int call = fake_tls.handshakes++;
    return call < FAKE_TLS_ANSWERS ? fake_tls.handshake[call] : 0;
}

esp_err_t esp_tls_set_conn_sockfd(esp_tls_t *tls, int sockfd)
{
    tls->fd = sockfd;
    return ESP_OK;
}

esp_err_t esp_tls_set_conn_state(esp_tls_t *tls, esp_tls_conn_state_t conn_state)
{
    tls->state = conn_state;
    return ESP_OK;
}

void *esp_tls_get_ssl_context(esp_tls_t *tls)
{
    return &tls->ssl;
}

esp_err_t esp_tls_get_error_handle(esp_tls_t *tls, esp_tls_error_handle_t *error_handle)
{
    (void)tls;
    *error_handle = NULL;
    return ESP_OK;
}

esp_err_t esp_tls_get_and_clear_last_error(esp_tls_error_handle_t h, int *esp_tls_code, int *esp_tls_flags)
{
    (void)h;
    *esp_tls_code = fake_tls.error_code;
    *esp_tls_flags = fake_tls.error_flags;
    return fake_tls.last_error;
}

void mbedtls_ssl_set_bio(mbedtls_ssl_context *ssl, void *p_bio, mbedtls_ssl_send_t *f_send, mbedtls_ssl_recv_t *f_recv,
                         mbedtls_ssl_recv_timeout_t *f_recv_timeout)
{
    assert_null(f_recv_timeout);
    ssl->bio = p_bio;
    ssl->send = f_send;
    ssl->recv = f_recv;
}

int mbedtls_ssl_get_max_out_record_payload(const mbedtls_ssl_context *ssl)
{
    (void)ssl;
    return FAKE_TLS_RECORD_BYTES;
}

int mbedtls_ssl_check_pending(const mbedtls_ssl_context *ssl)
{
    (void)ssl;
    return 0;
}

int mbedtls_ssl_close_notify(mbedtls_ssl_context *ssl)
{
    const uint8_t alert = FAKE_TLS_GOODBYE;
    return ssl->send(ssl->bio, &alert, 1);
}

ssize_t esp_tls_conn_write(esp_tls_t *tls, const void *data, size_t datalen)
{
    uint8_t record[FAKE_TLS_RECORD_BYTES + 2];
    record[0] = FAKE_TLS_MARK;
    memcpy(record + 1, data, datalen);
    record[datalen + 1] = FAKE_TLS_MARK;
    const int count = tls->ssl.send(tls->ssl.bio, record, datalen + 2);
    assert_int_not_equal(count, MBEDTLS_ERR_SSL_WANT_WRITE); /* mbedTLS would keep the record, and want the same call again */
    if (count < 0) {
        return count;
    }
    assert_int_equal(count, datalen + 2); /* else it would, too */
    return (ssize_t)datalen;
}

ssize_t esp_tls_conn_read(esp_tls_t *tls, void *data, size_t datalen)
{
    return tls->ssl.recv(tls->ssl.bio, data, datalen);
}
