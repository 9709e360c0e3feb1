/* byte_copy copies as memmove does: every length in words and around them, apart, overlapping either way, and onto itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "byte_copy.h"

enum { LEN_MAX = 40, AREA_BYTES = 2 * LEN_MAX };

static void fill(uint8_t area[AREA_BYTES])
{
    for (size_t i = 0; i < AREA_BYTES; i++) {
        area[i] = (uint8_t)(i + 1);
    }
}

static void copies_as_memmove_does(void **state)
{
    (void)state;
    for (size_t len = 0; len <= LEN_MAX; len++) {
        for (size_t to = 0; to <= AREA_BYTES - len; to++) {
            for (size_t from = 0; from <= AREA_BYTES - len; from++) {
                uint8_t area[AREA_BYTES];
                uint8_t expected[AREA_BYTES];
                fill(area);
                fill(expected);
                byte_copy(area + to, area + from, len);
                memmove(expected + to, expected + from, len);
                if (memcmp(area, expected, AREA_BYTES) != 0) {
                    fail_msg("%u bytes from %u to %u", (unsigned)len, (unsigned)from, (unsigned)to);
                }
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(copies_as_memmove_does) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
