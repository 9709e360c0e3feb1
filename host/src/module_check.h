/*
 * Looks a module over before an engine sees it: structure, strict linking of imports and exports, data inside the memory.
 * Allocates nothing. It does not validate the code: that is done and signed on the PC (toolchain/build).
 */
#ifndef WASMOTE_MODULE_CHECK_H
#define WASMOTE_MODULE_CHECK_H

#include "engine.h"

typedef struct {
    uint32_t functions;  /* with a body */
    uint32_t code_bytes; /* of all bodies */
} module_summary_t;

/**
 * Checks the module of `config` against its imports, exports and memory size. Every import must be a row with the row's
 * signature; every required export must exist with its own. OK, or INVALID, or UNSUPPORTED (a feature beyond WebAssembly
 * 1.0, a memory or table too large), with what and where in error.
 */
int module_check(const engine_config_t *config, module_summary_t *out, char error[ENGINE_ERROR_BYTES]);

#endif
