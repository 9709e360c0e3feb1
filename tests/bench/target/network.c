#include "network.h"

#include <string.h>

#include "console.h"
#include "meter.h"

static network_queue_t s_sent[NETWORK_SERVERS];    /* by the board, not yet taken */
static network_queue_t s_answers[NETWORK_SERVERS]; /* not yet read by the board */

void network_put(network_queue_t *queue, const uint8_t *src, size_t len)
{
    if (len > NETWORK_QUEUE_BYTES - queue->len) {
        console_fail("network: queue full");
    }
    memcpy(queue->bytes + queue->len, src, len);
    queue->len += len;
}

void network_drop(network_queue_t *queue, size_t len)
{
    memmove(queue->bytes, queue->bytes + len, queue->len - len);
    queue->len -= len;
}

network_queue_t *network_sent(network_server_t server)
{
    return &s_sent[server];
}

void network_answer(network_server_t server, const uint8_t *src, size_t len)
{
    network_put(&s_answers[server], src, len);
}

bool network_is_quiet(void)
{
    for (int server = 0; server < NETWORK_SERVERS; server++) {
        if (s_answers[server].len > 0) {
            return false;
        }
    }
    return true;
}

static int net_open(void *ctx, const char *host, size_t host_len, uint16_t port, int flags)
{
    (void)ctx;
    (void)host;
    (void)host_len;
    (void)flags;
    const network_server_t server = port == NETWORK_BROKER_PORT ? NETWORK_BROKER : NETWORK_WEB;
    s_sent[server].len = 0;
    s_answers[server].len = 0;
    return server;
}

static int net_state(void *ctx, int socket)
{
    enum { OPEN = 1 };
    (void)ctx;
    (void)socket;
    return OPEN;
}

static int net_send(void *ctx, int socket, const uint8_t *src, size_t len)
{
    (void)ctx;
    meter_pause();
    network_put(&s_sent[socket], src, len);
    meter_resume();
    return (int)len;
}

static int net_recv(void *ctx, int socket, uint8_t *dst, size_t cap)
{
    (void)ctx;
    meter_pause();
    network_queue_t *answers = &s_answers[socket];
    const size_t len = answers->len < cap ? answers->len : cap;
    memcpy(dst, answers->bytes, len);
    network_drop(answers, len);
    meter_resume();
    return (int)len;
}

static int net_close(void *ctx, int socket)
{
    (void)ctx;
    s_sent[socket].len = 0;
    s_answers[socket].len = 0;
    return HOST_OK;
}

const platform_net_t network = {
    .open = net_open,
    .state = net_state,
    .send = net_send,
    .recv = net_recv,
    .close = net_close,
};
