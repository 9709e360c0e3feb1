/* Copies of a few bytes, which is what most of a kernel's copies are: without a loop, in words that need no alignment. */
#ifndef WASMOTE_BYTE_COPY_H
#define WASMOTE_BYTE_COPY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** As memmove: the two may overlap. */
static inline void byte_copy(uint8_t *to, const uint8_t *from, size_t len)
{
    enum { WORD = sizeof(uint32_t) };
    if (len > 4 * WORD) {
        memmove(to, from, len);
    } else if (len >= WORD) { /* all is read before any is written; words overlap in the middle */
        const size_t second = len > 2 * WORD ? WORD : 0;
        uint32_t words[4];
        memcpy(&words[0], from, WORD);
        memcpy(&words[1], from + second, WORD);
        memcpy(&words[2], from + len - WORD - second, WORD);
        memcpy(&words[3], from + len - WORD, WORD);
        memcpy(to, &words[0], WORD);
        memcpy(to + second, &words[1], WORD);
        memcpy(to + len - WORD - second, &words[2], WORD);
        memcpy(to + len - WORD, &words[3], WORD);
    } else if (len > 0) {
        const uint8_t first = from[0];
        const uint8_t middle = from[len / 2];
        const uint8_t last = from[len - 1];
        to[0] = first;
        to[len / 2] = middle;
        to[len - 1] = last;
    }
}

#endif
