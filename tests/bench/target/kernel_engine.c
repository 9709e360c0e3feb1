#include "kernel_engine.h"

#include "heap.h"

extern const engine_t *const kernel_engine_chosen;

static engine_instance_t *s_kernel;

static int load_kernel(const engine_config_t *config, engine_instance_t **out, char error[ENGINE_ERROR_BYTES])
{
    const heap_purpose_t purpose = { HEAP_RUNTIME, HEAP_LINEAR_MEMORY, config->memory_bytes };
    const heap_purpose_t before = heap_set_purpose(purpose);
    heap_set_owner(HEAP_KERNEL);
    const int status = kernel_engine_chosen->load(config, out, error);
    heap_set_owner(HEAP_APP);
    heap_set_purpose(before);
    s_kernel = status < 0 ? NULL : *out;
    return status;
}

const engine_t *kernel_engine(void)
{
    static engine_t s_engine;
    s_engine = *kernel_engine_chosen;
    s_engine.load = load_kernel;
    return &s_engine;
}

uint32_t kernel_engine_memory_touched(void)
{
    uint32_t bytes;
    const uint8_t *memory = kernel_engine_chosen->memory(s_kernel, &bytes);
    while (bytes > 0 && memory[bytes - 1] == 0) {
        bytes--;
    }
    return bytes;
}
