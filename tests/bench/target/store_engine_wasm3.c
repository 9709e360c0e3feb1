#include "modules.h"
#include "store_rows.h"

extern const uint8_t module_records[], module_records_end[];
extern const uint8_t module_documents[], module_documents_end[];

const engine_t *const store_engine = &engine_wasm3;
const bool store_measures_flash = false;

kernel_module_t store_module(store_module_t which)
{
    return which == STORE_RECORDS ? (kernel_module_t){ MODULE(records) } : (kernel_module_t){ MODULE(documents) };
}
