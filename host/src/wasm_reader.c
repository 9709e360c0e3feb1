#include "wasm_reader.h"

#include <string.h>

/* Opcodes of constant expressions: WebAssembly Core 1.0, 5.4.1, 5.4.5. */
enum { OP_END = 0x0B, OP_GLOBAL_GET = 0x23, OP_I32_CONST = 0x41, OP_I64_CONST = 0x42, OP_F32_CONST = 0x43, OP_F64_CONST = 0x44 };

wasm_reader_t wasm_reader(const uint8_t *bytes, size_t len)
{
    return (wasm_reader_t){ .at = bytes, .end = bytes + len, .is_ok = true };
}

size_t wasm_reader_left(const wasm_reader_t *reader)
{
    return (size_t)(reader->end - reader->at);
}

uint8_t wasm_read_u8(wasm_reader_t *reader)
{
    if (reader->at == reader->end) {
        reader->is_ok = false;
        return 0;
    }
    return *reader->at++;
}

uint32_t wasm_read_u32(wasm_reader_t *reader)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        uint8_t byte = wasm_read_u8(reader);
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80)) {
            reader->is_ok = reader->is_ok && value <= UINT32_MAX;
            return reader->is_ok ? (uint32_t)value : 0;
        }
    }
    reader->is_ok = false;
    return 0;
}

int64_t wasm_read_signed(wasm_reader_t *reader)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        uint8_t byte = wasm_read_u8(reader);
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80)) {
            if ((byte & 0x40) && shift + 7 < 64) {
                value |= UINT64_MAX << (shift + 7);
            }
            return (int64_t)value;
        }
    }
    reader->is_ok = false;
    return 0;
}

wasm_reader_t wasm_read_part(wasm_reader_t *reader, uint32_t len)
{
    if (len > wasm_reader_left(reader)) {
        reader->is_ok = false;
        reader->at = reader->end;
        return (wasm_reader_t){ .at = reader->end, .end = reader->end, .is_ok = false };
    }
    wasm_reader_t part = wasm_reader(reader->at, len);
    reader->at += len;
    return part;
}

wasm_reader_t wasm_read_bytes(wasm_reader_t *reader)
{
    uint32_t len = wasm_read_u32(reader);
    return wasm_read_part(reader, len);
}

bool wasm_reader_is(const wasm_reader_t *reader, const char *text)
{
    size_t len = strlen(text);
    return wasm_reader_left(reader) == len && memcmp(reader->at, text, len) == 0;
}

uint8_t wasm_read_constant(wasm_reader_t *reader, int64_t *value)
{
    uint8_t opcode = wasm_read_u8(reader);
    *value = 0;
    switch (opcode) {
    case OP_I32_CONST:
    case OP_I64_CONST:
        *value = wasm_read_signed(reader);
        break;
    case OP_F32_CONST:
        wasm_read_part(reader, 4);
        break;
    case OP_F64_CONST:
        wasm_read_part(reader, 8);
        break;
    case OP_GLOBAL_GET:
        wasm_read_u32(reader);
        break;
    default:
        reader->is_ok = false;
    }
    if (wasm_read_u8(reader) != OP_END) {
        reader->is_ok = false;
    }
    return opcode;
}
