#include "aot_module.h"
#include "kernel_engine.h"

/* Order of the names that CMakeLists.txt gives. */
enum { KERNEL = 0, CODEC = 1 };

const engine_t *const kernel_engine_chosen = &engine_aot;

static kernel_module_t head_of(size_t index)
{
    return (kernel_module_t){ aot_modules[index]->head, aot_modules[index]->head_len };
}

kernel_module_t kernel_engine_kernel(void)
{
    return head_of(KERNEL);
}

kernel_module_t kernel_engine_codec(void)
{
    return head_of(CODEC);
}
