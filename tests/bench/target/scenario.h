/*
 * The work that is measured, step by step on one runtime.
 */
#ifndef WASMOTE_BENCH_SCENARIO_H
#define WASMOTE_BENCH_SCENARIO_H

#include "runtime.h"

/** Loads kernel and app and runs them until the server has taken the connection. Returns the instructions it took. */
uint32_t scenario_boot(runtime_t **out);

/**
 * Runs until `count` more readings are published, acknowledged and removed. Returns the instructions of one, on average: all
 * of every round from the one that captures it to the one that has nothing more to do.
 */
uint32_t scenario_readings(runtime_t *runtime, uint32_t count);

/** Swaps in the app that makes syscalls. Returns the instructions of one that does nothing. */
uint32_t scenario_syscall(runtime_t *runtime);

/** Loads the codec by itself on the kernel's engine. Sets the instructions of one PUBLISH each way. */
void scenario_codec(uint32_t *encode, uint32_t *decode);

#endif
