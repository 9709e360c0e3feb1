/* A link that is up, a stepped clock, a configuration in memory and the simulator's sockets on top of them. */
#ifndef WASMOTE_TEST_NET_FIXTURE_H
#define WASMOTE_TEST_NET_FIXTURE_H

#include "net.h"

typedef struct {
    world_t *world;
    sim_clock_t clock;
    sim_link_t link;
    platform_flash_t flash;
    config_image_t config;
    sim_net_t net;
} net_fixture_t;

/** Sets it all up; cmocka set-up and tear-down functions store it in *state. */
int net_fixture_set_up(void **state);
int net_fixture_tear_down(void **state);

/** Sets a configuration key, or removes it when value is NULL. */
void net_fixture_config(net_fixture_t *fixture, const char *key, const char *value);

/** Opens a socket to a host. Returns its handle. */
int net_fixture_open(net_fixture_t *fixture, const char *host, uint16_t port, bool is_tls);

/** Waits until a socket leaves its opening state. Returns that state. */
int net_fixture_await(net_fixture_t *fixture, int socket);

/** Waits, in real time, until the sockets have something to do. */
void net_fixture_wait(net_fixture_t *fixture);

/** Receives exactly len bytes, waiting as need be. */
void net_fixture_receive(net_fixture_t *fixture, int socket, uint8_t *dst, size_t len);

/** Receives until the socket says other than "not now" or bytes. Returns that status. */
int net_fixture_drain(net_fixture_t *fixture, int socket);

/** Listens on a free port of 127.0.0.1. Returns the file descriptor. */
int listen_on_loopback(uint16_t *port, int backlog);

#endif
