/*
 * Tells the heap what wasm3 allocates for, by the function of wasm3 that is running. Linked with --wrap for each of them.
 */
#include "heap.h"
#include "wasm3.h"
#include "m3_env.h"

IM3Runtime __real_m3_NewRuntime(IM3Environment environment, uint32_t stack_bytes, void *user);
M3Result __real_m3_ParseModule(IM3Environment environment, IM3Module *out, const uint8_t *bytes, uint32_t len);
M3Result __real_m3_LoadModule(IM3Runtime runtime, IM3Module module);
M3Result __real_m3_CompileModule(IM3Module module);
IM3CodePage __real_NewCodePage(IM3Runtime runtime, u32 min_lines);

static heap_purpose_t enter(heap_part_t part, heap_part_t large_part, size_t large_bytes)
{
    return heap_set_purpose((heap_purpose_t){ part, large_part, large_bytes });
}

IM3Runtime __wrap_m3_NewRuntime(IM3Environment environment, uint32_t stack_bytes, void *user)
{
    const heap_purpose_t before = enter(HEAP_RUNTIME, HEAP_INTERPRETER_STACK, stack_bytes);
    IM3Runtime runtime = __real_m3_NewRuntime(environment, stack_bytes, user);
    heap_set_purpose(before);
    return runtime;
}

M3Result __wrap_m3_ParseModule(IM3Environment environment, IM3Module *out, const uint8_t *bytes, uint32_t len)
{
    const heap_purpose_t before = enter(HEAP_MODULE_METADATA, HEAP_MODULE_METADATA, SIZE_MAX);
    M3Result result = __real_m3_ParseModule(environment, out, bytes, len);
    heap_set_purpose(before);
    return result;
}

M3Result __wrap_m3_LoadModule(IM3Runtime runtime, IM3Module module)
{
    const heap_purpose_t before = enter(HEAP_MODULE_METADATA, HEAP_LINEAR_MEMORY, runtime->memoryLimit);
    M3Result result = __real_m3_LoadModule(runtime, module);
    heap_set_purpose(before);
    return result;
}

M3Result __wrap_m3_CompileModule(IM3Module module)
{
    const heap_purpose_t before = enter(HEAP_MODULE_METADATA, HEAP_MODULE_METADATA, SIZE_MAX);
    M3Result result = __real_m3_CompileModule(module);
    heap_set_purpose(before);
    return result;
}

IM3CodePage __wrap_NewCodePage(IM3Runtime runtime, u32 min_lines)
{
    const heap_purpose_t before = enter(HEAP_COMPILED_CODE, HEAP_COMPILED_CODE, SIZE_MAX);
    IM3CodePage page = __real_NewCodePage(runtime, min_lines);
    heap_set_purpose(before);
    return page;
}
