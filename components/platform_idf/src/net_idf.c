#include "net_idf.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock_idf.h"
#include "clock_rules.h"
#include "esp_log.h"
#include "net_job.h"
#include "status_idf.h"

static const char *TAG = "net";

enum { NET_SOCKETS = 2 };

typedef enum { NET_FREE, NET_WAITING, NET_OPENING, NET_OPEN, NET_ENDED } net_phase_t;

typedef struct {
    net_phase_t phase;
    int ended_by; /* status, in phase NET_ENDED */
    int fd;
    net_tls_t *tls;   /* NULL: plain */
    net_job_t *job;   /* in phase NET_OPENING */
    bool is_undated;  /* opened before the clock was set: ends once it is */
    bool wants_write; /* the last send took nothing */
    char host[NET_HOST_BYTES];
    uint16_t port;
    int64_t opened_ms;
} net_socket_t;

static net_socket_t s_sockets[NET_SOCKETS];
static const platform_link_t *s_link;
static bool s_may_go_undated;
static bool s_has_gone_undated; /* the time server had its time: the next ones need not wait for it again */

int net_idf_init(const platform_link_t *link, bool may_go_undated)
{
    s_may_go_undated = may_go_undated;
    s_has_gone_undated = false;
    s_link = link;
    return net_job_init();
}

static void release(net_socket_t *socket, bool says_goodbye)
{
    if (socket->job != NULL) {
        net_job_abandon(socket->job);
    }
    if (socket->tls != NULL) {
        net_tls_close(socket->tls, says_goodbye);
    } else if (socket->fd >= 0) {
        close(socket->fd);
    }
    socket->job = NULL;
    socket->tls = NULL;
    socket->fd = -1;
}

static void end_socket(net_socket_t *socket, int status)
{
    release(socket, false);
    socket->phase = NET_ENDED;
    socket->ended_by = status;
}

/* A lost link takes its sockets with it. */
static bool link_is_up(void)
{
    if (s_link->state(s_link->ctx) == PLATFORM_LINK_UP) {
        return true;
    }
    for (int i = 0; i < NET_SOCKETS; i++) {
        if (s_sockets[i].phase != NET_FREE && s_sockets[i].phase != NET_ENDED) {
            end_socket(&s_sockets[i], HOST_CLOSED);
        }
    }
    return false;
}

static void start_job(net_socket_t *socket, net_job_kind_t kind)
{
    socket->job = net_job_start(socket->host, socket->port, kind);
    socket->is_undated = kind == NET_JOB_TLS_UNDATED;
    if (socket->job == NULL) {
        end_socket(socket, HOST_NO_MEMORY);
    } else {
        socket->phase = NET_OPENING;
    }
}

/* TLS waits for the clock: an unset one makes every certificate one of the future. */
static void advance_waiting(net_socket_t *socket)
{
    const bool is_set = clock_idf_wall(NULL) >= 0;
    switch (clock_rules_tls_gate(is_set, s_may_go_undated, socket->opened_ms, clock_idf_monotonic(NULL))) {
    case TLS_GATE_GO:
        start_job(socket, NET_JOB_TLS);
        break;
    case TLS_GATE_GO_UNDATED:
        ESP_LOGW(TAG, "%s:%u: the clock is not set: goes on without looking at the dates of certificates", socket->host,
                 (unsigned)socket->port);
        s_has_gone_undated = true;
        start_job(socket, NET_JOB_TLS_UNDATED);
        break;
    case TLS_GATE_GIVE_UP:
        ESP_LOGE(TAG, "%s:%u: the clock is not set, so no certificate can be checked: the time server (time.sntp) did not answer",
                 socket->host, (unsigned)socket->port);
        end_socket(socket, HOST_TIMEOUT);
        break;
    default:
        break;
    }
}

static void advance_opening(net_socket_t *socket)
{
    net_job_result_t result;
    if (!net_job_poll(socket->job, &result)) {
        return;
    }
    socket->job = NULL;
    if (result.status < 0) {
        end_socket(socket, result.status);
        return;
    }
    socket->fd = result.fd;
    socket->tls = result.tls;
    socket->phase = NET_OPEN;
}

/* What was opened without looking at dates ends when they can be looked at: the kernel connects again at once. */
static void end_undated(net_socket_t *socket)
{
    if (socket->phase == NET_OPEN && socket->is_undated && clock_idf_wall(NULL) >= 0) {
        ESP_LOGW(TAG, "%s:%u: the clock is set now: opened anew, with the dates of certificates", socket->host,
                 (unsigned)socket->port);
        end_socket(socket, HOST_CLOSED);
    }
}

static net_socket_t *find(int handle)
{
    if (handle < 0 || handle >= NET_SOCKETS || s_sockets[handle].phase == NET_FREE) {
        return NULL;
    }
    link_is_up();
    end_undated(&s_sockets[handle]);
    return &s_sockets[handle];
}

int net_idf_open(void *ctx, const char *host, size_t host_len, uint16_t port, int flags)
{
    (void)ctx;
    if (!link_is_up()) {
        return HOST_CLOSED;
    }
    for (int i = 0; i < NET_SOCKETS; i++) {
        net_socket_t *socket = &s_sockets[i];
        if (socket->phase != NET_FREE) {
            continue;
        }
        *socket = (net_socket_t){ .phase = NET_WAITING, .fd = -1, .port = port, .opened_ms = clock_idf_monotonic(NULL) };
        socket->opened_ms -= s_has_gone_undated ? CLOCK_TLS_WAIT_MS : 0;
        snprintf(socket->host, sizeof socket->host, "%.*s", (int)host_len, host);
        if ((flags & PLATFORM_NET_TLS) != 0) {
            advance_waiting(socket);
        } else {
            start_job(socket, NET_JOB_PLAIN);
        }
        return i;
    }
    return HOST_NO_SPACE;
}

int net_idf_state(void *ctx, int handle)
{
    net_socket_t *socket = find(handle);
    (void)ctx;
    if (socket == NULL) {
        return HOST_INVALID;
    }
    if (socket->phase == NET_WAITING) {
        advance_waiting(socket);
    }
    if (socket->phase == NET_OPENING) {
        advance_opening(socket);
    }
    return socket->phase == NET_ENDED ? socket->ended_by : socket->phase == NET_OPEN;
}

/* Ends a socket whose transfer failed, so that the status stays readable. */
static int checked(net_socket_t *socket, int result)
{
    if (result < 0) {
        end_socket(socket, result);
    }
    return result;
}

int net_idf_send(void *ctx, int handle, const uint8_t *src, size_t len)
{
    net_socket_t *socket = find(handle);
    (void)ctx;
    if (socket == NULL || socket->phase != NET_OPEN) {
        return socket == NULL ? HOST_INVALID : socket->phase == NET_ENDED ? socket->ended_by : 0;
    }
    int result;
    if (socket->tls != NULL) {
        result = net_tls_send(socket->tls, src, len);
    } else {
        const ssize_t count = send(socket->fd, src, len, 0);
        result = count >= 0 ? (int)count : status_of_errno(errno);
    }
    socket->wants_write = result == 0;
    return checked(socket, result);
}

int net_idf_recv(void *ctx, int handle, uint8_t *dst, size_t cap)
{
    net_socket_t *socket = find(handle);
    (void)ctx;
    if (socket == NULL || socket->phase != NET_OPEN) {
        return socket == NULL ? HOST_INVALID : socket->phase == NET_ENDED ? socket->ended_by : 0;
    }
    if (socket->tls != NULL) {
        return checked(socket, net_tls_recv(socket->tls, dst, cap));
    }
    const ssize_t count = recv(socket->fd, dst, cap, 0);
    return checked(socket, count > 0 ? (int)count : count == 0 ? HOST_CLOSED : status_of_errno(errno));
}

int net_idf_close(void *ctx, int handle)
{
    (void)ctx;
    if (handle < 0 || handle >= NET_SOCKETS || s_sockets[handle].phase == NET_FREE) {
        return HOST_INVALID;
    }
    net_socket_t *socket = &s_sockets[handle];
    release(socket, socket->phase == NET_OPEN);
    socket->phase = NET_FREE;
    return HOST_OK;
}

int net_idf_prepare(void *ctx, fd_set *readable, fd_set *writable, bool *is_ready)
{
    int highest = -1;
    (void)ctx;
    if (!link_is_up()) {
        return -1;
    }
    for (int i = 0; i < NET_SOCKETS; i++) {
        const net_socket_t *socket = &s_sockets[i];
        if (socket->phase != NET_OPEN) {
            continue;
        }
        const bool has_output = socket->wants_write || (socket->tls != NULL && net_tls_has_output(socket->tls));
        *is_ready = *is_ready || (socket->tls != NULL && net_tls_has_input(socket->tls));
        FD_SET(socket->fd, readable);
        if (has_output) {
            FD_SET(socket->fd, writable);
        }
        highest = socket->fd > highest ? socket->fd : highest;
    }
    return highest;
}
