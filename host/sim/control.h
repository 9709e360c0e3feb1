/*
 * Commands: one line each on standard input. Most of them change the world around the board and wake it; some are for the
 * supervisor to carry out.
 */
#ifndef WASMOTE_SIM_CONTROL_H
#define WASMOTE_SIM_CONTROL_H

#include "world.h"

enum { CONTROL_LINE_BYTES = WORLD_PATH_BYTES + 64, CONTROL_ERROR_BYTES = 160 };

typedef enum {
    CONTROL_NONE, /* done; the board should look again */
    CONTROL_POWER_ON,
    CONTROL_POWER_OFF,
    CONTROL_CUT_CLEAN, /* now, for world.cut_off_ms */
    CONTROL_CUT_TORN,  /* at the next flash operation, for world.cut_off_ms */
    CONTROL_STATUS,
    CONTROL_SWAP, /* world.app_path was set */
    CONTROL_QUIT,
    CONTROL_INVALID /* error says what was found and what is expected */
} control_t;

/**
 * Carries out one command. line is cut into words. Grammar:
 *   link down|up · power off|on · power-cut clean|torn [offMs] · power-cut-after N clean|torn [offMs] · gpio PIN 0|1 ·
 *   adc CHANNEL MV · clock +MS · clock wall MS|unset · status · swap PATH · quit
 */
control_t control_apply(world_t *world, char *line, char error[CONTROL_ERROR_BYTES]);

#endif
