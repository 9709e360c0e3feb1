/* A TLS server in a thread: shows a certificate, echoes what it gets, and remembers how the connection went. */
#ifndef WASMOTE_TEST_TLS_SERVER_H
#define WASMOTE_TEST_TLS_SERVER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "certificates.h"

typedef enum { SERVER_HANDSHAKE_FAILED, SERVER_CLOSE_NOTIFY, SERVER_RESET } server_end_t;

typedef struct {
    uint16_t port;
    int listener;
    pthread_t thread;
    identity_t *identity;
    identity_t *client_ca;
    /* Of its one connection, readable after tls_server_join. */
    char server_name[64]; /* SNI, empty: none */
    char client_name[64]; /* subject of the certificate it showed, empty: none */
    uint64_t records;     /* with application data */
    server_end_t end;
} tls_server_t;

/** Starts a server for one connection. client_ca: whose certificates the client must show one of; NULL: none is asked for. */
void tls_server_start(tls_server_t *server, identity_t *identity, identity_t *client_ca);

/** Waits until its connection has ended. */
void tls_server_join(tls_server_t *server);

#endif
