#include <stdio.h>
#include <string.h>

#include "position.h"
#include "runtime_internal.h"

/*
 * Deepest use measured: 656 bytes, by examples/comfortable (a Map of Strings, numbers as text). Three times that, for what
 * an author nests; beyond it the app is ended with a stack overflow.
 */
enum { APP_STACK_BYTES = 2048 };

static const engine_t *const s_app_engine = &engine_wasm3;

void app_refuel(runtime_t *runtime)
{
    s_app_engine->global_set(runtime->app.instance, APP_EXPORT_fuel, (int32_t)runtime->app.manifest.fuel);
}

void app_free(runtime_t *runtime)
{
    s_app_engine->free(runtime->app.instance);
    runtime->app.instance = NULL;
}

/* Ends the app: frees it, says why, and sets the time of its next start. */
static void app_stop(runtime_t *runtime, const char *export_name, const char *reason)
{
    app_t *app = &runtime->app;
    int64_t now = runtime_now(runtime);
    app_free(runtime);
    if (now - app->started_ms >= APP_GOOD_RUN_MS) {
        app->restart_ms = APP_RESTART_FIRST_MS;
    }
    int32_t wait_ms = app->restart_ms;
    app->restart_ms = wait_ms < APP_RESTART_MAX_MS / 2 ? wait_ms * 2 : APP_RESTART_MAX_MS;
    app->due_ms = now + wait_ms;
    app->restarts++;
    runtime_log(runtime, PLATFORM_LOG_ERROR, "app stopped in %s: %s; starts again in %d ms", export_name, reason, (int)wait_ms);
    const runtime_observer_t *observer = runtime->config.observer;
    if (observer && observer->app_stopped) {
        observer->app_stopped(observer->ctx, export_name, reason, wait_ms);
    }
}

/* Finds the words for a trap: the guard's own, the app's last ones, or the engine's. */
static void explain(const runtime_t *runtime, const char *error, char reason[APP_REASON_BYTES])
{
    const app_t *app = &runtime->app;
    int32_t fuel = 1;
    s_app_engine->global_get(app->instance, APP_EXPORT_fuel, &fuel);
    if (app->guest.last_words[0]) {
        snprintf(reason, APP_REASON_BYTES, "%s", app->guest.last_words);
    } else if (fuel == 0) {
        snprintf(reason, APP_REASON_BYTES, "endless loop: no return after %lu loop passes", (unsigned long)app->manifest.fuel);
    } else {
        snprintf(reason, APP_REASON_BYTES, "%s", error);
    }
}

/* Calls an export with a full tank. OK, NOT_FOUND, or CORRUPT with the app stopped (or the kernel trapped under it). */
static int app_call(runtime_t *runtime, size_t export_index, const uint64_t *args, size_t arg_count, int32_t *result)
{
    app_t *app = &runtime->app;
    char error[ENGINE_ERROR_BYTES]; /* said only when the app traps */
    uint64_t value = 0;
    app_refuel(runtime);
    app->guest.last_words[0] = '\0';
    app->is_running = true;
    const uint32_t before = position_enter(POSITION_APP, export_index);
    int status = s_app_engine->call(app->instance, export_index, args, arg_count, &value, error);
    if (!runtime->has_kernel_trapped) {
        position_leave(before);
    }
    app->is_running = false;
    *result = (int32_t)(uint32_t)value;
    if (status == HOST_CORRUPT && !runtime->has_kernel_trapped) {
        char reason[APP_REASON_BYTES];
        explain(runtime, error, reason);
        app_stop(runtime, link_app_exports[export_index].name, reason);
    }
    return status;
}

/* Calls a callback, then the app's collector, which may run only between callbacks. Returns as app_call, with the app stopped for NOT_FOUND, too. */
static int app_callback(runtime_t *runtime, size_t export_index, const uint64_t *args, size_t arg_count, int32_t *result)
{
    int32_t nothing;
    int status = app_call(runtime, export_index, args, arg_count, result);
    if (status == HOST_OK && runtime->app.manifest.has_collector) {
        status = app_call(runtime, APP_EXPORT___collect, NULL, 0, &nothing);
        if (status == HOST_NOT_FOUND) {
            app_stop(runtime, "__collect", "manifest: promises a collector that the app does not export");
        }
    }
    return status;
}

static int app_load(runtime_t *runtime, char error[ENGINE_ERROR_BYTES])
{
    app_t *app = &runtime->app;
    int status = manifest_read(app->bytes, app->len, MANIFEST_APP, &app->manifest, error);
    if (status < 0) {
        return status;
    }
    const engine_config_t config = {
        .bytes = app->bytes,
        .bytes_len = app->len,
        .memory_bytes = app->manifest.memory_bytes,
        .stack_bytes = APP_STACK_BYTES,
        .heap_free = runtime_heap_free(runtime),
        .imports = link_app_imports,
        .import_count = link_app_import_count,
        .left_out = link_app_left_out,
        .exports = link_app_exports,
        .export_count = APP_EXPORT_COUNT,
        .user = &app->guest,
    };
    status = s_app_engine->load(&config, &app->instance, error);
    int32_t fuel;
    if (status >= 0 && app->manifest.fuel == 0 && s_app_engine->global_get(app->instance, APP_EXPORT_fuel, &fuel) == HOST_OK) {
        snprintf(error, ENGINE_ERROR_BYTES, "manifest: fuel is 0, but the app counts its loop passes");
        status = HOST_INVALID;
    }
    return status;
}

static void app_start(runtime_t *runtime)
{
    app_t *app = &runtime->app;
    char error[ENGINE_ERROR_BYTES] = "";
    int32_t result;
    app->started_ms = runtime_now(runtime);
    app->due_ms = app->started_ms;
    if (app_load(runtime, error) < 0) {
        app_stop(runtime, "load", error);
        return;
    }
    const uint64_t restarts = app->restarts;
    runtime->was_event_seen = false;
    if (kernel_call(runtime, KERNEL_EXPORT_app_started, &restarts, 1, &result) < 0
        || app_call(runtime, APP_EXPORT_abi_version, NULL, 0, &result) < 0) {
        return;
    }
    if (result != LINK_ABI_VERSION) {
        snprintf(error, sizeof(error), "abi_version is %d, expected %d", (int)result, LINK_ABI_VERSION);
        app_stop(runtime, "abi_version", error);
        return;
    }
    const runtime_observer_t *observer = runtime->config.observer;
    if (observer && observer->app_started) {
        observer->app_started(observer->ctx, app->restarts);
    }
    app_callback(runtime, APP_EXPORT_setup, NULL, 0, &result);
}

void app_step(runtime_t *runtime)
{
    app_t *app = &runtime->app;
    if (!app->bytes) {
        return;
    }
    int64_t now = runtime_now(runtime);
    if (now >= app->due_ms && !app->instance) {
        app_start(runtime);
    } else if (now >= app->due_ms) {
        const uint64_t now_arg = (uint64_t)now;
        int32_t wait_ms;
        if (app_callback(runtime, APP_EXPORT_step, &now_arg, 1, &wait_ms) == HOST_OK) {
            app->due_ms = now + (wait_ms > 0 ? wait_ms : 0);
        }
    }
}

int app_wait_ms(const runtime_t *runtime)
{
    if (!runtime->app.bytes) {
        return RUNTIME_STEP_MAX_MS;
    }
    const int64_t left_ms = runtime->app.due_ms - runtime_now(runtime);
    return left_ms < 0 ? 0 : left_ms > RUNTIME_STEP_MAX_MS ? RUNTIME_STEP_MAX_MS : (int)left_ms;
}

void app_hold_after_hang(runtime_t *runtime)
{
    const platform_sys_t *sys = &runtime->config.platform->sys;
    if (runtime->app.bytes && sys->reset_reason(sys->ctx) == PLATFORM_RESET_WATCHDOG) {
        runtime->app.due_ms += APP_HOLD_MS;
        runtime_log(runtime, PLATFORM_LOG_WARNING, "the watchdog ended the run before: the app waits %d ms", APP_HOLD_MS);
    }
}

int runtime_swap_app(runtime_t *runtime, const uint8_t *bytes, size_t len)
{
    app_t *app = &runtime->app;
    if (app->is_running) {
        return HOST_INVALID;
    }
    app_free(runtime);
    app->restarts += app->bytes != NULL; /* the kernel forgets what the one before had begun */
    app->bytes = bytes;
    app->len = len;
    app->due_ms = runtime_now(runtime);
    app->restart_ms = APP_RESTART_FIRST_MS;
    return HOST_OK;
}
