/*
 * One call into translated code, from the engine to its return or trap. Calls nest, each with a frame on the C stack; the
 * newest one takes the trap, so no other engine's frames are ever jumped over.
 */
#ifndef WASMOTE_AOT_FRAME_H
#define WASMOTE_AOT_FRAME_H

#include <setjmp.h>

#include "trap.h"

/** An instance's linear memory and the trap that ended its last call; outlives the frames. */
typedef struct {
    uint8_t *memory;       /* NULL until it is instantiated */
    uint32_t memory_bytes; /* what the manifest grants */
    trap_t trap;
} aot_context_t;

typedef struct aot_frame {
    jmp_buf unwind; /* set by the engine before it enters the translated code */
    aot_context_t *context;
    struct aot_frame *before;
    uint32_t depth_before;
} aot_frame_t;

/** Makes a frame the newest one, with no trap in its context. */
void aot_frame_enter(aot_frame_t *frame, aot_context_t *context);

/** Takes it off again, after the return or the trap. */
void aot_frame_leave(aot_frame_t *frame);

/** Ends the newest call with trap->kind TRAP_IMPORT. */
void aot_frame_trap_import(const engine_import_t *import, const char *text) __attribute__((noreturn));

#endif
