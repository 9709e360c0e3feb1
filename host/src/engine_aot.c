#include "engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aot_frame.h"
#include "aot_imports.h"
#include "aot_module.h"
#include "crc32.h"
#include "engine_memory.h"
#include "guest_memory.h"
#include "link.h"
#include "position.h"

/* State and linear memory belong to the instance's memory and go with it, as in the other engine. */
struct engine_instance {
    engine_memory_t memory;
    aot_context_t context;
    void *state; /* of the translated code */
    const engine_import_t *imports;
    void *user;
    size_t export_count;
    const aot_export_t *exports[]; /* by export number; NULL where it lacks one */
};

/*
 * Every import of the translated code lands here, by its row of kernel_imports.def. A trap leaves by the newest frame: the
 * handler has returned by then.
 */
uint64_t aot_import(struct Z_host_instance_t *host, size_t row, const uint64_t *args)
{
    engine_instance_t *instance = (engine_instance_t *)(void *)host;
    engine_call_t call = {
        .user = instance->user,
        .import = &instance->imports[row],
        .memory = instance->context.memory,
        .memory_bytes = instance->context.memory_bytes,
        .args = args,
    };
    const char *trap = guest_memory_check(&call);
    if (!trap) {
        const uint32_t before = position_enter_row(call.import);
        trap = call.import->handler(&call);
        position_leave(before);
    }
    if (trap) {
        aot_frame_trap_import(call.import, trap);
    }
    return call.result;
}

/* Runs the translated code's start, or one of its exports. Returns true when it came back, false when it trapped. */
static bool run(engine_instance_t *instance, const aot_module_t *starting, const aot_export_t *export, const uint64_t *args,
                uint64_t *result)
{
    aot_frame_t frame;
    engine_memory_t *before = engine_memory_enter(&instance->memory);
    aot_frame_enter(&frame, &instance->context);
    if (setjmp(frame.unwind) == 0) {
        if (starting) {
            starting->instantiate(instance->state, (struct Z_host_instance_t *)(void *)instance);
        } else {
            *result = export->call(instance->state, args);
        }
    }
    aot_frame_leave(&frame);
    engine_memory_enter(before);
    return instance->context.trap.kind == TRAP_NONE;
}

/* The kernel asked for: by the head that it carries itself, or by the whole module that it was made from. */
static const aot_module_t *find_module(const engine_config_t *config)
{
    uint32_t crc = 0;
    for (size_t i = 0; aot_modules[i]; i++) {
        const aot_module_t *module = aot_modules[i];
        if (config->bytes == module->head) {
            return module;
        }
        if (config->bytes_len != module->bytes_len) {
            continue;
        }
        crc = crc ? crc : crc32_end(crc32_update(CRC32_START, config->bytes, config->bytes_len));
        if (crc == module->crc32) {
            return module;
        }
    }
    return NULL;
}

/*
 * The translated code calls imports by the number of their row, so the table must be the wall that it was made for. What this
 * build has left out stands at its end, and the kernel does not call it.
 */
static int check_imports(const engine_config_t *config, char error[ENGINE_ERROR_BYTES])
{
    for (size_t i = 0; i < link_kernel_import_count; i++) {
        const engine_import_t *row = &link_kernel_imports[i];
        const engine_import_t *import = i < config->import_count ? &config->imports[i] : NULL;
        if (!import || row->number != i + 1 || strcmp(import->name, row->name) != 0
            || strcmp(import->signature, row->signature) != 0) {
            snprintf(error, ENGINE_ERROR_BYTES, "import %s: no such row on this wall", row->name);
            return HOST_INVALID;
        }
    }
    return HOST_OK;
}

static int find_exports(engine_instance_t *instance, const aot_module_t *module, const engine_export_t *wanted,
                        char error[ENGINE_ERROR_BYTES])
{
    for (size_t i = 0; i < instance->export_count; i++) {
        for (size_t e = 0; e < module->export_count; e++) {
            const aot_export_t *export = &module->exports[e];
            if (strcmp(export->name, wanted[i].name) == 0 && strcmp(export->signature, wanted[i].signature) == 0) {
                instance->exports[i] = export;
            }
        }
        if (!instance->exports[i] && !wanted[i].is_optional) {
            snprintf(error, ENGINE_ERROR_BYTES, "export %s: missing", wanted[i].name);
            return HOST_INVALID;
        }
    }
    return HOST_OK;
}

static int start(engine_instance_t *instance, const aot_module_t *module, char error[ENGINE_ERROR_BYTES])
{
    engine_memory_t *before = engine_memory_enter(&instance->memory);
    instance->state = engine_memory_alloc(module->state_bytes);
    engine_memory_enter(before);
    if (!instance->state) {
        snprintf(error, ENGINE_ERROR_BYTES, "start: out of memory");
        return HOST_NO_MEMORY;
    }
    module->init();
    if (run(instance, module, NULL, NULL, NULL)) {
        return HOST_OK;
    }
    char reason[ENGINE_ERROR_BYTES];
    trap_explain(&instance->context.trap, instance->context.memory_bytes, reason);
    snprintf(error, ENGINE_ERROR_BYTES, "start: %.*s", ENGINE_ERROR_BYTES - (int)sizeof("start: "), reason);
    return instance->context.trap.kind == TRAP_NO_MEMORY ? HOST_NO_MEMORY : HOST_INVALID;
}

static int check_heap(const engine_config_t *config, const aot_module_t *module, char error[ENGINE_ERROR_BYTES])
{
    size_t needed = sizeof(engine_instance_t) + config->export_count * sizeof(const aot_export_t *) + module->state_bytes
                    + config->memory_bytes;
    if (config->heap_free == 0 || needed <= config->heap_free) {
        return HOST_OK;
    }
    snprintf(error, ENGINE_ERROR_BYTES, "needs about %u bytes of RAM, %u are free", (unsigned)needed,
             (unsigned)config->heap_free);
    return HOST_NO_MEMORY;
}

static void aot_free(engine_instance_t *instance)
{
    if (instance) {
        engine_memory_release(&instance->memory);
        free(instance);
    }
}

static int aot_load(const engine_config_t *config, engine_instance_t **out, char error[ENGINE_ERROR_BYTES])
{
    const aot_module_t *module = find_module(config);
    if (!module) {
        snprintf(error, ENGINE_ERROR_BYTES, "not the module that this program was compiled with");
        return HOST_INVALID;
    }
    if (config->memory_bytes != module->memory_bytes) {
        snprintf(error, ENGINE_ERROR_BYTES, "memory: %u bytes, compiled for %u", (unsigned)config->memory_bytes,
                 (unsigned)module->memory_bytes);
        return HOST_INVALID;
    }
    int status = check_imports(config, error);
    if (status >= 0) {
        status = check_heap(config, module, error);
    }
    if (status < 0) {
        return status;
    }
    engine_instance_t *instance = calloc(1, sizeof(*instance) + config->export_count * sizeof(instance->exports[0]));
    if (!instance) {
        snprintf(error, ENGINE_ERROR_BYTES, "instance: out of memory");
        return HOST_NO_MEMORY;
    }
    instance->context.memory_bytes = config->memory_bytes;
    instance->imports = config->imports;
    instance->user = config->user;
    instance->export_count = config->export_count;
    status = find_exports(instance, module, config->exports, error);
    if (status >= 0) {
        status = start(instance, module, error);
    }
    if (status < 0) {
        aot_free(instance);
        return status;
    }
    *out = instance;
    return HOST_OK;
}

static int aot_call(engine_instance_t *instance, size_t export_index, const uint64_t *args, size_t arg_count, uint64_t *result,
                    char error[ENGINE_ERROR_BYTES])
{
    (void)arg_count; /* the export's signature was compared at load */
    const aot_export_t *export = instance->exports[export_index];
    uint64_t value = 0;
    if (!export) {
        return HOST_NOT_FOUND;
    }
    if (!run(instance, NULL, export, args, &value)) {
        trap_explain(&instance->context.trap, instance->context.memory_bytes, error);
        return HOST_CORRUPT;
    }
    if (result) {
        *result = value;
    }
    return HOST_OK;
}

static uint8_t *aot_memory(engine_instance_t *instance, uint32_t *bytes)
{
    *bytes = instance->context.memory_bytes;
    return instance->context.memory;
}

/* toolchain/aot refuses a kernel that exports a global: none is on its wall. */
static int aot_global_get(engine_instance_t *instance, size_t export_index, int32_t *value)
{
    (void)instance, (void)export_index, (void)value;
    return HOST_NOT_FOUND;
}

static int aot_global_set(engine_instance_t *instance, size_t export_index, int32_t value)
{
    (void)instance, (void)export_index, (void)value;
    return HOST_NOT_FOUND;
}

static size_t aot_footprint(const engine_instance_t *instance)
{
    return sizeof(*instance) + instance->export_count * sizeof(instance->exports[0]) + instance->memory.bytes;
}

const engine_t engine_aot = {
    .load = aot_load,
    .call = aot_call,
    .memory = aot_memory,
    .global_get = aot_global_get,
    .global_set = aot_global_set,
    .footprint = aot_footprint,
    .free = aot_free,
};
