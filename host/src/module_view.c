#include "module_view.h"

#include <stdio.h>

#include "guest_memory.h"

enum { NAME_SHOWN = 40 };

int module_refuse(const module_t *module, int status, const char *what, const char *why)
{
    snprintf(module->error, ENGINE_ERROR_BYTES, "%s: %s", what, why);
    return status;
}

int module_refuse_name(const module_t *module, const char *kind, wasm_reader_t name, const char *why)
{
    char shown[NAME_SHOWN + 1];
    size_t len = 0;
    while (len < NAME_SHOWN && len < wasm_reader_left(&name)) {
        uint8_t byte = name.at[len];
        shown[len++] = byte > ' ' && byte < 0x7F ? (char)byte : '?';
    }
    shown[len] = '\0';
    snprintf(module->error, ENGINE_ERROR_BYTES, "%s %s: %s", kind, shown, why);
    return HOST_INVALID;
}

bool module_read_type(wasm_reader_t *reader, const char *signature)
{
    const char *args = signature ? signature_args(signature) : NULL;
    uint32_t expected = signature ? (uint32_t)signature_arg_count(signature) : 0;
    bool is_equal = true;
    reader->is_ok = reader->is_ok && wasm_read_u8(reader) == TYPE_FUNCTION;
    wasm_reader_t params = wasm_read_bytes(reader);
    is_equal = wasm_reader_left(&params) == expected;
    for (uint32_t i = 0; wasm_reader_left(&params) > 0; i++) {
        uint8_t type = wasm_read_u8(&params);
        reader->is_ok = reader->is_ok && type >= TYPE_F64 && type <= TYPE_I32;
        is_equal = is_equal && type == (args && args[i] == 'I' ? TYPE_I64 : TYPE_I32);
    }
    wasm_reader_t results = wasm_read_bytes(reader);
    uint8_t result = wasm_reader_left(&results) ? *results.at : 0;
    reader->is_ok =
        reader->is_ok && wasm_reader_left(&results) <= 1 && (result == 0 || (result >= TYPE_F64 && result <= TYPE_I32));
    if (signature) {
        is_equal = is_equal && result == (signature[0] == 'i' ? TYPE_I32 : signature[0] == 'I' ? TYPE_I64 : 0);
    }
    return is_equal || !signature;
}

bool module_type_equals(const module_t *module, uint32_t type, const char *signature)
{
    wasm_reader_t reader = module->sections[SECTION_TYPE];
    uint32_t count = wasm_read_u32(&reader);
    for (uint32_t i = 0; i < type && i < count; i++) {
        module_read_type(&reader, NULL);
    }
    return type < count && module_read_type(&reader, signature) && reader.is_ok;
}

/* Returns the type index of a function that has a body. */
static uint32_t function_type(const module_t *module, uint32_t function)
{
    wasm_reader_t reader = module->sections[SECTION_FUNCTION];
    wasm_read_u32(&reader);
    uint32_t type = 0;
    for (uint32_t i = module->import_count; i <= function; i++) {
        type = wasm_read_u32(&reader);
    }
    return type;
}

bool module_is_own_function(const module_t *module, uint32_t function, const char *signature)
{
    return function >= module->import_count && function < module->function_count
           && module_type_equals(module, function_type(module, function), signature);
}

bool module_read_globals(wasm_reader_t *reader, uint32_t count)
{
    bool is_mutable_i32 = false;
    for (uint32_t i = 0; i < count && reader->is_ok; i++) {
        int64_t value;
        uint8_t type = wasm_read_u8(reader);
        uint8_t is_mutable = wasm_read_u8(reader);
        reader->is_ok = reader->is_ok && type >= TYPE_F64 && type <= TYPE_I32 && is_mutable <= 1;
        wasm_read_constant(reader, &value);
        is_mutable_i32 = type == TYPE_I32 && is_mutable == 1;
    }
    return is_mutable_i32;
}
