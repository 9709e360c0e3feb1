#include "broker.h"

#include <string.h>

#include "console.h"
#include "meter.h"

/* First bytes of packets, without their flags, and of the answers. Source: MQTT 3.1.1, 2.2 and 3. */
enum {
    CONNECT = 0x10,
    CONNACK = 0x20,
    PUBLISH = 0x30,
    PUBACK = 0x40,
    SUBSCRIBE = 0x80,
    SUBACK = 0x90,
    PINGREQ = 0xC0,
    PINGRESP = 0xD0,
    DISCONNECT = 0xE0
};
enum { SOCKET = 0, QUEUE_BYTES = 4096 };

typedef struct {
    uint8_t bytes[QUEUE_BYTES];
    size_t len;
} queue_t;

static queue_t s_sent;    /* by the board, not yet taken */
static queue_t s_answers; /* not yet read by the board */
static uint32_t s_connects;
static uint32_t s_publishes;
static uint32_t s_publish_bytes;

static void put(queue_t *queue, const uint8_t *src, size_t len)
{
    if (len > QUEUE_BYTES - queue->len) {
        console_fail("broker: queue full");
    }
    memcpy(queue->bytes + queue->len, src, len);
    queue->len += len;
}

static void drop(queue_t *queue, size_t len)
{
    memmove(queue->bytes, queue->bytes + len, queue->len - len);
    queue->len -= len;
}

static int net_open(void *ctx, const char *host, size_t host_len, uint16_t port, int flags)
{
    (void)ctx;
    (void)host;
    (void)host_len;
    (void)port;
    (void)flags;
    s_sent.len = 0;
    s_answers.len = 0;
    return SOCKET;
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
    (void)socket;
    meter_pause();
    put(&s_sent, src, len);
    meter_resume();
    return (int)len;
}

static int net_recv(void *ctx, int socket, uint8_t *dst, size_t cap)
{
    (void)ctx;
    (void)socket;
    meter_pause();
    const size_t len = s_answers.len < cap ? s_answers.len : cap;
    memcpy(dst, s_answers.bytes, len);
    drop(&s_answers, len);
    meter_resume();
    return (int)len;
}

static int net_close(void *ctx, int socket)
{
    (void)ctx;
    (void)socket;
    return HOST_OK;
}

const platform_net_t broker_net = {
    .open = net_open,
    .state = net_state,
    .send = net_send,
    .recv = net_recv,
    .close = net_close,
};

/* Finds the end of the first packet. Returns the bytes of its head, 0 while it is not whole. */
static size_t head_bytes(const queue_t *queue, size_t *body_len)
{
    size_t len = 0;
    for (size_t i = 1; i < queue->len && i <= 4; i++) {
        len |= (size_t)(queue->bytes[i] & 0x7F) << (7 * (i - 1));
        if (!(queue->bytes[i] & 0x80)) {
            *body_len = len;
            return queue->len - i - 1 >= len ? i + 1 : 0;
        }
    }
    return 0;
}

static void answer_publish(uint8_t flags, const uint8_t *body, size_t packet_len)
{
    s_publishes++;
    s_publish_bytes = (uint32_t)packet_len;
    if (flags & 0x06) {
        const size_t topic_len = (size_t)body[0] << 8 | body[1];
        const uint8_t puback[] = { PUBACK, 2, body[2 + topic_len], body[3 + topic_len] };
        put(&s_answers, puback, sizeof puback);
    }
}

static void answer(uint8_t first, const uint8_t *body, size_t packet_len)
{
    static const uint8_t connack[] = { CONNACK, 2, 0, 0 };
    static const uint8_t pingresp[] = { PINGRESP, 0 };
    const uint8_t suback[] = { SUBACK, 3, body[0], body[1], 1 };
    switch (first & 0xF0) {
    case CONNECT:
        s_connects++;
        put(&s_answers, connack, sizeof connack);
        break;
    case PUBLISH:
        answer_publish(first, body, packet_len);
        break;
    case SUBSCRIBE:
        put(&s_answers, suback, sizeof suback);
        break;
    case PINGREQ:
        put(&s_answers, pingresp, sizeof pingresp);
        break;
    case DISCONNECT:
        break;
    default:
        console_fail("broker: a packet that no client sends");
    }
}

void broker_turn(void)
{
    size_t body_len;
    size_t head_len;
    while ((head_len = head_bytes(&s_sent, &body_len)) > 0) {
        answer(s_sent.bytes[0], s_sent.bytes + head_len, head_len + body_len);
        drop(&s_sent, head_len + body_len);
    }
}

bool broker_is_quiet(void)
{
    return s_answers.len == 0;
}

uint32_t broker_connects(void)
{
    return s_connects;
}

uint32_t broker_publishes(void)
{
    return s_publishes;
}

uint32_t broker_publish_bytes(void)
{
    return s_publish_bytes;
}
