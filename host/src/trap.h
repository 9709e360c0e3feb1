/*
 * Why a module stopped, in the author's words: the same for every engine, which maps its own codes to these.
 */
#ifndef WASMOTE_TRAP_H
#define WASMOTE_TRAP_H

#include "engine.h"

typedef enum {
    TRAP_NONE = 0,
    TRAP_MEMORY, /* an access outside linear memory */
    TRAP_STACK,  /* calls nested too deep */
    TRAP_UNREACHABLE,
    TRAP_DIVIDE_BY_ZERO,
    TRAP_INTEGER_OVERFLOW,
    TRAP_CONVERSION,    /* NaN to an integer */
    TRAP_INDIRECT_CALL, /* no such element, a null one, or one of another type */
    TRAP_NO_MEMORY,     /* the host could not give what the module needs to start */
    TRAP_IMPORT,        /* an import row ended the call */
    TRAP_OTHER          /* none of these: text says what */
} trap_kind_t;

typedef struct {
    trap_kind_t kind;
    const engine_import_t *import; /* the row, for TRAP_IMPORT */
    const char *text;              /* for TRAP_IMPORT and TRAP_OTHER */
    bool was_growth_refused;       /* memory.grow failed in the same call: the module ran out of memory */
} trap_t;

/** Writes the reason into error; memory_bytes: size of the module's linear memory. */
void trap_explain(const trap_t *trap, uint32_t memory_bytes, char error[ENGINE_ERROR_BYTES]);

#endif
