#include "aot_module.h"
#include "store_rows.h"

const engine_t *const store_engine = &engine_aot;
const bool store_measures_flash = true;

/* CMakeLists.txt names them in the order of store_module_t. */
kernel_module_t store_module(store_module_t which)
{
    return (kernel_module_t){ aot_modules[which]->head, aot_modules[which]->head_len };
}
