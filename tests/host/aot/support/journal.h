/*
 * What a device did, as lines of text: two devices that do the same have the same journal, and where they do not, it is
 * readable.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <stddef.h>
#include <stdint.h>

enum { JOURNAL_BYTES = 1 << 20 };

typedef struct {
    size_t len;
    char text[JOURNAL_BYTES];
} journal_t;

/** Appends text. Ends the test program when the journal is full: a part of it would prove nothing. */
void journal_add(journal_t *journal, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Appends bytes as hexadecimal digits and ends the line. */
void journal_add_bytes(journal_t *journal, const uint8_t *bytes, size_t len);

void journal_clear(journal_t *journal);

#endif
