/*
 * The other ends of the board's sockets: a broker, and beside it the web server of a cloud that has one. A socket is open at once; what is sent
 * is whole when the call returns. Servers work between the board's steps, so that none of their work counts as the board's.
 */
#ifndef WASMOTE_BENCH_NETWORK_H
#define WASMOTE_BENCH_NETWORK_H

#include <stdbool.h>

#include "platform.h"

typedef enum { NETWORK_BROKER = 0, NETWORK_WEB, NETWORK_SERVERS } network_server_t;

enum { NETWORK_BROKER_PORT = 1883, NETWORK_QUEUE_BYTES = 4096 };

typedef struct {
    uint8_t bytes[NETWORK_QUEUE_BYTES];
    size_t len;
} network_queue_t;

/** The board's side: one socket per server, each other port but the broker's is the web server's. */
extern const platform_net_t network;

/** Returns what the board sent to a server and it has not taken yet. */
network_queue_t *network_sent(network_server_t server);

/** Queues an answer: src: u8[len]. */
void network_answer(network_server_t server, const uint8_t *src, size_t len);

void network_put(network_queue_t *queue, const uint8_t *src, size_t len);
void network_drop(network_queue_t *queue, size_t len);

/** Returns true when the board has read every answer. */
bool network_is_quiet(void);

#endif
