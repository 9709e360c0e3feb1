/* Fake of mbedTLS's ssl.h (3.6; 4.1 has the same, ALLOC_FAILED apart): numbers, and the calls that net_tls.c makes. */
#ifndef FAKE_MBEDTLS_SSL_H
#define FAKE_MBEDTLS_SSL_H

#include <stddef.h>
#include <stdint.h>

#define MBEDTLS_ERR_SSL_CONN_EOF -0x7280
#define MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE -0x7780
#define MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY -0x7880
#define MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET -0x7B00
#define MBEDTLS_ERR_SSL_ALLOC_FAILED -0x7F00
#define MBEDTLS_ERR_SSL_WANT_READ -0x6900
#define MBEDTLS_ERR_SSL_WANT_WRITE -0x6880

typedef struct mbedtls_ssl_context mbedtls_ssl_context;
typedef int mbedtls_ssl_send_t(void *ctx, const unsigned char *buf, size_t len);
typedef int mbedtls_ssl_recv_t(void *ctx, unsigned char *buf, size_t len);
typedef int mbedtls_ssl_recv_timeout_t(void *ctx, unsigned char *buf, size_t len, uint32_t timeout);

void mbedtls_ssl_set_bio(mbedtls_ssl_context *ssl, void *p_bio, mbedtls_ssl_send_t *f_send, mbedtls_ssl_recv_t *f_recv,
                         mbedtls_ssl_recv_timeout_t *f_recv_timeout);
int mbedtls_ssl_get_max_out_record_payload(const mbedtls_ssl_context *ssl);
int mbedtls_ssl_check_pending(const mbedtls_ssl_context *ssl);
int mbedtls_ssl_close_notify(mbedtls_ssl_context *ssl);

#endif
