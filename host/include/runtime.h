/*
 * The runtime: two modules, their walls, and one round of work. Portable; holds no wait and no global state.
 */
#ifndef WASMOTE_RUNTIME_H
#define WASMOTE_RUNTIME_H

#include "engine.h"
#include "platform.h"

/** Watches from outside what happens at the walls. Every member may be NULL. For the simulator's status and for tests. */
typedef struct {
    void *ctx;
    /**
     * After each KERNEL_CALL: row name, result, and the bytes that went back to the app: out[out_len], the row's last '>' span
     * (NULL, 0 when the row has none or the result is negative).
     */
    void (*syscall)(void *ctx, const char *name, int32_t result, const uint8_t *out, size_t out_len);
    /** The app was ended: export that ran, reason, and ms until it starts again. */
    void (*app_stopped)(void *ctx, const char *export_name, const char *reason, int32_t restart_ms);
    void (*app_started)(void *ctx, uint32_t restarts);
} runtime_observer_t;

/** Updates over the air, of a build that has them (host/update/update.h). */
typedef struct update update_t;

typedef struct {
    const platform_t *platform;
    const engine_t *kernel_engine;
    const uint8_t *kernel_bytes;
    size_t kernel_len;
    const uint8_t *app_bytes; /* may be NULL: the kernel alone */
    size_t app_len;
    const runtime_observer_t *observer; /* may be NULL */
    update_t *update;                   /* what the rows `update_` act on; NULL: they answer UNSUPPORTED */
} runtime_config_t;

typedef struct runtime runtime_t;

/**
 * Loads the kernel, runs its setup, then starts the app. OK, or the status that keeps the device from running (logged).
 * An app that does not load is logged and tried again with back-off: the kernel runs on without it.
 */
int runtime_create(const runtime_config_t *config, runtime_t **out);

/**
 * One round: the app's step if it is due, then the kernel's. Returns ms until the next deadline (0..60000), or CORRUPT when
 * the kernel trapped: the device must restart.
 */
int runtime_step(runtime_t *runtime);

/**
 * Replaces the app between steps: the old one is freed at once, the new one starts in the next. bytes must outlive it. OK, or
 * INVALID with nothing changed: the app is inside a call.
 */
int runtime_swap_app(runtime_t *runtime, const uint8_t *bytes, size_t len);

/** Copies the kernel's counters (stats.def) into fields[]. Returns the number of fields, or a status. */
int runtime_stats(runtime_t *runtime, uint32_t *fields, size_t cap);

/** Bytes of RAM each module holds (linear memory and compiled code), for the status line. */
void runtime_memory(const runtime_t *runtime, uint32_t *kernel_bytes, uint32_t *app_bytes);

void runtime_destroy(runtime_t *runtime);

#endif
