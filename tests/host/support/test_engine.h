/*
 * One module at a time in the wasm3 engine, without a runtime: every row of the app's wall answers 7.
 */
#ifndef TEST_ENGINE_H
#define TEST_ENGINE_H

#include "engine.h"
#include "link.h"
#include "test_modules.h"

enum { TEST_STACK_BYTES = 1024 };

typedef struct {
    engine_instance_t *instance;
    char error[ENGINE_ERROR_BYTES];
    int imports_called;
} test_engine_t;

extern test_engine_t test_engine;

/** Returns the configuration that an app gets. */
engine_config_t test_engine_config(const test_module_t *module);

/** Loads a module into test_engine.instance. Returns the engine's status, with its text in test_engine.error. */
int test_engine_load(const test_module_t *module);

/** Calls its export step. */
int test_engine_step(uint64_t *result);

#endif
