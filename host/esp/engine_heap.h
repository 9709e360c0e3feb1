/*
 * Puts what a module allocates into PSRAM, where there is room: included before engine_memory.c by a build with
 * WASMOTE_MODULES_IN_PSRAM, and by no other. Blocks that PSRAM cannot hold come from the internal heap.
 */
#ifndef WASMOTE_ENGINE_HEAP_H
#define WASMOTE_ENGINE_HEAP_H

#include "esp_heap_caps.h"

#define ENGINE_HEAP_ALLOC(bytes) heap_caps_calloc_prefer(1, (bytes), 2, MALLOC_CAP_SPIRAM, MALLOC_CAP_DEFAULT)
#define ENGINE_HEAP_FREE(block) heap_caps_free(block)

#endif
