/*
 * Power cuts: counts the flash operations down to the one that fails, says what a torn one leaves, and ends the process
 * as a loss of power does.
 */
#ifndef WASMOTE_SIM_POWER_CUT_H
#define WASMOTE_SIM_POWER_CUT_H

#include <stddef.h>

#include "world.h"

typedef enum {
    POWER_CUT_NONE,
    POWER_CUT_CLEAN, /* the operation is done whole, then the power goes before the call returns */
    POWER_CUT_TORN   /* a part of its bytes is done, one of them with a part of its bits */
} power_cut_t;

/** Counts one flash operation. Returns what shall befall it. */
power_cut_t power_cut_count(world_t *world);

/** Returns a seeded number below `limit` (> 0). */
size_t power_cut_choose(world_t *world, size_t limit);

/**
 * Tears the programming of src into page: u8[len]. Returns how many bytes, fewer than len, come through whole; of the
 * byte behind them some bits are cleared in page.
 */
size_t power_cut_tear_program(world_t *world, uint8_t *page, const uint8_t *src, size_t len);

/** Tears the erase of page: u8[len]. Returns how many bytes are erased whole; of the byte behind them some bits are set in page. */
size_t power_cut_tear_erase(world_t *world, uint8_t *page, size_t len);

/** Ends the process unless cut is POWER_CUT_NONE. */
void power_cut_happen(world_t *world, power_cut_t cut);

#endif
