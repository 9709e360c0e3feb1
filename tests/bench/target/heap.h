/*
 * The heap of the board, which knows what every byte is for. It stands in for malloc, calloc, realloc and free of the C
 * library; a block is charged as ESP-IDF's heap would: rounded up to 4 bytes, with a header of 4.
 */
#ifndef WASMOTE_BENCH_HEAP_H
#define WASMOTE_BENCH_HEAP_H

#include <stddef.h>
#include <stdint.h>

typedef enum { HEAP_HOST = 0, HEAP_KERNEL, HEAP_APP, HEAP_OWNERS } heap_owner_t;

typedef enum {
    HEAP_RUNTIME = 0,
    HEAP_LINEAR_MEMORY,
    HEAP_COMPILED_CODE,
    HEAP_MODULE_METADATA,
    HEAP_INTERPRETER_STACK,
    HEAP_PARTS
} heap_part_t;

/** What the blocks allocated from now on are for; one of large_bytes or more is for large_part. */
typedef struct {
    heap_part_t part;
    heap_part_t large_part;
    size_t large_bytes;
} heap_purpose_t;

/** Sets whose blocks are allocated from now on. */
void heap_set_owner(heap_owner_t owner);

/** Sets what they are for, and returns what they were for before. */
heap_purpose_t heap_set_purpose(heap_purpose_t purpose);

/** Returns the bytes held now. */
uint32_t heap_live(heap_owner_t owner, heap_part_t part);

/** Returns the bytes held now, and the most ever held, by all. */
uint32_t heap_live_total(void);
uint32_t heap_peak_total(void);

/** Returns how many blocks were ever allocated. */
uint32_t heap_allocations(void);

/** Returns the bytes left. */
uint32_t heap_free_bytes(void);

#endif
