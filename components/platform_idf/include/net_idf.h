/*
 * Stream sockets of the board, plain or TLS, none of which ever blocks the task that runs the modules: a worker task looks the name
 * up, connects and shakes hands; the socket then is the caller's. They live as long as the link: when it goes, all end at once
 * with CLOSED.
 *
 *     open -> waiting for the clock (TLS) -> opening, in the worker -> open -> ended
 */
#ifndef WASMOTE_NET_IDF_H
#define WASMOTE_NET_IDF_H

#include <sys/select.h>

#include "platform.h"

/**
 * Starts the worker. link: tells whether there is a network; may_go_undated: TLS goes on without a clock in the end
 * (WASMOTE_TLS_WITHOUT_CLOCK). Returns OK, or NO_MEMORY.
 */
int net_idf_init(const platform_link_t *link, bool may_go_undated);

/** clock_idf_inputs_t.prepare for the sockets: also where a lost link takes effect. ctx is not used. */
int net_idf_prepare(void *ctx, fd_set *readable, fd_set *writable, bool *is_ready);

/** The functions of platform_net_t; ctx is not used. Opening while the link is down answers CLOSED. */
int net_idf_open(void *ctx, const char *host, size_t host_len, uint16_t port, int flags);
int net_idf_state(void *ctx, int socket);
int net_idf_send(void *ctx, int socket, const uint8_t *src, size_t len);
int net_idf_recv(void *ctx, int socket, uint8_t *dst, size_t cap);
int net_idf_close(void *ctx, int socket);

#endif
