#include "heap_watch.h"

#include <stddef.h>

int heap_live;
int heap_allocations_left = -1;
bool heap_recovers;

void *__real_calloc(size_t count, size_t size);
void *__real_malloc(size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);

static bool is_refused(void)
{
    if (heap_allocations_left > 0) {
        heap_allocations_left--;
        return heap_allocations_left == 0;
    }
    return heap_allocations_left == 0 && !heap_recovers;
}

void *__wrap_calloc(size_t count, size_t size)
{
    void *block = is_refused() ? NULL : __real_calloc(count, size);
    heap_live += block ? 1 : 0;
    return block;
}

void *__wrap_malloc(size_t size)
{
    void *block = is_refused() ? NULL : __real_malloc(size);
    heap_live += block ? 1 : 0;
    return block;
}

void *__wrap_realloc(void *block, size_t size)
{
    void *moved = is_refused() ? NULL : __real_realloc(block, size);
    heap_live += moved && !block ? 1 : 0;
    return moved;
}

void __wrap_free(void *block)
{
    heap_live -= block ? 1 : 0;
    __real_free(block);
}
