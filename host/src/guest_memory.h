/*
 * Guest memory: the one place that checks a guest's pointers, and the small accessors the handlers share.
 */
#ifndef WASMOTE_GUEST_MEMORY_H
#define WASMOTE_GUEST_MEMORY_H

#include "engine.h"

/** Returns the number of arguments of a signature such as "i(i<i)". */
size_t signature_arg_count(const char *signature);

/** Returns the arguments' part of a signature: its text behind the opening parenthesis, up to ')'. */
const char *signature_args(const char *signature);

/**
 * Checks every span of a call against the caller's memory, from its signature alone: address + length, in 64-bit
 * arithmetic, must not pass the end. An empty span may stand at the very end. Returns NULL, or the text of a trap.
 */
const char *guest_memory_check(const engine_call_t *call);

/** Returns argument `index` as a pointer into the caller's memory: good for the length of the call. */
uint8_t *guest_memory_at(const engine_call_t *call, size_t index);

/** Returns argument `index` as an i32. */
int32_t guest_i32(const engine_call_t *call, size_t index);

/** Sets an i32 result. Returns NULL, so that a handler can end with it. */
const char *guest_return(engine_call_t *call, int32_t result);

/** Writes and reads little-endian numbers at any alignment. */
void guest_put_u32(uint8_t *dst, uint32_t value);
uint32_t guest_get_u32(const uint8_t *src);

#endif
