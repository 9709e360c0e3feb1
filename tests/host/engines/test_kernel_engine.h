/*
 * The engine under the kernel of a test device: which test_kernel_engine_*.c is linked decides it, and each test of the
 * runtime is built with either.
 */
#ifndef TEST_KERNEL_ENGINE_H
#define TEST_KERNEL_ENGINE_H

#include "engine.h"

extern const engine_t *const test_kernel_engine;

#endif
