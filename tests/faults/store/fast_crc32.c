#include "fast_crc32.h"

#include <string.h>

#include "crc32.h"
#include "guest_memory.h"

/* Eight bytes at a time, each by the table of how many follow it. Source: Kounavis and Berry, "Slicing-by-8", 2005. */
enum { SLICES = 8, CHECK_BYTES = 100 };

static uint32_t s_tables[SLICES][256];

static uint32_t update(uint32_t crc, const uint8_t *bytes, size_t len)
{
    for (; len >= SLICES; len -= SLICES, bytes += SLICES) {
        uint32_t sum = 0;
        for (int i = 0; i < SLICES; i++) {
            const uint8_t byte = i < 4 ? (uint8_t)(bytes[i] ^ crc >> 8 * i) : bytes[i];
            sum ^= s_tables[SLICES - 1 - i][byte];
        }
        crc = sum;
    }
    return crc32_update(crc, bytes, len);
}

bool fast_crc32_init(void)
{
    uint8_t bytes[CHECK_BYTES];
    for (int n = 0; n < 256; n++) {
        const uint8_t byte = (uint8_t)n;
        const uint8_t zero = 0;
        s_tables[0][n] = crc32_update(0, &byte, 1);
        for (int i = 1; i < SLICES; i++) {
            s_tables[i][n] = crc32_update(s_tables[i - 1][n], &zero, 1);
        }
    }
    for (int i = 0; i < CHECK_BYTES; i++) {
        bytes[i] = (uint8_t)(i * i + 7);
    }
    for (size_t len = 0; len <= CHECK_BYTES; len++) {
        if (update((uint32_t)len * 0x9E3779B9u, bytes, len) != crc32_update((uint32_t)len * 0x9E3779B9u, bytes, len)) {
            return false;
        }
    }
    return true;
}

const char *fast_crc32(engine_call_t *call)
{
    const uint32_t crc = crc32_end((uint32_t)guest_i32(call, 0));
    return guest_return(call, (int32_t)crc32_end(update(crc, guest_memory_at(call, 1), (uint32_t)guest_i32(call, 2))));
}
