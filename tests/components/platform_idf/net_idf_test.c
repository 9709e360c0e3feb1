#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock_idf.h"
#include "clock_rules.h"
#include "esp_log.h"
#include "net_idf.h"
#include "net_job.h"

/* One job of the worker, whose end a test decides; TLS that is a plain socket. */
struct net_job {
    bool is_started;
    bool is_abandoned;
    net_job_kind_t kind;
    char host[NET_HOST_BYTES];
};

struct net_tls {
    int closes;
    bool said_goodbye;
    bool has_input;
    bool has_output;
    int answer;
};

static struct net_job s_job;
static struct net_tls s_tls;
static bool s_has_no_room;
static bool s_is_done;
static net_job_result_t s_result;
static int64_t s_now_ms;
static int64_t s_wall_ms;
static int s_link_state;
static int s_peer;
static int s_fd;

int64_t clock_idf_monotonic(void *ctx)
{
    (void)ctx;
    return s_now_ms;
}

int64_t clock_idf_wall(void *ctx)
{
    (void)ctx;
    return s_wall_ms;
}

int net_job_init(void)
{
    return HOST_OK;
}

net_job_t *net_job_start(const char *host, uint16_t port, net_job_kind_t kind)
{
    if (s_has_no_room) {
        return NULL;
    }
    s_job = (struct net_job){ .is_started = true, .kind = kind };
    assert_int_equal(port, 8883);
    strcpy(s_job.host, host);
    return &s_job;
}

bool net_job_poll(net_job_t *job, net_job_result_t *out)
{
    assert_ptr_equal(job, &s_job);
    assert_false(job->is_abandoned);
    *out = s_result;
    return s_is_done;
}

void net_job_abandon(net_job_t *job)
{
    job->is_abandoned = true;
}

int net_tls_send(net_tls_t *tls, const uint8_t *src, size_t len)
{
    (void)src;
    return tls->answer == 1 ? (int)len : tls->answer;
}

int net_tls_recv(net_tls_t *tls, uint8_t *dst, size_t cap)
{
    (void)dst, (void)cap;
    return tls->answer;
}

bool net_tls_has_input(const net_tls_t *tls)
{
    return tls->has_input;
}

bool net_tls_has_output(const net_tls_t *tls)
{
    return tls->has_output;
}

void net_tls_close(net_tls_t *tls, bool says_goodbye)
{
    tls->closes++;
    tls->said_goodbye = says_goodbye;
}

static int link_state(void *ctx)
{
    (void)ctx;
    return s_link_state;
}

static const platform_link_t s_link = { .state = link_state };
static const char HOST[] = "broker.example.com and what lies behind it";
enum { HOST_LEN = 18 };

static int open_socket(int flags)
{
    return net_idf_open(NULL, HOST, HOST_LEN, 8883, flags);
}

static int set_up(void **state)
{
    (void)state;
    memset(&s_job, 0, sizeof s_job);
    memset(&s_tls, 0, sizeof s_tls);
    s_has_no_room = false;
    s_is_done = false;
    s_now_ms = INT64_C(4294967290);
    s_wall_ms = -1;
    s_link_state = PLATFORM_LINK_UP;
    fake_log_reset();
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    s_fd = fds[0];
    s_peer = fds[1];
    fcntl(s_fd, F_SETFL, O_NONBLOCK);
    s_result = (net_job_result_t){ .status = HOST_OK, .fd = s_fd };
    return net_idf_init(&s_link, false);
}

static int tear_down(void **state)
{
    (void)state;
    net_idf_close(NULL, 0);
    net_idf_close(NULL, 1);
    close(s_peer);
    return 0;
}

static void plain_sockets_need_no_clock_and_carry_bytes(void **state)
{
    uint8_t bytes[4];
    (void)state;
    const int socket = open_socket(0);
    assert_int_equal(socket, 0);
    assert_string_equal(s_job.host, "broker.example.com");
    assert_int_equal(net_idf_state(NULL, socket), 0);
    assert_int_equal(net_idf_send(NULL, socket, (const uint8_t *)"ping", 4), 0); /* not now */
    s_is_done = true;
    assert_int_equal(net_idf_state(NULL, socket), 1);
    assert_int_equal(net_idf_recv(NULL, socket, bytes, sizeof bytes), 0);
    assert_int_equal(net_idf_send(NULL, socket, (const uint8_t *)"ping", 4), 4);
    assert_int_equal(read(s_peer, bytes, sizeof bytes), 4);
    assert_int_equal(write(s_peer, "pong", 4), 4);
    assert_int_equal(net_idf_recv(NULL, socket, bytes, sizeof bytes), 4);
    assert_memory_equal(bytes, "pong", 4);
    shutdown(s_peer, SHUT_RDWR);
    assert_int_equal(net_idf_recv(NULL, socket, bytes, sizeof bytes), HOST_CLOSED);
    assert_int_equal(net_idf_state(NULL, socket), HOST_CLOSED); /* stays readable */
    assert_int_equal(net_idf_close(NULL, socket), HOST_OK);
    assert_int_equal(net_idf_state(NULL, socket), HOST_INVALID);
}

static void tls_begins_once_the_clock_is_set(void **state)
{
    (void)state;
    const int socket = open_socket(PLATFORM_NET_TLS);
    assert_int_equal(net_idf_state(NULL, socket), 0);
    assert_false(s_job.is_started);
    s_wall_ms = CLOCK_EARLIEST_S * 1000;
    assert_int_equal(net_idf_state(NULL, socket), 0);
    assert_true(s_job.is_started && s_job.kind == NET_JOB_TLS);
}

static void tls_without_a_clock_times_out_and_says_why(void **state)
{
    (void)state;
    const int socket = open_socket(PLATFORM_NET_TLS);
    s_now_ms += CLOCK_TLS_WAIT_MS - 1;
    assert_int_equal(net_idf_state(NULL, socket), 0);
    s_now_ms += 1;
    assert_int_equal(net_idf_state(NULL, socket), HOST_TIMEOUT);
    assert_false(s_job.is_started);
    assert_non_null(strstr(fake_log, "broker.example.com:8883: the clock is not set"));
    assert_non_null(strstr(fake_log, "time.sntp"));
}

static void without_a_clock_tls_goes_on_where_the_build_says_so_and_anew_once_it_is_set(void **state)
{
    uint8_t byte = 0;
    (void)state;
    net_idf_init(&s_link, true);
    s_result.tls = &s_tls;
    s_tls.answer = 1;
    const int socket = open_socket(PLATFORM_NET_TLS);
    assert_int_equal(net_idf_state(NULL, socket), 0);
    assert_false(s_job.is_started);
    s_now_ms += CLOCK_TLS_WAIT_MS;
    assert_int_equal(net_idf_state(NULL, socket), 0);
    assert_int_equal(s_job.kind, NET_JOB_TLS_UNDATED);
    assert_non_null(strstr(fake_log, "without looking at the dates"));
    s_is_done = true;
    assert_int_equal(net_idf_state(NULL, socket), 1);
    assert_int_equal(net_idf_send(NULL, socket, &byte, 1), 1);
    s_wall_ms = CLOCK_EARLIEST_S * 1000;
    assert_int_equal(net_idf_send(NULL, socket, &byte, 1), HOST_CLOSED);
    assert_int_equal(s_tls.closes, 1);
    net_idf_close(NULL, socket);
    const int again = open_socket(PLATFORM_NET_TLS);
    assert_int_equal(s_job.kind, NET_JOB_TLS);
    assert_int_equal(net_idf_state(NULL, again), 1);
    assert_int_equal(net_idf_send(NULL, again, &byte, 1), 1);
    close(s_fd);
}

static void the_time_server_is_waited_for_once(void **state)
{
    (void)state;
    net_idf_init(&s_link, true);
    s_result.status = HOST_REFUSED;
    s_is_done = true;
    const int first = open_socket(PLATFORM_NET_TLS);
    assert_false(s_job.is_started);
    s_now_ms += CLOCK_TLS_WAIT_MS;
    assert_int_equal(net_idf_state(NULL, first), HOST_REFUSED);
    net_idf_close(NULL, first);
    s_job.is_started = false;
    open_socket(PLATFORM_NET_TLS);
    assert_true(s_job.is_started);
    assert_int_equal(s_job.kind, NET_JOB_TLS_UNDATED);
}

static void a_lost_link_ends_what_waits_opens_and_is_open(void **state)
{
    uint8_t byte;
    (void)state;
    const int opening = open_socket(0);
    const int waiting = open_socket(PLATFORM_NET_TLS);
    s_link_state = PLATFORM_LINK_CONNECTING;
    assert_int_equal(net_idf_state(NULL, opening), HOST_CLOSED);
    assert_int_equal(net_idf_state(NULL, waiting), HOST_CLOSED);
    assert_true(s_job.is_abandoned);
    assert_int_equal(open_socket(0), HOST_CLOSED);
    net_idf_close(NULL, opening);
    s_link_state = PLATFORM_LINK_UP;
    const int open = open_socket(0);
    s_is_done = true;
    assert_int_equal(net_idf_state(NULL, open), 1);
    s_link_state = PLATFORM_LINK_DOWN;
    assert_int_equal(net_idf_send(NULL, open, &byte, 1), HOST_CLOSED);
    assert_int_equal(read(s_peer, &byte, 1), 0);
}

static void a_job_that_failed_leaves_its_status(void **state)
{
    (void)state;
    const int socket = open_socket(0);
    s_is_done = true;
    s_result = (net_job_result_t){ .status = HOST_REFUSED, .fd = -1 };
    assert_int_equal(net_idf_state(NULL, socket), HOST_REFUSED);
    s_has_no_room = true;
    assert_int_equal(net_idf_state(NULL, open_socket(0)), HOST_NO_MEMORY);
    assert_int_equal(open_socket(0), HOST_NO_SPACE); /* both handles are in use until they are closed */
    close(s_fd);
}

static int open_tls(void)
{
    s_wall_ms = CLOCK_EARLIEST_S * 1000;
    s_result.tls = &s_tls;
    const int socket = open_socket(PLATFORM_NET_TLS);
    s_is_done = true;
    assert_int_equal(net_idf_state(NULL, socket), 1);
    return socket;
}

static void an_owner_who_closes_says_goodbye_and_a_failure_does_not(void **state)
{
    uint8_t byte = 0;
    (void)state;
    const int socket = open_tls();
    net_idf_close(NULL, socket);
    assert_int_equal(s_tls.closes, 1);
    assert_true(s_tls.said_goodbye);
    const int other = open_tls();
    s_tls.answer = HOST_PROTOCOL;
    assert_int_equal(net_idf_send(NULL, other, &byte, 1), HOST_PROTOCOL);
    assert_int_equal(s_tls.closes, 2);
    assert_false(s_tls.said_goodbye);
    assert_int_equal(net_idf_recv(NULL, other, &byte, 1), HOST_PROTOCOL);
    close(s_fd);
}

static void a_wait_ends_for_input_and_for_output_that_is_wanted(void **state)
{
    fd_set readable;
    fd_set writable;
    bool is_ready = false;
    uint8_t byte = 0;
    (void)state;
    const int socket = open_tls();
    FD_ZERO(&readable);
    FD_ZERO(&writable);
    assert_int_equal(net_idf_prepare(NULL, &readable, &writable, &is_ready), s_fd);
    assert_true(FD_ISSET(s_fd, &readable));
    assert_false(FD_ISSET(s_fd, &writable));
    assert_false(is_ready);
    s_tls.answer = 0;
    assert_int_equal(net_idf_send(NULL, socket, &byte, 1), 0);
    net_idf_prepare(NULL, &readable, &writable, &is_ready);
    assert_true(FD_ISSET(s_fd, &writable));
    s_tls.answer = 1;
    net_idf_send(NULL, socket, &byte, 1);
    FD_ZERO(&writable);
    s_tls.has_output = true;
    net_idf_prepare(NULL, &readable, &writable, &is_ready);
    assert_true(FD_ISSET(s_fd, &writable));
    s_tls.has_input = true;
    net_idf_prepare(NULL, &readable, &writable, &is_ready);
    assert_true(is_ready);
    s_link_state = PLATFORM_LINK_DOWN;
    assert_int_equal(net_idf_prepare(NULL, &readable, &writable, &is_ready), -1);
    assert_int_equal(s_tls.closes, 1);
    close(s_fd);
}

static void handles_that_are_none_are_invalid(void **state)
{
    uint8_t byte = 0;
    (void)state;
    static const int handles[] = { -1, 0, 2, 1000 };
    for (size_t i = 0; i < sizeof handles / sizeof handles[0]; i++) {
        assert_int_equal(net_idf_state(NULL, handles[i]), HOST_INVALID);
        assert_int_equal(net_idf_send(NULL, handles[i], &byte, 1), HOST_INVALID);
        assert_int_equal(net_idf_recv(NULL, handles[i], &byte, 1), HOST_INVALID);
        assert_int_equal(net_idf_close(NULL, handles[i]), HOST_INVALID);
    }
    close(s_fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(plain_sockets_need_no_clock_and_carry_bytes),
        TEST(tls_begins_once_the_clock_is_set),
        TEST(tls_without_a_clock_times_out_and_says_why),
        TEST(without_a_clock_tls_goes_on_where_the_build_says_so_and_anew_once_it_is_set),
        TEST(the_time_server_is_waited_for_once),
        TEST(a_lost_link_ends_what_waits_opens_and_is_open),
        TEST(a_job_that_failed_leaves_its_status),
        TEST(an_owner_who_closes_says_goodbye_and_a_failure_does_not),
        TEST(a_wait_ends_for_input_and_for_output_that_is_wanted),
        TEST(handles_that_are_none_are_invalid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
