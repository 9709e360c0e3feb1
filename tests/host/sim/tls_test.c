/* tls: whom we trust, what each refusal says, and how records meet the socket. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "net_fixture.h"
#include "scratch.h"
#include "tls_server.h"

static const unsigned char LOOPBACK[4] = { 127, 0, 0, 1 };

static identity_t s_ca;
static identity_t s_other_ca;

static int make_authorities(void **state)
{
    (void)state;
    identity_make(&s_ca, &(identity_request_t){ .name = "Test CA", .is_ca = 1 });
    identity_make(&s_other_ca, &(identity_request_t){ .name = "Other CA", .is_ca = 1 });
    return 0;
}

static int free_authorities(void **state)
{
    (void)state;
    identity_free(&s_ca);
    identity_free(&s_other_ca);
    return 0;
}

/* Connects to a server that shows the identity asked for. Returns the state reached; said: what was logged. */
static int meet(net_fixture_t *fixture, const char *host, identity_request_t request, char said[1024], tls_server_t *server)
{
    identity_t identity;
    identity_make(&identity, &request);
    tls_server_start(server, &identity, NULL);
    const int handle = capture_begin(STDERR_FILENO);
    const int socket = net_fixture_open(fixture, host, server->port, true);
    const int state = net_fixture_await(fixture, socket);
    capture_end(STDERR_FILENO, handle, said, 1024);
    sim_net_close(&fixture->net, socket);
    tls_server_join(server);
    identity_free(&identity);
    return state;
}

static void expect_refusal(net_fixture_t *fixture, const char *host, identity_request_t request, int status, const char *text)
{
    char said[1024];
    tls_server_t server;
    assert_int_equal(meet(fixture, host, request, said, &server), status);
    if (strstr(said, text) == NULL) {
        fail_msg("logged '%s', expected '%s'", said, text);
    }
    assert_int_equal(server.end, SERVER_HANDSHAKE_FAILED);
    assert_int_equal(server.records, 0);
}

static void expect_welcome(net_fixture_t *fixture, const char *host, identity_request_t request, const char *server_name)
{
    char said[1024];
    tls_server_t server;
    const int state = meet(fixture, host, request, said, &server);
    if (state != 1) {
        fail_msg("state %d, logged '%s'", state, said);
    }
    assert_int_equal(server.end, SERVER_CLOSE_NOTIFY);
    assert_string_equal(server.server_name, server_name);
}

static void trusts_a_certificate_of_its_ca(void **state)
{
    net_fixture_config(*state, "tls.ca", s_ca.pem);
    expect_welcome(*state, "localhost", (identity_request_t){ .name = "x", .dns = "localhost", .issuer = &s_ca }, "localhost");
}

static void trusts_an_address_that_the_certificate_names(void **state)
{
    net_fixture_config(*state, "tls.ca", s_ca.pem);
    expect_welcome(*state, "127.0.0.1", (identity_request_t){ .name = "x", .dns = "localhost", .ip4 = LOOPBACK, .issuer = &s_ca },
                   "");
}

static void refuses_another_ca(void **state)
{
    net_fixture_config(*state, "tls.ca", s_other_ca.pem);
    expect_refusal(*state, "localhost", (identity_request_t){ .name = "x", .dns = "localhost", .issuer = &s_ca }, HOST_CORRUPT,
                   "tls: localhost: certificate refused: not signed by tls.ca");
}

static void refuses_a_ca_of_the_same_name_with_another_key(void **state)
{
    identity_t impostor;
    identity_make(&impostor, &(identity_request_t){ .name = "Test CA", .is_ca = 1 });
    net_fixture_config(*state, "tls.ca", s_ca.pem);
    expect_refusal(*state, "localhost", (identity_request_t){ .name = "x", .dns = "localhost", .issuer = &impostor },
                   HOST_CORRUPT, "not signed by tls.ca");
    identity_free(&impostor);
}

static void refuses_another_host_name(void **state)
{
    net_fixture_config(*state, "tls.ca", s_ca.pem);
    expect_refusal(*state, "localhost", (identity_request_t){ .name = "localhost", .dns = "other.example", .issuer = &s_ca },
                   HOST_INVALID, "tls: localhost: certificate refused: issued for another host name");
}

static void refuses_an_address_that_the_certificate_does_not_name(void **state)
{
    static const unsigned char elsewhere[4] = { 127, 0, 0, 2 };
    net_fixture_config(*state, "tls.ca", s_ca.pem);
    expect_refusal(*state, "127.0.0.1", (identity_request_t){ .name = "127.0.0.1", .dns = "localhost", .issuer = &s_ca },
                   HOST_INVALID, "issued for another host name");
    expect_refusal(*state, "127.0.0.1", (identity_request_t){ .name = "127.0.0.1", .ip4 = elsewhere, .issuer = &s_ca },
                   HOST_INVALID, "issued for another host name");
}

static void refuses_an_expired_certificate(void **state)
{
    net_fixture_config(*state, "tls.ca", s_ca.pem);
    expect_refusal(*state, "localhost",
                   (identity_request_t){ .name = "x", .dns = "localhost", .issuer = &s_ca, .not_after = "20200102000000" },
                   HOST_EXPIRED, "tls: localhost: certificate refused: expired");
}

static void refuses_a_certificate_of_the_future(void **state)
{
    net_fixture_config(*state, "tls.ca", s_ca.pem);
    expect_refusal(*state, "localhost",
                   (identity_request_t){ .name = "x", .dns = "localhost", .issuer = &s_ca, .not_before = "20980101000000" },
                   HOST_EXPIRED, "tls: localhost: certificate refused: not valid yet");
}

static void refuses_a_self_signed_certificate(void **state)
{
    const identity_request_t self_signed = { .name = "localhost", .dns = "localhost", .ip4 = LOOPBACK };
    net_fixture_config(*state, "tls.ca", s_ca.pem);
    expect_refusal(*state, "localhost", self_signed, HOST_UNSUPPORTED, "tls: localhost: self-signed certificate refused");
    net_fixture_config(*state, "tls.allowSelfSigned", "false");
    expect_refusal(*state, "localhost", self_signed, HOST_UNSUPPORTED, "self-signed certificate refused");
    net_fixture_config(*state, "tls.allowSelfSigned", "true");
    expect_refusal(*state, "127.0.0.1", self_signed, HOST_UNSUPPORTED, "self-signed certificate refused");
}

static void accepts_a_self_signed_one_from_localhost_if_told_so(void **state)
{
    net_fixture_config(*state, "tls.allowSelfSigned", "true");
    expect_welcome(*state, "localhost", (identity_request_t){ .name = "x", .dns = "localhost" }, "localhost");
    expect_refusal(*state, "localhost", (identity_request_t){ .name = "x", .dns = "localhost", .not_after = "20200102000000" },
                   HOST_EXPIRED, "expired");
    expect_refusal(*state, "localhost", (identity_request_t){ .name = "x", .dns = "other.example" }, HOST_INVALID,
                   "issued for another host name");
    expect_refusal(*state, "localhost", (identity_request_t){ .name = "x", .dns = "localhost", .issuer = &s_ca }, HOST_CORRUPT,
                   "not signed by tls.ca");
}

/* A configuration that cannot work ends the socket before a byte of TLS. */
static void expect_bad_configuration(net_fixture_t *fixture, const char *text)
{
    uint16_t port;
    char said[1024];
    const int listener = listen_on_loopback(&port, 1);
    const int handle = capture_begin(STDERR_FILENO);
    const int socket = net_fixture_open(fixture, "localhost", port, true);
    const int state = net_fixture_await(fixture, socket);
    capture_end(STDERR_FILENO, handle, said, sizeof said);
    assert_int_equal(state, HOST_INVALID);
    if (strstr(said, text) == NULL || strstr(said, "secret") != NULL) {
        fail_msg("logged '%s', expected '%s' and no value", said, text);
    }
    sim_net_close(&fixture->net, socket);
    close(listener);
}

static void names_the_key_that_is_wrong(void **state)
{
    expect_bad_configuration(*state, "tls.ca: found nothing, expected");
    net_fixture_config(*state, "tls.ca", "secret, but no PEM");
    expect_bad_configuration(*state, "tls.ca: found no certificate");
    net_fixture_config(*state, "tls.allowSelfSigned", "secret");
    expect_bad_configuration(*state, "tls.allowSelfSigned: INVALID, expected true or false");
}

/* An open session with a server that echoes. */
static int open_session(net_fixture_t *fixture, identity_t *identity, tls_server_t *server)
{
    identity_make(identity, &(identity_request_t){ .name = "x", .dns = "localhost", .issuer = &s_ca });
    net_fixture_config(fixture, "tls.ca", s_ca.pem);
    tls_server_start(server, identity, NULL);
    const int socket = net_fixture_open(fixture, "localhost", server->port, true);
    assert_int_equal(net_fixture_await(fixture, socket), 1);
    return socket;
}

static void sends_one_record_and_one_write_each(void **state)
{
    net_fixture_t *fixture = *state;
    identity_t identity;
    tls_server_t server;
    uint8_t bytes[600];
    const int socket = open_session(fixture, &identity, &server);
    assert_int_equal(fixture->net.writes, 0); /* those of the handshake carry no data */
    for (int i = 0; i < 100; i++) {
        assert_int_equal(sim_net_send(&fixture->net, socket, (const uint8_t *)"packet", 6), 6);
    }
    assert_int_equal(fixture->net.writes, 100);
    net_fixture_receive(fixture, socket, bytes, sizeof bytes);
    assert_memory_equal(bytes + 594, "packet", 6);
    assert_int_equal(sim_net_close(&fixture->net, socket), HOST_OK);
    tls_server_join(&server);
    assert_int_equal(server.records, 100);
    assert_int_equal(server.end, SERVER_CLOSE_NOTIFY);
    identity_free(&identity);
}

/* Both ways at once and much more than the socket's buffers: partial records must neither get lost nor be sent twice. */
static void keeps_the_stream_whole_under_back_pressure(void **state)
{
    enum { BYTES = 8 << 20 };
    net_fixture_t *fixture = *state;
    identity_t identity;
    tls_server_t server;
    uint8_t *sent = malloc(BYTES);
    uint8_t *received = malloc(BYTES);
    const int socket = open_session(fixture, &identity, &server);
    const int small = 4096;
    assert_int_equal(setsockopt(fixture->net.sockets[socket].fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small), 0);
    size_t out = 0;
    size_t in = 0;
    int refusals = 0;
    for (size_t i = 0; i < BYTES; i++) {
        sent[i] = (uint8_t)(i * 2654435761u >> 13);
    }
    while (in < BYTES) {
        /* Another length at each try, as platform_net_t.send allows. */
        const size_t len = BYTES - out < 1 + out % 30000 ? BYTES - out : 1 + out % 30000;
        const int count = len == 0 ? 0 : sim_net_send(&fixture->net, socket, sent + out, len);
        assert_true(count >= 0);
        out += (size_t)count;
        refusals += len > 0 && count == 0;
        if (count == 0) {
            const int got = sim_net_recv(&fixture->net, socket, received + in, BYTES - in);
            assert_true(got >= 0);
            in += (size_t)got;
            if (got == 0) {
                net_fixture_wait(fixture);
            }
        }
    }
    assert_true(refusals > 0);
    assert_memory_equal(sent, received, BYTES);
    sim_net_close(&fixture->net, socket);
    tls_server_join(&server);
    identity_free(&identity);
    free(sent);
    free(received);
}

static void a_lost_link_says_no_goodbye(void **state)
{
    net_fixture_t *fixture = *state;
    identity_t identity;
    tls_server_t server;
    const int socket = open_session(fixture, &identity, &server);
    fixture->world->link_is_cut = 1;
    assert_int_equal(sim_net_state(&fixture->net, socket), HOST_CLOSED);
    tls_server_join(&server);
    assert_int_equal(server.end, SERVER_RESET);
    identity_free(&identity);
}

/* A server that takes the connection and says `text`, or nothing. Returns the peer's end. */
static int open_to_stranger(net_fixture_t *fixture, const char *text, int *socket)
{
    uint16_t port;
    net_fixture_config(fixture, "tls.ca", s_ca.pem);
    const int listener = listen_on_loopback(&port, 1);
    *socket = net_fixture_open(fixture, "127.0.0.1", port, true);
    while (fixture->net.sockets[*socket].phase != NET_HANDSHAKE) {
        assert_int_equal(sim_net_state(&fixture->net, *socket), 0);
        if (fixture->net.sockets[*socket].phase != NET_HANDSHAKE) {
            net_fixture_wait(fixture);
        }
    }
    const int peer = accept(listener, NULL, NULL);
    assert_int_equal(send(peer, text, strlen(text), 0), strlen(text));
    close(listener);
    return peer;
}

static void gives_up_a_silent_server_after_20_s(void **state)
{
    net_fixture_t *fixture = *state;
    int socket;
    const int peer = open_to_stranger(fixture, "", &socket);
    fixture->world->virtual_ms += NET_TLS_MS - 1;
    assert_int_equal(sim_net_state(&fixture->net, socket), 0);
    fixture->world->virtual_ms += 1;
    assert_int_equal(sim_net_state(&fixture->net, socket), HOST_TIMEOUT);
    close(peer);
}

static void refuses_what_is_no_tls(void **state)
{
    int socket;
    const int peer = open_to_stranger(*state, "HTTP/1.1 400 Bad Request\r\n\r\n", &socket);
    assert_int_equal(net_fixture_await(*state, socket), HOST_PROTOCOL);
    close(peer);
}

static void tells_of_a_server_that_hangs_up(void **state)
{
    int socket;
    const int peer = open_to_stranger(*state, "", &socket);
    shutdown(peer, SHUT_RDWR);
    assert_int_equal(net_fixture_await(*state, socket), HOST_CLOSED);
    close(peer);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, net_fixture_set_up, net_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(trusts_a_certificate_of_its_ca),
        TEST(trusts_an_address_that_the_certificate_names),
        TEST(refuses_another_ca),
        TEST(refuses_a_ca_of_the_same_name_with_another_key),
        TEST(refuses_another_host_name),
        TEST(refuses_an_address_that_the_certificate_does_not_name),
        TEST(refuses_an_expired_certificate),
        TEST(refuses_a_certificate_of_the_future),
        TEST(refuses_a_self_signed_certificate),
        TEST(accepts_a_self_signed_one_from_localhost_if_told_so),
        TEST(names_the_key_that_is_wrong),
        TEST(sends_one_record_and_one_write_each),
        TEST(keeps_the_stream_whole_under_back_pressure),
        TEST(a_lost_link_says_no_goodbye),
        TEST(gives_up_a_silent_server_after_20_s),
        TEST(refuses_what_is_no_tls),
        TEST(tells_of_a_server_that_hangs_up),
    };
    return cmocka_run_group_tests(tests, make_authorities, free_authorities);
}
