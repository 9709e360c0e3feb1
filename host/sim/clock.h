/*
 * The board's clock and its one wait. Real: the PC's. Stepped: stands still until `clock +MS` grants time; a wait then
 * jumps to its deadline at once, or as far as was granted, so that every timer fires at its own moment. Sockets are real
 * in both, so a jump is made only after they have been quiet for CLOCK_SETTLE_MS.
 */
#ifndef WASMOTE_SIM_CLOCK_H
#define WASMOTE_SIM_CLOCK_H

#include <poll.h>

#include "platform.h"
#include "world.h"

/* Ten seconds before 32 bits of milliseconds wrap: whoever keeps time in too few bits is found out in every run. */
#define CLOCK_START_MS INT64_C(4294957296)

enum { CLOCK_SETTLE_MS = 5, CLOCK_MAX_FDS = 8 };

typedef struct {
    void *ctx;
    /** Writes what to wait for into fds[cap]. Returns how many, or -1 when something is ready already. */
    int (*prepare)(void *ctx, struct pollfd *fds, int cap);
    /** Looks at what came. Returns true when the board should run a round. */
    bool (*finish)(void *ctx, const struct pollfd *fds, int count);
} sim_clock_inputs_t;

typedef struct {
    world_t *world;
    int64_t boot_ms; /* world time at power-on */
    sim_clock_inputs_t inputs;
} sim_clock_t;

/** Starts the clock of a board that is powered on now. */
void sim_clock_start(sim_clock_t *clock, world_t *world, sim_clock_inputs_t inputs);

/** Returns ms since power-on. */
int64_t sim_clock_uptime(const sim_clock_t *clock);

/** The functions of platform_clock_t; ctx is the sim_clock_t. A wait ends early when the watchdog wants to be fed. */
int64_t sim_clock_monotonic(void *ctx);
int64_t sim_clock_wall(void *ctx);
void sim_clock_idle(void *ctx, int64_t max_ms);

#endif
