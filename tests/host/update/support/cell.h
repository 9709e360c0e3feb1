/*
 * A board with updates, from power-on to power-off, and a download as a kernel drives it.
 */
#ifndef CELL_H
#define CELL_H

#include "boot_loader.h"
#include "signer.h"
#include "test_device.h"
#include "update_board.h"

#define CELL_FIRMWARE "1.0.0"

typedef struct {
    update_board_t board;
    boot_loader_t loader;
    update_t update;
    test_module_t embedded;
    test_device_t device; /* kernel, observer, and what it counted; its board is not used */
} cell_t;

/** Blank flash but for firmware CELL_FIRMWARE, one key, `app_quiet` embedded. */
void cell_init(cell_t *cell);

/** Power on: boot loader and updates alone, no runtime. Returns update_open's status. */
int cell_boot(cell_t *cell, int reset_reason);

/** Power on with kernel and app. Returns runtime_create's status. */
int cell_start(cell_t *cell, int reset_reason);

/** One round of runtime and updates. */
int cell_round(cell_t *cell);

void cell_stop(cell_t *cell);

/**
 * Offers a head, and lives as many rounds as the slot takes to be made ready; none may erase more than one sector. The answer
 * of update_begin.
 */
int cell_begin(cell_t *cell, int kind, const uint8_t head[PACKAGE_HEAD_BYTES]);

/** Writes package->image from `from` on in parts of `part` bytes. The last answer of update_write. */
int cell_send(cell_t *cell, const signed_package_t *package, uint32_t from, size_t part);

/** Verifies to the end. */
int cell_finish(cell_t *cell);

/** Offers, sends what is missing in parts, verifies, applies. OK, or the first refusal. */
int cell_install(cell_t *cell, const signed_package_t *package, size_t part);

/** The same of a firmware, which runs from the next start on. */
int cell_install_firmware(cell_t *cell, const signed_package_t *package, size_t part);

/** Tells whether the app that was chosen is this package's image, byte for byte. */
bool cell_runs(const cell_t *cell, const signed_package_t *package);
bool cell_runs_embedded(const cell_t *cell);

#endif
