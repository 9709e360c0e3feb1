#include "net_connect.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

/* A macro of the obsolete gethostbyname, of the same name as our status. */
#undef HOST_NOT_FOUND

#include "clock_idf.h"
#include "esp_log.h"
#include "status_idf.h"

static const char *TAG = "net";

enum { SLICE_MS = 250 }; /* how soon an abandoned job is noticed */

int net_wait(const net_job_t *job, int fd, bool for_write, int64_t deadline_ms)
{
    while (clock_idf_monotonic(NULL) < deadline_ms) {
        if (net_job_is_abandoned(job)) {
            return HOST_CLOSED;
        }
        fd_set set;
        FD_ZERO(&set);
        FD_SET(fd, &set);
        struct timeval timeout = { .tv_usec = SLICE_MS * 1000 };
        const int ready = select(fd + 1, for_write ? NULL : &set, for_write ? &set : NULL, NULL, &timeout);
        if (ready > 0) {
            return 1;
        }
        if (ready < 0 && errno != EINTR) {
            return HOST_IO;
        }
    }
    return HOST_TIMEOUT;
}

static int new_socket(const struct addrinfo *address)
{
    const int fd = socket(address->ai_family, address->ai_socktype, address->ai_protocol);
    if (fd < 0) {
        return -1;
    }
    const int on = 1;
    const int flags = fcntl(fd, F_GETFL, 0);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0
        || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* One address. Returns OK with *fd set; else its status, with the errno in *code. */
static int try_address(const net_job_t *job, const struct addrinfo *address, int64_t deadline_ms, int *fd, int *code)
{
    *fd = new_socket(address);
    if (*fd < 0) {
        *code = errno;
        return HOST_IO;
    }
    int status = HOST_OK;
    *code = 0;
    if (connect(*fd, address->ai_addr, address->ai_addrlen) != 0) {
        *code = errno;
        status = *code == EINPROGRESS ? net_wait(job, *fd, true, deadline_ms) : status_of_connect(*code);
    }
    if (status == 1) {
        socklen_t code_len = sizeof *code;
        status = getsockopt(*fd, SOL_SOCKET, SO_ERROR, code, &code_len) != 0 ? HOST_IO
                 : *code != 0                                                ? status_of_connect(*code)
                                                                             : HOST_OK;
    }
    if (status < 0) {
        close(*fd);
        *fd = -1;
    }
    return status;
}

/* Returns OK with *out set, for freeaddrinfo(). */
static int look_up(const char *host, uint16_t port, struct addrinfo **out)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    char service[6];
    snprintf(service, sizeof service, "%u", (unsigned)port);
    const int code = getaddrinfo(host, service, &hints, out);
    if (code != 0) {
        ESP_LOGW(TAG, "%s: no address (getaddrinfo %d)", host, code);
        return code == EAI_NONAME || code == EAI_FAIL ? HOST_NOT_FOUND : HOST_IO;
    }
    return HOST_OK;
}

int net_connect(const net_job_t *job, const char *host, uint16_t port, int *fd)
{
    const int64_t deadline_ms = clock_idf_monotonic(NULL) + NET_CONNECT_MS;
    struct addrinfo *addresses = NULL;
    *fd = -1;
    int status = look_up(host, port, &addresses);
    if (status < 0) {
        return status;
    }
    int left = 0;
    for (const struct addrinfo *a = addresses; a != NULL; a = a->ai_next) {
        left++;
    }
    int code = 0;
    status = HOST_IO;
    for (const struct addrinfo *a = addresses; a != NULL && status < 0 && status != HOST_CLOSED; a = a->ai_next) {
        const int64_t now_ms = clock_idf_monotonic(NULL);
        status = try_address(job, a, now_ms + (deadline_ms - now_ms) / left--, fd, &code);
    }
    freeaddrinfo(addresses);
    if (status < 0 && status != HOST_CLOSED) {
        ESP_LOGW(TAG, "%s:%u: no connection, %s (errno %d)", host, (unsigned)port, host_status_name(status), code);
    }
    return status;
}
