#include "aot_module.h"
#include "kernel.h"

kernel_t kernel_embedded(void)
{
    const aot_module_t *module = aot_modules[0];
    return (
        kernel_t){ .engine = &engine_aot, .engine_name = "ahead of time", .bytes = module->head, .bytes_len = module->head_len };
}
