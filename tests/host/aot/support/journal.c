#include "journal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void journal_add(journal_t *journal, const char *format, ...)
{
    size_t room = sizeof(journal->text) - journal->len;
    va_list args;
    va_start(args, format);
    int len = vsnprintf(journal->text + journal->len, room, format, args);
    va_end(args);
    if (len < 0 || (size_t)len >= room) {
        fprintf(stderr, "journal full\n");
        abort();
    }
    journal->len += (size_t)len;
}

void journal_add_bytes(journal_t *journal, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        journal_add(journal, "%02x", bytes[i]);
    }
    journal_add(journal, "\n");
}

void journal_clear(journal_t *journal)
{
    journal->len = 0;
    journal->text[0] = '\0';
}
