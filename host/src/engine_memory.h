/*
 * What one engine instance holds. The interpreter allocates through here, so that an instance is freed as a whole,
 * whatever its error paths forget, and its RAM is known to the byte.
 */
#ifndef WASMOTE_ENGINE_MEMORY_H
#define WASMOTE_ENGINE_MEMORY_H

#include <stddef.h>

typedef struct engine_memory_block engine_memory_block_t;

/** Zero-initialised by its owner. */
typedef struct {
    engine_memory_block_t *blocks; /* newest first */
    size_t bytes;                  /* held now, headers included */
} engine_memory_t;

/**
 * Makes `memory` the one that allocations belong to, and returns the one before. Calls into the interpreter nest (a
 * syscall runs the kernel inside the app's call): each puts back what it found.
 */
engine_memory_t *engine_memory_enter(engine_memory_t *memory);

/** Frees every block. */
void engine_memory_release(engine_memory_t *memory);

/** Returns zeroed bytes of the current memory, or NULL. */
void *engine_memory_alloc(size_t size);

/** Resizes a block (NULL: a new one); what is added is zeroed. Returns NULL with the old block untouched. */
void *engine_memory_realloc(void *block, size_t size);

/** Frees one block; NULL is allowed. */
void engine_memory_free(void *block);

#endif
