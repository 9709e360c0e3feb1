#include "module_check.h"

#include <stdio.h>
#include <string.h>

#include "guest_memory.h"
#include "wasm_reader.h"

/* Section ids, kinds and types: WebAssembly Core 1.0, 5.3 and 5.5. */
enum {
    SECTION_TYPE = 1,
    SECTION_IMPORT = 2,
    SECTION_FUNCTION = 3,
    SECTION_TABLE = 4,
    SECTION_MEMORY = 5,
    SECTION_GLOBAL = 6,
    SECTION_EXPORT = 7,
    SECTION_START = 8,
    SECTION_ELEMENT = 9,
    SECTION_CODE = 10,
    SECTION_DATA = 11,
    SECTION_DATA_COUNT = 12,
    SECTION_COUNT = 13
};
enum { KIND_FUNCTION = 0, KIND_GLOBAL = 3 };
enum { TYPE_I32 = 0x7F, TYPE_I64 = 0x7E, TYPE_F64 = 0x7C, TYPE_FUNCTION = 0x60 };
enum { OP_I32_CONST = 0x41, OP_END = 0x0B };
enum { TABLE_LIMIT = 4096, BODY_BYTES_MIN = 2, NAME_SHOWN = 40 };

typedef struct {
    const engine_config_t *config;
    char *error;
    wasm_reader_t sections[SECTION_COUNT];
    uint32_t type_count;
    uint32_t import_count;
    uint32_t function_count; /* imports included */
} module_t;

/* Fails with a text of the form "<what>: <why>". */
static int refuse(const module_t *module, int status, const char *what, const char *why)
{
    snprintf(module->error, ENGINE_ERROR_BYTES, "%s: %s", what, why);
    return status;
}

/* Fails with the name of an import or export in front; what a damaged module calls a name may hold anything. */
static int refuse_name(const module_t *module, const char *kind, wasm_reader_t name, const char *why)
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

static int split_sections(module_t *module)
{
    static const uint8_t header[8] = { 0, 'a', 's', 'm', 1, 0, 0, 0 };
    static const uint8_t rank[SECTION_COUNT] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 10 }; /* data count precedes code */
    const engine_config_t *config = module->config;
    if (config->bytes_len < sizeof(header) || memcmp(config->bytes, header, sizeof(header)) != 0) {
        return refuse(module, HOST_INVALID, "module", "no WebAssembly 1.0 header");
    }
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        module->sections[i] = wasm_reader(config->bytes, 0);
    }
    wasm_reader_t reader = wasm_reader(config->bytes + sizeof(header), config->bytes_len - sizeof(header));
    uint8_t last = 0;
    while (wasm_reader_left(&reader) > 0) {
        uint8_t id = wasm_read_u8(&reader);
        wasm_reader_t section = wasm_read_bytes(&reader);
        if (!reader.is_ok) {
            return refuse(module, HOST_INVALID, "module", "a section runs past the end");
        }
        if (id == 0) {
            continue;
        }
        if (id >= SECTION_COUNT || rank[id] <= last) {
            return refuse(module, HOST_INVALID, "module", "a section is unknown, repeated or out of order");
        }
        last = rank[id];
        module->sections[id] = section;
    }
    return HOST_OK;
}

/* Reads one function type. Returns true when `signature` is NULL or the type equals it. */
static bool read_type(wasm_reader_t *reader, const char *signature)
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

static bool type_equals(const module_t *module, uint32_t type, const char *signature)
{
    wasm_reader_t reader = module->sections[SECTION_TYPE];
    uint32_t count = wasm_read_u32(&reader);
    for (uint32_t i = 0; i < type && i < count; i++) {
        read_type(&reader, NULL);
    }
    return type < count && read_type(&reader, signature) && reader.is_ok;
}

static int check_types(module_t *module)
{
    wasm_reader_t reader = module->sections[SECTION_TYPE];
    module->type_count = wasm_reader_left(&reader) ? wasm_read_u32(&reader) : 0;
    for (uint32_t i = 0; i < module->type_count && reader.is_ok; i++) {
        read_type(&reader, NULL);
    }
    return reader.is_ok ? HOST_OK : refuse(module, HOST_INVALID, "type section", "malformed, or more than one result");
}

static int check_import(const module_t *module, wasm_reader_t from, wasm_reader_t name, uint32_t type)
{
    for (size_t i = 0; i < module->config->import_count; i++) {
        const engine_import_t *row = &module->config->imports[i];
        if (!wasm_reader_is(&from, row->module) || !wasm_reader_is(&name, row->name)) {
            continue;
        }
        return type_equals(module, type, row->signature) ? HOST_OK
                                                         : refuse_name(module, "import", name, "signature differs from its row");
    }
    return refuse_name(module, "import", name, "no such row on this wall");
}

static int check_imports(module_t *module)
{
    wasm_reader_t reader = module->sections[SECTION_IMPORT];
    module->import_count = wasm_reader_left(&reader) ? wasm_read_u32(&reader) : 0;
    for (uint32_t i = 0; i < module->import_count; i++) {
        wasm_reader_t from = wasm_read_bytes(&reader);
        wasm_reader_t name = wasm_read_bytes(&reader);
        uint8_t kind = wasm_read_u8(&reader);
        if (!reader.is_ok) {
            return refuse(module, HOST_INVALID, "import section", "malformed");
        }
        if (kind != KIND_FUNCTION) {
            return refuse_name(module, "import", name, "only functions can be imported");
        }
        int status = check_import(module, from, name, wasm_read_u32(&reader));
        if (status < 0) {
            return status;
        }
    }
    return HOST_OK;
}

static int check_functions(module_t *module)
{
    wasm_reader_t reader = module->sections[SECTION_FUNCTION];
    uint32_t count = wasm_reader_left(&reader) ? wasm_read_u32(&reader) : 0;
    for (uint32_t i = 0; i < count; i++) {
        if (wasm_read_u32(&reader) >= module->type_count || !reader.is_ok) {
            return refuse(module, HOST_INVALID, "function section", "malformed");
        }
    }
    module->function_count = module->import_count + count;
    return HOST_OK;
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

static bool is_own_function(const module_t *module, uint32_t function, const char *signature)
{
    return function >= module->import_count && function < module->function_count
           && type_equals(module, function_type(module, function), signature);
}

/* Reads {flags, minimum, maximum}; returns the minimum. */
static uint32_t read_limits(wasm_reader_t *reader)
{
    uint8_t flags = wasm_read_u8(reader);
    uint32_t minimum = wasm_read_u32(reader);
    if (flags == 1) {
        wasm_read_u32(reader);
    }
    reader->is_ok = reader->is_ok && flags <= 1;
    return minimum;
}

static int check_table_and_memory(module_t *module)
{
    wasm_reader_t table = module->sections[SECTION_TABLE];
    if (wasm_reader_left(&table)) {
        bool is_one = wasm_read_u32(&table) == 1;
        wasm_read_u8(&table);
        if (!is_one || read_limits(&table) > TABLE_LIMIT || !table.is_ok) {
            return refuse(module, HOST_UNSUPPORTED, "table", "expected one of at most 4096 elements");
        }
    }
    wasm_reader_t memory = module->sections[SECTION_MEMORY];
    if (wasm_read_u32(&memory) != 1 || read_limits(&memory) > 1 || !memory.is_ok) {
        return refuse(module, HOST_UNSUPPORTED, "memory", "expected one of at most one page, not imported");
    }
    return HOST_OK;
}

/* Steps over global `index` and those before it. Returns true when it is a mutable i32. */
static bool read_globals(wasm_reader_t *reader, uint32_t count)
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

static int check_globals(module_t *module)
{
    wasm_reader_t reader = module->sections[SECTION_GLOBAL];
    if (wasm_reader_left(&reader)) {
        read_globals(&reader, wasm_read_u32(&reader));
    }
    return reader.is_ok ? HOST_OK : refuse(module, HOST_INVALID, "global section", "malformed");
}

static bool export_fits(const module_t *module, const engine_export_t *expected, uint8_t kind, uint32_t index)
{
    if (expected->signature[0] != 'g') {
        return kind == KIND_FUNCTION && is_own_function(module, index, expected->signature);
    }
    wasm_reader_t globals = module->sections[SECTION_GLOBAL];
    uint32_t count = wasm_reader_left(&globals) ? wasm_read_u32(&globals) : 0;
    return kind == KIND_GLOBAL && index < count && read_globals(&globals, index + 1);
}

static int check_exports(module_t *module)
{
    uint32_t seen = 0;
    wasm_reader_t reader = module->sections[SECTION_EXPORT];
    uint32_t count = wasm_reader_left(&reader) ? wasm_read_u32(&reader) : 0;
    for (uint32_t i = 0; i < count; i++) {
        wasm_reader_t name = wasm_read_bytes(&reader);
        uint8_t kind = wasm_read_u8(&reader);
        uint32_t index = wasm_read_u32(&reader);
        if (!reader.is_ok) {
            return refuse(module, HOST_INVALID, "export section", "malformed");
        }
        for (size_t e = 0; e < module->config->export_count; e++) {
            if (!wasm_reader_is(&name, module->config->exports[e].name)) {
                continue;
            }
            if (!export_fits(module, &module->config->exports[e], kind, index)) {
                return refuse_name(module, "export", name, "kind or signature differs from what the host calls");
            }
            seen |= (uint32_t)1 << e;
        }
    }
    for (size_t e = 0; e < module->config->export_count; e++) {
        const engine_export_t *expected = &module->config->exports[e];
        if (!expected->is_optional && !(seen >> e & 1)) {
            return refuse_name(module, "export", wasm_reader((const uint8_t *)expected->name, strlen(expected->name)), "missing");
        }
    }
    return HOST_OK;
}

static int check_start_and_elements(module_t *module)
{
    wasm_reader_t start = module->sections[SECTION_START];
    if (wasm_reader_left(&start) && !is_own_function(module, wasm_read_u32(&start), "v()")) {
        return refuse(module, HOST_INVALID, "start section", "not a function without arguments and result");
    }
    wasm_reader_t reader = module->sections[SECTION_ELEMENT];
    uint32_t segments = wasm_reader_left(&reader) ? wasm_read_u32(&reader) : 0;
    for (uint32_t i = 0; i < segments; i++) {
        int64_t offset;
        bool is_fit = wasm_read_u32(&reader) == 0 && wasm_read_constant(&reader, &offset) == OP_I32_CONST;
        uint32_t count = wasm_read_u32(&reader);
        if (!is_fit || !reader.is_ok || offset < 0 || offset + (int64_t)count > TABLE_LIMIT) {
            return refuse(module, HOST_UNSUPPORTED, "element section", "not an active segment within 4096 elements");
        }
        for (uint32_t e = 0; e < count; e++) {
            if (wasm_read_u32(&reader) >= module->function_count || !reader.is_ok) {
                return refuse(module, HOST_INVALID, "element section", "malformed");
            }
        }
    }
    return HOST_OK;
}

static int check_code(module_t *module, module_summary_t *out)
{
    wasm_reader_t reader = module->sections[SECTION_CODE];
    uint32_t count = wasm_reader_left(&reader) ? wasm_read_u32(&reader) : 0;
    *out = (module_summary_t){ .functions = count };
    if (count != module->function_count - module->import_count) {
        return refuse(module, HOST_INVALID, "code section", "number of bodies differs from the function section");
    }
    for (uint32_t i = 0; i < count; i++) {
        wasm_reader_t body = wasm_read_bytes(&reader);
        if (!reader.is_ok || wasm_reader_left(&body) < BODY_BYTES_MIN || body.end[-1] != OP_END) {
            return refuse(module, HOST_INVALID, "code section", "malformed");
        }
        out->code_bytes += (uint32_t)wasm_reader_left(&body);
    }
    return wasm_reader_left(&reader) ? refuse(module, HOST_INVALID, "code section", "bytes left over") : HOST_OK;
}

static int check_data(module_t *module)
{
    wasm_reader_t reader = module->sections[SECTION_DATA];
    uint32_t segments = wasm_reader_left(&reader) ? wasm_read_u32(&reader) : 0;
    for (uint32_t i = 0; i < segments; i++) {
        int64_t offset;
        bool is_fit = wasm_read_u32(&reader) == 0 && wasm_read_constant(&reader, &offset) == OP_I32_CONST;
        wasm_reader_t bytes = wasm_read_bytes(&reader);
        if (!is_fit || !reader.is_ok) {
            return refuse(module, HOST_UNSUPPORTED, "data section", "not an active segment");
        }
        if (offset < 0 || offset + (int64_t)wasm_reader_left(&bytes) > module->config->memory_bytes) {
            return refuse(module, HOST_INVALID, "data section", "a segment ends outside the manifest's memory");
        }
    }
    return HOST_OK;
}

int module_check(const engine_config_t *config, module_summary_t *out, char error[ENGINE_ERROR_BYTES])
{
    static int (*const checks[])(module_t *) = {
        split_sections,
        check_types,
        check_imports,
        check_functions,
        check_table_and_memory,
        check_globals,
        check_exports,
        check_start_and_elements,
        check_data,
    };
    module_t module = { .config = config, .error = error };
    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        int status = checks[i](&module);
        if (status < 0) {
            return status;
        }
    }
    return check_code(&module, out);
}
