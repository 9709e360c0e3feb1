#include "manifest.h"

#include <stdio.h>
#include <string.h>

#include "guest_memory.h"
#include "link.h"
#include "wasm_reader.h"

enum { MANIFEST_BYTES = 16, MANIFEST_FORMAT = 1, MEMORY_LIMIT = 65536, FLAG_COLLECTOR = 1, STACK_UNIT = 256 };

static const char *const s_kind_names[] = { "kernel", "app" };

static int refuse(char error[ENGINE_ERROR_BYTES], int status, const char *what, unsigned long found, unsigned long expected)
{
    snprintf(error, ENGINE_ERROR_BYTES, "manifest: %s is %lu, expected %lu", what, found, expected);
    return status;
}

/* Returns the 16 bytes, or NULL when the module does not begin with the section. */
static const uint8_t *find_section(const uint8_t *bytes, size_t len)
{
    static const uint8_t header[8] = { 0, 'a', 's', 'm', 1, 0, 0, 0 };
    if (len < sizeof(header) || memcmp(bytes, header, sizeof(header)) != 0) {
        return NULL;
    }
    wasm_reader_t module = wasm_reader(bytes + sizeof(header), len - sizeof(header));
    uint8_t id = wasm_read_u8(&module);
    wasm_reader_t section = wasm_read_bytes(&module);
    wasm_reader_t name = wasm_read_bytes(&section);
    bool is_found = module.is_ok && section.is_ok && id == 0 && wasm_reader_is(&name, "wasmote")
                    && wasm_reader_left(&section) == MANIFEST_BYTES;
    return is_found ? section.at : NULL;
}

int manifest_read(const uint8_t *bytes, size_t len, manifest_kind_t kind, manifest_t *out, char error[ENGINE_ERROR_BYTES])
{
    const uint8_t *manifest = find_section(bytes, len);
    if (!manifest) {
        snprintf(error, ENGINE_ERROR_BYTES, "manifest: no section `wasmote` of 16 bytes at the start of the %s",
                 s_kind_names[kind]);
        return HOST_INVALID;
    }
    if (manifest[0] != MANIFEST_FORMAT) {
        return refuse(error, HOST_UNSUPPORTED, "format", manifest[0], MANIFEST_FORMAT);
    }
    if (manifest[1] != kind) {
        return refuse(error, HOST_INVALID, "kind", manifest[1], kind);
    }
    manifest_t read = {
        .abi = (uint16_t)(manifest[2] | manifest[3] << 8),
        .memory_bytes = guest_get_u32(manifest + 4),
        .fuel = guest_get_u32(manifest + 8),
        .has_collector = (manifest[12] & FLAG_COLLECTOR) != 0,
        .stack_bytes = manifest[13] * STACK_UNIT,
    };
    if (read.abi != LINK_ABI_VERSION) {
        return refuse(error, HOST_UNSUPPORTED, "abi", read.abi, LINK_ABI_VERSION);
    }
    if (read.memory_bytes == 0 || read.memory_bytes >= MEMORY_LIMIT || read.memory_bytes % 8 != 0) {
        snprintf(error, ENGINE_ERROR_BYTES, "manifest: memoryBytes is %lu, expected a multiple of 8 below 65536",
                 (unsigned long)read.memory_bytes);
        return HOST_INVALID;
    }
    *out = read;
    return HOST_OK;
}
