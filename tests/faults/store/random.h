/*
 * Numbers that look random and are the same in every run: they follow from what they are for.
 */
#ifndef WASMOTE_FAULTS_RANDOM_H
#define WASMOTE_FAULTS_RANDOM_H

#include <stdint.h>

/** Mixes two numbers into one (the finalizer of MurmurHash3, by A. Appleby). Never 0. */
static inline uint32_t mixed(uint32_t a, uint32_t b)
{
    uint32_t h = a * 0x9E3779B1u ^ (b + 0x7F4A7C15u + (a << 6) + (a >> 2));
    h = (h ^ (h >> 16)) * 0x85EBCA6Bu;
    h = (h ^ (h >> 13)) * 0xC2B2AE35u;
    h ^= h >> 16;
    return h ? h : 1;
}

/** The next number after *state, which is not 0 (xorshift32, by G. Marsaglia). */
static inline uint32_t random_next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/** A number below `limit`, which is greater than 0. */
static inline uint32_t random_below(uint32_t *state, uint32_t limit)
{
    return (random_next(state) >> 4) % limit;
}

#endif
