/*
 * The board of the bench as a port: flash in memory, a broker behind the socket, a clock that is stepped, and the same
 * random numbers in every run.
 */
#ifndef WASMOTE_BENCH_PLATFORM_TARGET_H
#define WASMOTE_BENCH_PLATFORM_TARGET_H

#include "platform.h"

/** Returns the port. What it lacks (pins but the ADC, buses) no module of the bench uses. */
const platform_t *platform_target(void);

/** Moves the clock on. */
void platform_target_advance(uint32_t ms);

#endif
