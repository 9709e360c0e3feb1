/*
 * A server of MQTT 3.1.1 that accepts and acknowledges everything, and keeps what was published.
 */
#ifndef WASMOTE_FAULTS_DATABASE_BROKER_H
#define WASMOTE_FAULTS_DATABASE_BROKER_H

#include <stddef.h>
#include <stdint.h>

enum { BROKER_ARRIVALS_MAX = 128, BROKER_TEXT_BYTES = 32 };

typedef struct {
    char arrivals[BROKER_ARRIVALS_MAX][BROKER_TEXT_BYTES]; /* payloads, oldest first */
    size_t count;
} broker_t;

extern broker_t broker;

/** A new connection. */
void broker_connect(void);
/** Takes what the kernel sent. Ends the program when that is no packet. */
void broker_take(const uint8_t *src, size_t len);
/** Gives answers, as many bytes as there is room for. Returns how many. */
size_t broker_give(uint8_t *dst, size_t cap);

#endif
