/*
 * A bounded reader over the bytes of a module. Nothing is read past the end: the first step that would go there turns
 * is_ok off, and everything read afterwards is 0.
 */
#ifndef WASMOTE_WASM_READER_H
#define WASMOTE_WASM_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const uint8_t *at;
    const uint8_t *end;
    bool is_ok;
} wasm_reader_t;

wasm_reader_t wasm_reader(const uint8_t *bytes, size_t len);
uint8_t wasm_read_u8(wasm_reader_t *reader);
/** LEB128, at most 5 bytes. */
uint32_t wasm_read_u32(wasm_reader_t *reader);
/** LEB128, signed, at most 10 bytes; the value's low 32 bits are all that a linear memory below 64 KiB needs. */
int64_t wasm_read_signed(wasm_reader_t *reader);
/** Returns the next len bytes as a reader of their own, and steps over them. */
wasm_reader_t wasm_read_part(wasm_reader_t *reader, uint32_t len);
/** The same for a vector of bytes, such as a name: its length stands before it. */
wasm_reader_t wasm_read_bytes(wasm_reader_t *reader);
size_t wasm_reader_left(const wasm_reader_t *reader);
/** Returns true when the bytes left are exactly this text. */
bool wasm_reader_is(const wasm_reader_t *reader, const char *text);
/** Steps over a constant expression. Returns its first opcode, with an i32 constant in *value. */
uint8_t wasm_read_constant(wasm_reader_t *reader, int64_t *value);

#endif
