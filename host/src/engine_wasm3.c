#include "engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_memory.h"
#include "guest_memory.h"
#include "link.h"
#include "m3_env.h"
#include "m3_exec_defs.h"
#include "module_check.h"
#include "position.h"
#include "trap.h"
#include "wasm3.h"

/*
 * What a module costs on a 32-bit chip: bytes of code pages per byte of code, bytes per function, and what an instance
 * needs beside them (measured: 3.7-4.1, 50-60 with its constants, and the runtime with the compiler's state while it loads).
 * Larger on a 64-bit PC, where it does not matter.
 */
enum { RAM_PER_CODE_BYTE = 5, RAM_PER_FUNCTION = 64, RAM_PER_INSTANCE = 3072 };

/*
 * One environment per instance: pages of a freed module never outlive it. All that wasm3 allocates belongs to the
 * instance's memory and goes with it, so no release function of wasm3 runs over structures it left half-made.
 */
struct engine_instance {
    engine_memory_t memory;
    IM3Runtime runtime;
    IM3Module module;
    const engine_import_t *trapped_import; /* the row that ended the call, NULL when the module itself trapped */
    void *user;
    const engine_export_t *exports;
    size_t export_count;
    union {
        IM3Function function;
        IM3Global global;
    } found[]; /* by export number; NULL where it lacks one */
};

/* Every import row lands here: arguments are copied before anything else, for a nested call overwrites them. */
static const void *call_import(IM3Runtime runtime, IM3ImportContext context, uint64_t *stack, void *memory)
{
    engine_instance_t *instance = m3_GetUserData(runtime);
    const engine_import_t *import = context->userdata;
    const char *arg_types = signature_args(import->signature);
    bool has_result = import->signature[0] != 'v';
    uint64_t args[LINK_ARGS_MAX];
    for (size_t i = 0; arg_types[i] != ')'; i++) {
        uint64_t slot = stack[i + (has_result ? 1 : 0)];
        args[i] = arg_types[i] == 'I' ? slot : (uint32_t)slot;
    }
    engine_call_t call = {
        .user = instance->user,
        .import = import,
        .memory = memory,
        .memory_bytes = m3_GetMemorySize(runtime),
        .args = args,
    };
    const char *trap = guest_memory_check(&call);
    if (!trap) {
        const uint32_t before = position_enter_row(import);
        trap = import->handler(&call);
        position_leave(before);
    }
    if (trap) {
        instance->trapped_import = import;
        return trap;
    }
    if (has_result) {
        stack[0] = call.result;
    }
    return m3Err_none;
}

static int fail(char error[ENGINE_ERROR_BYTES], const char *where, M3Result result)
{
    snprintf(error, ENGINE_ERROR_BYTES, "%s: %s", where, result);
    bool is_memory = result == m3Err_mallocFailed || result == m3Err_mallocFailedCodePage;
    return is_memory ? HOST_NO_MEMORY : HOST_INVALID;
}

static M3Result link_imports(engine_instance_t *instance, const engine_config_t *config, const module_summary_t *summary)
{
    M3Result result = m3Err_none;
    for (uint32_t i = 0; i < summary->imports && !result; i++) {
        const engine_import_t *row = &config->imports[summary->import_rows[i]];
        result = CompileRawFunction(instance->module, Module_GetFunction(instance->module, i), call_import, row);
    }
    return result;
}

static void find_exports(engine_instance_t *instance, const module_summary_t *summary)
{
    for (size_t i = 0; i < instance->export_count; i++) {
        const uint16_t number = summary->exports[i];
        if (number == MODULE_NO_EXPORT) {
            continue;
        }
        if (instance->exports[i].signature[0] == 'g') {
            instance->found[i].global = &instance->module->globals[number];
        } else {
            instance->found[i].function = Module_GetFunction(instance->module, number);
        }
    }
}

static int build(engine_instance_t *instance, const engine_config_t *config, const module_summary_t *summary,
                 char error[ENGINE_ERROR_BYTES])
{
    IM3Environment environment = m3_NewEnvironment();
    if (!environment) {
        return fail(error, "environment", m3Err_mallocFailed);
    }
    instance->runtime = m3_NewRuntime(environment, config->stack_bytes, instance);
    if (!instance->runtime) {
        return fail(error, "runtime", m3Err_mallocFailed);
    }
    instance->runtime->memoryLimit = config->memory_bytes;
    M3Result result = m3_ParseModule(environment, &instance->module, config->bytes, (uint32_t)config->bytes_len);
    if (result) {
        return fail(error, "parse", result);
    }
    result = m3_LoadModule(instance->runtime, instance->module);
    if (result) {
        return fail(error, "load", result);
    }
    result = link_imports(instance, config, summary);
    if (result) {
        return fail(error, "link", result);
    }
    result = m3_CompileModule(instance->module);
    if (result) {
        return fail(error, "compile", result);
    }
    find_exports(instance, summary);
    return HOST_OK;
}

static int check_heap(const engine_config_t *config, const module_summary_t *summary, char error[ENGINE_ERROR_BYTES])
{
    uint32_t needed = config->memory_bytes + config->stack_bytes + RAM_PER_INSTANCE + summary->code_bytes * RAM_PER_CODE_BYTE
                      + summary->functions * RAM_PER_FUNCTION;
    if (config->heap_free == 0 || needed <= config->heap_free) {
        return HOST_OK;
    }
    snprintf(error, ENGINE_ERROR_BYTES, "needs about %u bytes of RAM, %u are free", (unsigned)needed,
             (unsigned)config->heap_free);
    return HOST_NO_MEMORY;
}

static void wasm3_free(engine_instance_t *instance)
{
    if (instance) {
        engine_memory_release(&instance->memory);
        free(instance);
    }
}

static int wasm3_load(const engine_config_t *config, engine_instance_t **out, char error[ENGINE_ERROR_BYTES])
{
    module_summary_t summary;
    int status = module_check(config, &summary, error);
    if (status >= 0) {
        status = check_heap(config, &summary, error);
    }
    if (status < 0) {
        return status;
    }
    engine_instance_t *instance = calloc(1, sizeof(*instance) + config->export_count * sizeof(instance->found[0]));
    if (!instance) {
        return fail(error, "instance", m3Err_mallocFailed);
    }
    instance->user = config->user;
    instance->exports = config->exports;
    instance->export_count = config->export_count;
    engine_memory_t *before = engine_memory_enter(&instance->memory);
    status = build(instance, config, &summary, error);
    engine_memory_enter(before);
    if (status < 0) {
        wasm3_free(instance);
        return status;
    }
    *out = instance;
    return HOST_OK;
}

static trap_kind_t trap_kind(M3Result result)
{
    static const struct {
        const char *const *text;
        trap_kind_t kind;
    } kinds[] = {
        { &m3Err_trapOutOfBoundsMemoryAccess, TRAP_MEMORY },
        { &m3Err_trapStackOverflow, TRAP_STACK },
        { &m3Err_trapUnreachable, TRAP_UNREACHABLE },
        { &m3Err_trapDivisionByZero, TRAP_DIVIDE_BY_ZERO },
        { &m3Err_trapIntegerOverflow, TRAP_INTEGER_OVERFLOW },
        { &m3Err_trapIntegerConversion, TRAP_CONVERSION },
        { &m3Err_trapIndirectCallTypeMismatch, TRAP_INDIRECT_CALL },
        { &m3Err_trapTableIndexOutOfRange, TRAP_INDIRECT_CALL },
        { &m3Err_trapTableElementIsNull, TRAP_INDIRECT_CALL },
    };
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (*kinds[i].text == result) {
            return kinds[i].kind;
        }
    }
    return TRAP_OTHER;
}

/* Says in the author's words why a call ended. */
static void explain(const engine_instance_t *instance, M3Result result, char error[ENGINE_ERROR_BYTES])
{
    M3ErrorInfo info;
    m3_GetErrorInfo(instance->runtime, &info);
    const trap_t trap = {
        .kind = instance->trapped_import ? TRAP_IMPORT : trap_kind(result),
        .import = instance->trapped_import,
        .text = result,
        .was_growth_refused = info.result == m3Err_wasmMemoryOverflow,
    };
    trap_explain(&trap, m3_GetMemorySize(instance->runtime), error);
}

static int wasm3_call(engine_instance_t *instance, size_t export_index, const uint64_t *args, size_t arg_count, uint64_t *result,
                      char error[ENGINE_ERROR_BYTES])
{
    IM3Function function = instance->found[export_index].function;
    if (!function) {
        return HOST_NOT_FOUND;
    }
    instance->trapped_import = NULL;
    engine_memory_t *before = engine_memory_enter(&instance->memory);
    const IM3Runtime runtime = instance->runtime;
    M3Result outcome = instance->module->startFunction < 0 ? m3Err_none : m3_RunStart(instance->module);
    if (!outcome) { /* results lie below arguments, eight bytes each; module_check compared both with the row */
        uint64_t *slots = (uint64_t *)runtime->stack + (instance->exports[export_index].signature[0] == 'v' ? 0 : 1);
        for (size_t i = 0; i < arg_count; i++) {
            slots[i] = args[i];
        }
        outcome = RunCode(function->compiled, runtime->stack, runtime->memory.mallocated, d_m3OpDefaultArgs);
    }
    engine_memory_enter(before);
    if (outcome) {
        explain(instance, outcome, error);
        return HOST_CORRUPT;
    }
    if (result) {
        *result = *(const uint32_t *)runtime->stack; /* no export has a wider one */
    }
    return HOST_OK;
}

static uint8_t *wasm3_memory(engine_instance_t *instance, uint32_t *bytes)
{
    return m3_GetMemory(instance->runtime, bytes, 0);
}

static int wasm3_global_get(engine_instance_t *instance, size_t export_index, int32_t *value)
{
    const IM3Global global = instance->found[export_index].global; /* a mutable i32: module_check saw to it */
    if (!global) {
        return HOST_NOT_FOUND;
    }
    *value = global->i32Value;
    return HOST_OK;
}

static int wasm3_global_set(engine_instance_t *instance, size_t export_index, int32_t value)
{
    const IM3Global global = instance->found[export_index].global;
    if (!global) {
        return HOST_NOT_FOUND;
    }
    global->i32Value = value;
    return HOST_OK;
}

static size_t wasm3_footprint(const engine_instance_t *instance)
{
    return sizeof(*instance) + instance->export_count * sizeof(instance->found[0]) + instance->memory.bytes;
}

const engine_t engine_wasm3 = {
    .load = wasm3_load,
    .call = wasm3_call,
    .memory = wasm3_memory,
    .global_get = wasm3_global_get,
    .global_set = wasm3_global_set,
    .footprint = wasm3_footprint,
    .free = wasm3_free,
};
