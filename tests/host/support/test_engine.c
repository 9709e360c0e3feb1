#include "test_engine.h"

test_engine_t test_engine;

static const char *answer_import(engine_call_t *call)
{
    test_engine.imports_called++;
    call->result = 7;
    return NULL;
}

engine_config_t test_engine_config(const test_module_t *module)
{
    static engine_import_t rows[SYSCALL_COUNT + 32]; /* and the host rows */
    for (size_t i = 0; i < link_app_import_count; i++) {
        rows[i] = link_app_imports[i];
        rows[i].handler = answer_import;
    }
    return (engine_config_t){
        .bytes = module->bytes,
        .bytes_len = module->len,
        .memory_bytes = TEST_MEMORY_BYTES,
        .stack_bytes = TEST_STACK_BYTES,
        .imports = rows,
        .import_count = link_app_import_count,
        .exports = link_app_exports,
        .export_count = APP_EXPORT_COUNT,
    };
}

int test_engine_load(const test_module_t *module)
{
    const engine_config_t config = test_engine_config(module);
    test_engine = (test_engine_t){ .instance = NULL };
    return engine_wasm3.load(&config, &test_engine.instance, test_engine.error);
}

int test_engine_step(uint64_t *result)
{
    const uint64_t now = 5;
    test_engine.error[0] = '\0';
    return engine_wasm3.call(test_engine.instance, APP_EXPORT_step, &now, 1, result, test_engine.error);
}
