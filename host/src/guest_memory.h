/*
 * Guest memory: the one place that checks a guest's pointers, and the small accessors the handlers share.
 */
#ifndef WASMOTE_GUEST_MEMORY_H
#define WASMOTE_GUEST_MEMORY_H

#include "engine.h"

/** Returns the number of arguments of a signature such as "i(i<i)". */
size_t signature_arg_count(const char *signature);

/** Returns the arguments' part of a signature: its text behind the one letter of the result and the parenthesis, up to ')'. */
static inline const char *signature_args(const char *signature)
{
    return signature + 2;
}

/**
 * Checks every span of a call against the caller's memory, from its signature alone: address + length, in 64-bit
 * arithmetic, must not pass the end. An empty span may stand at the very end. Returns NULL, or the text of a trap.
 */
const char *guest_memory_check(const engine_call_t *call);

/** Returns argument `index` as a pointer into the caller's memory: good for the length of the call. */
static inline uint8_t *guest_memory_at(const engine_call_t *call, size_t index)
{
    return call->memory + (uint32_t)call->args[index];
}

/** Returns argument `index` as an i32. */
static inline int32_t guest_i32(const engine_call_t *call, size_t index)
{
    return (int32_t)(uint32_t)call->args[index];
}

/** Sets an i32 result. Returns NULL, so that a handler can end with it. */
static inline const char *guest_return(engine_call_t *call, int32_t result)
{
    call->result = (uint32_t)result;
    return NULL;
}

/** Writes and reads little-endian numbers at any alignment. */
void guest_put_u32(uint8_t *dst, uint32_t value);
uint32_t guest_get_u32(const uint8_t *src);

#endif
