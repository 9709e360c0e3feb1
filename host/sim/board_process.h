/* The process in which the board lives, and the wire to it. */
#ifndef WASMOTE_SIM_BOARD_PROCESS_H
#define WASMOTE_SIM_BOARD_PROCESS_H

#include <signal.h>
#include <sys/types.h>

/** The board: runs until its process ends or WORLD_WAKE_QUIT comes by wake_fd; returns its exit status (BOARD_EXIT_*). */
typedef int (*board_main_fn)(void *ctx, int wake_fd);

typedef struct {
    pid_t pid;   /* 0: the board is off */
    int wake_fd; /* to the board; readable when its process has ended. -1: off */
} board_process_t;

/** Starts the board in a process of its own, with the given signals blocked. Returns OK, or IO with errno telling why. */
int board_process_start(board_process_t *process, board_main_fn board, void *board_ctx, const sigset_t *blocked);

/** Sends a WORLD_WAKE_* byte to the board, if it is on. */
void board_process_wake(const board_process_t *process, char byte);

/** Collects a process that has ended. Returns its wait status. */
int board_process_reap(board_process_t *process);

/** Ends it wherever it is, and collects it. Returns its wait status. */
int board_process_kill(board_process_t *process);

#endif
