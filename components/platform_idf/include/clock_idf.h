/*
 * The board's clocks and its one wait. Monotonic: esp_timer, which need not begin at zero. Wall: set by SNTP (time.sntp), kept
 * over a restart and a deep sleep by the chip; never believed when it is older than this firmware.
 */
#ifndef WASMOTE_CLOCK_IDF_H
#define WASMOTE_CLOCK_IDF_H

#include <sys/select.h>

#include "platform.h"

typedef struct {
    void *ctx;
    /** Adds what to wait for. Returns the highest descriptor, -1 for none; *is_ready is set when nothing need be waited for. */
    int (*prepare)(void *ctx, fd_set *readable, fd_set *writable, bool *is_ready);
} clock_idf_inputs_t;

/**
 * Sets what ends a wait beside wake_signal(), and takes the time server (time.sntp) from the configuration; without it
 * pool.ntp.org.
 */
void clock_idf_init(clock_idf_inputs_t inputs);

/** Begins to ask a time server, or asks again now. From the event task; only once there is an IP stack. */
void clock_idf_synchronise(void);

/** Returns ms since the board started, whatever the timer began with. */
int64_t clock_idf_uptime(void);

/** The functions of platform_clock_t; ctx is not used. */
int64_t clock_idf_monotonic(void *ctx);
int64_t clock_idf_wall(void *ctx);
void clock_idf_idle(void *ctx, int64_t max_ms);

#endif
