#include "kernel_engine.h"
#include "modules.h"

const engine_t *const kernel_engine_chosen = &engine_wasm3;

kernel_module_t kernel_engine_kernel(void)
{
    return (kernel_module_t){ MODULE(kernel) };
}

kernel_module_t kernel_engine_codec(void)
{
    return (kernel_module_t){ MODULE(codec) };
}
