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
    /* Of its one connection, readable after tls_server_join. */
    char server_name[64]; /* SNI, empty: none */
    uint64_t records;     /* with application data */
    server_end_t end;
} tls_server_t;

/** Starts a server for one connection. */
void tls_server_start(tls_server_t *server, identity_t *identity);

/** Waits until its connection has ended. */
void tls_server_join(tls_server_t *server);

#endif
