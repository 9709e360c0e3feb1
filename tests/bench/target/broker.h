/*
 * A server that takes every CONNECT and subscription, acknowledges what is to be acknowledged and sends nothing by itself. It is not that
 * of the host's tests (tests/host/aot/support), which keeps sessions in 32 KB and ends a process: this one runs on the bare target,
 * out of the queues of network.h.
 */
#ifndef WASMOTE_BENCH_BROKER_H
#define WASMOTE_BENCH_BROKER_H

#include <stdint.h>

/** Takes the packets that were sent and answers them. */
void broker_turn(void);

/** Returns how many packets of each kind came in. */
uint32_t broker_connects(void);
uint32_t broker_publishes(void);

/** Returns the bytes of the last PUBLISH. */
uint32_t broker_publish_bytes(void);

#endif
