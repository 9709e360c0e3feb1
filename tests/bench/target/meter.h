/*
 * What is measured: instructions, and the depth of the C stack.
 *
 * The clock of instructions is `minstret`. It stands still between meter_pause and meter_resume, so that the stand-ins for
 * hardware (flash, sockets, sensors) and the bench itself cost nothing.
 */
#ifndef WASMOTE_BENCH_METER_H
#define WASMOTE_BENCH_METER_H

#include <stdint.h>

/** Returns the instructions counted so far. */
uint64_t meter_instructions(void);

/** Stops and goes on counting; pairs nest. */
void meter_pause(void);
void meter_resume(void);

/** Paints the stack below the caller, all of it. */
void meter_paint_stack(void);

/** Returns the bytes of stack used below the caller of meter_paint_stack since then. */
uint32_t meter_stack_depth(void);

#endif
