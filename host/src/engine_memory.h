/*
 * What one engine instance holds. The interpreter allocates through here, so that an instance is freed as a whole,
 * whatever its error paths forget, and its RAM is known to the byte.
 *
 * It makes a hundred blocks of a few words that live as long as the instance: these share chunks, without a header each.
 */
#ifndef WASMOTE_ENGINE_MEMORY_H
#define WASMOTE_ENGINE_MEMORY_H

#include <stddef.h>

/** Blocks up to so many bytes share chunks; 0: none does, so that a sanitizer sees where each ends. */
#ifndef ENGINE_MEMORY_SMALL_BYTES
#define ENGINE_MEMORY_SMALL_BYTES 64
#endif

typedef struct engine_memory_block engine_memory_block_t;

/** Zero-initialised by its owner. */
typedef struct {
    engine_memory_block_t *blocks; /* newest first */
    engine_memory_block_t *chunks;
    size_t bytes; /* held now, headers included */
    char *chunk;  /* where the next small block goes */
    size_t chunk_left;
    char *last_small; /* the small block made last, NULL when it was freed */
} engine_memory_t;

/**
 * Makes `memory` the one that allocations belong to, and returns the one before. Calls into the interpreter nest (a
 * syscall runs the kernel inside the app's call): each puts back what it found.
 */
engine_memory_t *engine_memory_enter(engine_memory_t *memory);

/** Frees every block. */
void engine_memory_release(engine_memory_t *memory);

/** Returns zeroed bytes of the current memory, aligned for a number of that size, or NULL. */
void *engine_memory_alloc(size_t size);

/** Resizes a block of old_size bytes (NULL: a new one); what is added is zeroed. Returns NULL with the old block untouched. */
void *engine_memory_realloc(void *block, size_t old_size, size_t size);

/** Frees one block; NULL is allowed. Of small blocks only the last one made is used again before the instance goes. */
void engine_memory_free(void *block);

#endif
