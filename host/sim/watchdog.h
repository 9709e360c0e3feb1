/*
 * The hardware watchdog: a thread that ends the board's process when it was not fed for a period of real time, whatever
 * the rest of the process does.
 */
#ifndef WASMOTE_SIM_WATCHDOG_H
#define WASMOTE_SIM_WATCHDOG_H

#include "world.h"

/** Starts it with a period in seconds (>= 1). Returns OK, or NO_MEMORY when there is no thread to be had. */
int sim_watchdog_start(world_t *world, int seconds);

/** Sets the period, or feeds it when seconds is 0; both begin a new period. Returns OK. */
int sim_watchdog_set(int seconds);

/** Returns the longest wait, in ms, after which it can still be fed in time: half its period, or a second when it does not run. */
int sim_watchdog_longest_wait(void);

#endif
