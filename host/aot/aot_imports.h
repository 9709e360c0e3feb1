/*
 * The imports of translated code. toolchain/aot makes one shim per row of kernel_imports.def, under the name that the
 * translator gives it; each packs its arguments and calls aot_import() with the number of its row.
 */
#ifndef WASMOTE_AOT_IMPORTS_H
#define WASMOTE_AOT_IMPORTS_H

#include <stddef.h>
#include <stdint.h>

#include "aot_module.h"

/** Numbers of the rows. */
enum {
#define ROWS(group) 1
#define HOST_IMPORT(name, signature) AOT_ROW_##name,
#include "kernel_imports.def"
#undef ROWS
#undef HOST_IMPORT
    AOT_ROW_COUNT
};

/** Checks the spans and runs the row's handler (engine_aot.c). Returns its result; a trap does not return. */
uint64_t aot_import(struct Z_host_instance_t *host, size_t row, const uint64_t *args);

#endif
