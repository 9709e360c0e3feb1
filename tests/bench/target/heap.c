#include "heap.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 1 << 20, GRAIN = 8, CHARGED_GRAIN = 4, CHARGED_HEADER = 4 };

typedef struct block {
    struct block *next; /* the free block behind it, while it is free */
    uint32_t bytes;     /* of the payload, a multiple of GRAIN */
    uint32_t size;      /* as asked for */
    uint16_t owner;
    uint16_t part;
} block_t;

static uint8_t s_arena[ARENA_BYTES] __attribute__((section(".arena"), aligned(16)));
static block_t *s_free; /* last freed first */
static size_t s_used;   /* of the arena, from its start */
static heap_owner_t s_owner;
static heap_purpose_t s_purpose = { HEAP_RUNTIME, HEAP_RUNTIME, SIZE_MAX };
static uint32_t s_live[HEAP_OWNERS][HEAP_PARTS];
static uint32_t s_total;
static uint32_t s_peak;
static uint32_t s_allocations;

void heap_set_owner(heap_owner_t owner)
{
    s_owner = owner;
}

heap_purpose_t heap_set_purpose(heap_purpose_t purpose)
{
    const heap_purpose_t before = s_purpose;
    s_purpose = purpose;
    return before;
}

uint32_t heap_live(heap_owner_t owner, heap_part_t part)
{
    return s_live[owner][part];
}

uint32_t heap_live_total(void)
{
    return s_total;
}

uint32_t heap_peak_total(void)
{
    return s_peak;
}

uint32_t heap_allocations(void)
{
    return s_allocations;
}

uint32_t heap_free_bytes(void)
{
    uint32_t bytes = (uint32_t)(ARENA_BYTES - s_used);
    for (const block_t *block = s_free; block; block = block->next) {
        bytes += block->bytes;
    }
    return bytes;
}

static uint32_t charge(uint32_t size)
{
    return (size + CHARGED_GRAIN - 1) / CHARGED_GRAIN * CHARGED_GRAIN + CHARGED_HEADER;
}

static void count_in(const block_t *block)
{
    s_live[block->owner][block->part] += charge(block->size);
    s_allocations++;
    s_total += charge(block->size);
    s_peak = s_total > s_peak ? s_total : s_peak;
}

static void count_out(const block_t *block)
{
    s_live[block->owner][block->part] -= charge(block->size);
    s_total -= charge(block->size);
}

/* Takes the first free block that fits, or the next bytes of the arena. Blocks are not split: few sizes recur. */
static block_t *take(uint32_t bytes)
{
    for (block_t **link = &s_free; *link; link = &(*link)->next) {
        block_t *block = *link;
        if (block->bytes >= bytes && block->bytes / 2 <= bytes) {
            *link = block->next;
            return block;
        }
    }
    const size_t whole = sizeof(block_t) + bytes;
    if (whole > ARENA_BYTES - s_used) {
        return NULL;
    }
    block_t *block = (block_t *)(s_arena + s_used);
    s_used += (whole + GRAIN - 1) / GRAIN * GRAIN;
    block->bytes = bytes;
    return block;
}

void *malloc(size_t size)
{
    if (size > ARENA_BYTES) {
        return NULL;
    }
    block_t *block = take((uint32_t)((size + GRAIN - 1) / GRAIN * GRAIN));
    if (!block) {
        return NULL;
    }
    block->size = (uint32_t)size;
    block->owner = (uint16_t)s_owner;
    block->part = (uint16_t)(size >= s_purpose.large_bytes ? s_purpose.large_part : s_purpose.part);
    count_in(block);
    return block + 1;
}

void *calloc(size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size) {
        return NULL;
    }
    void *payload = malloc(count * size);
    if (payload) {
        memset(payload, 0, count * size);
    }
    return payload;
}

void free(void *payload)
{
    if (payload) {
        block_t *block = (block_t *)payload - 1;
        count_out(block);
        block->next = s_free;
        s_free = block;
    }
}

void *realloc(void *payload, size_t size)
{
    void *moved = malloc(size);
    if (moved && payload) {
        const uint32_t old_size = ((block_t *)payload - 1)->size;
        memcpy(moved, payload, old_size < size ? old_size : size);
        free(payload);
    }
    return moved;
}
