/* net: name look-up, addresses in turn, time limits, partial transfers, and the end of the link. Plain TCP; TLS in tls_test. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "net_fixture.h"

enum { HUGE_BYTES = 8 << 20 };

int __real_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **out);
int __wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **out);

static pthread_mutex_t s_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t s_released = PTHREAD_COND_INITIALIZER;
static bool s_is_released;
static char s_twin_port[6]; /* of the second address of the name "twins" */

/* "hangs" answers when released; "twins" has two addresses: the port asked for, then s_twin_port; "unknown" does not exist. */
int __wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **out)
{
    if (strcmp(host, "unknown") == 0) {
        return EAI_NONAME;
    }
    if (strcmp(host, "no-server") == 0) {
        return EAI_AGAIN;
    }
    if (strcmp(host, "hangs") == 0) {
        pthread_mutex_lock(&s_lock);
        while (!s_is_released) {
            pthread_cond_wait(&s_released, &s_lock);
        }
        pthread_mutex_unlock(&s_lock);
    }
    const int code = __real_getaddrinfo("127.0.0.1", service, hints, out);
    if (code == 0 && strcmp(host, "twins") == 0) {
        return __real_getaddrinfo("127.0.0.1", s_twin_port, hints, &(*out)->ai_next);
    }
    return code;
}

static void release_look_ups(void)
{
    pthread_mutex_lock(&s_lock);
    s_is_released = true;
    pthread_cond_broadcast(&s_released);
    pthread_mutex_unlock(&s_lock);
}

/* A port at which connections neither succeed nor fail: its queue is full. fds: u[3] to close in the end. */
static uint16_t black_hole(int fds[3])
{
    uint16_t port;
    fds[0] = listen_on_loopback(&port, 0);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    for (int i = 1; i < 3; i++) {
        fds[i] = socket(AF_INET, SOCK_STREAM, 0);
        fcntl(fds[i], F_SETFL, O_NONBLOCK);
        connect(fds[i], (struct sockaddr *)&address, sizeof address);
    }
    return port;
}

static void close_all(const int *fds, int count)
{
    for (int i = 0; i < count; i++) {
        close(fds[i]);
    }
}

/* Goes on with an opening socket until it is in a phase. */
static void await_phase(net_fixture_t *fixture, int socket, net_phase_t phase)
{
    while (fixture->net.sockets[socket].phase != phase) {
        assert_int_equal(sim_net_state(&fixture->net, socket), 0);
        if (fixture->net.sockets[socket].phase != phase) {
            net_fixture_wait(fixture);
        }
    }
}

/* A connection to a peer that the test holds. */
static int connected(net_fixture_t *fixture, int *peer)
{
    uint16_t port;
    const int listener = listen_on_loopback(&port, 4);
    const int socket = net_fixture_open(fixture, "127.0.0.1", port, false);
    assert_int_equal(net_fixture_await(fixture, socket), 1);
    *peer = accept(listener, NULL, NULL);
    assert_true(*peer >= 0);
    close(listener);
    return socket;
}

static void opens_sends_and_receives(void **state)
{
    net_fixture_t *fixture = *state;
    int peer;
    const int socket = connected(fixture, &peer);
    uint8_t bytes[4];
    assert_int_equal(sim_net_recv(&fixture->net, socket, bytes, sizeof bytes), 0);
    assert_int_equal(sim_net_send(&fixture->net, socket, (const uint8_t *)"ping", 4), 4);
    assert_int_equal(recv(peer, bytes, 4, MSG_WAITALL), 4);
    assert_int_equal(send(peer, bytes, 4, 0), 4);
    net_fixture_receive(fixture, socket, bytes, 4);
    assert_memory_equal(bytes, "ping", 4);
    assert_int_equal(sim_net_close(&fixture->net, socket), HOST_OK);
    assert_int_equal(recv(peer, bytes, 1, 0), 0); /* a close in good order */
    assert_int_equal(sim_net_state(&fixture->net, socket), HOST_INVALID);
    close(peer);
}

static void sends_without_delay_one_write_each(void **state)
{
    net_fixture_t *fixture = *state;
    int peer;
    int is_on = 0;
    socklen_t len = sizeof is_on;
    const int socket = connected(fixture, &peer);
    assert_int_equal(getsockopt(fixture->net.sockets[socket].fd, IPPROTO_TCP, TCP_NODELAY, &is_on, &len), 0);
    assert_true(is_on != 0);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(sim_net_send(&fixture->net, socket, (const uint8_t *)"packet", 6), 6);
    }
    assert_int_equal(fixture->net.writes, 100);
    close(peer);
}

static void sends_in_parts_when_the_peer_is_slow(void **state)
{
    net_fixture_t *fixture = *state;
    int peer;
    const int socket = connected(fixture, &peer);
    uint8_t *sent = malloc(HUGE_BYTES);
    uint8_t *received = malloc(HUGE_BYTES);
    for (size_t i = 0; i < HUGE_BYTES; i++) {
        sent[i] = (uint8_t)(i * 2654435761u >> 13);
    }
    size_t out = 0;
    size_t in = 0;
    bool was_full = false;
    while (in < HUGE_BYTES) {
        const int count = out < HUGE_BYTES ? sim_net_send(&fixture->net, socket, sent + out, HUGE_BYTES - out) : 0;
        assert_true(count >= 0);
        out += (size_t)count;
        if (count == 0) {
            was_full = was_full || out < HUGE_BYTES;
            const ssize_t got = recv(peer, received + in, HUGE_BYTES - in, 0);
            assert_true(got > 0);
            in += (size_t)got;
        }
    }
    assert_true(was_full);
    assert_memory_equal(sent, received, HUGE_BYTES);
    free(sent);
    free(received);
    close(peer);
}

static void wakes_when_a_full_socket_drains(void **state)
{
    net_fixture_t *fixture = *state;
    int peer;
    const int socket = connected(fixture, &peer);
    uint8_t *bytes = calloc(1, HUGE_BYTES);
    size_t out = 0;
    int count;
    while ((count = sim_net_send(&fixture->net, socket, bytes, HUGE_BYTES)) > 0) {
        out += (size_t)count;
    }
    assert_int_equal(count, 0);
    for (size_t in = 0; in < out;) {
        in += (size_t)recv(peer, bytes, HUGE_BYTES, 0);
    }
    net_fixture_wait(fixture);
    assert_true(sim_net_send(&fixture->net, socket, bytes, 1) == 1);
    free(bytes);
    close(peer);
}

static void gives_the_last_bytes_before_the_close(void **state)
{
    net_fixture_t *fixture = *state;
    int peer;
    uint8_t bytes[3];
    const int socket = connected(fixture, &peer);
    assert_int_equal(send(peer, "end", 3, 0), 3);
    close(peer);
    net_fixture_receive(fixture, socket, bytes, 3);
    assert_memory_equal(bytes, "end", 3);
    assert_int_equal(net_fixture_drain(fixture, socket), HOST_CLOSED);
    assert_int_equal(sim_net_state(&fixture->net, socket), HOST_CLOSED);
    assert_int_equal(sim_net_send(&fixture->net, socket, bytes, 3), HOST_CLOSED);
    assert_int_equal(sim_net_recv(&fixture->net, socket, bytes, 3), HOST_CLOSED);
}

static void tells_why_no_connection_came(void **state)
{
    net_fixture_t *fixture = *state;
    uint16_t port;
    close(listen_on_loopback(&port, 1));
    const int refused = net_fixture_open(fixture, "127.0.0.1", port, false);
    const int unknown = net_fixture_open(fixture, "unknown", port, false);
    const int no_server = net_fixture_open(fixture, "no-server", port, false);
    assert_int_equal(net_fixture_await(fixture, refused), HOST_REFUSED);
    assert_int_equal(net_fixture_await(fixture, unknown), HOST_NOT_FOUND);
    assert_int_equal(net_fixture_await(fixture, no_server), HOST_IO);
}

static void refuses_what_can_never_work(void **state)
{
    net_fixture_t *fixture = *state;
    char name[RESOLVER_HOST_BYTES];
    memset(name, 'a', sizeof name);
    assert_int_equal(sim_net_open(&fixture->net, name, 0, 1883, 0), HOST_INVALID);
    assert_int_equal(sim_net_open(&fixture->net, name, sizeof name, 1883, 0), HOST_INVALID);
    assert_int_equal(sim_net_state(&fixture->net, -1), HOST_INVALID);
    assert_int_equal(sim_net_state(&fixture->net, NET_SOCKETS), HOST_INVALID);
    assert_int_equal(sim_net_close(&fixture->net, 0), HOST_INVALID);
    for (int i = 0; i < NET_SOCKETS; i++) {
        assert_int_equal(net_fixture_open(fixture, "unknown", 1, false), i);
    }
    assert_int_equal(sim_net_open(&fixture->net, "unknown", 7, 1, 0), HOST_NO_SPACE);
    assert_int_equal(sim_net_close(&fixture->net, 2), HOST_OK);
    assert_int_equal(net_fixture_open(fixture, "unknown", 1, false), 2);
}

static void u13_goes_on_to_the_next_address_when_one_refuses(void **state)
{
    net_fixture_t *fixture = *state;
    uint16_t dead;
    uint16_t live;
    close(listen_on_loopback(&dead, 1));
    const int listener = listen_on_loopback(&live, 1);
    snprintf(s_twin_port, sizeof s_twin_port, "%u", live);
    assert_int_equal(net_fixture_await(fixture, net_fixture_open(fixture, "twins", dead, false)), 1);
    close(listener);
}

static void shares_the_time_among_the_addresses(void **state)
{
    net_fixture_t *fixture = *state;
    int fds[3];
    uint16_t live;
    const uint16_t hole = black_hole(fds);
    const int listener = listen_on_loopback(&live, 1);
    snprintf(s_twin_port, sizeof s_twin_port, "%u", live);
    const int socket = net_fixture_open(fixture, "twins", hole, false);
    await_phase(fixture, socket, NET_CONNECTING);
    fixture->world->virtual_ms += NET_CONNECT_MS / 2 - 1;
    assert_int_equal(sim_net_state(&fixture->net, socket), 0);
    fixture->world->virtual_ms += 1;
    assert_int_equal(net_fixture_await(fixture, socket), 1);
    close(listener);
    close_all(fds, 3);
}

static void gives_up_a_connection_after_15_s(void **state)
{
    net_fixture_t *fixture = *state;
    int fds[3];
    const int socket = net_fixture_open(fixture, "127.0.0.1", black_hole(fds), false);
    await_phase(fixture, socket, NET_CONNECTING);
    fixture->world->virtual_ms += NET_CONNECT_MS - 1;
    assert_int_equal(sim_net_state(&fixture->net, socket), 0);
    fixture->world->virtual_ms += 1;
    assert_int_equal(sim_net_state(&fixture->net, socket), HOST_TIMEOUT);
    close_all(fds, 3);
}

static void gives_up_a_name_after_15_s_and_lets_it_end_by_itself(void **state)
{
    net_fixture_t *fixture = *state;
    const int socket = net_fixture_open(fixture, "hangs", 1, false);
    fixture->world->virtual_ms += NET_CONNECT_MS - 1;
    assert_int_equal(sim_net_state(&fixture->net, socket), 0);
    fixture->world->virtual_ms += 1;
    assert_int_equal(sim_net_state(&fixture->net, socket), HOST_TIMEOUT);
    release_look_ups();
}

static void a_lost_link_ends_every_socket_with_a_reset(void **state)
{
    net_fixture_t *fixture = *state;
    int peer;
    int fds[3];
    uint8_t byte;
    const int open = connected(fixture, &peer);
    const int opening = net_fixture_open(fixture, "127.0.0.1", black_hole(fds), false);
    await_phase(fixture, opening, NET_CONNECTING);
    fixture->world->link_is_cut = 1;
    struct pollfd polled[CLOCK_MAX_FDS];
    assert_int_equal(sim_net_prepare(&fixture->net, polled, CLOCK_MAX_FDS), 1); /* the look-ups' pipe alone */
    assert_int_equal(recv(peer, &byte, 1, 0), -1);
    assert_int_equal(errno, ECONNRESET);
    assert_int_equal(sim_net_state(&fixture->net, open), HOST_CLOSED);
    assert_int_equal(sim_net_state(&fixture->net, opening), HOST_CLOSED);
    assert_int_equal(sim_net_open(&fixture->net, "127.0.0.1", 9, 1, 0), HOST_CLOSED);
    fixture->world->link_is_cut = 0;
    assert_int_equal(sim_link_state(&fixture->link), PLATFORM_LINK_CONNECTING);
    assert_int_equal(sim_net_open(&fixture->net, "127.0.0.1", 9, 1, 0), HOST_CLOSED);
    fixture->world->virtual_ms += LINK_RISE_MS;
    assert_true(sim_net_open(&fixture->net, "127.0.0.1", 9, 1, 0) >= 0);
    close(peer);
    close_all(fds, 3);
}

static void a_stopped_link_stays_down(void **state)
{
    net_fixture_t *fixture = *state;
    sim_link_stop(&fixture->link);
    fixture->world->virtual_ms += 10 * LINK_RISE_MS;
    assert_int_equal(sim_link_state(&fixture->link), PLATFORM_LINK_DOWN);
    assert_int_equal(sim_net_open(&fixture->net, "127.0.0.1", 9, 1, 0), HOST_CLOSED);
    sim_link_start(&fixture->link);
    assert_int_equal(sim_link_state(&fixture->link), PLATFORM_LINK_CONNECTING);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, net_fixture_set_up, net_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(opens_sends_and_receives),
        TEST(sends_without_delay_one_write_each),
        TEST(sends_in_parts_when_the_peer_is_slow),
        TEST(wakes_when_a_full_socket_drains),
        TEST(gives_the_last_bytes_before_the_close),
        TEST(tells_why_no_connection_came),
        TEST(refuses_what_can_never_work),
        TEST(u13_goes_on_to_the_next_address_when_one_refuses),
        TEST(shares_the_time_among_the_addresses),
        TEST(gives_up_a_connection_after_15_s),
        TEST(gives_up_a_name_after_15_s_and_lets_it_end_by_itself),
        TEST(a_lost_link_ends_every_socket_with_a_reset),
        TEST(a_stopped_link_stays_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
