/*
 * A module's text as a log line: control characters as \xNN, so that no text can forge a line. No calls into ESP-IDF.
 */
#ifndef WASMOTE_LOG_TEXT_H
#define WASMOTE_LOG_TEXT_H

#include <stddef.h>

enum { LOG_TEXT_BYTES = 256 };

/** Writes text[len] into out, cut to its size and terminated. */
void log_text_clean(const char *text, size_t len, char out[LOG_TEXT_BYTES]);

#endif
