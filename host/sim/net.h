/*
 * Stream sockets of the simulated board, plain or TLS, all non-blocking. They live as long as the link: when it goes, all
 * of them end at once with CLOSED, and the peer sees a reset, as do the peers of a board that loses its power.
 *
 *     open -> resolving -> connecting (each address in turn) -> [handshake] -> open -> ended
 */
#ifndef WASMOTE_SIM_NET_H
#define WASMOTE_SIM_NET_H

#include "clock.h"
#include "link.h"
#include "resolver.h"
#include "tls.h"

enum { NET_SOCKETS = 4, NET_CONNECT_MS = 15000, NET_TLS_MS = 20000 };

typedef enum { NET_FREE, NET_RESOLVING, NET_CONNECTING, NET_HANDSHAKE, NET_OPEN, NET_ENDED } net_phase_t;

typedef struct {
    net_phase_t phase;
    int ended_by; /* status, in phase NET_ENDED */
    int fd;       /* -1 none */
    bool is_tls;
    bool wants_write; /* the last send took nothing */
    char host[RESOLVER_HOST_BYTES];
    uint16_t port;
    resolver_job_t *job;
    struct addrinfo *addresses; /* all, owned */
    struct addrinfo *address;   /* the one being tried */
    int64_t deadline_ms;        /* of name look-up and TCP together, then of TLS */
    int64_t attempt_deadline_ms;
    tls_session_t *tls;
} net_socket_t;

typedef struct {
    net_socket_t sockets[NET_SOCKETS];
    sim_clock_t *clock;
    sim_link_t *link;
    const config_image_t *config;
    int notify[2];   /* pipe by which look-ups wake the board */
    uint32_t writes; /* write() calls that carried application data: one per packet while the peer keeps up */
} sim_net_t;

/** Returns OK, or IO when there is no pipe. */
int sim_net_init(sim_net_t *net, sim_clock_t *clock, sim_link_t *link, const config_image_t *config);

/** Ends everything in good order: TLS says goodbye. */
void sim_net_close_all(sim_net_t *net);

/** The functions of platform_net_t; ctx is the sim_net_t. Opening while the link is down answers CLOSED. */
int sim_net_open(void *ctx, const char *host, size_t host_len, uint16_t port, int flags);
int sim_net_state(void *ctx, int socket);
int sim_net_send(void *ctx, int socket, const uint8_t *src, size_t len);
int sim_net_recv(void *ctx, int socket, uint8_t *dst, size_t cap);
int sim_net_close(void *ctx, int socket);

/** sim_clock_inputs_t for the sockets: also where a lost link takes effect. */
int sim_net_prepare(sim_net_t *net, struct pollfd *fds, int cap);
bool sim_net_finish(sim_net_t *net, const struct pollfd *fds, int count);

/** Moves an opening socket on (net_connect.c). Ends it with a status when it fails. */
void net_connect_advance(sim_net_t *net, net_socket_t *socket);

/** Ends a socket without a word to the peer: all that was not sent is lost. */
void net_abort(net_socket_t *socket, int status);

/** Maps errno to a status, once for all sockets. */
int net_status_of(int error_number);

#endif
