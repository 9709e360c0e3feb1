/*
 * The other end of the board's socket: a server that takes every CONNECT, acknowledges what is to be acknowledged and sends
 * nothing by itself. It works between the board's steps, so that none of its work counts as the board's.
 */
#ifndef WASMOTE_BENCH_BROKER_H
#define WASMOTE_BENCH_BROKER_H

#include <stdbool.h>

#include "platform.h"

/** The board's side: one socket at a time, open at once. */
extern const platform_net_t broker_net;

/** Takes the packets that were sent and answers them. */
void broker_turn(void);

/** Returns true when the board has read every answer. */
bool broker_is_quiet(void);

/** Returns how many packets of each kind came in. */
uint32_t broker_connects(void);
uint32_t broker_publishes(void);

/** Returns the bytes of the last PUBLISH. */
uint32_t broker_publish_bytes(void);

#endif
