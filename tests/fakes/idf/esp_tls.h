/* Fake of ESP-IDF's esp_tls.h: the members and calls that our backends use, with its types. */
#ifndef FAKE_ESP_TLS_H
#define FAKE_ESP_TLS_H

#include <stdbool.h>
#include <sys/types.h>

#include "esp_err.h"
#include "esp_tls_errors.h"
#include "mbedtls/ssl.h"

typedef enum esp_tls_conn_state {
    ESP_TLS_INIT = 0,
    ESP_TLS_CONNECTING,
    ESP_TLS_HANDSHAKE,
    ESP_TLS_FAIL,
    ESP_TLS_DONE,
} esp_tls_conn_state_t;

typedef struct esp_tls_cfg {
    const unsigned char *cacert_buf;
    unsigned int cacert_bytes;
    const unsigned char *clientcert_buf;
    unsigned int clientcert_bytes;
    const unsigned char *clientkey_buf;
    unsigned int clientkey_bytes;
    bool non_block;
    esp_err_t (*crt_bundle_attach)(void *conf);
} esp_tls_cfg_t;

typedef struct esp_tls esp_tls_t;
typedef struct esp_tls_last_error *esp_tls_error_handle_t;

esp_tls_t *esp_tls_init(void);
int esp_tls_conn_new_async(const char *hostname, int hostlen, int port, const esp_tls_cfg_t *cfg, esp_tls_t *tls);
ssize_t esp_tls_conn_write(esp_tls_t *tls, const void *data, size_t datalen);
ssize_t esp_tls_conn_read(esp_tls_t *tls, void *data, size_t datalen);
int esp_tls_conn_destroy(esp_tls_t *tls);
esp_err_t esp_tls_set_conn_sockfd(esp_tls_t *tls, int sockfd);
esp_err_t esp_tls_set_conn_state(esp_tls_t *tls, esp_tls_conn_state_t conn_state);
void *esp_tls_get_ssl_context(esp_tls_t *tls);
esp_err_t esp_tls_get_error_handle(esp_tls_t *tls, esp_tls_error_handle_t *error_handle);
esp_err_t esp_tls_get_and_clear_last_error(esp_tls_error_handle_t h, int *esp_tls_code, int *esp_tls_flags);

#endif
