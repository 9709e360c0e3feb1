#include "tls.h"

#include <errno.h>
#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#if MBEDTLS_VERSION_MAJOR < 4
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#endif
#if MBEDTLS_VERSION_MAJOR >= 3
#include <psa/crypto.h>
#endif
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "log.h"
#include "tls_credentials.h"
#include "tls_verify.h"

static const char *TAG = "tls";

/* A record of 16 KB with its header and trailer. */
enum { PENDING_BYTES = 16384 + 1024 };

struct tls_session {
    int fd;
    uint32_t *writes;
    bool is_open;
    tls_verify_t verify;
    mbedtls_ssl_context ssl;
    mbedtls_ssl_config config;
    tls_credentials_t credentials;
#if MBEDTLS_VERSION_MAJOR < 4
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context random;
#endif
    size_t pending_len; /* bytes of a record the socket did not take yet */
    size_t pending_at;
    uint8_t pending[PENDING_BYTES];
};

/* Writes to the socket. Returns bytes taken, 0 "not now", or an mbedTLS error. */
static int write_some(tls_session_t *session, const uint8_t *src, size_t len)
{
    const ssize_t count = send(session->fd, src, len, MSG_NOSIGNAL);
    if (count < 0) {
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : MBEDTLS_ERR_NET_CONN_RESET;
    }
    *session->writes += session->is_open;
    return (int)count;
}

static int flush_pending(tls_session_t *session)
{
    while (session->pending_len > 0) {
        const int count = write_some(session, session->pending + session->pending_at, session->pending_len);
        if (count <= 0) {
            return count == 0 ? MBEDTLS_ERR_SSL_WANT_WRITE : count;
        }
        session->pending_at += (size_t)count;
        session->pending_len -= (size_t)count;
    }
    return 0;
}

/*
 * Takes a record whole, and keeps what the socket leaves of it. So mbedTLS never asks for a call to be repeated with the
 * same arguments, which the caller of platform_net_t.send does not promise.
 */
static int bio_send(void *ctx, const unsigned char *src, size_t len)
{
    tls_session_t *session = ctx;
    int count = flush_pending(session);
    if (count == 0) {
        count = write_some(session, src, len);
    }
    if (count < 0) {
        return count;
    }
    const size_t left = len - (size_t)count;
    session->pending_at = 0;
    session->pending_len = left < PENDING_BYTES ? left : PENDING_BYTES;
    memcpy(session->pending, src + count, session->pending_len);
    return count + (int)session->pending_len;
}

static int bio_recv(void *ctx, unsigned char *dst, size_t cap)
{
    const tls_session_t *session = ctx;
    const ssize_t count = recv(session->fd, dst, cap, 0);
    if (count < 0) {
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? MBEDTLS_ERR_SSL_WANT_READ : MBEDTLS_ERR_NET_CONN_RESET;
    }
    return (int)count;
}

static bool is_not_now(int code)
{
    bool result = code == MBEDTLS_ERR_SSL_WANT_READ || code == MBEDTLS_ERR_SSL_WANT_WRITE;
#ifdef MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET
    result = result || code == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET;
#endif
    return result;
}

/* Maps an mbedTLS error to a status, once for all calls, and logs it with its number. */
static int status_of(int code, const char *host)
{
    if (is_not_now(code)) {
        return 0;
    }
    if (code == 0 || code == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY || code == MBEDTLS_ERR_SSL_CONN_EOF
        || code == MBEDTLS_ERR_NET_CONN_RESET) {
        return HOST_CLOSED;
    }
    char text[128];
    mbedtls_strerror(code, text, sizeof text);
    sim_log(PLATFORM_LOG_ERROR, TAG, "%s: %s (-0x%04x)", host, text, (unsigned)-code);
    return code == MBEDTLS_ERR_SSL_ALLOC_FAILED ? HOST_NO_MEMORY : HOST_PROTOCOL;
}

static int seed_random(tls_session_t *session)
{
#if MBEDTLS_VERSION_MAJOR >= 3
    if (psa_crypto_init() != PSA_SUCCESS) {
        return HOST_IO;
    }
#endif
#if MBEDTLS_VERSION_MAJOR < 4
    if (mbedtls_ctr_drbg_seed(&session->random, mbedtls_entropy_func, &session->entropy, NULL, 0) != 0) {
        return HOST_IO;
    }
#else
    (void)session;
#endif
    return HOST_OK;
}

static int load_credentials(tls_session_t *session, const config_image_t *config)
{
#if MBEDTLS_VERSION_MAJOR < 4
    tls_random_t *random = &session->random;
#else
    tls_random_t *random = NULL;
#endif
    const int status = seed_random(session);
    if (status < 0) {
        return status;
    }
    return tls_credentials_load(&session->credentials, config, !session->verify.allows_self_signed, random);
}

static int configure(tls_session_t *session)
{
    mbedtls_ssl_config *config = &session->config;
    if (mbedtls_ssl_config_defaults(config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT)
        != 0) {
        return HOST_NO_MEMORY;
    }
#if MBEDTLS_VERSION_MAJOR < 4
    mbedtls_ssl_conf_rng(config, mbedtls_ctr_drbg_random, &session->random);
#endif
#if MBEDTLS_VERSION_MAJOR >= 3
    mbedtls_ssl_conf_min_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_2);
#else
    mbedtls_ssl_conf_min_version(config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
#endif
    mbedtls_ssl_conf_authmode(config, MBEDTLS_SSL_VERIFY_REQUIRED);
    const int status = tls_credentials_use(&session->credentials, config);
    if (status < 0) {
        return status;
    }
    mbedtls_ssl_conf_verify(config, tls_verify_certificate, &session->verify);
    /* An address is no server name (RFC 6066, 3); the verifier compares it. */
    const char *name = session->verify.address_len > 0 ? NULL : session->verify.host;
    if (mbedtls_ssl_setup(&session->ssl, config) != 0 || mbedtls_ssl_set_hostname(&session->ssl, name) != 0) {
        return HOST_NO_MEMORY;
    }
    mbedtls_ssl_set_bio(&session->ssl, session, bio_send, bio_recv, NULL);
    return HOST_OK;
}

int tls_open(int fd, const char *host, const config_image_t *config, uint32_t *writes, tls_session_t **out)
{
    const int allows = config_image_get_bool(config, "tls.allowSelfSigned", 0);
    if (allows < 0) {
        sim_log(PLATFORM_LOG_ERROR, TAG, "tls.allowSelfSigned: %s, expected true or false", host_status_name(allows));
        return HOST_INVALID;
    }
    tls_session_t *session = calloc(1, sizeof *session);
    if (session == NULL) {
        return HOST_NO_MEMORY;
    }
    session->fd = fd;
    session->writes = writes;
    tls_verify_init(&session->verify, host, allows == 1);
    mbedtls_ssl_init(&session->ssl);
    mbedtls_ssl_config_init(&session->config);
#if MBEDTLS_VERSION_MAJOR < 4
    mbedtls_entropy_init(&session->entropy);
    mbedtls_ctr_drbg_init(&session->random);
#endif
    int status = load_credentials(session, config);
    if (status == HOST_OK) {
        status = configure(session);
    }
    if (status < 0) {
        tls_close(session, false);
        return status;
    }
    *out = session;
    return HOST_OK;
}

int tls_handshake(tls_session_t *session)
{
    const int code = mbedtls_ssl_handshake(&session->ssl);
    if (code == 0) {
        session->is_open = true;
        return 1;
    }
    if (code == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED || session->verify.flags != 0) {
        return tls_verify_refusal(&session->verify);
    }
    return status_of(code, session->verify.host);
}

int tls_send(tls_session_t *session, const uint8_t *src, size_t len)
{
    int code = flush_pending(session);
    if (code == 0) {
        code = mbedtls_ssl_write(&session->ssl, src, len);
    }
    return code > 0 ? code : status_of(code, session->verify.host);
}

int tls_recv(tls_session_t *session, uint8_t *dst, size_t cap)
{
    /* A failure to flush shows at the next send. */
    flush_pending(session);
    const int code = mbedtls_ssl_read(&session->ssl, dst, cap);
    return code > 0 ? code : status_of(code, session->verify.host);
}

bool tls_has_input(const tls_session_t *session)
{
    return session->is_open && mbedtls_ssl_check_pending(&session->ssl) != 0;
}

bool tls_has_output(const tls_session_t *session)
{
    return session->pending_len > 0;
}

void tls_close(tls_session_t *session, bool says_goodbye)
{
    if (says_goodbye && session->is_open) {
        mbedtls_ssl_close_notify(&session->ssl);
    }
    mbedtls_ssl_free(&session->ssl);
    mbedtls_ssl_config_free(&session->config);
    tls_credentials_free(&session->credentials);
#if MBEDTLS_VERSION_MAJOR < 4
    mbedtls_ctr_drbg_free(&session->random);
    mbedtls_entropy_free(&session->entropy);
#endif
    free(session);
}
