/*
 * The heap under watch: counts what is live, and lets the n-th allocation fail. The test programs are linked with
 * --wrap for calloc, malloc, realloc and free.
 */
#ifndef HEAP_WATCH_H
#define HEAP_WATCH_H

#include <stdbool.h>

/** Blocks allocated and not yet freed. */
extern int heap_live;
/** Counts down at each allocation; the one that brings it to 0 fails, and all after it. Negative: none fails. */
extern int heap_allocations_left;
/** With it, only that one fails. */
extern bool heap_recovers;

#endif
