#include "net_tls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock_idf.h"
#include "esp_log.h"
#include "esp_tls.h"
#include "mbedtls/net_sockets.h"
#include "net_connect.h"
#include "net_credentials.h"
#include "net_undated.h"
#include "status_idf.h"

static const char *TAG = "tls";

enum { AGAIN_MS = 500 };

struct net_tls {
    esp_tls_t *session;
    mbedtls_ssl_context *ssl; /* of the session */
    int fd;
    uint8_t *unsent; /* what the socket left of a record; NULL none */
    size_t unsent_len;
    size_t unsent_at;
    net_undated_t *undated; /* NULL: dates were checked */
};

/* Writes to the socket. Returns bytes taken, 0 "not now", or an mbedTLS error. */
static int write_some(const net_tls_t *tls, const uint8_t *src, size_t len)
{
    const ssize_t count = send(tls->fd, src, len, 0);
    if (count >= 0) {
        return (int)count;
    }
    return status_of_errno(errno) == 0 ? 0 : MBEDTLS_ERR_NET_CONN_RESET;
}

static int flush_unsent(net_tls_t *tls)
{
    while (tls->unsent != NULL) {
        const int count = write_some(tls, tls->unsent + tls->unsent_at, tls->unsent_len - tls->unsent_at);
        if (count <= 0) {
            return count == 0 ? MBEDTLS_ERR_SSL_WANT_WRITE : count;
        }
        tls->unsent_at += (size_t)count;
        if (tls->unsent_at == tls->unsent_len) {
            free(tls->unsent);
            tls->unsent = NULL;
        }
    }
    return 0;
}

/*
 * Takes a record whole, and keeps what the socket leaves of it. So mbedTLS never asks for a call to be repeated with the same
 * arguments, which the caller of platform_net_t.send does not promise.
 */
static int bio_send(void *ctx, const unsigned char *src, size_t len)
{
    net_tls_t *tls = ctx;
    int count = flush_unsent(tls);
    if (count == 0) {
        count = write_some(tls, src, len);
    }
    if (count < 0 || (size_t)count == len) {
        return count;
    }
    tls->unsent_len = len - (size_t)count;
    tls->unsent_at = 0;
    tls->unsent = malloc(tls->unsent_len);
    if (tls->unsent == NULL) {
        return MBEDTLS_ERR_NET_CONN_RESET; /* half a record cannot be taken back: the connection ends */
    }
    memcpy(tls->unsent, src + count, tls->unsent_len);
    return (int)len;
}

static int bio_recv(void *ctx, unsigned char *dst, size_t cap)
{
    const net_tls_t *tls = ctx;
    const ssize_t count = recv(tls->fd, dst, cap, 0);
    if (count >= 0) {
        return (int)count;
    }
    return status_of_errno(errno) == 0 ? MBEDTLS_ERR_SSL_WANT_READ : MBEDTLS_ERR_NET_CONN_RESET;
}

/* Says why a handshake failed: the certificate's own reason first. */
static int refusal(const net_tls_t *tls, const char *host)
{
    esp_tls_error_handle_t errors;
    int code = 0;
    int flags = 0;
    const esp_err_t last = esp_tls_get_error_handle(tls->session, &errors) == ESP_OK
                               ? esp_tls_get_and_clear_last_error(errors, &code, &flags)
                               : ESP_FAIL;
    if (flags != 0 && flags != -1) { /* -1: it was not looked at */
        const char *why;
        const int status = status_of_certificate(flags, &why);
        ESP_LOGE(TAG, "%s: certificate refused: %s (flags 0x%x)", host, why, (unsigned)flags);
        return status;
    }
    ESP_LOGE(TAG, "%s: handshake failed: %s (0x%x), mbedTLS -0x%04x", host, esp_err_to_name(last), (unsigned)last,
             (unsigned)code);
    if (code != 0) {
        const int status = status_of_mbedtls(-code); /* esp-tls notes it without its sign */
        return status == 0 ? HOST_PROTOCOL : status;
    }
    return status_of_esp(last);
}

static int shake_hands(const net_job_t *job, net_tls_t *tls, const char *host, const esp_tls_cfg_t *config)
{
    const int64_t deadline_ms = clock_idf_monotonic(NULL) + NET_TLS_MS;
    for (;;) {
        const int result = esp_tls_conn_new_async(host, (int)strlen(host), 0, config, tls->session);
        if (result != 0) {
            return result == 1 ? HOST_OK : refusal(tls, host);
        }
        /* It does not say what it waits for. A full socket is rarer than a slow peer: it is tried again after a while. */
        const int64_t again_ms = clock_idf_monotonic(NULL) + AGAIN_MS;
        const bool is_last = again_ms >= deadline_ms;
        const int status = net_wait(job, tls->fd, false, is_last ? deadline_ms : again_ms);
        if (status < 0 && (status != HOST_TIMEOUT || is_last)) {
            if (status == HOST_TIMEOUT) {
                ESP_LOGW(TAG, "%s: no answer in time", host);
            }
            return status;
        }
    }
}

static int use_undated(const net_credentials_t *credentials, esp_tls_cfg_t *config, net_undated_t **out)
{
    if (credentials->ca == NULL) {
        ESP_LOGE(TAG, "tls.ca: found nothing, and without a clock only an authority of our own is believed");
        return HOST_INVALID;
    }
    return net_undated_use(credentials->ca, config->cacert_bytes, config, out);
}

int net_tls_open(const net_job_t *job, const char *host, bool checks_dates, int fd, net_tls_t **out)
{
    net_credentials_t credentials;
    esp_tls_cfg_t config = { .non_block = false }; /* its own wait for the connection is over; the socket does not block */
    net_tls_t *tls = calloc(1, sizeof *tls);
    int status = net_credentials_load(&credentials, &config);
    if (status >= 0) {
        status = tls == NULL || (tls->session = esp_tls_init()) == NULL ? HOST_NO_MEMORY : HOST_OK;
    }
    if (status >= 0) {
        tls->fd = fd;
        status = status_report(TAG, "socket", esp_tls_set_conn_sockfd(tls->session, fd));
    }
    if (status >= 0) {
        fd = -1; /* the session closes it from here on */
        status = checks_dates ? HOST_OK : use_undated(&credentials, &config, &tls->undated);
    }
    if (status >= 0) {
        status = status_report(TAG, "state", esp_tls_set_conn_state(tls->session, ESP_TLS_CONNECTING));
    }
    if (status >= 0) {
        status = shake_hands(job, tls, host, &config);
    }
    net_credentials_free(&credentials);
    if (status < 0) {
        if (fd >= 0) {
            close(fd);
        }
        net_tls_close(tls, false);
        return status;
    }
    tls->ssl = esp_tls_get_ssl_context(tls->session);
    mbedtls_ssl_set_bio(tls->ssl, tls, bio_send, bio_recv, NULL);
    *out = tls;
    return HOST_OK;
}

/* Maps the result of a transfer; what is not just "closed" is logged with its number. */
static int status_of(int code)
{
    const int status = status_of_mbedtls(code);
    if (status < 0 && status != HOST_CLOSED) {
        ESP_LOGE(TAG, "transfer failed: mbedTLS -0x%04x", (unsigned)-code);
    }
    return status;
}

int net_tls_send(net_tls_t *tls, const uint8_t *src, size_t len)
{
    const int flushed = flush_unsent(tls);
    if (flushed != 0) {
        return status_of(flushed);
    }
    const int most = mbedtls_ssl_get_max_out_record_payload(tls->ssl);
    if (most <= 0) {
        return status_of(most);
    }
    const int code = (int)esp_tls_conn_write(tls->session, src, len < (size_t)most ? len : (size_t)most);
    return code > 0 ? code : status_of(code);
}

int net_tls_recv(net_tls_t *tls, uint8_t *dst, size_t cap)
{
    flush_unsent(tls); /* a failure shows at the next send */
    const int code = (int)esp_tls_conn_read(tls->session, dst, cap);
    return code > 0 ? code : status_of(code);
}

bool net_tls_has_input(const net_tls_t *tls)
{
    return mbedtls_ssl_check_pending(tls->ssl) != 0;
}

bool net_tls_has_output(const net_tls_t *tls)
{
    return tls->unsent != NULL;
}

void net_tls_close(net_tls_t *tls, bool says_goodbye)
{
    if (tls == NULL) {
        return;
    }
    if (says_goodbye && tls->ssl != NULL) {
        mbedtls_ssl_close_notify(tls->ssl);
    }
    free(tls->unsent);
    tls->unsent = NULL;
    if (tls->session != NULL) {
        esp_tls_conn_destroy(tls->session);
    }
    net_undated_free(tls->undated);
    free(tls);
}
