/*
 * The other end of a board's socket: answers MQTT 3.1.1 as a script tells it to, byte for byte the same each time.
 */
#ifndef BROKER_H
#define BROKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BROKER_IN_BYTES = 8192, BROKER_OUT_BYTES = 8192, BROKER_HELD_MAX = 64 };

typedef enum { BROKER_ACK = 0, BROKER_ACK_TWICE, BROKER_ACK_HOLD, BROKER_ACK_NEVER, BROKER_ACK_MODES } broker_ack_t;

typedef struct {
    broker_ack_t ack;
    uint8_t connack_code; /* 0 accepts */
    bool is_closed;       /* it closed the connection */
    uint8_t in[BROKER_IN_BYTES];
    size_t in_len;
    uint8_t out[BROKER_OUT_BYTES];
    size_t out_len;
    uint16_t held[BROKER_HELD_MAX]; /* PUBACKs not yet sent */
    size_t held_count;
    int connects;
    int publishes;
    int subscribes;
} broker_t;

/** A new connection: nothing is under way; how it answers stays. */
void broker_open(broker_t *broker);

/** Takes what the board sent, and answers every whole packet. */
void broker_receive(broker_t *broker, const uint8_t *bytes, size_t len);

/** Sends bytes to the board, as they are. */
void broker_send(broker_t *broker, const uint8_t *bytes, size_t len);

/** Sends a PUBLISH. */
void broker_publish(broker_t *broker, const char *topic, const uint8_t *payload, size_t len, uint8_t flags, uint16_t id);

/** Sends the PUBACKs that were held back, newest first when asked. */
void broker_release(broker_t *broker, bool is_reversed);

/** Gives the board up to cap bytes. */
size_t broker_take(broker_t *broker, uint8_t *dst, size_t cap);

#endif
