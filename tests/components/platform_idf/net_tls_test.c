#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock_idf.h"
#include "esp_log.h"
#include "esp_tls.h"
#include "fake_tls.h"
#include "mbedtls/net_sockets.h"
#include "mbedtls/x509.h"
#include "net_connect.h"
#include "net_credentials.h"
#include "net_undated.h"
#include "status.h"

static int s_wait_answer;
static int s_credentials_answer;
static int s_credentials; /* alive */
static int64_t s_start_ms;
static int64_t s_now_ms;
static bool s_is_undated;
static int s_undated; /* alive */
static uint8_t s_ca[] = "PEM";
static bool s_has_ca;

int net_wait(const net_job_t *job, int fd, bool for_write, int64_t deadline_ms)
{
    (void)job, (void)fd, (void)for_write;
    assert_true(deadline_ms > s_now_ms && deadline_ms <= s_start_ms + NET_TLS_MS);
    s_now_ms = s_wait_answer == HOST_TIMEOUT ? deadline_ms : s_now_ms;
    return s_wait_answer;
}

int64_t clock_idf_monotonic(void *ctx)
{
    (void)ctx;
    return s_now_ms;
}

int net_credentials_load(net_credentials_t *credentials, esp_tls_cfg_t *config)
{
    *credentials = (net_credentials_t){ .ca = s_has_ca ? s_ca : NULL };
    config->cacert_bytes = sizeof s_ca;
    s_credentials++;
    return s_credentials_answer;
}

void net_credentials_free(net_credentials_t *credentials)
{
    (void)credentials;
    s_credentials--;
}

int net_undated_use(const uint8_t *ca, size_t len, esp_tls_cfg_t *config, net_undated_t **out)
{
    (void)config;
    assert_ptr_equal(ca, s_ca);
    assert_int_equal(len, sizeof s_ca);
    s_undated++;
    *out = (net_undated_t *)s_ca;
    return HOST_OK;
}

void net_undated_free(net_undated_t *undated)
{
    s_undated -= undated != NULL;
}

static int s_peer;
static net_tls_t *s_tls;

static int set_up(void **state)
{
    (void)state;
    s_start_ms = s_now_ms = INT64_C(4294967290);
    fake_tls_reset();
    s_wait_answer = 1;
    s_credentials_answer = HOST_OK;
    s_tls = NULL;
    s_is_undated = false;
    s_has_ca = true;
    fake_log_reset();
    return 0;
}

static int open_pair(void)
{
    int fds[2];
    const int small = 4096;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    fcntl(fds[0], F_SETFL, O_NONBLOCK);
    setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    s_peer = fds[1];
    return net_tls_open(NULL, "broker.example.com", !s_is_undated, fds[0], &s_tls);
}

/* Nothing may be left, whatever happened: session, certificates, socket. */
static int tear_down(void **state)
{
    uint8_t byte;
    (void)state;
    net_tls_close(s_tls, false);
    assert_int_equal(fake_tls.sessions, 0);
    assert_int_equal(s_credentials, 0);
    assert_int_equal(s_undated, 0);
    while (recv(s_peer, &byte, 1, MSG_DONTWAIT) > 0) {
    }
    assert_int_equal(recv(s_peer, &byte, 1, MSG_DONTWAIT), 0); /* our end is closed */
    close(s_peer);
    return 0;
}

static void a_handshake_waits_for_the_peer(void **state)
{
    (void)state;
    fake_tls.handshake[0] = 0;
    fake_tls.handshake[2] = 1;
    assert_int_equal(open_pair(), HOST_OK);
    assert_int_equal(fake_tls.handshakes, 3);
}

static void a_handshake_of_which_nothing_is_readable_is_tried_again(void **state)
{
    (void)state;
    fake_tls.handshake[0] = 0;
    fake_tls.handshake[2] = 1;
    s_wait_answer = HOST_TIMEOUT;
    assert_int_equal(open_pair(), HOST_OK);
    assert_int_equal(fake_tls.handshakes, 3);
}

static void a_handshake_that_ends_says_why(void **state)
{
    static const struct {
        int code;
        int flags;
        esp_err_t last;
        int status;
        const char *words;
    } cases[] = {
        { 0x2700, MBEDTLS_X509_BADCERT_EXPIRED, ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED, HOST_EXPIRED,
          "certificate refused: expired" },
        { 0x2700, MBEDTLS_X509_BADCERT_NOT_TRUSTED, ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED, HOST_CORRUPT, "tls.ca" },
        { 0x7780, -1, ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED, HOST_PROTOCOL, "mbedTLS -0x7780" },
        { 0x0050, 0, ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED, HOST_CLOSED, "mbedTLS -0x0050" },
        { 0x6900, 0, ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED, HOST_PROTOCOL, "mbedTLS -0x6900" },
        { 0, 0, ESP_ERR_MBEDTLS_PK_PARSE_KEY_FAILED, HOST_INVALID, "handshake failed" },
        { 0, 0, ESP_ERR_NO_MEM, HOST_NO_MEMORY, "handshake failed" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        set_up(state);
        fake_tls.handshake[0] = -1;
        fake_tls.error_code = cases[i].code;
        fake_tls.error_flags = cases[i].flags;
        fake_tls.last_error = cases[i].last;
        assert_int_equal(open_pair(), cases[i].status);
        assert_non_null(strstr(fake_log, cases[i].words));
        tear_down(state);
    }
    set_up(state);
    assert_int_equal(open_pair(), HOST_OK);
}

static void a_silent_peer_and_an_abandoned_job_end_the_handshake(void **state)
{
    (void)state;
    fake_tls.handshake[0] = 0;
    s_wait_answer = HOST_TIMEOUT;
    assert_int_equal(open_pair(), HOST_TIMEOUT);
    assert_int_equal(s_now_ms, s_start_ms + NET_TLS_MS);
    tear_down(state);
    set_up(state);
    fake_tls.handshake[0] = 0;
    s_wait_answer = HOST_CLOSED;
    assert_int_equal(open_pair(), HOST_CLOSED);
}

static void a_wrong_configuration_closes_the_socket(void **state)
{
    (void)state;
    s_credentials_answer = HOST_INVALID;
    assert_int_equal(open_pair(), HOST_INVALID);
    assert_int_equal(fake_tls.handshakes, 0);
}

static void without_dates_only_our_own_authority_is_believed(void **state)
{
    (void)state;
    s_is_undated = true;
    s_has_ca = false;
    assert_int_equal(open_pair(), HOST_INVALID);
    assert_int_equal(fake_tls.handshakes, 0);
    assert_non_null(strstr(fake_log, "tls.ca"));
    tear_down(state);
    set_up(state);
    s_is_undated = true;
    assert_int_equal(open_pair(), HOST_OK);
    assert_int_equal(s_undated, 1); /* as long as the session */
}

/* Reads what came, without waiting. */
static size_t drain(uint8_t *dst, size_t cap)
{
    const ssize_t count = recv(s_peer, dst, cap, MSG_DONTWAIT);
    return count > 0 ? (size_t)count : 0;
}

static void a_full_socket_takes_a_record_whole_and_nothing_is_lost_or_sent_twice(void **state)
{
    enum { TOTAL = 200000, PART = 700 };
    static uint8_t got[2 * TOTAL];
    uint8_t part[PART];
    size_t sent = 0;
    size_t got_len = 0;
    int refusals = 0;
    (void)state;
    assert_int_equal(open_pair(), HOST_OK);
    while (sent < TOTAL || net_tls_has_output(s_tls)) {
        for (int i = 0; i < PART; i++) {
            part[i] = (uint8_t)((sent + (size_t)i) * 31 >> 3);
        }
        const int count = sent < TOTAL ? net_tls_send(s_tls, part, PART) : 0;
        assert_true(count == 0 || count == PART);
        sent += (size_t)count;
        if (count == 0) {
            refusals++;
            got_len += drain(got + got_len, 3000);
            uint8_t byte;
            assert_int_equal(net_tls_recv(s_tls, &byte, 1), 0); /* which also flushes */
        }
    }
    for (size_t more = 1; more > 0;) {
        more = drain(got + got_len, sizeof got - got_len);
        got_len += more;
    }
    assert_true(refusals > 10);
    assert_int_equal(got_len, sent / PART * (PART + 2));
    for (size_t at = 0, byte = 0; at < got_len; at++) {
        const bool is_mark = at % (PART + 2) == 0 || at % (PART + 2) == PART + 1;
        assert_int_equal(got[at], is_mark ? FAKE_TLS_MARK : (uint8_t)(byte * 31 >> 3));
        byte += !is_mark;
    }
}

static void a_goodbye_waits_for_its_turn(void **state)
{
    static uint8_t part[700];
    static uint8_t got[100000];
    size_t got_len;
    (void)state;
    assert_int_equal(open_pair(), HOST_OK);
    net_tls_send(s_tls, part, sizeof part);
    net_tls_close(s_tls, true);
    s_tls = NULL;
    got_len = drain(got, sizeof got);
    assert_int_equal(got_len, sizeof part + 3);
    assert_int_equal(got[got_len - 1], FAKE_TLS_GOODBYE);
    tear_down(state);
    set_up(state);
    /* The socket has a little room again, but half a record is still to come. */
    assert_int_equal(open_pair(), HOST_OK);
    while (net_tls_send(s_tls, part, sizeof part) > 0) {
    }
    assert_true(net_tls_has_output(s_tls));
    got_len = drain(got, 100);
    net_tls_close(s_tls, true);
    s_tls = NULL;
    for (size_t more = 1; more > 0;) {
        more = drain(got + got_len, sizeof got - got_len);
        got_len += more;
    }
    for (size_t at = 0; at < got_len; at++) {
        const bool is_mark = at % (sizeof part + 2) == 0 || at % (sizeof part + 2) == sizeof part + 1;
        const bool is_end = at == got_len - 1 && at % (sizeof part + 2) == 0;
        assert_int_equal(got[at], is_end && got[at] == FAKE_TLS_GOODBYE ? FAKE_TLS_GOODBYE : is_mark ? FAKE_TLS_MARK : 0);
    }
}

static void one_send_makes_at_most_one_record(void **state)
{
    static uint8_t large[3 * FAKE_TLS_RECORD_BYTES];
    (void)state;
    assert_int_equal(open_pair(), HOST_OK);
    assert_int_equal(net_tls_send(s_tls, large, sizeof large), FAKE_TLS_RECORD_BYTES);
}

static void a_peer_that_is_gone_is_closed(void **state)
{
    uint8_t byte = 0;
    (void)state;
    assert_int_equal(open_pair(), HOST_OK);
    assert_int_equal(net_tls_recv(s_tls, &byte, 1), 0);
    shutdown(s_peer, SHUT_RDWR);
    assert_int_equal(net_tls_recv(s_tls, &byte, 1), HOST_CLOSED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_handshake_waits_for_the_peer),
        TEST(a_handshake_of_which_nothing_is_readable_is_tried_again),
        TEST(a_handshake_that_ends_says_why),
        TEST(a_silent_peer_and_an_abandoned_job_end_the_handshake),
        TEST(a_wrong_configuration_closes_the_socket),
        TEST(without_dates_only_our_own_authority_is_believed),
        TEST(a_full_socket_takes_a_record_whole_and_nothing_is_lost_or_sent_twice),
        TEST(a_goodbye_waits_for_its_turn),
        TEST(one_send_makes_at_most_one_record),
        TEST(a_peer_that_is_gone_is_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
