/*
 * The simulator's outer process: power supply and reset button of the board, which runs in a process of its own. Whatever
 * ends the board, power cut, watchdog, restart, deep sleep, really ends a process and starts a new one.
 */
#ifndef WASMOTE_SIM_SUPERVISOR_H
#define WASMOTE_SIM_SUPERVISOR_H

#include "board_process.h"
#include "world.h"

enum { SUPERVISOR_QUIT_MS = 3000, SUPERVISOR_HOLD_MS = 1000, SUPERVISOR_TEAR_MS = 200 };

/**
 * Powers the board on and carries out commands until `quit`, the end of standard input (when it is read), or a signal.
 * Returns the simulator's exit status: 0, or 1 when the board cannot run or its process crashed.
 */
int supervisor_run(world_t *world, bool has_stdin, board_main_fn board, void *board_ctx);

#endif
