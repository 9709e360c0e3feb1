/*
 * Looks a module over before an engine sees it: structure, strict linking of imports and exports, data inside the memory.
 * Allocates nothing. It does not validate the code: that is done and signed on the PC (toolchain/build).
 */
#ifndef WASMOTE_MODULE_CHECK_H
#define WASMOTE_MODULE_CHECK_H

#include "engine.h"

enum { MODULE_IMPORTS_MAX = 64, MODULE_EXPORTS_MAX = 16, MODULE_NO_EXPORT = 0xFFFF };

/** What an engine needs to know of a module, so that it need not look for names. */
typedef struct {
    uint32_t functions;  /* with a body */
    uint32_t code_bytes; /* of all bodies */
    uint32_t imports;
    uint8_t import_rows[MODULE_IMPORTS_MAX]; /* by number of the import: its row of config->imports */
    /* By row of config->exports: number of the function (imports counted) or of the global; MODULE_NO_EXPORT: it has none. */
    uint16_t exports[MODULE_EXPORTS_MAX];
} module_summary_t;

/**
 * Checks the module of `config` against its imports, exports and memory size. Every import must be a row with the row's
 * signature; every required export must exist with its own. OK, or INVALID, or UNSUPPORTED (a feature beyond WebAssembly
 * 1.0, a memory or table too large), with what and where in error.
 */
int module_check(const engine_config_t *config, module_summary_t *out, char error[ENGINE_ERROR_BYTES]);

#endif
