/*
 * The engine under the kernel: which kernel_engine_*.c is linked decides it (CMakeLists.txt).
 */
#ifndef WASMOTE_SIM_KERNEL_ENGINE_H
#define WASMOTE_SIM_KERNEL_ENGINE_H

#include "engine.h"

extern const engine_t *const kernel_engine;

#endif
