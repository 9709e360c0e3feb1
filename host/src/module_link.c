#include "module_link.h"

#include <string.h>

enum { KIND_FUNCTION = 0, KIND_GLOBAL = 3 };

static const char *why_missing(const module_t *module, wasm_reader_t name)
{
    for (const engine_left_out_t *group = module->config->left_out; group && group->prefix; group++) {
        wasm_reader_t whole = name;
        wasm_reader_t start = wasm_read_part(&whole, (uint32_t)strlen(group->prefix));
        if (wasm_reader_is(&start, group->prefix)) {
            return group->why;
        }
    }
    return "no such row on this wall";
}

static int check_import(const module_t *module, uint32_t import, wasm_reader_t from, wasm_reader_t name, uint32_t type)
{
    for (size_t i = 0; i < module->config->import_count; i++) {
        const engine_import_t *row = &module->config->imports[i];
        if (!wasm_reader_is(&from, row->module) || !wasm_reader_is(&name, row->name)) {
            continue;
        }
        module->summary->import_rows[import] = (uint8_t)i;
        return module_type_equals(module, type, row->signature)
                   ? HOST_OK
                   : module_refuse_name(module, "import", name, "signature differs from its row");
    }
    return module_refuse_name(module, "import", name, why_missing(module, name));
}

int module_check_imports(module_t *module)
{
    wasm_reader_t reader = module->sections[SECTION_IMPORT];
    module->import_count = wasm_reader_left(&reader) ? wasm_read_u32(&reader) : 0;
    if (module->import_count > MODULE_IMPORTS_MAX) {
        return module_refuse(module, HOST_UNSUPPORTED, "import section", "more than 64 imports");
    }
    module->summary->imports = module->import_count;
    for (uint32_t i = 0; i < module->import_count; i++) {
        wasm_reader_t from = wasm_read_bytes(&reader);
        wasm_reader_t name = wasm_read_bytes(&reader);
        uint8_t kind = wasm_read_u8(&reader);
        if (!reader.is_ok) {
            return module_refuse(module, HOST_INVALID, "import section", "malformed");
        }
        if (kind != KIND_FUNCTION) {
            return module_refuse_name(module, "import", name, "only functions can be imported");
        }
        int status = check_import(module, i, from, name, wasm_read_u32(&reader));
        if (status < 0) {
            return status;
        }
    }
    return HOST_OK;
}

static bool export_fits(const module_t *module, const engine_export_t *expected, uint8_t kind, uint32_t index)
{
    if (expected->signature[0] != 'g') {
        return kind == KIND_FUNCTION && module_is_own_function(module, index, expected->signature);
    }
    wasm_reader_t globals = module->sections[SECTION_GLOBAL];
    uint32_t count = wasm_reader_left(&globals) ? wasm_read_u32(&globals) : 0;
    return kind == KIND_GLOBAL && index < count && module_read_globals(&globals, index + 1);
}

int module_check_exports(module_t *module)
{
    if (module->config->export_count > MODULE_EXPORTS_MAX) {
        return module_refuse(module, HOST_UNSUPPORTED, "export section", "the host calls more than 16");
    }
    for (size_t e = 0; e < module->config->export_count; e++) {
        module->summary->exports[e] = MODULE_NO_EXPORT;
    }
    wasm_reader_t reader = module->sections[SECTION_EXPORT];
    uint32_t count = wasm_reader_left(&reader) ? wasm_read_u32(&reader) : 0;
    for (uint32_t i = 0; i < count; i++) {
        wasm_reader_t name = wasm_read_bytes(&reader);
        uint8_t kind = wasm_read_u8(&reader);
        uint32_t index = wasm_read_u32(&reader);
        if (!reader.is_ok) {
            return module_refuse(module, HOST_INVALID, "export section", "malformed");
        }
        for (size_t e = 0; e < module->config->export_count; e++) {
            if (!wasm_reader_is(&name, module->config->exports[e].name)) {
                continue;
            }
            if (!export_fits(module, &module->config->exports[e], kind, index)) {
                return module_refuse_name(module, "export", name, "kind or signature differs from what the host calls");
            }
            module->summary->exports[e] = (uint16_t)index;
        }
    }
    for (size_t e = 0; e < module->config->export_count; e++) {
        const engine_export_t *expected = &module->config->exports[e];
        if (!expected->is_optional && module->summary->exports[e] == MODULE_NO_EXPORT) {
            return module_refuse_name(module, "export", wasm_reader((const uint8_t *)expected->name, strlen(expected->name)),
                                      "missing");
        }
    }
    return HOST_OK;
}
