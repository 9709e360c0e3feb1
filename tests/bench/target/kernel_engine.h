/*
 * The engine under the kernel: chosen by which kernel_engine_*.c is linked.
 */
#ifndef WASMOTE_BENCH_KERNEL_ENGINE_H
#define WASMOTE_BENCH_KERNEL_ENGINE_H

#include "engine.h"

/** Returns the kernel's engine, whose load charges what it allocates to the kernel, and everything after it to the app. */
const engine_t *kernel_engine(void);

/** Returns the bytes of linear memory that are not zero up to its end: how far the kernel has come in its memory. */
uint32_t kernel_engine_memory_touched(void);

#endif
