/*
 * Updates over the air on the simulated board: slots as mapped parts of the flash file, and the app that they choose.
 */
#ifndef WASMOTE_SIM_BOARD_UPDATE_H
#define WASMOTE_SIM_BOARD_UPDATE_H

#include "boot_loader.h"
#include "flash_file.h"
#include "options.h"
#include "update.h"

enum { BOARD_UPDATE_SLOTS = 2 };

typedef struct {
    update_t update;
    update_port_t port;
    boot_loader_t loader;
    flash_file_t *flash;
    const uint8_t *mapped[BOARD_UPDATE_SLOTS]; /* by slot, NULL: not mapped */
    char name[PACKAGE_NAME_BYTES + 1];
    const uint8_t *told; /* the app of the last event */
} board_update_t;

/**
 * Starts the firmware, a new board's being the one that the simulator is, and opens updates. app: the embedded one; its file's name is the
 * name of the app. Without a key in the options none is taken, and there is no boot loader.
 */
void board_update_open(board_update_t *self, const platform_t *platform, flash_file_t *flash, const options_t *options,
                       world_t *world, const uint8_t *app, size_t app_len);

/** Asks what is to be done between steps, and does it. Returns ms until it wants to be asked again. */
int board_update_round(board_update_t *self, runtime_t *runtime);

#endif
