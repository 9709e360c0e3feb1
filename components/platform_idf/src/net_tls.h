/*
 * One TLS session over a connected, non-blocking socket, by esp-tls. The peer's certificate must be signed by `tls.ca` (without
 * it: by an authority of the web), carry the host's name or address, and be valid today: the caller sees to it that the clock is
 * set. `tls.certificate` and `tls.key` are the board's own certificate, for a broker that asks for one.
 */
#ifndef WASMOTE_NET_TLS_H
#define WASMOTE_NET_TLS_H

#include <stdbool.h>

#include "platform.h"

typedef struct net_job net_job_t;
typedef struct net_tls net_tls_t;

/**
 * Shakes hands, in the worker task. checks_dates false: as net_undated.h. Takes the socket, and closes it on failure. Returns OK with *out set; INVALID: a configuration
 * key is wrong (named in the log), or the certificate is another host's; EXPIRED, CORRUPT: the certificate; PROTOCOL, TIMEOUT,
 * CLOSED, NO_MEMORY.
 */
int net_tls_open(const net_job_t *job, const char *host, bool checks_dates, int fd, net_tls_t **out);

/** As platform_net_t: one send makes at most one record, which is taken whole. */
int net_tls_send(net_tls_t *tls, const uint8_t *src, size_t len);
int net_tls_recv(net_tls_t *tls, uint8_t *dst, size_t cap);

/** Returns true when bytes wait that select() does not show: decrypted ones. */
bool net_tls_has_input(const net_tls_t *tls);

/** Returns true when bytes wait for the socket to take them. */
bool net_tls_has_output(const net_tls_t *tls);

/** Closes the socket and frees the session; says close-notify first if asked, as far as the socket takes it at once. */
void net_tls_close(net_tls_t *tls, bool says_goodbye);

#endif
