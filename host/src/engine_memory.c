#include "engine_memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct engine_memory_block {
    engine_memory_block_t *next;
    size_t size; /* of the payload behind this header */
};

/* The interpreter's allocator takes no context, so the current owner is kept here, for the one task that runs modules. */
static engine_memory_t *s_current;

engine_memory_t *engine_memory_enter(engine_memory_t *memory)
{
    engine_memory_t *before = s_current;
    s_current = memory;
    return before;
}

void engine_memory_release(engine_memory_t *memory)
{
    while (memory->blocks) {
        engine_memory_block_t *block = memory->blocks;
        memory->blocks = block->next;
        free(block);
    }
    memory->bytes = 0;
}

void *engine_memory_alloc(size_t size)
{
    if (size > SIZE_MAX - sizeof(engine_memory_block_t)) {
        return NULL;
    }
    engine_memory_block_t *block = calloc(1, sizeof(engine_memory_block_t) + size);
    if (!block) {
        return NULL;
    }
    block->size = size;
    block->next = s_current->blocks;
    s_current->blocks = block;
    s_current->bytes += sizeof(engine_memory_block_t) + size;
    return block + 1;
}

void engine_memory_free(void *payload)
{
    if (!payload) {
        return;
    }
    engine_memory_block_t *block = (engine_memory_block_t *)payload - 1;
    for (engine_memory_block_t **link = &s_current->blocks; *link; link = &(*link)->next) {
        if (*link == block) {
            *link = block->next;
            s_current->bytes -= sizeof(engine_memory_block_t) + block->size;
            free(block);
            return;
        }
    }
}

void *engine_memory_realloc(void *payload, size_t size)
{
    void *moved = engine_memory_alloc(size);
    if (moved && payload) {
        size_t old_size = ((engine_memory_block_t *)payload - 1)->size;
        memcpy(moved, payload, old_size < size ? old_size : size);
        engine_memory_free(payload);
    }
    return moved;
}
