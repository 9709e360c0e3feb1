/*
 * Recorded samples instead of this PC's: a CSV file whose header names the columns.
 *
 *     time,adc0,temperature
 *     2025-06-01T12:00:00Z,3000,21.5
 *     2025-06-01T12:00:10Z,,21.75
 *
 * time: seconds (decimal) or ISO 8601 (UTC unless it carries an offset), not decreasing; the first row is the moment the
 * simulator started. adc0..adc7: millivolts. temperature: degrees Celsius. load: busy cores. freeMemory: MiB. uptime: seconds.
 * A sample holds until the next one; an empty field leaves the one before; the last row holds for ever.
 */
#ifndef WASMOTE_SIM_REPLAY_H
#define WASMOTE_SIM_REPLAY_H

#include "platform.h"

/* Columns: ADC channels first, then the sensors by their number. */
enum { REPLAY_ADC = 0, REPLAY_ADC_COUNT = 8, REPLAY_SENSOR = 8, REPLAY_SENSOR_COUNT = 4, REPLAY_COLUMNS = 12 };

enum { REPLAY_ERROR_BYTES = 256 };

typedef struct replay replay_t;

/**
 * Reads a file. Returns OK with *out set; NOT_FOUND: it cannot be opened; IO: nor read; INVALID: error names line, column, what was found
 * and what is expected; NO_MEMORY.
 */
int replay_load(const char *path, replay_t **out, char error[REPLAY_ERROR_BYTES]);

void replay_free(replay_t *replay);

/** Returns OK with *out the newest sample of a column not later than elapsed_ms, in mV or thousandths of its unit, or NOT_FOUND: none yet. */
int replay_value(const replay_t *replay, int column, int64_t elapsed_ms, int32_t *out);

#endif
