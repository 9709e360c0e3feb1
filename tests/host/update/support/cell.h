/*
 * A board with updates, from power-on to power-off, and a download as a kernel drives it.
 */
#ifndef CELL_H
#define CELL_H

#include "signer.h"
#include "test_device.h"
#include "update_board.h"

typedef struct {
    update_board_t board;
    update_t update;
    test_module_t embedded;
    test_device_t device; /* kernel, observer, and what it counted; its board is not used */
} cell_t;

/** Blank flash, one key, `app_quiet` embedded. */
void cell_init(cell_t *cell);

/** Power on: updates alone, no runtime. Returns update_open's status. */
int cell_boot(cell_t *cell, int reset_reason);

/** Power on with kernel and app. Returns runtime_create's status. */
int cell_start(cell_t *cell, int reset_reason);

/** One round of runtime and updates. */
int cell_round(cell_t *cell);

void cell_stop(cell_t *cell);

/** Writes package->image from `from` on in parts of `part` bytes. The last answer of update_write. */
int cell_send(cell_t *cell, const signed_package_t *package, uint32_t from, size_t part);

/** Verifies to the end. */
int cell_finish(cell_t *cell);

/** Offers, sends what is missing in parts, verifies, applies. OK, or the first refusal. */
int cell_install(cell_t *cell, const signed_package_t *package, size_t part);

/** Tells whether the app that was chosen is this package's image, byte for byte. */
bool cell_runs(const cell_t *cell, const signed_package_t *package);
bool cell_runs_embedded(const cell_t *cell);

#endif
