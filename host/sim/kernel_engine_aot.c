#include "kernel_engine.h"

const engine_t *const kernel_engine = &engine_aot;
