/*
 * The kernel in this firmware, and what runs it: kernel_aot.c or kernel_wasm3.c, as the build chose (WASMOTE_ENGINE).
 */
#ifndef WASMOTE_KERNEL_H
#define WASMOTE_KERNEL_H

#include "engine.h"

typedef struct {
    const engine_t *engine;
    const char *engine_name;
    const uint8_t *bytes; /* in mapped flash */
    size_t bytes_len;
} kernel_t;

kernel_t kernel_embedded(void);

#endif
