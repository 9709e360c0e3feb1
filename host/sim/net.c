#include "net.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"

static const char *TAG = "net";

int net_status_of(int error_number)
{
    switch (error_number) {
    case ECONNREFUSED:
        return HOST_REFUSED;
    case ETIMEDOUT:
        return HOST_TIMEOUT;
    case ECONNRESET:
    case EPIPE:
    case ENOTCONN:
        return HOST_CLOSED;
    default:
        return HOST_IO;
    }
}

int sim_net_init(sim_net_t *net, sim_clock_t *clock, sim_link_t *link, const config_image_t *config)
{
    *net = (sim_net_t){ .clock = clock, .link = link, .config = config };
    for (int i = 0; i < NET_SOCKETS; i++) {
        net->sockets[i].fd = -1;
    }
    if (pipe(net->notify) != 0) {
        return HOST_IO;
    }
    for (int i = 0; i < 2; i++) {
        fcntl(net->notify[i], F_SETFL, O_NONBLOCK);
        fcntl(net->notify[i], F_SETFD, FD_CLOEXEC);
    }
    return HOST_OK;
}

/* Frees what a socket holds. The file descriptor's linger of zero makes its end a reset. */
static void release(net_socket_t *socket, bool says_goodbye)
{
    if (socket->tls != NULL) {
        tls_close(socket->tls, says_goodbye);
    }
    if (socket->job != NULL) {
        resolver_abandon(socket->job);
    }
    if (socket->addresses != NULL) {
        freeaddrinfo(socket->addresses);
    }
    if (socket->fd >= 0) {
        if (says_goodbye) {
            const struct linger graceful = { 0, 0 };
            setsockopt(socket->fd, SOL_SOCKET, SO_LINGER, &graceful, sizeof graceful);
        }
        close(socket->fd);
    }
    socket->tls = NULL;
    socket->job = NULL;
    socket->addresses = NULL;
    socket->fd = -1;
}

void net_abort(net_socket_t *socket, int status)
{
    release(socket, false);
    socket->phase = NET_ENDED;
    socket->ended_by = status;
}

static bool is_live(const net_socket_t *socket)
{
    return socket->phase != NET_FREE && socket->phase != NET_ENDED;
}

/* A lost link takes its sockets with it. */
static bool link_is_up(sim_net_t *net)
{
    if (sim_link_state(net->link) == PLATFORM_LINK_UP) {
        return true;
    }
    for (int i = 0; i < NET_SOCKETS; i++) {
        if (is_live(&net->sockets[i])) {
            net_abort(&net->sockets[i], HOST_CLOSED);
        }
    }
    return false;
}

static net_socket_t *find(sim_net_t *net, int socket)
{
    link_is_up(net);
    return socket < 0 || socket >= NET_SOCKETS || net->sockets[socket].phase == NET_FREE ? NULL : &net->sockets[socket];
}

int sim_net_open(void *ctx, const char *host, size_t host_len, uint16_t port, int flags)
{
    sim_net_t *net = ctx;
    if (host_len == 0 || host_len >= RESOLVER_HOST_BYTES) {
        return HOST_INVALID;
    }
    if (!link_is_up(net)) {
        return HOST_CLOSED;
    }
    int handle = 0;
    while (handle < NET_SOCKETS && net->sockets[handle].phase != NET_FREE) {
        handle++;
    }
    if (handle == NET_SOCKETS) {
        return HOST_NO_SPACE;
    }
    net_socket_t *socket = &net->sockets[handle];
    *socket = (net_socket_t){ .fd = -1, .port = port, .is_tls = (flags & PLATFORM_NET_TLS) != 0 };
    memcpy(socket->host, host, host_len);
    socket->job = resolver_start(socket->host, port, net->notify[1]);
    if (socket->job == NULL) {
        sim_log(PLATFORM_LOG_ERROR, TAG, "no thread for another name look-up");
        return HOST_NO_SPACE;
    }
    socket->phase = NET_RESOLVING;
    socket->deadline_ms = sim_clock_monotonic(net->clock) + NET_CONNECT_MS;
    return handle;
}

int sim_net_state(void *ctx, int handle)
{
    sim_net_t *net = ctx;
    net_socket_t *socket = find(net, handle);
    if (socket == NULL) {
        return HOST_INVALID;
    }
    if (socket->phase < NET_OPEN) {
        net_connect_advance(net, socket);
    }
    return socket->phase == NET_ENDED ? socket->ended_by : socket->phase == NET_OPEN;
}

/* Ends a socket whose transfer failed, so that the status stays readable. */
static int checked(net_socket_t *socket, int result)
{
    if (result < 0) {
        net_abort(socket, result);
    }
    return result;
}

int sim_net_send(void *ctx, int handle, const uint8_t *src, size_t len)
{
    sim_net_t *net = ctx;
    net_socket_t *socket = find(net, handle);
    if (socket == NULL || len == 0) {
        return socket == NULL ? HOST_INVALID : 0;
    }
    if (socket->phase != NET_OPEN) {
        return socket->phase == NET_ENDED ? socket->ended_by : 0;
    }
    int result;
    if (socket->tls != NULL) {
        result = tls_send(socket->tls, src, len);
    } else {
        const ssize_t count = send(socket->fd, src, len, MSG_NOSIGNAL);
        net->writes += count > 0;
        result = count >= 0 ? (int)count : errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : net_status_of(errno);
    }
    socket->wants_write = result == 0;
    return checked(socket, result);
}

int sim_net_recv(void *ctx, int handle, uint8_t *dst, size_t cap)
{
    net_socket_t *socket = find(ctx, handle);
    if (socket == NULL || cap == 0) {
        return socket == NULL ? HOST_INVALID : 0;
    }
    if (socket->phase != NET_OPEN) {
        return socket->phase == NET_ENDED ? socket->ended_by : 0;
    }
    if (socket->tls != NULL) {
        return checked(socket, tls_recv(socket->tls, dst, cap));
    }
    const ssize_t count = recv(socket->fd, dst, cap, 0);
    if (count == 0) {
        return checked(socket, HOST_CLOSED);
    }
    const bool is_not_now = count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
    return checked(socket, count > 0 ? (int)count : is_not_now ? 0 : net_status_of(errno));
}

int sim_net_close(void *ctx, int handle)
{
    net_socket_t *socket = find(ctx, handle);
    if (socket == NULL) {
        return HOST_INVALID;
    }
    release(socket, socket->phase == NET_OPEN);
    socket->phase = NET_FREE;
    return HOST_OK;
}

void sim_net_close_all(sim_net_t *net)
{
    for (int i = 0; i < NET_SOCKETS; i++) {
        sim_net_close(net, i);
    }
    close(net->notify[0]);
    close(net->notify[1]);
}

static short events_of(const net_socket_t *socket)
{
    switch (socket->phase) {
    case NET_CONNECTING:
        return POLLOUT;
    case NET_HANDSHAKE:
        return POLLIN | (tls_has_output(socket->tls) ? POLLOUT : 0);
    default:
        return POLLIN | (socket->wants_write || (socket->tls != NULL && tls_has_output(socket->tls)) ? POLLOUT : 0);
    }
}

int sim_net_prepare(sim_net_t *net, struct pollfd *fds, int cap)
{
    int count = 0;
    fds[count++] = (struct pollfd){ .fd = net->notify[0], .events = POLLIN };
    const bool is_up = link_is_up(net);
    for (int i = 0; is_up && i < NET_SOCKETS && count < cap; i++) {
        const net_socket_t *socket = &net->sockets[i];
        if (socket->phase == NET_OPEN && socket->tls != NULL && tls_has_input(socket->tls)) {
            return -1;
        }
        if (is_live(socket) && socket->fd >= 0) {
            fds[count++] = (struct pollfd){ .fd = socket->fd, .events = events_of(socket) };
        }
    }
    return count;
}

bool sim_net_finish(sim_net_t *net, const struct pollfd *fds, int count)
{
    bool is_ready = !link_is_up(net);
    for (int i = 0; i < count; i++) {
        if (fds[i].revents != 0 && fds[i].fd == net->notify[0]) {
            uint8_t bytes[16];
            while (read(net->notify[0], bytes, sizeof bytes) > 0) {
            }
        }
        is_ready = is_ready || fds[i].revents != 0;
    }
    return is_ready;
}
