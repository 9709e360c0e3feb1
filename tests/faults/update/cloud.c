#include "cloud.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "package.h"

/* First bytes of packets. Source: MQTT 3.1.1, 2.2. */
enum { CONNECT = 0x10, PUBLISH = 0x30, PUBACK = 0x40, SUBSCRIBE = 0x80, PINGREQ = 0xC0 };
enum { LATENCY_MS = 700, BUFFER_BYTES = 16 * 1024, TOPIC_BYTES = 128, TEXT_BYTES = 512 };

cloud_t cloud;

static uint8_t s_in[BUFFER_BYTES];
static size_t s_in_len;
static uint8_t s_out[BUFFER_BYTES];
static size_t s_out_len;
static int64_t s_due_ms;
static bool s_is_subscribed;
static char s_topic[TOPIC_BYTES]; /* "<topic>/update/", as the device subscribes it */

static void die(const char *why)
{
    fprintf(stderr, "cloud: %s\n", why);
    abort();
}

static void put(const uint8_t *src, size_t len, int64_t now_ms)
{
    if (s_out_len + len > sizeof(s_out)) {
        die("more answers than there is room for");
    }
    s_due_ms = s_out_len == 0 ? now_ms + LATENCY_MS : s_due_ms;
    memcpy(s_out + s_out_len, src, len);
    s_out_len += len;
}

static void publish(const char *topic, uint8_t flags, const uint8_t *payload, size_t payload_len, int64_t now_ms)
{
    static uint8_t packet[BUFFER_BYTES];
    const size_t topic_len = strlen(topic);
    const size_t id_len = flags & 0x06 ? 2 : 0;
    const size_t len = 2 + topic_len + id_len + payload_len;
    size_t at = 0;
    packet[at++] = PUBLISH | flags;
    packet[at++] = (uint8_t)((len & 0x7F) | 0x80);
    packet[at++] = (uint8_t)(len >> 7);
    packet[at++] = (uint8_t)(topic_len >> 8);
    packet[at++] = (uint8_t)topic_len;
    memcpy(packet + at, topic, topic_len);
    at += topic_len;
    if (id_len) {
        packet[at++] = 0;
        packet[at++] = 1;
    }
    memcpy(packet + at, payload, payload_len);
    put(packet, at + payload_len, now_ms);
}

static void offer(int64_t now_ms)
{
    enum { QOS_1_RETAIN = 0x03 };
    char topic[2 * TOPIC_BYTES];
    if (cloud.stage < STAGE_END && s_is_subscribed) {
        snprintf(topic, sizeof(topic), "%sin/offer", s_topic);
        publish(topic, QOS_1_RETAIN, cloud.packages[cloud.stage].bytes, PACKAGE_HEAD_BYTES, now_ms);
    }
}

static unsigned long number_behind(const char *text, const char *name)
{
    const char *found = strstr(text, name);
    return found ? strtoul(found + strlen(name), NULL, 10) : 0;
}

static void answer_request(const char *text, int64_t now_ms)
{
    char topic[2 * TOPIC_BYTES];
    const char *id = strstr(text, "\"id\":\"");
    const size_t offset = number_behind(text, "\"offset\":");
    size_t len = number_behind(text, "\"length\":");
    if (!id || cloud.stage >= STAGE_END) {
        return;
    }
    const cloud_package_t *package = &cloud.packages[cloud.stage];
    const size_t image_len = package->len - PACKAGE_HEAD_BYTES;
    if (offset >= image_len) {
        return;
    }
    len = image_len - offset < len ? image_len - offset : len;
    snprintf(topic, sizeof(topic), "%sin/chunk/%.8s/%lu", s_topic, id + 6, (unsigned long)offset);
    publish(topic, 0, package->bytes + PACKAGE_HEAD_BYTES + offset, len, now_ms);
}

/* What was offered has come to its end, one way or the other. */
static bool is_over(const char *text)
{
    const bool is_app = strstr(text, "\"kind\":\"app\"") != NULL;
    const bool is_good = cloud.stage == STAGE_SECOND || cloud.stage == STAGE_FIRMWARE;
    return cloud.stage < STAGE_END && is_app == (cloud.stage < STAGE_FIRMWARE)
           && strstr(text, is_good ? "\"UPDATED\"" : "\"FAILED\"") != NULL;
}

static void take_state(const char *text, int64_t now_ms)
{
    cloud.states++;
    snprintf(cloud.last_state, sizeof(cloud.last_state), "%.150s", text);
    if (is_over(text)) {
        cloud.stage++;
        offer(now_ms);
    } else if (strstr(text, "\"FAILED\"")) {
        cloud.refusals++;
        offer(now_ms);
    }
}

static void take_reading(const char *text)
{
    const unsigned long number = number_behind(text, "\"number\":");
    if (number == 0 || number >= CLOUD_READINGS_MAX) {
        die(text);
    }
    if (!cloud.is_delivered[number]) {
        cloud.is_delivered[number] = true;
        cloud.arrivals[cloud.arrival_count++] = (uint32_t)number;
    }
}

static void take_publish(uint8_t flags, const uint8_t *body, size_t len, int64_t now_ms)
{
    char topic[TOPIC_BYTES];
    char text[TEXT_BYTES];
    const size_t topic_len = (size_t)body[0] << 8 | body[1];
    const size_t head_len = 2 + topic_len + (flags & 0x06 ? 2 : 0);
    snprintf(topic, sizeof(topic), "%.*s", (int)topic_len, (const char *)body + 2);
    snprintf(text, sizeof(text), "%.*s", (int)(len - head_len), (const char *)body + head_len);
    if (strstr(topic, "/update/out/request")) {
        answer_request(text, now_ms);
    } else if (strstr(topic, "/update/out/state")) {
        take_state(text, now_ms);
    } else if (strstr(text, "\"number\":")) {
        take_reading(text);
    }
    if (flags & 0x06) {
        const uint8_t puback[] = { PUBACK, 2, body[2 + topic_len], body[3 + topic_len] };
        put(puback, sizeof(puback), now_ms);
    }
}

static void take_subscribe(const uint8_t *body, int64_t now_ms)
{
    const uint8_t suback[] = { 0x90, 3, body[0], body[1], 1 };
    const size_t len = (size_t)body[2] << 8 | body[3];
    char filter[TOPIC_BYTES];
    snprintf(filter, sizeof(filter), "%.*s", (int)len, (const char *)body + 4);
    put(suback, sizeof(suback), now_ms);
    char *end = strstr(filter, "in/#");
    if (end) {
        *end = '\0';
        snprintf(s_topic, sizeof(s_topic), "%s", filter);
        s_is_subscribed = true;
        offer(now_ms);
    }
}

static void take_packet(uint8_t first, const uint8_t *body, size_t len, int64_t now_ms)
{
    static const uint8_t connack[] = { 0x20, 2, 0, 0 };
    static const uint8_t pingresp[] = { 0xD0, 0 };
    switch (first & 0xF0) {
    case CONNECT:
        put(connack, sizeof(connack), now_ms);
        break;
    case PUBLISH:
        take_publish(first & 0x0F, body, len, now_ms);
        break;
    case SUBSCRIBE:
        take_subscribe(body, now_ms);
        break;
    case PINGREQ:
        put(pingresp, sizeof(pingresp), now_ms);
        break;
    default:
        break;
    }
}

/* Bytes of the first packet's head, 0 while the packet is not whole. */
static size_t head_bytes(size_t *body_len)
{
    size_t len = 0;
    for (size_t i = 1; i < s_in_len && i <= 4; i++) {
        len |= (size_t)(s_in[i] & 0x7F) << (7 * (i - 1));
        if (!(s_in[i] & 0x80)) {
            *body_len = len;
            return s_in_len - i - 1 >= len ? i + 1 : 0;
        }
    }
    return 0;
}

void cloud_connect(void)
{
    s_in_len = 0;
    s_out_len = 0;
    s_is_subscribed = false;
}

void cloud_take(const uint8_t *src, size_t len, int64_t now_ms)
{
    size_t body_len;
    size_t head_len;
    if (s_in_len + len > sizeof(s_in)) {
        die("a packet without an end");
    }
    memcpy(s_in + s_in_len, src, len);
    s_in_len += len;
    while ((head_len = head_bytes(&body_len)) > 0) {
        take_packet(s_in[0], s_in + head_len, body_len, now_ms);
        s_in_len -= head_len + body_len;
        memmove(s_in, s_in + head_len + body_len, s_in_len);
    }
}

size_t cloud_give(uint8_t *dst, size_t cap, int64_t now_ms)
{
    const size_t len = now_ms < s_due_ms ? 0 : s_out_len < cap ? s_out_len : cap;
    memcpy(dst, s_out, len);
    s_out_len -= len;
    memmove(s_out, s_out + len, s_out_len);
    return len;
}

int64_t cloud_due_ms(void)
{
    return s_out_len > 0 ? s_due_ms : INT64_MAX;
}
