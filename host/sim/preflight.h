/* What the command line names is looked at before the board is powered on, so that a mistake there shows at once. */
#ifndef WASMOTE_SIM_PREFLIGHT_H
#define WASMOTE_SIM_PREFLIGHT_H

#include "options.h"
#include "replay.h"
#include "world.h"

enum { PREFLIGHT_ERROR_BYTES = 1536 };

/**
 * Checks modules and flash file, makes or resets the latter, loads the recording into *replay (NULL without one) and puts the
 * app's path into the world. Returns OK, or INVALID with error saying what was found where and what is expected.
 */
int preflight_check(const options_t *options, world_t *world, replay_t **replay, char error[PREFLIGHT_ERROR_BYTES]);

#endif
