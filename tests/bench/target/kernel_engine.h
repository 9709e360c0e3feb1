/*
 * The engine under the kernel: chosen by which kernel_engine_*.c is linked.
 */
#ifndef WASMOTE_BENCH_KERNEL_ENGINE_H
#define WASMOTE_BENCH_KERNEL_ENGINE_H

#include "engine.h"

/** Returns the kernel's engine, whose load charges what it allocates to the kernel, and everything after it to the app. */
const engine_t *kernel_engine(void);

/** A module for it: its bytes, or as much of them as a board with this engine keeps. */
typedef struct {
    const uint8_t *bytes;
    size_t len;
} kernel_module_t;

kernel_module_t kernel_engine_kernel(void);
kernel_module_t kernel_engine_codec(void);

/** Returns the bytes of linear memory that are not zero up to its end: how far the kernel has come in its memory. */
uint32_t kernel_engine_memory_touched(void);

#endif
