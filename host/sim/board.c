#include "board.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "events.h"
#include "file.h"
#include "log.h"
#include "watchdog.h"

static const char *TAG = "board";

enum { WATCHDOG_SECONDS = 8, WATCHDOG_MAX_SECONDS = 60, STORED = 1, RECEIPT_BYTES = 8 };

static int64_t real_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int board_prepare(void *ctx, struct pollfd *fds, int cap)
{
    board_t *board = ctx;
    fds[0] = (struct pollfd){ .fd = board->wake_fd, .events = POLLIN };
    const int count = sim_net_prepare(board->net, fds + 1, cap - 1);
    return count < 0 ? -1 : count + 1;
}

static void take_wakes(board_t *board)
{
    char bytes[64];
    const ssize_t count = read(board->wake_fd, bytes, sizeof bytes);
    if (count == 0) {
        _exit(BOARD_EXIT_QUIT);
    }
    for (ssize_t i = 0; i < count; i++) {
        board->wants_status = board->wants_status || bytes[i] == WORLD_WAKE_STATUS;
        board->wants_swap = board->wants_swap || bytes[i] == WORLD_WAKE_SWAP;
        board->wants_quit = board->wants_quit || bytes[i] == WORLD_WAKE_QUIT;
    }
}

bool board_finish(void *ctx, const struct pollfd *fds, int count)
{
    board_t *board = ctx;
    const bool is_woken = fds[0].revents != 0;
    if (is_woken) {
        take_wakes(board);
    }
    return sim_net_finish(board->net, fds + 1, count - 1) || is_woken;
}

/* Tells of each reading that was accepted for good, with the sequence number of its receipt. */
static void on_syscall(void *ctx, const char *name, int32_t result, const uint8_t *out, size_t out_len)
{
    (void)ctx;
    const bool publishes = strcmp(name, "publish") == 0 || strcmp(name, "publish_commit") == 0
                           || strcmp(name, "stream_publish") == 0 || strcmp(name, "tb_send") == 0;
    if (!publishes || result != STORED || out_len < RECEIPT_BYTES) {
        return;
    }
    uint64_t sequence = 0;
    for (int i = RECEIPT_BYTES - 1; i >= 0; i--) {
        sequence = sequence << 8 | out[i];
    }
    event_t event;
    event_begin(&event, "accepted");
    event_number_as_text(&event, "sequence", sequence);
    event_emit(&event);
}

static void on_app_stopped(void *ctx, const char *export_name, const char *reason, int32_t restart_ms)
{
    board_t *board = ctx;
    snprintf(board->last_app_stop, sizeof board->last_app_stop, "%s", reason);
    update_app_stopped(&board->update.update);
    event_t event;
    event_begin(&event, "app-stopped");
    event_text(&event, "export", export_name);
    event_text(&event, "reason", reason);
    event_number(&event, "restartMs", restart_ms);
    event_emit(&event);
}

static void on_app_started(void *ctx, uint32_t restarts)
{
    board_t *board = ctx;
    board->app_restarts = restarts;
    if (board->is_swapped) {
        event_t event;
        board->is_swapped = false;
        event_begin(&event, "app-swapped");
        event_emit(&event);
    }
}

/* Reads the app named in the world. Returns NULL, told as an event, when it cannot be read. */
static uint8_t *read_app(const board_t *board, size_t *len)
{
    uint8_t *bytes = file_read(board->world->app_path, len);
    if (bytes == NULL) {
        event_error("app %s: %s", board->world->app_path, strerror(errno));
    }
    return bytes;
}

static void swap_app(board_t *board)
{
    size_t len;
    uint8_t *bytes = read_app(board, &len);
    if (bytes == NULL) {
        return;
    }
    const int status = runtime_swap_app(board->runtime, bytes, len);
    if (status < 0) {
        event_error("app %s: %s", board->world->app_path, host_status_name(status));
        free(bytes);
        return;
    }
    sim_log(PLATFORM_LOG_INFO, TAG, "runs %s", board->world->app_path);
    board->is_swapped = true;
    update_embed(&board->update.update, bytes, len);
    free(board->app);
    board->app = bytes;
}

static int start_watchdog(const board_t *board)
{
    int seconds = config_image_get_int(&board->config, "device.watchdogSeconds", WATCHDOG_SECONDS, 1, WATCHDOG_MAX_SECONDS);
    if (seconds < 0) {
        sim_log(PLATFORM_LOG_ERROR, TAG, "device.watchdogSeconds: %s, expected 1..%d; takes %d", host_status_name(seconds),
                WATCHDOG_MAX_SECONDS, WATCHDOG_SECONDS);
        seconds = WATCHDOG_SECONDS;
    }
    return sim_watchdog_start(board->world, seconds);
}

static void restart_after_trap(board_t *board)
{
    const platform_sys_t *sys = &board->platform->sys;
    sys->restart(sys->ctx, PLATFORM_RESET_KERNEL_TRAP);
}

/* What a simulated firmware does of its own. */
static void behave(board_t *board)
{
    switch (board->update.loader.behaviour) {
    case BOOT_LOADER_TRAPS:
        restart_after_trap(board);
        break;
    case BOOT_LOADER_HANGS:
        for (;;) {
            pause(); /* until the watchdog */
        }
    case BOOT_LOADER_DEAF:
        board->link->is_deaf = true;
        break;
    case BOOT_LOADER_GOOD:
        break;
    }
}

/* Rounds of work until the supervisor asks for the end. */
static void run_rounds(board_t *board)
{
    const int period_ms = board->options->status_ms;
    int64_t status_at_ms = real_ms() + period_ms;
    while (!board->wants_quit) {
        int64_t wait_ms = runtime_step(board->runtime);
        if (wait_ms < 0) {
            restart_after_trap(board);
        }
        if (board->wants_swap) {
            board->wants_swap = false;
            swap_app(board);
            wait_ms = 0;
        }
        const int update_ms = board_update_round(&board->update, board->runtime);
        wait_ms = update_ms < wait_ms ? update_ms : wait_ms;
        const int64_t now_ms = real_ms();
        if (board->wants_status || (period_ms > 0 && now_ms >= status_at_ms)) {
            board->wants_status = false;
            status_at_ms = now_ms + period_ms;
            if (board_tell_status(board) == HOST_CORRUPT) {
                restart_after_trap(board);
            }
        }
        if (period_ms > 0 && !board->world->is_stepped && status_at_ms - now_ms < wait_ms) {
            wait_ms = status_at_ms - now_ms;
        }
        board->platform->clock.idle(board->platform->clock.ctx, wait_ms);
    }
    board_tell_status(board);
}

int board_run(board_t *board)
{
    size_t kernel_len = 0;
    size_t app_len = 0;
    uint8_t *kernel = file_read(board->options->kernel_path, &kernel_len);
    config_image_open(&board->platform->flash, &board->config);
    if (kernel == NULL) {
        event_error("kernel %s: %s", board->options->kernel_path, strerror(errno));
        return BOARD_EXIT_FAILED;
    }
    if (start_watchdog(board) < 0) {
        event_error("no thread for the watchdog");
        return BOARD_EXIT_FAILED;
    }
    board->app = read_app(board, &app_len);
    board_update_open(&board->update, board->platform, board->flash, board->options, board->world, board->app, app_len);
    const runtime_observer_t observer = {
        .ctx = board,
        .syscall = board->options->traces ? on_syscall : NULL,
        .app_stopped = on_app_stopped,
        .app_started = on_app_started,
    };
    runtime_config_t config = {
        .platform = board->platform,
        .kernel_engine = board->kernel_engine,
        .kernel_bytes = kernel,
        .kernel_len = kernel_len,
        .observer = &observer,
        .update = &board->update.update,
    };
    config.app_bytes = update_app(&board->update.update, &config.app_len);
    const int status = runtime_create(&config, &board->runtime);
    if (status == HOST_CORRUPT) {
        restart_after_trap(board);
    }
    if (status < 0) {
        event_error("kernel %s does not start: %s (see the log)", board->options->kernel_path, host_status_name(status));
        free(kernel);
        free(board->app);
        return BOARD_EXIT_FAILED;
    }
    behave(board);
    run_rounds(board);
    runtime_destroy(board->runtime);
    free(kernel);
    free(board->app);
    return BOARD_EXIT_QUIT;
}
