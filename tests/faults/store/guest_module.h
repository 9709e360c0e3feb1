/*
 * A kernel's module on one of the engines, to be loaded again and again. Its imports are the host's own, but those that are answered
 * here; they are counted, so that a module that never comes back is found.
 */
#ifndef WASMOTE_FAULTS_GUEST_MODULE_H
#define WASMOTE_FAULTS_GUEST_MODULE_H

#include "engine.h"
#include "import.h"

/** Reads a module, which sees `guest`. Ends the program when it cannot be read. */
void module_open(const engine_t *engine, const char *path, guest_t *guest);
void module_close(void);

/** Has an import row answered by `handler`. Before the module is loaded. */
void module_answer(const char *row, engine_import_fn handler);

/** Loads it anew, as a reset does: nothing of before is left. Ends the program when that fails. */
void module_load(void);

/** Calls an export of link_kernel_exports. Returns its result; HOST_CLOSED with the reason in `trap` when it trapped. */
int32_t module_call(size_t export_index, const uint64_t *args, size_t count, char trap[ENGINE_ERROR_BYTES]);

/** Its memory, good until the next call. */
uint8_t *module_memory(uint32_t *bytes);

#endif
