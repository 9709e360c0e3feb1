/* The time column of a replay file. */
#ifndef WASMOTE_SIM_REPLAY_TIME_H
#define WASMOTE_SIM_REPLAY_TIME_H

#include <stdbool.h>
#include <stdint.h>

/**
 * Reads seconds (decimal, not negative) or ISO 8601 (`YYYY-MM-DDTHH:MM:SS[.fff][Z|+HH:MM|-HH:MM]`, a space may stand for the T)
 * into milliseconds. Returns false, with the outputs untouched, when text is neither.
 */
bool replay_parse_time(const char *text, int64_t *at_ms, bool *is_iso);

#endif
