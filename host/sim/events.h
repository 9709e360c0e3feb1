/*
 * Events: one JSON object a line on standard output, for the program that drives the simulator. Each line goes out in one
 * write, so that the lines of supervisor and board never mix.
 */
#ifndef WASMOTE_SIM_EVENTS_H
#define WASMOTE_SIM_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EVENT_BYTES = 4096, EVENT_TEXT_BYTES = 512 };

typedef struct {
    char line[EVENT_BYTES];
    size_t len;
} event_t;

/** Begins {"event":name. The members follow in the order of the calls; keys are our own and need no escaping. */
void event_begin(event_t *event, const char *name);

/** Adds text, escaped; bytes that are not UTF-8 become U+FFFD; cut after EVENT_TEXT_BYTES. */
void event_text(event_t *event, const char *key, const char *text);

void event_number(event_t *event, const char *key, int64_t value);

/** Adds a 64-bit number as text: a JSON reader's numbers end at 2^53. */
void event_number_as_text(event_t *event, const char *key, uint64_t value);

void event_bool(event_t *event, const char *key, bool value);

/** Ends the line and writes it, waiting for a slow reader. A reader that has gone ends the process. */
void event_emit(event_t *event);

/** Emits {"event":"error","message":...}, formatted as by printf. */
void event_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Sends events to another file descriptor than standard output. For tests. */
void events_redirect(int fd);

#endif
