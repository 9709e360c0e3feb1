/*
 * Light sleep while the board waits.
 */
#ifndef WASMOTE_POWER_H
#define WASMOTE_POWER_H

/** Lets the chip sleep lightly between steps, in a build with WASMOTE_LIGHT_SLEEP; does nothing in others. */
void power_init(void);

#endif
