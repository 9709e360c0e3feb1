/*
 * One life of the simulated board, from power-on until its process ends: runs the runtime, tells the supervisor's side what
 * happens, and obeys what cannot be done from outside.
 */
#ifndef WASMOTE_SIM_BOARD_H
#define WASMOTE_SIM_BOARD_H

#include "board_update.h"
#include "clock.h"
#include "config_image.h"
#include "flash_file.h"
#include "link.h"
#include "net.h"
#include "options.h"
#include "runtime.h"

enum { BOARD_STOP_BYTES = 160 };

typedef struct {
    /* Given. */
    const options_t *options;
    world_t *world;
    const platform_t *platform;
    const engine_t *kernel_engine;
    sim_clock_t *clock;
    sim_link_t *link;
    sim_net_t *net;
    flash_file_t *flash;
    int wake_fd; /* of the supervisor; its end there means that the simulator is gone */

    /* Its own. */
    config_image_t config; /* open from the start of board_run on; what it lacks is the runtime's to tell */
    runtime_t *runtime;
    board_update_t update;
    uint8_t *app;
    uint32_t app_restarts;
    char last_app_stop[BOARD_STOP_BYTES];
    bool wants_status;
    bool wants_swap;
    bool is_swapped; /* and the new app has not started yet */
    bool wants_quit;
} board_t;

/** Runs the board. Returns the exit status of its process (BOARD_EXIT_*); a restart, a sleep and a power cut do not return. */
int board_run(board_t *board);

/** sim_clock_inputs_t: the supervisor's wire and the sockets; ctx is the board_t. */
int board_prepare(void *ctx, struct pollfd *fds, int cap);
bool board_finish(void *ctx, const struct pollfd *fds, int count);

/** Emits a status event (board_status.c). Returns OK, or the status with which the kernel failed to answer. */
int board_tell_status(board_t *board);

#endif
