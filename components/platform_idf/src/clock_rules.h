/*
 * What the board's clock may be believed, and how long it may wait. No calls into ESP-IDF.
 */
#ifndef WASMOTE_CLOCK_RULES_H
#define WASMOTE_CLOCK_RULES_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Earlier than this no board runs this firmware: a wall clock below it was never set (a power-on begins in 1970; a restart and a
 * deep sleep keep the time). Seconds since 1970 UTC.
 */
#define CLOCK_EARLIEST_S INT64_C(1767225600)

/* How long a TLS connection waits for the clock, which its certificates need, before it gives up. */
enum { CLOCK_TLS_WAIT_MS = 30000 };

typedef enum { TLS_GATE_WAIT, TLS_GATE_GO, TLS_GATE_GO_UNDATED, TLS_GATE_GIVE_UP } tls_gate_t;

/** Milliseconds since 1970 UTC, or -1 when the clock was never set. */
int64_t clock_rules_wall_ms(int64_t seconds, int64_t microseconds);

/**
 * Decides about a TLS connection that was asked for at opened_ms: it goes on under a clock that is set or, where may_go_undated,
 * in the end without one. The monotonic clock may begin anywhere.
 */
tls_gate_t clock_rules_tls_gate(bool is_clock_set, bool may_go_undated, int64_t opened_ms, int64_t now_ms);

/** The wait in ms, 0 or more: as asked, and never longer than half the watchdog's period. */
int clock_rules_wait_ms(int64_t asked_ms, int watchdog_seconds);

#endif
