#include "engine_memory.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Where blocks come from; a build may say otherwise (host/CMakeLists.txt). Zeroed, or NULL. */
#ifndef ENGINE_HEAP_ALLOC
#define ENGINE_HEAP_ALLOC(bytes) calloc(1, (bytes))
#define ENGINE_HEAP_FREE(block) free(block)
#endif

struct engine_memory_block {
    engine_memory_block_t *next;
    size_t size; /* of the payload behind this header */
};

/* The first chunk holds no more than one large small block: a kernel compiled ahead of time has one or two of them. */
enum { FIRST_CHUNK_BYTES = 64, CHUNK_BYTES = 256, NUMBER_ALIGN = 8 };

/* The interpreter's allocator takes no context, so the current owner is kept here, for the one task that runs modules. */
static engine_memory_t *s_current;

engine_memory_t *engine_memory_enter(engine_memory_t *memory)
{
    engine_memory_t *before = s_current;
    s_current = memory;
    return before;
}

static void free_all(engine_memory_block_t *block)
{
    while (block) {
        engine_memory_block_t *next = block->next;
        ENGINE_HEAP_FREE(block);
        block = next;
    }
}

void engine_memory_release(engine_memory_t *memory)
{
    free_all(memory->blocks);
    free_all(memory->chunks);
    *memory = (engine_memory_t){ .blocks = NULL };
}

static void *alloc_block(engine_memory_block_t **list, size_t size)
{
    if (size > SIZE_MAX - sizeof(engine_memory_block_t)) {
        return NULL;
    }
    engine_memory_block_t *block = ENGINE_HEAP_ALLOC(sizeof(engine_memory_block_t) + size);
    if (!block) {
        return NULL;
    }
    block->size = size;
    block->next = *list;
    *list = block;
    s_current->bytes += sizeof(engine_memory_block_t) + size;
    return block + 1;
}

static bool free_block(const void *payload)
{
    for (engine_memory_block_t **link = &s_current->blocks; *link; link = &(*link)->next) {
        engine_memory_block_t *block = *link;
        if (block + 1 == payload) {
            *link = block->next;
            s_current->bytes -= sizeof(engine_memory_block_t) + block->size;
            ENGINE_HEAP_FREE(block);
            return true;
        }
    }
    return false;
}

/* A type that wants to be 8-aligned has a size that is a multiple of 8. */
static void *alloc_small(size_t size)
{
    const size_t align = size % NUMBER_ALIGN == 0 ? NUMBER_ALIGN : sizeof(void *);
    size_t skipped = -(uintptr_t)s_current->chunk % align;
    if (skipped + size > s_current->chunk_left) {
        const size_t bytes = s_current->chunks ? CHUNK_BYTES : FIRST_CHUNK_BYTES;
        char *chunk = alloc_block(&s_current->chunks, bytes);
        if (!chunk) {
            return NULL;
        }
        s_current->chunk = chunk;
        s_current->chunk_left = bytes;
        skipped = 0;
    }
    s_current->last_small = s_current->chunk + skipped;
    s_current->chunk += skipped + size;
    s_current->chunk_left -= skipped + size;
    return s_current->last_small;
}

void *engine_memory_alloc(size_t size)
{
    return size > 0 && size <= ENGINE_MEMORY_SMALL_BYTES ? alloc_small(size) : alloc_block(&s_current->blocks, size);
}

void engine_memory_free(void *payload)
{
    if (!payload || free_block(payload)) {
        return;
    }
    if (payload == s_current->last_small) {
        const size_t size = (size_t)(s_current->chunk - s_current->last_small);
        memset(payload, 0, size);
        s_current->chunk -= size;
        s_current->chunk_left += size;
        s_current->last_small = NULL;
    }
}

void *engine_memory_realloc(void *payload, size_t old_size, size_t size)
{
    void *moved = engine_memory_alloc(size);
    if (moved && payload) {
        memcpy(moved, payload, old_size < size ? old_size : size);
        engine_memory_free(payload);
    }
    return moved;
}
