/*
 * The network link of the simulated board: comes up a moment after it was asked for, goes when the world cuts it, and
 * finds its way back by itself once the world lets it.
 */
#ifndef WASMOTE_SIM_LINK_H
#define WASMOTE_SIM_LINK_H

#include "clock.h"

enum { LINK_RISE_MS = 300 };

typedef struct {
    sim_clock_t *clock;
    bool is_started;
    bool is_rising; /* up, or on its way since rising_since_ms */
    int64_t rising_since_ms;
    bool is_deaf; /* never up, whatever the world says */
} sim_link_t;

void sim_link_init(sim_link_t *link, sim_clock_t *clock);

/** The functions of platform_link_t; ctx is the sim_link_t. A PC tells no signal strength: rssi is 0, unknown. */
int sim_link_start(void *ctx);
int sim_link_stop(void *ctx);
int sim_link_state(void *ctx);
int sim_link_rssi(void *ctx);

#endif
