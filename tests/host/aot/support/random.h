/*
 * Repeatable random numbers: xorshift32, G. Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8(14), 2003.
 */
#ifndef RANDOM_H
#define RANDOM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint32_t state; /* never 0 */
} random_t;

static inline uint32_t random_next(random_t *random)
{
    uint32_t x = random->state;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return random->state = x;
}

/** Returns a number below limit. */
static inline uint32_t random_below(random_t *random, uint32_t limit)
{
    return (uint32_t)((uint64_t)random_next(random) * limit >> 32);
}

/** Returns true in one of `times` cases. */
static inline bool random_once_in(random_t *random, uint32_t times)
{
    return random_below(random, times) == 0;
}

#endif
