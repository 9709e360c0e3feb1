/*
 * The other end of a board's socket: answers MQTT 3.1.1 as a script tells it to, byte for byte the same each time. It takes each
 * message of QoS 2 once, keeps a session over connections when it is told to, and counts what identifiers must not be. What is malformed
 * closes the connection; where there are rules, it ends the program.
 */
#ifndef BROKER_H
#define BROKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BROKER_IN_BYTES = 8192, BROKER_OUT_BYTES = 8192, BROKER_HELD_MAX = 64, BROKER_SENT_MAX = 4, BROKER_ID_BYTES = 65536 / 8 };

/* Types of packets that a board sends. Source: MQTT 3.1.1, table 2.1. */
enum {
    PACKET_CONNECT = 1,
    PACKET_PUBLISH = 3,
    PACKET_PUBACK = 4,
    PACKET_PUBREC = 5,
    PACKET_PUBREL = 6,
    PACKET_PUBCOMP = 7,
    PACKET_SUBSCRIBE = 8,
    PACKET_UNSUBSCRIBE = 10,
    PACKET_PINGREQ = 12,
    PACKET_DISCONNECT = 14
};

typedef enum { BROKER_ACK = 0, BROKER_ACK_TWICE, BROKER_ACK_HOLD, BROKER_ACK_NEVER, BROKER_ACK_MODES } broker_ack_t;

/** A message to the board that is not through yet. */
typedef struct {
    uint16_t id;
    uint8_t qos;
    bool is_released; /* PUBREC came */
    uint32_t number;  /* its payload, as text */
} broker_sent_t;

/** What a board may send. */
typedef struct {
    uint16_t packets; /* a bit for each type, 1 << type */
    uint8_t qos;      /* of its messages, at most */
} broker_rules_t;

typedef struct {
    const broker_rules_t *rules; /* what breaks them, or is malformed, ends the program; may be NULL */
    broker_ack_t ack;
    bool keeps_session;   /* of a board that does not ask for a clean one */
    uint8_t connack_code; /* 0 accepts */
    bool is_closed;       /* it closed the connection */
    uint8_t in[BROKER_IN_BYTES];
    size_t in_len;
    uint8_t out[BROKER_OUT_BYTES];
    size_t out_len;
    struct {
        uint8_t packet; /* PUBACK or PUBREC */
        uint16_t id;
    } held[BROKER_HELD_MAX]; /* acknowledgements not yet sent */
    size_t held_count;
    bool has_session;
    uint8_t in_use[BROKER_ID_BYTES]; /* a bit for each identifier of the board whose handshake is not over */
    uint8_t taken[BROKER_ID_BYTES];  /* and for each of QoS 2 that was taken and not released */
    broker_sent_t sent[BROKER_SENT_MAX];
    size_t sent_count;
    uint16_t last_sent_id;
    uint16_t last_id;
    int wraps;
    int bad_ids; /* 0, or in use already without being a repetition */
    /* Called for each message that it takes; may be NULL. */
    void (*on_message)(void *ctx, const uint8_t *payload, size_t len);
    void *ctx;
    int connects;
    int publishes;
    int subscribes;
} broker_t;

/** A new connection: nothing is under way; how it answers stays, and the session. */
void broker_open(broker_t *broker);

/** Takes what the board sent, and answers every whole packet. */
void broker_receive(broker_t *broker, const uint8_t *bytes, size_t len);

/** Sends bytes to the board, as they are. */
void broker_send(broker_t *broker, const uint8_t *bytes, size_t len);

/** Sends a PUBLISH. */
void broker_publish(broker_t *broker, const char *topic, const uint8_t *payload, size_t len, uint8_t flags, uint16_t id);

/** Sends a number as a message of QoS 1 or 2 on the topic "in", and again as the session asks for. False: not now. */
bool broker_deliver(broker_t *broker, uint32_t number, uint8_t qos);

/** Sends the acknowledgements that were held back, newest first when asked. */
void broker_release(broker_t *broker, bool is_reversed);

/** Gives the board up to cap bytes. */
size_t broker_take(broker_t *broker, uint8_t *dst, size_t cap);

#endif
