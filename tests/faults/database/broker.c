#include "broker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* First bytes of packets. Source: MQTT 3.1.1, 2.2. */
enum { CONNECT = 0x10, CONNACK = 0x20, PUBLISH = 0x30, PUBACK = 0x40, PINGREQ = 0xC0, PINGRESP = 0xD0, DISCONNECT = 0xE0 };
enum { BUFFER_BYTES = 4096, TYPE = 0xF0, QOS_1 = 0x02, QOS = 0x06 };

broker_t broker;

static uint8_t s_in[BUFFER_BYTES];
static size_t s_in_len;
static uint8_t s_out[BUFFER_BYTES];
static size_t s_out_len;

static void die(const char *why)
{
    fprintf(stderr, "broker: %s\n", why);
    abort();
}

static void answer(uint8_t type, const uint8_t *body, uint8_t len)
{
    if (s_out_len + len + 2 > sizeof(s_out)) {
        die("more answers than there is room for");
    }
    s_out[s_out_len++] = type;
    s_out[s_out_len++] = len;
    memcpy(s_out + s_out_len, body, len);
    s_out_len += len;
}

static void take_publish(uint8_t flags, const uint8_t *body, size_t len)
{
    const size_t head = len < 2 ? 0 : 2 + ((size_t)body[0] << 8 | body[1]) + ((flags & QOS) ? 2 : 0);
    if (head == 0 || head > len || (flags & QOS) > QOS_1) {
        die("no publication of QoS 0 or 1");
    }
    if (broker.count == BROKER_ARRIVALS_MAX) {
        die("more arrivals than there is room for");
    }
    snprintf(broker.arrivals[broker.count++], BROKER_TEXT_BYTES, "%.*s", (int)(len - head), (const char *)body + head);
    if (flags & QOS) {
        answer(PUBACK, body + head - 2, 2);
    }
}

static void take_packet(uint8_t first, const uint8_t *body, size_t len)
{
    static const uint8_t accepted[2] = { 0, 0 };
    switch (first & TYPE) {
    case CONNECT:
        answer(CONNACK, accepted, sizeof(accepted));
        break;
    case PUBLISH:
        take_publish(first & 0x0F, body, len);
        break;
    case PINGREQ:
        answer(PINGRESP, accepted, 0);
        break;
    case DISCONNECT:
        break;
    default:
        die("an unexpected packet");
    }
}

void broker_connect(void)
{
    s_in_len = 0;
    s_out_len = 0;
}

void broker_take(const uint8_t *src, size_t len)
{
    if (s_in_len + len > sizeof(s_in)) {
        die("a packet too long");
    }
    memcpy(s_in + s_in_len, src, len);
    s_in_len += len;
    while (s_in_len >= 2) {
        size_t at = 1;
        size_t body = 0;
        for (int shift = 0;; shift += 7) {
            if (at == s_in_len) {
                return;
            }
            body |= (size_t)(s_in[at] & 0x7F) << shift;
            if ((s_in[at++] & 0x80) == 0) {
                break;
            }
        }
        if (at + body > s_in_len) {
            return;
        }
        take_packet(s_in[0], s_in + at, body);
        s_in_len -= at + body;
        memmove(s_in, s_in + at + body, s_in_len);
    }
}

size_t broker_give(uint8_t *dst, size_t cap)
{
    const size_t len = s_out_len < cap ? s_out_len : cap;
    memcpy(dst, s_out, len);
    s_out_len -= len;
    memmove(s_out, s_out + len, s_out_len);
    return len;
}
