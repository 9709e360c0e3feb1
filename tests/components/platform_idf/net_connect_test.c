#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A macro of the obsolete gethostbyname, of the same name as our status. */
#undef HOST_NOT_FOUND

#include "clock_idf.h"
#include "esp_log.h"
#include "net_connect.h"

enum { ADDRESSES_MAX = 3 };

/* What the look-up answers: a code, or addresses of this machine with ports of their own. */
static int s_lookup;
static struct sockaddr_in s_addresses[ADDRESSES_MAX];
static struct addrinfo s_list[ADDRESSES_MAX];
static int s_count;
static int s_lists; /* alive */
static int64_t s_now_ms;
static int64_t s_step_ms; /* that each look at the clock takes */
static bool s_is_abandoned;

int __wrap_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **res)
{
    assert_string_equal(node, "broker.example.com");
    assert_string_equal(service, "65535");
    assert_int_equal(hints->ai_socktype, SOCK_STREAM);
    if (s_lookup == 0) {
        *res = s_list;
        s_lists++;
    }
    return s_lookup;
}

void __wrap_freeaddrinfo(struct addrinfo *res)
{
    assert_ptr_equal(res, s_list);
    s_lists--;
}

int64_t clock_idf_monotonic(void *ctx)
{
    (void)ctx;
    s_now_ms += s_step_ms;
    return s_now_ms;
}

bool net_job_is_abandoned(const net_job_t *job)
{
    (void)job;
    return s_is_abandoned;
}

/* Adds a listener of this machine to the answer; returns it. A port of which nobody listens refuses: close it. */
static int add_listener(void)
{
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in *address = &s_addresses[s_count];
    socklen_t len = sizeof *address;
    *address = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    assert_int_equal(bind(fd, (struct sockaddr *)address, sizeof *address), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)address, &len), 0);
    s_list[s_count] = (struct addrinfo){
        .ai_family = AF_INET, .ai_socktype = SOCK_STREAM, .ai_addr = (struct sockaddr *)address, .ai_addrlen = sizeof *address
    };
    if (s_count > 0) {
        s_list[s_count - 1].ai_next = &s_list[s_count];
    }
    s_count++;
    return fd;
}

static int set_up(void **state)
{
    (void)state;
    s_lookup = 0;
    s_count = 0;
    memset(s_list, 0, sizeof s_list);
    s_now_ms = INT64_C(4294967290);
    s_step_ms = 0;
    s_is_abandoned = false;
    fake_log_reset();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    assert_int_equal(s_lists, 0);
    return 0;
}

static int connect_now(int *fd)
{
    return net_connect(NULL, "broker.example.com", 65535, fd);
}

static void connects_without_blocking_and_without_delay(void **state)
{
    int fd;
    int on = 0;
    socklen_t len = sizeof on;
    (void)state;
    const int listener = add_listener();
    assert_int_equal(connect_now(&fd), HOST_OK);
    assert_true((fcntl(fd, F_GETFL, 0) & O_NONBLOCK) != 0);
    assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &len), 0);
    assert_true(on != 0);
    close(fd);
    close(listener);
}

static void each_address_gets_its_turn(void **state)
{
    int fd;
    (void)state;
    close(add_listener());
    const int listener = add_listener();
    assert_int_equal(connect_now(&fd), HOST_OK);
    struct sockaddr_in peer;
    socklen_t len = sizeof peer;
    assert_int_equal(getpeername(fd, (struct sockaddr *)&peer, &len), 0);
    assert_int_equal(peer.sin_port, s_addresses[1].sin_port);
    close(fd);
    close(listener);
}

static void a_refusal_is_told_with_its_number(void **state)
{
    int fd;
    (void)state;
    close(add_listener());
    assert_int_equal(connect_now(&fd), HOST_REFUSED);
    assert_int_equal(fd, -1);
    assert_non_null(strstr(fake_log, "broker.example.com:65535: no connection, REFUSED (errno "));
}

static void a_name_that_is_none_is_told_from_no_answer(void **state)
{
    int fd;
    (void)state;
    s_lookup = EAI_NONAME;
    assert_int_equal(connect_now(&fd), HOST_NOT_FOUND);
    assert_non_null(strstr(fake_log, "broker.example.com: no address"));
    s_lookup = EAI_AGAIN;
    assert_int_equal(connect_now(&fd), HOST_IO);
    assert_int_equal(fd, -1);
}

static void a_wait_ends_with_its_time_or_its_job(void **state)
{
    int fds[2];
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    assert_int_equal(net_wait(NULL, fds[0], true, s_now_ms + 1), 1);
    assert_int_equal(net_wait(NULL, fds[0], true, s_now_ms), HOST_TIMEOUT);
    s_step_ms = 1000;
    assert_int_equal(net_wait(NULL, fds[0], false, s_now_ms + 1500), HOST_TIMEOUT);
    s_step_ms = 0;
    s_is_abandoned = true;
    assert_int_equal(net_wait(NULL, fds[0], false, s_now_ms + 1500), HOST_CLOSED);
    s_is_abandoned = false;
    assert_int_equal(write(fds[1], "x", 1), 1);
    assert_int_equal(net_wait(NULL, fds[0], false, s_now_ms + 1500), 1);
    close(fds[0]);
    close(fds[1]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(connects_without_blocking_and_without_delay), TEST(each_address_gets_its_turn),
        TEST(a_refusal_is_told_with_its_number),           TEST(a_name_that_is_none_is_told_from_no_answer),
        TEST(a_wait_ends_with_its_time_or_its_job),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
