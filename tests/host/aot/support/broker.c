#include "broker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* First bytes of packets. Source: MQTT 3.1.1, 2.2. */
enum {
    CONNACK = 0x20,
    PUBLISH = 0x30,
    PUBACK = 0x40,
    PUBREC = 0x50,
    PUBREL = 0x62,
    PUBCOMP = 0x70,
    SUBACK = 0x90,
    UNSUBACK = 0xB0,
    PINGRESP = 0xD0
};
enum { FLAG_QOS = 0x06, FLAG_QOS_2 = 0x04, FLAG_DUP = 0x08, CLEAN_SESSION = 0x02, CONNECT_FLAGS_AT = 7 };

/* Bytes behind its fixed header that a packet has at the least. */
static const uint8_t LEAST_BYTES[16] = {
    [PACKET_CONNECT] = 12, [PACKET_PUBLISH] = 2, [PACKET_PUBACK] = 2,    [PACKET_PUBREC] = 2,
    [PACKET_PUBREL] = 2,   [PACKET_PUBCOMP] = 2, [PACKET_SUBSCRIBE] = 5, [PACKET_UNSUBSCRIBE] = 4,
};

static bool has_bit(const uint8_t *bits, uint16_t id)
{
    return bits[id / 8] >> id % 8 & 1;
}

static void set_bit(uint8_t *bits, uint16_t id, bool is_set)
{
    bits[id / 8] = (uint8_t)((bits[id / 8] & ~(1 << id % 8)) | is_set << id % 8);
}

/* The board sent what it must not, or there is no room for it. */
static void refuse(broker_t *broker, const char *why)
{
    if (broker->rules) {
        fprintf(stderr, "broker: %s\n", why);
        abort();
    }
    broker->is_closed = true;
}

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
    } else if (broker->rules) {
        refuse(broker, "more answers than there is room for");
    }
}

static void send_ack(broker_t *broker, uint8_t packet, uint16_t id)
{
    const uint8_t bytes[] = { packet, 2, (uint8_t)(id >> 8), (uint8_t)id };
    broker_send(broker, bytes, sizeof(bytes));
    if (packet == PUBACK || packet == PUBCOMP) {
        set_bit(broker->in_use, id, false);
    }
}

static void check_id(broker_t *broker, uint8_t flags, uint16_t id)
{
    broker->bad_ids += id == 0 || (has_bit(broker->in_use, id) && !(flags & FLAG_DUP));
    broker->wraps += id < broker->last_id;
    broker->last_id = id;
    set_bit(broker->in_use, id, true);
}

static void on_publish(broker_t *broker, uint8_t flags, const uint8_t *body, size_t len)
{
    const uint8_t *at = body + 2 + (body[0] << 8 | body[1]);
    const uint8_t qos = (flags & FLAG_QOS) >> 1;
    const uint8_t ack = flags & FLAG_QOS_2 ? PUBREC : PUBACK;
    uint16_t id = 0;
    bool is_new = true;
    if ((size_t)(at - body) + (qos > 0 ? 2 : 0) > len || qos > 2) {
        refuse(broker, "no publication");
        return;
    }
    if (broker->rules && qos > broker->rules->qos) {
        refuse(broker, "a publication of a QoS that it must not have");
    }
    broker->publishes++;
    if (qos > 0) {
        id = (uint16_t)(at[0] << 8 | at[1]);
        at += 2;
        check_id(broker, flags, id);
        is_new = ack == PUBACK || !has_bit(broker->taken, id);
        set_bit(broker->taken, id, ack == PUBREC);
    }
    if (is_new && broker->on_message) {
        broker->on_message(broker->ctx, at, len - (size_t)(at - body));
    }
    if (qos == 0) {
        return;
    }
    if (broker->ack == BROKER_ACK_HOLD && broker->held_count < BROKER_HELD_MAX) {
        broker->held[broker->held_count].packet = ack;
        broker->held[broker->held_count++].id = id;
    } else if (broker->ack != BROKER_ACK_NEVER) {
        send_ack(broker, ack, id);
    }
    if (broker->ack == BROKER_ACK_TWICE) {
        send_ack(broker, ack, id);
    }
}

static void on_pubrel(broker_t *broker, uint16_t id)
{
    set_bit(broker->taken, id, false);
    send_ack(broker, PUBCOMP, id);
}

static void send_number(broker_t *broker, const broker_sent_t *sent, bool is_again)
{
    char text[12];
    const int len = snprintf(text, sizeof(text), "%u", sent->number);
    broker_publish(broker, "in", (const uint8_t *)text, (size_t)len, (uint8_t)(sent->qos << 1 | (is_again ? FLAG_DUP : 0)),
                   sent->id);
}

/* What the board answers to a message of ours. */
static void on_answer(broker_t *broker, int packet, uint16_t id)
{
    size_t i = 0;
    while (i < broker->sent_count && broker->sent[i].id != id) {
        i++;
    }
    if (packet == PACKET_PUBREC) {
        send_ack(broker, PUBREL, id);
    }
    if (i == broker->sent_count) {
        return;
    }
    if (packet == PACKET_PUBREC) {
        broker->sent[i].is_released = true;
        return;
    }
    broker->sent_count--;
    memmove(broker->sent + i, broker->sent + i + 1, (broker->sent_count - i) * sizeof(broker->sent[0]));
}

bool broker_deliver(broker_t *broker, uint32_t number, uint8_t qos)
{
    if (broker->sent_count == BROKER_SENT_MAX || broker->is_closed || !broker->has_session) {
        return false;
    }
    broker_sent_t *sent = &broker->sent[broker->sent_count++];
    broker->last_sent_id = (uint16_t)(broker->last_sent_id % 65535 + 1);
    *sent = (broker_sent_t){ .id = broker->last_sent_id, .qos = qos, .number = number };
    send_number(broker, sent, false);
    return true;
}

/* A session ends, or goes on where the connection before left it. */
static void on_connect(broker_t *broker, const uint8_t *body)
{
    const bool is_present = broker->has_session && !(body[CONNECT_FLAGS_AT] & CLEAN_SESSION);
    const bool is_accepted = broker->connack_code == 0;
    broker->connects += is_accepted;
    broker_send(broker, (const uint8_t[]){ CONNACK, 2, is_accepted && is_present, broker->connack_code }, 4);
    if (!is_accepted) {
        return;
    }
    broker->has_session = broker->keeps_session && !(body[CONNECT_FLAGS_AT] & CLEAN_SESSION);
    if (!is_present) {
        memset(broker->in_use, 0, sizeof(broker->in_use));
        memset(broker->taken, 0, sizeof(broker->taken));
        broker->sent_count = 0;
    }
    for (size_t i = 0; i < broker->sent_count; i++) {
        if (broker->sent[i].is_released) {
            send_ack(broker, PUBREL, broker->sent[i].id);
        } else {
            send_number(broker, &broker->sent[i], true);
        }
    }
}

/* One return code per filter, each granting what was asked for. */
static void on_subscribe(broker_t *broker, const uint8_t *body, size_t len)
{
    uint8_t packet[64] = { SUBACK, 2, body[0], body[1] };
    size_t at = 2;
    while (at + 2 < len && packet[1] < sizeof(packet) - 2) {
        at += 2u + (size_t)(body[at] << 8 | body[at + 1]);
        if (at >= len) {
            refuse(broker, "no subscription");
            return;
        }
        packet[2 + packet[1]++] = body[at++];
    }
    broker->subscribes++;
    broker_send(broker, packet, 2u + packet[1]);
}

static void on_packet(broker_t *broker, uint8_t head, const uint8_t *body, size_t len)
{
    if (broker->rules && !(broker->rules->packets >> (head >> 4) & 1)) {
        refuse(broker, "a packet that was not asked for");
    }
    if (len < LEAST_BYTES[head >> 4]) {
        refuse(broker, "a packet that ends too soon");
        return;
    }
    switch (head >> 4) {
    case PACKET_CONNECT:
        on_connect(broker, body);
        break;
    case PACKET_PUBLISH:
        on_publish(broker, head, body, len);
        break;
    case PACKET_PUBREL:
        on_pubrel(broker, (uint16_t)(body[0] << 8 | body[1]));
        break;
    case PACKET_PUBACK:
    case PACKET_PUBREC:
    case PACKET_PUBCOMP:
        on_answer(broker, head >> 4, (uint16_t)(body[0] << 8 | body[1]));
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
    default: /* what a board never sends: nothing to answer */
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
        refuse(broker, "a packet too long");
        return;
    }
    memcpy(broker->in + broker->in_len, bytes, len);
    broker->in_len += len;
    for (size_t whole = packet_len(broker, &header_len); whole > 0; whole = packet_len(broker, &header_len)) {
        on_packet(broker, broker->in[0], broker->in + header_len, whole - header_len);
        memmove(broker->in, broker->in + whole, broker->in_len - whole);
        broker->in_len -= whole;
    }
    const uint8_t *in = broker->in;
    if (broker->in_len >= 5 && (in[1] & in[2] & in[3] & in[4] & 0x80) != 0) {
        refuse(broker, "a length that does not end");
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
        const size_t at = is_reversed ? broker->held_count - 1 - i : i;
        send_ack(broker, broker->held[at].packet, broker->held[at].id);
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
