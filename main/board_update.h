/*
 * Updates over the air on this board: update_slots.c, or where the kernel has none of them update_none.c, as the build chose.
 */
#ifndef WASMOTE_BOARD_UPDATE_H
#define WASMOTE_BOARD_UPDATE_H

#include "flash_partition.h"
#include "platform.h"
#include "runtime.h"

/** Chooses the app: of a slot, or the embedded one. */
void board_update_open(const platform_t *platform, flash_partition_t *flash, const uint8_t *app, size_t app_len);

/** The app that was chosen, NULL: none may run. */
const uint8_t *board_update_app(size_t *len);

/** What the runtime's rows act on; NULL: nothing. */
update_t *board_update_rows(void);

/** For the runtime's observer: the app was ended. */
void board_update_app_stopped(void);

/** Between steps: does what is due. Returns ms until it wants to be asked again. */
int board_update_round(runtime_t *runtime);

#endif
