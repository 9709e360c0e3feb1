/* tls_credentials: the board names itself to a broker that asks, and says which key is wrong without showing it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "net_fixture.h"
#include "scratch.h"
#include "tls_server.h"

static identity_t s_ca;
static identity_t s_server;
static identity_t s_client;
static identity_t s_stranger; /* of no authority that the server knows */

static int make_identities(void **state)
{
    (void)state;
    identity_make(&s_ca, &(identity_request_t){ .name = "Test CA", .is_ca = 1 });
    identity_make(&s_server, &(identity_request_t){ .name = "broker", .dns = "localhost", .issuer = &s_ca });
    identity_make(&s_client, &(identity_request_t){ .name = "porch", .issuer = &s_ca });
    identity_make(&s_stranger, &(identity_request_t){ .name = "stranger" });
    return 0;
}

static int free_identities(void **state)
{
    (void)state;
    identity_free(&s_ca);
    identity_free(&s_server);
    identity_free(&s_client);
    identity_free(&s_stranger);
    return 0;
}

/* Connects to a server that asks for a certificate of s_ca. Returns the state reached; said: what was logged. */
static int meet(net_fixture_t *fixture, tls_server_t *server, char said[1024])
{
    net_fixture_config(fixture, "tls.ca", s_ca.pem);
    tls_server_start(server, &s_server, &s_ca);
    const int handle = capture_begin(STDERR_FILENO);
    const int socket = net_fixture_open(fixture, "localhost", server->port, true);
    const int state = net_fixture_await(fixture, socket);
    capture_end(STDERR_FILENO, handle, said, 1024);
    sim_net_close(&fixture->net, socket);
    tls_server_join(server);
    return state;
}

static void shows_its_certificate_to_a_broker_that_asks(void **state)
{
    tls_server_t server;
    char said[1024];
    net_fixture_config(*state, "tls.certificate", s_client.pem);
    net_fixture_config(*state, "tls.key", s_client.key_pem);
    if (meet(*state, &server, said) != 1) {
        fail_msg("logged '%s'", said);
    }
    assert_string_equal(server.client_name, "CN=porch");
    assert_int_equal(server.end, SERVER_CLOSE_NOTIFY);
}

static void is_refused_without_one_or_with_a_stranger_s(void **state)
{
    tls_server_t server;
    char said[1024];
    assert_true(meet(*state, &server, said) < 0);
    assert_int_equal(server.end, SERVER_HANDSHAKE_FAILED);
    net_fixture_config(*state, "tls.certificate", s_stranger.pem);
    net_fixture_config(*state, "tls.key", s_stranger.key_pem);
    assert_true(meet(*state, &server, said) < 0);
    assert_int_equal(server.end, SERVER_HANDSHAKE_FAILED);
}

/* Ends before a byte of TLS: nobody accepts the connection. */
static void expect_refusal(net_fixture_t *fixture, const char *text)
{
    uint16_t port;
    char said[1024];
    const int listener = listen_on_loopback(&port, 1);
    const int handle = capture_begin(STDERR_FILENO);
    const int socket = net_fixture_open(fixture, "localhost", port, true);
    const int status = net_fixture_await(fixture, socket);
    capture_end(STDERR_FILENO, handle, said, sizeof said);
    assert_int_equal(status, HOST_INVALID);
    if (strstr(said, text) == NULL || strstr(said, "secret") != NULL || strstr(said, "BEGIN") != NULL) {
        fail_msg("logged '%s', expected '%s' and no value", said, text);
    }
    sim_net_close(&fixture->net, socket);
    close(listener);
}

static void names_the_key_that_is_wrong(void **state)
{
    net_fixture_config(*state, "tls.ca", s_ca.pem);
    net_fixture_config(*state, "tls.certificate", "secret, but no PEM");
    expect_refusal(*state, "tls.certificate: found no certificate");
    net_fixture_config(*state, "tls.certificate", s_client.pem);
    expect_refusal(*state, "tls.key: found nothing, expected the private key of tls.certificate");
    net_fixture_config(*state, "tls.key", "secret, but no key");
    expect_refusal(*state, "tls.key: found no private key");
    net_fixture_config(*state, "tls.certificate", NULL);
    net_fixture_config(*state, "tls.key", s_client.key_pem);
    expect_refusal(*state, "tls.certificate: found nothing, expected the certificate of tls.key");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, net_fixture_set_up, net_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(shows_its_certificate_to_a_broker_that_asks),
        TEST(is_refused_without_one_or_with_a_stranger_s),
        TEST(names_the_key_that_is_wrong),
    };
    return cmocka_run_group_tests(tests, make_identities, free_identities);
}
