#include "test_kernel_engine.h"

const engine_t *const test_kernel_engine = &engine_aot;
