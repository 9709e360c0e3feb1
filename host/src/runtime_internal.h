/*
 * The runtime's insides, shared by runtime.c, app_runner.c, syscall.c and the handlers that need them.
 */
#ifndef WASMOTE_RUNTIME_INTERNAL_H
#define WASMOTE_RUNTIME_INTERNAL_H

#include "config_image.h"
#include "import.h"
#include "link.h"
#include "manifest.h"
#include "runtime.h"

enum {
    RUNTIME_STEP_MAX_MS = 60000,
    APP_RESTART_FIRST_MS = 1000, /* doubled at each stop ... */
    APP_RESTART_MAX_MS = 60000,  /* ... up to this ... */
    APP_GOOD_RUN_MS = 60000,     /* ... and forgotten after a run as long as this */
    APP_HOLD_MS = 10000,         /* wait before the first start after a watchdog reset */
    APP_REASON_BYTES = 128
};

typedef enum { RUNTIME_STAY = 0, RUNTIME_LEAVE_SLEEP, RUNTIME_LEAVE_RESTART } runtime_leave_kind_t;

/** What the kernel asked for with sys_sleep or sys_restart; done after its step. */
typedef struct {
    runtime_leave_kind_t kind;
    int32_t argument; /* ms, or a reset reason */
} runtime_leave_t;

typedef struct {
    guest_t guest;
    const uint8_t *bytes; /* NULL: there is no app */
    size_t len;
    manifest_t manifest;
    engine_instance_t *instance; /* NULL while it is stopped */
    int64_t due_ms;              /* next step, or next start while it is stopped */
    int64_t started_ms;
    int32_t restart_ms; /* wait after the next stop */
    uint32_t restarts;
    bool is_running; /* inside one of its exports: it must not be freed */
} app_t;

struct runtime {
    runtime_config_t config;
    config_image_t device_config; /* what sys_config answers from */
    guest_t kernel_guest;
    engine_instance_t *kernel;
    uint32_t exchange; /* address of the exchange buffer in the kernel's memory */
    app_t app;
    runtime_leave_t leave;
    bool has_kernel_trapped; /* nothing may call it again: the device must restart */
    bool was_refused;        /* a publish of this round's step found no room: trying again at once would find none */
    bool was_event_seen;     /* the app was stepped for the message that waits */
};

int64_t runtime_now(const runtime_t *runtime);
void runtime_log(const runtime_t *runtime, int level, const char *format, ...);
void runtime_feed_watchdog(const runtime_t *runtime);

/** Returns the free heap for engine_config_t.heap_free, 0 where the platform cannot tell. */
uint32_t runtime_heap_free(const runtime_t *runtime);

/** Calls an export of the kernel. OK with its i32 result in *result; CORRUPT, logged once, when it trapped or has trapped. */
int kernel_call(runtime_t *runtime, size_t export_index, const uint64_t *args, size_t arg_count, int32_t *result);

/** Steps the kernel and does what it asked for (sleep, restart). Returns ms to its next deadline, or CORRUPT. */
int kernel_step(runtime_t *runtime);

/** Calls a syscall row whose spans lie in the exchange buffer already. OK with the row's result, or CORRUPT. */
int kernel_syscall(runtime_t *runtime, uint16_t row, const uint64_t args[LINK_ARGS_MAX], int32_t *result);

/** Returns 1 when a message waits in the kernel's inbox, 0 when none does, CORRUPT when the kernel trapped. */
int kernel_event_waits(runtime_t *runtime);

/** Does what the kernel asked for with sys_sleep or sys_restart, if it did. */
void runtime_leave(runtime_t *runtime);

/** Starts the app if it is due, or steps it. */
void app_step(runtime_t *runtime);

/** Returns the ms until the app is due again, RUNTIME_STEP_MAX_MS without one. */
int app_wait_ms(const runtime_t *runtime);

/** Gives the app its loop passes for one call, or for going on after `yield`. */
void app_refuel(runtime_t *runtime);

/**
 * Puts off the app's first start when the watchdog ended the run before: if it was the app that hung, the kernel has time to
 * deliver what is stored, at each start anew.
 */
void app_hold_after_hang(runtime_t *runtime);

/** Frees the app's instance. */
void app_free(runtime_t *runtime);

#endif
