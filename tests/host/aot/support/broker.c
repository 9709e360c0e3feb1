#include "broker.h"

#include <string.h>

/* MQTT 3.1.1, table 2.1. */
enum {
    PACKET_CONNECT = 1,
    PACKET_PUBLISH = 3,
    PACKET_SUBSCRIBE = 8,
    PACKET_UNSUBSCRIBE = 10,
    PACKET_PINGREQ = 12,
    PACKET_DISCONNECT = 14
};
enum { CONNACK = 0x20, PUBACK = 0x40, SUBACK = 0x90, UNSUBACK = 0xB0, PINGRESP = 0xD0, PUBLISH = 0x30 };

void broker_open(broker_t *broker)
{
    broker->in_len = 0;
    broker->out_len = 0;
    broker->held_count = 0;
    broker->is_closed = false;
}

void broker_send(broker_t *broker, const uint8_t *bytes, size_t len)
{
    if (len <= sizeof(broker->out) - broker->out_len) {
        memcpy(broker->out + broker->out_len, bytes, len);
        broker->out_len += len;
    }
}

static void send_puback(broker_t *broker, uint16_t id)
{
    const uint8_t packet[] = { PUBACK, 2, (uint8_t)(id >> 8), (uint8_t)id };
    broker_send(broker, packet, sizeof(packet));
}

static void on_publish(broker_t *broker, uint8_t flags, const uint8_t *body)
{
    broker->publishes++;
    if ((flags & 6) == 0) {
        return;
    }
    const uint8_t *id_at = body + 2 + (body[0] << 8 | body[1]);
    uint16_t id = (uint16_t)(id_at[0] << 8 | id_at[1]);
    if (broker->ack == BROKER_ACK_HOLD && broker->held_count < BROKER_HELD_MAX) {
        broker->held[broker->held_count++] = id;
    } else if (broker->ack != BROKER_ACK_NEVER) {
        send_puback(broker, id);
    }
    if (broker->ack == BROKER_ACK_TWICE) {
        send_puback(broker, id);
    }
}

/* One return code per filter, each granting what was asked for. */
static void on_subscribe(broker_t *broker, const uint8_t *body, size_t len)
{
    uint8_t packet[64] = { SUBACK, 2, body[0], body[1] };
    size_t at = 2;
    while (at + 2 < len && packet[1] < sizeof(packet) - 2) {
        at += 2u + (size_t)(body[at] << 8 | body[at + 1]);
        packet[2 + packet[1]++] = body[at++];
    }
    broker->subscribes++;
    broker_send(broker, packet, 2u + packet[1]);
}

static void on_packet(broker_t *broker, uint8_t head, const uint8_t *body, size_t len)
{
    switch (head >> 4) {
    case PACKET_CONNECT:
        broker->connects += broker->connack_code == 0;
        broker_send(broker, (const uint8_t[]){ CONNACK, 2, 0, broker->connack_code }, 4);
        break;
    case PACKET_PUBLISH:
        on_publish(broker, head, body);
        break;
    case PACKET_SUBSCRIBE:
        on_subscribe(broker, body, len);
        break;
    case PACKET_UNSUBSCRIBE:
        broker_send(broker, (const uint8_t[]){ UNSUBACK, 2, body[0], body[1] }, 4);
        break;
    case PACKET_PINGREQ:
        broker_send(broker, (const uint8_t[]){ PINGRESP, 0 }, 2);
        break;
    case PACKET_DISCONNECT:
        broker->is_closed = true;
        break;
    default: /* PUBACK and what the board never sends: nothing to answer */
        break;
    }
}

/* Returns the length of the first packet, its header in *header_len; 0 while it is not whole. */
static size_t packet_len(const broker_t *broker, size_t *header_len)
{
    size_t remaining = 0;
    for (size_t i = 1; i < 5 && i < broker->in_len; i++) {
        remaining |= (size_t)(broker->in[i] & 0x7F) << (7 * (i - 1));
        if (broker->in[i] < 0x80) {
            *header_len = i + 1;
            return i + 1 + remaining <= broker->in_len ? i + 1 + remaining : 0;
        }
    }
    return 0;
}

void broker_receive(broker_t *broker, const uint8_t *bytes, size_t len)
{
    size_t header_len = 0;
    if (len > sizeof(broker->in) - broker->in_len) {
        broker->is_closed = true;
        return;
    }
    memcpy(broker->in + broker->in_len, bytes, len);
    broker->in_len += len;
    for (size_t whole = packet_len(broker, &header_len); whole > 0; whole = packet_len(broker, &header_len)) {
        on_packet(broker, broker->in[0], broker->in + header_len, whole - header_len);
        memmove(broker->in, broker->in + whole, broker->in_len - whole);
        broker->in_len -= whole;
    }
}

void broker_publish(broker_t *broker, const char *topic, const uint8_t *payload, size_t len, uint8_t flags, uint16_t id)
{
    uint8_t head[5] = { PUBLISH | flags };
    const uint8_t id_bytes[2] = { (uint8_t)(id >> 8), (uint8_t)id };
    size_t topic_len = strlen(topic);
    size_t id_len = flags & 6 ? sizeof(id_bytes) : 0;
    size_t remaining = 2 + topic_len + id_len + len;
    size_t head_len = 1;
    for (; remaining >= 0x80; remaining >>= 7) {
        head[head_len++] = (uint8_t)(remaining | 0x80);
    }
    head[head_len++] = (uint8_t)remaining;
    broker_send(broker, head, head_len);
    broker_send(broker, (const uint8_t[]){ (uint8_t)(topic_len >> 8), (uint8_t)topic_len }, 2);
    broker_send(broker, (const uint8_t *)topic, topic_len);
    broker_send(broker, id_bytes, id_len);
    broker_send(broker, payload, len);
}

void broker_release(broker_t *broker, bool is_reversed)
{
    for (size_t i = 0; i < broker->held_count; i++) {
        send_puback(broker, broker->held[is_reversed ? broker->held_count - 1 - i : i]);
    }
    broker->held_count = 0;
}

size_t broker_take(broker_t *broker, uint8_t *dst, size_t cap)
{
    size_t len = broker->out_len < cap ? broker->out_len : cap;
    memcpy(dst, broker->out, len);
    memmove(broker->out, broker->out + len, broker->out_len - len);
    broker->out_len -= len;
    return len;
}
