#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"
#include "net.h"

static const char *TAG = "net";

static int open_socket(const struct addrinfo *address)
{
    const int fd = socket(address->ai_family, address->ai_socktype, address->ai_protocol);
    if (fd < 0) {
        return -1;
    }
    const int on = 1;
    /* A board that loses its power sends nothing more: whatever ends this process ends the connection with a reset. */
    const struct linger abrupt = { 1, 0 };
    if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0
        || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0
        || setsockopt(fd, SOL_SOCKET, SO_LINGER, &abrupt, sizeof abrupt) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Begins with the address at hand or, where that fails at once, one behind it. */
static void try_addresses(sim_net_t *net, net_socket_t *socket, int last_errno)
{
    const int64_t now = sim_clock_monotonic(net->clock);
    for (; socket->address != NULL; socket->address = socket->address->ai_next) {
        int left = 0;
        for (const struct addrinfo *a = socket->address; a != NULL; a = a->ai_next) {
            left++;
        }
        socket->fd = open_socket(socket->address);
        if (socket->fd >= 0
            && (connect(socket->fd, socket->address->ai_addr, socket->address->ai_addrlen) == 0 || errno == EINPROGRESS)) {
            socket->phase = NET_CONNECTING;
            socket->attempt_deadline_ms = now + (socket->deadline_ms - now) / left;
            return;
        }
        last_errno = errno;
        if (socket->fd >= 0) {
            close(socket->fd);
            socket->fd = -1;
        }
    }
    sim_log(PLATFORM_LOG_WARNING, TAG, "%s:%u: no connection, errno %d", socket->host, (unsigned)socket->port, last_errno);
    net_abort(socket, net_status_of(last_errno));
}

static void advance_resolving(sim_net_t *net, net_socket_t *socket)
{
    const int result = resolver_poll(socket->job, &socket->addresses);
    if (result == 0) {
        return;
    }
    socket->job = NULL;
    if (result < 0) {
        net_abort(socket, result);
        return;
    }
    socket->address = socket->addresses;
    try_addresses(net, socket, 0);
}

static void begin_handshake(sim_net_t *net, net_socket_t *socket)
{
    const int status = tls_open(socket->fd, socket->host, net->config, &net->writes, &socket->tls);
    if (status < 0) {
        net_abort(socket, status);
        return;
    }
    socket->phase = NET_HANDSHAKE;
    socket->deadline_ms = sim_clock_monotonic(net->clock) + NET_TLS_MS;
}

static void advance_connecting(sim_net_t *net, net_socket_t *socket)
{
    struct pollfd ready = { .fd = socket->fd, .events = POLLOUT };
    int code = 0;
    socklen_t code_len = sizeof code;
    if (poll(&ready, 1, 0) == 1) {
        if (getsockopt(socket->fd, SOL_SOCKET, SO_ERROR, &code, &code_len) != 0) {
            code = errno;
        }
    } else if (sim_clock_monotonic(net->clock) >= socket->attempt_deadline_ms) {
        code = ETIMEDOUT;
    } else {
        return;
    }
    if (code != 0) {
        close(socket->fd);
        socket->fd = -1;
        socket->address = socket->address->ai_next;
        try_addresses(net, socket, code);
    } else if (socket->is_tls) {
        begin_handshake(net, socket);
    } else {
        socket->phase = NET_OPEN;
    }
}

static void advance_handshake(net_socket_t *socket)
{
    const int result = tls_handshake(socket->tls);
    if (result < 0) {
        net_abort(socket, result);
    } else if (result == 1) {
        socket->phase = NET_OPEN;
    }
}

void net_connect_advance(sim_net_t *net, net_socket_t *socket)
{
    if (socket->phase == NET_RESOLVING) {
        advance_resolving(net, socket);
    }
    if (socket->phase == NET_CONNECTING) {
        advance_connecting(net, socket);
    }
    if (socket->phase == NET_HANDSHAKE) {
        advance_handshake(socket);
    }
    if (socket->phase < NET_OPEN && sim_clock_monotonic(net->clock) >= socket->deadline_ms) {
        sim_log(PLATFORM_LOG_WARNING, TAG, "%s:%u: no answer in time (%s)", socket->host, (unsigned)socket->port,
                socket->phase == NET_HANDSHAKE    ? "TLS"
                : socket->phase == NET_CONNECTING ? "TCP"
                                                  : "name look-up");
        net_abort(socket, HOST_TIMEOUT);
    }
}
