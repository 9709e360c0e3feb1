#include "test_modules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest_memory.h"

/* One section under construction: its bytes, and the module it goes to. */
typedef struct {
    uint8_t bytes[1280];
    size_t len;
} section_t;

static void put(section_t *section, uint8_t byte)
{
    section->bytes[section->len++] = byte;
}

/* Every number that the probes need fits two LEB128 bytes. */
static void put_number(section_t *section, unsigned value)
{
    put(section, (uint8_t)(value & 0x7F) | 0x80);
    put(section, (uint8_t)(value >> 7));
}

static void put_text(section_t *section, const char *text)
{
    put_number(section, (unsigned)strlen(text));
    for (; *text; text++) {
        put(section, (uint8_t)*text);
    }
}

static void put_bytes(section_t *section, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        put(section, (uint8_t)bytes[i]);
    }
}

static void append(test_module_t *module, uint8_t id, const section_t *section)
{
    module->bytes[module->len++] = id;
    module->bytes[module->len++] = (uint8_t)(section->len & 0x7F) | 0x80;
    module->bytes[module->len++] = (uint8_t)(section->len >> 7);
    memcpy(module->bytes + module->len, section->bytes, section->len);
    module->len += section->len;
}

static uint8_t wasm_type(char type)
{
    return type == 'I' ? 0x7E : 0x7F;
}

/* Types: 0 the row's, 1 v(), 2 i(), 3 i(I). */
static void put_types(section_t *types, const char *signature)
{
    const char *args = signature_args(signature);
    size_t count = signature_arg_count(signature);
    put(types, 4);
    put(types, 0x60);
    put(types, (uint8_t)count);
    for (size_t i = 0; i < count; i++) {
        put(types, wasm_type(args[i]));
    }
    put(types, signature[0] != 'v');
    if (signature[0] != 'v') {
        put(types, wasm_type(signature[0]));
    }
    put_bytes(types, "\x60\x00\x00", 3);
    put_bytes(types, "\x60\x00\x01\x7F", 4);
    put_bytes(types, "\x60\x01\x7E\x01\x7F", 5);
}

/* probe: [address of the result] (load argument)* call, [store]. */
static void put_probe_body(section_t *body, const char *signature)
{
    const char *args = signature_args(signature);
    put(body, 0);
    if (signature[0] != 'v') {
        put_bytes(body, "\x41\x00", 2);
    }
    for (size_t i = 0; args[i] != ')'; i++) {
        put_bytes(body, "\x41\x00", 2);
        put(body, args[i] == 'I' ? 0x29 : 0x28);
        put(body, 2);
        put_number(body, (unsigned)(8 * i));
    }
    put_bytes(body, "\x10\x00", 2);
    if (signature[0] != 'v') {
        put(body, signature[0] == 'I' ? 0x37 : 0x36);
        put(body, 2);
        put_number(body, PROBE_RESULT);
    }
    put(body, 0x0B);
}

static void put_code(section_t *code, const char *signature, const section_t *step)
{
    section_t probe = { .len = 0 };
    put_probe_body(&probe, signature);
    put(code, 4);
    put_number(code, (unsigned)probe.len);
    put_bytes(code, (const char *)probe.bytes, probe.len);
    put_bytes(code, "\x04\x00\x41\x01\x0B", 5); /* abi_version: 1 */
    put_bytes(code, "\x02\x00\x0B", 3);         /* setup */
    put_number(code, (unsigned)step->len);
    put_bytes(code, (const char *)step->bytes, step->len);
}

static void build(test_module_t *module, const engine_import_t *row, const section_t *step)
{
    section_t types = { .len = 0 };
    section_t imports = { .len = 0 };
    section_t exports = { .len = 0 };
    section_t code = { .len = 0 };
    section_t functions = { .bytes = { 4, 1, 2, 1, 3 }, .len = 5 };
    section_t memory = { .bytes = { 1, 0, 1 }, .len = 3 };
    put_types(&types, row->signature);
    put(&imports, 1);
    put_text(&imports, row->module);
    put_text(&imports, row->name);
    put_bytes(&imports, "\x00\x00", 2);
    static const char *const names[] = { "probe", "abi_version", "setup", "step" };
    put(&exports, 4);
    for (uint8_t i = 0; i < 4; i++) {
        put_text(&exports, names[i]);
        put(&exports, 0);
        put(&exports, i + 1);
    }
    put_code(&code, row->signature, step);
    memcpy(module->bytes, "\0asm\1\0\0\0", 8);
    module->len = 8;
    append(module, 1, &types);
    append(module, 2, &imports);
    append(module, 3, &functions);
    append(module, 5, &memory);
    append(module, 7, &exports);
    append(module, 10, &code);
}

void test_module_probe(test_module_t *module, const engine_import_t *row)
{
    section_t step = { .len = 0 };
    put_bytes(&step, "\x00\x10\x01\x41\x00\x28\x02", 7); /* call probe; load */
    put_number(&step, PROBE_STEP_RESULT);
    put(&step, 0x0B);
    build(module, row, &step);
}

void test_module_step(test_module_t *module, const uint8_t *body, size_t len)
{
    static const engine_import_t row = { .module = "kernel", .name = "client_stop", .signature = "i()" };
    section_t step = { .len = 0 };
    put_bytes(&step, (const char *)body, len);
    build(module, &row, &step);
}

void test_module_read(test_module_t *module, const char *name)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/%s.wasm", TEST_MODULES_DIR, name);
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        abort();
    }
    module->len = fread(module->bytes, 1, sizeof(module->bytes), file);
    fclose(file);
}

void test_module_sign(test_module_t *module, const manifest_t *manifest, manifest_kind_t kind)
{
    uint8_t section[26] = {
        0, 24, 7, 'w', 'a', 's', 'm', 'o', 't', 'e', 1, (uint8_t)kind, (uint8_t)manifest->abi, (uint8_t)(manifest->abi >> 8)
    };
    guest_put_u32(section + 14, manifest->memory_bytes);
    guest_put_u32(section + 18, manifest->fuel);
    section[22] = manifest->has_collector;
    memmove(module->bytes + 8 + sizeof(section), module->bytes + 8, module->len - 8);
    memcpy(module->bytes + 8, section, sizeof(section));
    module->len += sizeof(section);
}

void test_module_kernel(test_module_t *module, const char *name)
{
    const manifest_t manifest = { .abi = 1, .memory_bytes = TEST_MEMORY_BYTES };
    test_module_read(module, name);
    test_module_sign(module, &manifest, MANIFEST_KERNEL);
}

void test_module_app(test_module_t *module, const char *name)
{
    const manifest_t manifest = { .abi = 1, .memory_bytes = TEST_MEMORY_BYTES, .fuel = TEST_FUEL };
    test_module_read(module, name);
    test_module_sign(module, &manifest, MANIFEST_APP);
}
