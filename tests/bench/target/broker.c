#include "broker.h"

#include "console.h"
#include "network.h"

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

static uint32_t s_connects;
static uint32_t s_publishes;
static uint32_t s_publish_bytes;

static void put(const uint8_t *src, size_t len)
{
    network_answer(NETWORK_BROKER, src, len);
}

/* Finds the end of the first packet. Returns the bytes of its head, 0 while it is not whole. */
static size_t head_bytes(const network_queue_t *queue, size_t *body_len)
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
        put(puback, sizeof puback);
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
        put(connack, sizeof connack);
        break;
    case PUBLISH:
        answer_publish(first, body, packet_len);
        break;
    case SUBSCRIBE:
        put(suback, sizeof suback);
        break;
    case PINGREQ:
        put(pingresp, sizeof pingresp);
        break;
    case DISCONNECT:
        break;
    default:
        console_fail("broker: a packet that no client sends");
    }
}

void broker_turn(void)
{
    network_queue_t *sent = network_sent(NETWORK_BROKER);
    size_t body_len;
    size_t head_len;
    while ((head_len = head_bytes(sent, &body_len)) > 0) {
        answer(sent->bytes[0], sent->bytes + head_len, head_len + body_len);
        network_drop(sent, head_len + body_len);
    }
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
