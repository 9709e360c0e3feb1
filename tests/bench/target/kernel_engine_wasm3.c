#include "engine.h"

const engine_t *const kernel_engine_chosen = &engine_wasm3;
