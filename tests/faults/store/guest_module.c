#include "guest_module.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fast_crc32.h"
#include "link.h"
#include "manifest.h"

enum { STACK_BYTES = 8192, MODULE_MAX_BYTES = 1 << 20, ROWS_MAX = 64 };
/* Host calls that one call of the module may make. A mount of a full partition makes some thousands. */
enum { HOST_CALLS_MAX = 2000000 };

static const engine_t *s_engine;
static engine_instance_t *s_instance;
static guest_t *s_guest;
static uint8_t *s_module;
static size_t s_module_bytes;
static engine_import_t s_rows[ROWS_MAX];
static engine_import_fn s_answers[ROWS_MAX];
static uint32_t s_host_calls;

static void die(const char *what, const char *why)
{
    fprintf(stderr, "sweep: %s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

/* Every import passes here: a module that never comes back is found by its calls. */
static const char *counted(engine_call_t *call)
{
    return ++s_host_calls > HOST_CALLS_MAX ? "hangs" : s_answers[call->import - s_rows](call);
}

void module_open(const engine_t *engine, const char *path, guest_t *guest)
{
    FILE *file = fopen(path, "rb");
    s_module = malloc(MODULE_MAX_BYTES);
    if (!file || !s_module) {
        die(path, "cannot be read");
    }
    s_module_bytes = fread(s_module, 1, MODULE_MAX_BYTES, file);
    fclose(file);
    s_engine = engine;
    s_guest = guest;
    if (link_kernel_import_count > ROWS_MAX) {
        die("imports", "more rows than there is room for");
    }
    memcpy(s_rows, link_kernel_imports, link_kernel_import_count * sizeof(s_rows[0]));
    for (size_t i = 0; i < link_kernel_import_count; i++) {
        s_answers[i] = s_rows[i].handler;
        s_rows[i].handler = counted;
    }
    if (!fast_crc32_init()) {
        die("sys_crc32", "is not what the host's own is");
    }
    module_answer("sys_crc32", fast_crc32);
}

void module_close(void)
{
    s_engine->free(s_instance);
    s_instance = NULL;
    free(s_module);
    s_module = NULL;
}

void module_answer(const char *row, engine_import_fn handler)
{
    for (size_t i = 0; i < link_kernel_import_count; i++) {
        if (strcmp(s_rows[i].name, row) == 0) {
            s_answers[i] = handler;
            return;
        }
    }
    die(row, "no such import");
}

void module_load(void)
{
    char error[ENGINE_ERROR_BYTES] = "";
    manifest_t manifest;
    if (manifest_read(s_module, s_module_bytes, MANIFEST_KERNEL, &manifest, error) < 0) {
        die("manifest", error);
    }
    const engine_config_t config = {
        .bytes = s_module,
        .bytes_len = s_module_bytes,
        .memory_bytes = manifest.memory_bytes,
        .stack_bytes = STACK_BYTES,
        .imports = s_rows,
        .import_count = link_kernel_import_count,
        .exports = link_kernel_exports,
        .export_count = KERNEL_EXPORT_COUNT,
        .user = s_guest,
    };
    s_engine->free(s_instance);
    s_instance = NULL;
    if (s_engine->load(&config, &s_instance, error) < 0) {
        die("load", error);
    }
}

int32_t module_call(size_t export_index, const uint64_t *args, size_t count, char trap[ENGINE_ERROR_BYTES])
{
    uint64_t result = 0;
    s_host_calls = 0;
    if (s_engine->call(s_instance, export_index, args, count, &result, trap) < 0) {
        return HOST_CLOSED;
    }
    return (int32_t)(uint32_t)result;
}

uint8_t *module_memory(uint32_t *bytes)
{
    return s_engine->memory(s_instance, bytes);
}
