#include "module_check.h"

#include <string.h>

#include "module_link.h"

enum { OP_I32_CONST = 0x41, OP_END = 0x0B };
enum { TABLE_LIMIT = 4096, BODY_BYTES_MIN = 2 };

static int split_sections(module_t *module)
{
    static const uint8_t header[8] = { 0, 'a', 's', 'm', 1, 0, 0, 0 };
    static const uint8_t rank[SECTION_COUNT] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 10 }; /* data count precedes code */
    const engine_config_t *config = module->config;
    if (config->bytes_len < sizeof(header) || memcmp(config->bytes, header, sizeof(header)) != 0) {
        return module_refuse(module, HOST_INVALID, "module", "no WebAssembly 1.0 header");
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
            return module_refuse(module, HOST_INVALID, "module", "a section runs past the end");
        }
        if (id == 0) {
            continue;
        }
        if (id >= SECTION_COUNT || rank[id] <= last) {
            return module_refuse(module, HOST_INVALID, "module", "a section is unknown, repeated or out of order");
        }
        last = rank[id];
        module->sections[id] = section;
    }
    return HOST_OK;
}

static int check_types(module_t *module)
{
    wasm_reader_t reader = module->sections[SECTION_TYPE];
    module->type_count = wasm_reader_left(&reader) ? wasm_read_u32(&reader) : 0;
    for (uint32_t i = 0; i < module->type_count && reader.is_ok; i++) {
        module_read_type(&reader, NULL);
    }
    return reader.is_ok ? HOST_OK : module_refuse(module, HOST_INVALID, "type section", "malformed, or more than one result");
}

static int check_functions(module_t *module)
{
    wasm_reader_t reader = module->sections[SECTION_FUNCTION];
    uint32_t count = wasm_reader_left(&reader) ? wasm_read_u32(&reader) : 0;
    for (uint32_t i = 0; i < count; i++) {
        if (wasm_read_u32(&reader) >= module->type_count || !reader.is_ok) {
            return module_refuse(module, HOST_INVALID, "function section", "malformed");
        }
    }
    if (count >= MODULE_NO_EXPORT - module->import_count) {
        return module_refuse(module, HOST_UNSUPPORTED, "function section", "more functions than a number of 16 bits counts");
    }
    module->function_count = module->import_count + count;
    return HOST_OK;
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
            return module_refuse(module, HOST_UNSUPPORTED, "table", "expected one of at most 4096 elements");
        }
    }
    wasm_reader_t memory = module->sections[SECTION_MEMORY];
    if (wasm_read_u32(&memory) != 1 || read_limits(&memory) != 1 || !memory.is_ok) {
        return module_refuse(module, HOST_UNSUPPORTED, "memory", "expected one of one page, not imported");
    }
    return HOST_OK;
}

static int check_globals(module_t *module)
{
    wasm_reader_t reader = module->sections[SECTION_GLOBAL];
    if (wasm_reader_left(&reader)) {
        module_read_globals(&reader, wasm_read_u32(&reader));
    }
    return reader.is_ok ? HOST_OK : module_refuse(module, HOST_INVALID, "global section", "malformed");
}

/* Returns true when [offset, offset + len) ends by limit; offset may be any number that a damaged module holds. */
static bool is_inside(int64_t offset, uint32_t len, uint32_t limit)
{
    return offset >= 0 && len <= limit && offset <= (int64_t)(limit - len);
}

static int check_start_and_elements(module_t *module)
{
    wasm_reader_t start = module->sections[SECTION_START];
    if (wasm_reader_left(&start) && !module_is_own_function(module, wasm_read_u32(&start), "v()")) {
        return module_refuse(module, HOST_INVALID, "start section", "not a function without arguments and result");
    }
    wasm_reader_t reader = module->sections[SECTION_ELEMENT];
    uint32_t segments = wasm_reader_left(&reader) ? wasm_read_u32(&reader) : 0;
    for (uint32_t i = 0; i < segments; i++) {
        int64_t offset;
        bool is_fit = wasm_read_u32(&reader) == 0 && wasm_read_constant(&reader, &offset) == OP_I32_CONST;
        uint32_t count = wasm_read_u32(&reader);
        if (!is_fit || !reader.is_ok || !is_inside(offset, count, TABLE_LIMIT)) {
            return module_refuse(module, HOST_UNSUPPORTED, "element section", "not an active segment within 4096 elements");
        }
        for (uint32_t e = 0; e < count; e++) {
            if (wasm_read_u32(&reader) >= module->function_count || !reader.is_ok) {
                return module_refuse(module, HOST_INVALID, "element section", "malformed");
            }
        }
    }
    return HOST_OK;
}

static int check_code(module_t *module)
{
    wasm_reader_t reader = module->sections[SECTION_CODE];
    uint32_t count = wasm_reader_left(&reader) ? wasm_read_u32(&reader) : 0;
    module->summary->functions = count;
    if (count != module->function_count - module->import_count) {
        return module_refuse(module, HOST_INVALID, "code section", "number of bodies differs from the function section");
    }
    for (uint32_t i = 0; i < count; i++) {
        wasm_reader_t body = wasm_read_bytes(&reader);
        if (!reader.is_ok || wasm_reader_left(&body) < BODY_BYTES_MIN || body.end[-1] != OP_END) {
            return module_refuse(module, HOST_INVALID, "code section", "malformed");
        }
        module->summary->code_bytes += (uint32_t)wasm_reader_left(&body);
    }
    return wasm_reader_left(&reader) ? module_refuse(module, HOST_INVALID, "code section", "bytes left over") : HOST_OK;
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
            return module_refuse(module, HOST_UNSUPPORTED, "data section", "not an active segment");
        }
        if (!is_inside(offset, (uint32_t)wasm_reader_left(&bytes), module->config->memory_bytes)) {
            return module_refuse(module, HOST_INVALID, "data section", "a segment ends outside the manifest's memory");
        }
    }
    return HOST_OK;
}

int module_check(const engine_config_t *config, module_summary_t *out, char error[ENGINE_ERROR_BYTES])
{
    static int (*const checks[])(module_t *) = {
        split_sections, check_types,          module_check_imports,     check_functions, check_table_and_memory,
        check_globals,  module_check_exports, check_start_and_elements, check_data,      check_code,
    };
    module_t module = { .config = config, .summary = out, .error = error };
    *out = (module_summary_t){ .functions = 0 };
    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        int status = checks[i](&module);
        if (status < 0) {
            return status;
        }
    }
    return HOST_OK;
}
