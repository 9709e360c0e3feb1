/*
 * Modules for the tests: the .wat files next door (compiled by the build), and tiny ones made to measure.
 */
#ifndef TEST_MODULES_H
#define TEST_MODULES_H

#include <stddef.h>
#include <stdint.h>

#include "engine.h"
#include "manifest.h"

enum { TEST_MEMORY_BYTES = 4096, TEST_FUEL = 20, TEST_MODULE_MAX = 4096 };

typedef struct {
    uint8_t bytes[TEST_MODULE_MAX];
    size_t len;
} test_module_t;

/** Reads modules/<name>.wasm, as it is. */
void test_module_read(test_module_t *module, const char *name);

/** Puts a manifest in front of the module's sections. */
void test_module_sign(test_module_t *module, const manifest_t *manifest, manifest_kind_t kind);

/** Reads a module and gives it the manifest that the tests mostly want: TEST_MEMORY_BYTES, TEST_FUEL. */
void test_module_kernel(test_module_t *module, const char *name);
void test_module_app(test_module_t *module, const char *name);

/**
 * Makes a module that imports one row and calls it from its export `probe` (v()): argument i is the i64 at 8 * i, the
 * result goes to PROBE_RESULT. It also exports abi_version, setup and step as an app does; step probes and returns the i32
 * at PROBE_STEP_RESULT. No manifest.
 */
void test_module_probe(test_module_t *module, const engine_import_t *row);

/** Makes a module whose step has this body: locals, opcodes and `end`. Types: 0 and 2 i(), 1 v(), 3 i(I). */
void test_module_step(test_module_t *module, const uint8_t *body, size_t len);

enum { PROBE_RESULT = 128, PROBE_STEP_RESULT = 136 };

#endif
