#include "tls_server.h"

#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "net_fixture.h"

static int send_bytes(void *ctx, const unsigned char *src, size_t len)
{
    const ssize_t count = send(*(int *)ctx, src, len, MSG_NOSIGNAL);
    return count < 0 ? MBEDTLS_ERR_NET_CONN_RESET : (int)count;
}

static int receive_bytes(void *ctx, unsigned char *dst, size_t cap)
{
    const ssize_t count = recv(*(int *)ctx, dst, cap, 0);
    return count < 0 ? MBEDTLS_ERR_NET_CONN_RESET : (int)count;
}

static int on_server_name(void *ctx, mbedtls_ssl_context *ssl, const unsigned char *name, size_t len)
{
    tls_server_t *server = ctx;
    (void)ssl;
    memcpy(server->server_name, name, len < sizeof server->server_name ? len : sizeof server->server_name - 1);
    return 0;
}

/* One read returns at most one record: the sender's are smaller than the buffer. */
static server_end_t echo(tls_server_t *server, mbedtls_ssl_context *ssl)
{
    unsigned char bytes[16384];
    for (;;) {
        const int count = mbedtls_ssl_read(ssl, bytes, sizeof bytes);
        if (count <= 0) {
            return count == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY ? SERVER_CLOSE_NOTIFY : SERVER_RESET;
        }
        server->records++;
        for (int done = 0; done < count;) {
            const int written = mbedtls_ssl_write(ssl, bytes + done, (size_t)(count - done));
            if (written <= 0) {
                return SERVER_RESET;
            }
            done += written;
        }
    }
}

static void note_client(tls_server_t *server, const mbedtls_ssl_context *ssl)
{
    const mbedtls_x509_crt *certificate = mbedtls_ssl_get_peer_cert(ssl);
    if (certificate != NULL) {
        mbedtls_x509_dn_gets(server->client_name, sizeof server->client_name, &certificate->subject);
    }
}

static void *serve(void *ctx)
{
    tls_server_t *server = ctx;
    mbedtls_ssl_config config;
    mbedtls_ssl_context ssl;
    int fd = accept(server->listener, NULL, NULL);
    mbedtls_ssl_config_init(&config);
    mbedtls_ssl_init(&ssl);
    mbedtls_ssl_config_defaults(&config, MBEDTLS_SSL_IS_SERVER, MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
    mbedtls_ssl_conf_rng(&config, mbedtls_ctr_drbg_random, test_random());
    mbedtls_ssl_conf_own_cert(&config, &server->identity->certificate, &server->identity->key);
    if (server->client_ca != NULL) {
        mbedtls_ssl_conf_ca_chain(&config, &server->client_ca->certificate, NULL);
        mbedtls_ssl_conf_authmode(&config, MBEDTLS_SSL_VERIFY_REQUIRED);
    }
    mbedtls_ssl_conf_sni(&config, on_server_name, server);
    mbedtls_ssl_setup(&ssl, &config);
    mbedtls_ssl_set_bio(&ssl, &fd, send_bytes, receive_bytes, NULL);
    if (mbedtls_ssl_handshake(&ssl) == 0) {
        note_client(server, &ssl);
        server->end = echo(server, &ssl);
    } else {
        server->end = SERVER_HANDSHAKE_FAILED;
    }
    mbedtls_ssl_free(&ssl);
    mbedtls_ssl_config_free(&config);
    close(fd);
    return NULL;
}

void tls_server_start(tls_server_t *server, identity_t *identity, identity_t *client_ca)
{
    memset(server, 0, sizeof *server);
    server->identity = identity;
    server->client_ca = client_ca;
    server->listener = listen_on_loopback(&server->port, 4);
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

void tls_server_join(tls_server_t *server)
{
    pthread_join(server->thread, NULL);
    close(server->listener);
}
