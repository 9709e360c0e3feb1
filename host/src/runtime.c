#include "runtime.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "guest_memory.h"
#include "position.h"
#include "runtime_internal.h"

/*
 * Deepest use measured: 1,572 bytes, by full-plain when it stores a reading and drains its backlog. An overflow would be a
 * restart of the device, so there is half as much again and more.
 */
enum { KERNEL_STACK_BYTES = 2560 };
enum { LOG_LINE_BYTES = 200 };
/* An app that was refused for lack of room is stepped again when something comes in, or after so long. */
enum { REFUSED_WAIT_MS = 1 };

int64_t runtime_now(const runtime_t *runtime)
{
    const platform_clock_t *clock = &runtime->config.platform->clock;
    return clock->monotonic(clock->ctx);
}

void runtime_log(const runtime_t *runtime, int level, const char *format, ...)
{
    const platform_sys_t *sys = &runtime->config.platform->sys;
    char line[LOG_LINE_BYTES];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (len > 0) {
        sys->log(sys->ctx, level, "host", line, (size_t)len < sizeof(line) ? (size_t)len : sizeof(line) - 1);
    }
}

void runtime_feed_watchdog(const runtime_t *runtime)
{
    const platform_sys_t *sys = &runtime->config.platform->sys;
    sys->watchdog(sys->ctx, 0);
}

uint32_t runtime_heap_free(const runtime_t *runtime)
{
    enum { FREE_HEAP = 0 };
    const platform_sys_t *sys = &runtime->config.platform->sys;
    int bytes = sys->memory(sys->ctx, FREE_HEAP);
    return bytes > 0 ? (uint32_t)bytes : 0;
}

void runtime_leave(runtime_t *runtime)
{
    const platform_sys_t *sys = &runtime->config.platform->sys;
    runtime_leave_t leave = runtime->leave;
    runtime->leave = (runtime_leave_t){ .kind = RUNTIME_STAY };
    if (leave.kind == RUNTIME_LEAVE_RESTART) {
        sys->restart(sys->ctx, leave.argument);
    } else if (leave.kind == RUNTIME_LEAVE_SLEEP) {
        int status = sys->sleep(sys->ctx, leave.argument);
        runtime_log(runtime, PLATFORM_LOG_WARNING, "deep sleep refused: %s", host_status_name(status));
    }
}

int kernel_call(runtime_t *runtime, size_t export_index, const uint64_t *args, size_t arg_count, int32_t *result)
{
    if (runtime->has_kernel_trapped) {
        return HOST_CORRUPT;
    }
    char error[ENGINE_ERROR_BYTES]; /* said only when the call fails */
    uint64_t value = 0;
    runtime->kernel_guest.last_words[0] = '\0';
    const uint32_t before = position_enter(POSITION_KERNEL, export_index);
    int status = runtime->config.kernel_engine->call(runtime->kernel, export_index, args, arg_count, &value, error);
    if (status < 0) { /* the position stays: the device restarts from here */
        const char *last_words = runtime->kernel_guest.last_words;
        runtime->has_kernel_trapped = true;
        runtime_log(runtime, PLATFORM_LOG_ERROR, "kernel trapped in %s: %s", link_kernel_exports[export_index].name,
                    last_words[0] ? last_words : error);
        return HOST_CORRUPT;
    }
    position_leave(before);
    *result = (int32_t)(uint32_t)value;
    return HOST_OK;
}

int kernel_step(runtime_t *runtime)
{
    const uint64_t now = (uint64_t)runtime_now(runtime);
    int32_t wait_ms;
    runtime_feed_watchdog(runtime);
    if (kernel_call(runtime, KERNEL_EXPORT_step, &now, 1, &wait_ms) < 0) {
        return HOST_CORRUPT;
    }
    runtime_feed_watchdog(runtime);
    runtime_leave(runtime);
    return wait_ms < 0 ? 0 : wait_ms > RUNTIME_STEP_MAX_MS ? RUNTIME_STEP_MAX_MS : wait_ms;
}

static int load_kernel(runtime_t *runtime)
{
    const runtime_config_t *config = &runtime->config;
    char error[ENGINE_ERROR_BYTES] = "";
    manifest_t manifest;
    int status = manifest_read(config->kernel_bytes, config->kernel_len, MANIFEST_KERNEL, &manifest, error);
    if (status >= 0) {
        const engine_config_t engine_config = {
            .bytes = config->kernel_bytes,
            .bytes_len = config->kernel_len,
            .memory_bytes = manifest.memory_bytes,
            .stack_bytes = manifest.stack_bytes ? manifest.stack_bytes : KERNEL_STACK_BYTES,
            .heap_free = runtime_heap_free(runtime),
            .imports = link_kernel_imports,
            .import_count = link_kernel_import_count,
            .exports = link_kernel_exports,
            .export_count = KERNEL_EXPORT_COUNT,
            .user = &runtime->kernel_guest,
        };
        status = config->kernel_engine->load(&engine_config, &runtime->kernel, error);
    }
    if (status < 0) {
        runtime_log(runtime, PLATFORM_LOG_ERROR, "kernel not loaded: %s (%s)", error, host_status_name(status));
    }
    return status;
}

/* Takes the address of the exchange buffer, which must lie in the kernel's memory. */
static int find_exchange(runtime_t *runtime)
{
    int32_t address;
    uint32_t bytes;
    if (kernel_call(runtime, KERNEL_EXPORT_exchange, NULL, 0, &address) < 0) {
        return HOST_CORRUPT;
    }
    runtime->config.kernel_engine->memory(runtime->kernel, &bytes);
    runtime->exchange = (uint32_t)address;
    if ((uint64_t)runtime->exchange + LINK_EXCHANGE_BYTES > bytes || runtime->exchange % 8 != 0) {
        runtime_log(runtime, PLATFORM_LOG_ERROR, "kernel: exchange buffer at %lu, expected 8-aligned and inside its %lu bytes",
                    (unsigned long)runtime->exchange, (unsigned long)bytes);
        return HOST_INVALID;
    }
    return HOST_OK;
}

static int start_kernel(runtime_t *runtime)
{
    int32_t result;
    if (kernel_call(runtime, KERNEL_EXPORT_abi_version, NULL, 0, &result) < 0) {
        return HOST_CORRUPT;
    }
    if (result != LINK_ABI_VERSION) {
        runtime_log(runtime, PLATFORM_LOG_ERROR, "kernel: abi_version is %d, expected %d", (int)result, LINK_ABI_VERSION);
        return HOST_UNSUPPORTED;
    }
    if (kernel_call(runtime, KERNEL_EXPORT_setup, NULL, 0, &result) < 0) {
        return HOST_CORRUPT;
    }
    if (result < 0) {
        runtime_log(runtime, PLATFORM_LOG_ERROR, "kernel: setup failed: %s", host_status_name(result));
        return result;
    }
    return find_exchange(runtime);
}

/* A device without a configuration runs, too: the kernel says what it misses. */
static void open_configuration(runtime_t *runtime)
{
    char remark[LOG_LINE_BYTES];
    config_image_open(&runtime->config.platform->flash, &runtime->device_config);
    if (config_image_remark(&runtime->device_config, remark, sizeof(remark)) > 0) {
        runtime_log(runtime, PLATFORM_LOG_WARNING, "%s", remark);
    }
}

int runtime_create(const runtime_config_t *config, runtime_t **out)
{
    runtime_t *runtime = calloc(1, sizeof(*runtime));
    if (!runtime) {
        return HOST_NO_MEMORY;
    }
    runtime->config = *config;
    runtime->kernel_guest = (guest_t){ .platform = config->platform, .runtime = runtime, .tag = "kernel" };
    runtime->app.guest = (guest_t){ .platform = config->platform, .runtime = runtime, .tag = "app" };
    runtime_feed_watchdog(runtime);
    open_configuration(runtime);
    int status = load_kernel(runtime);
    if (status >= 0) {
        status = start_kernel(runtime);
    }
    if (status >= 0) {
        runtime_swap_app(runtime, config->app_bytes, config->app_len);
        app_hold_after_hang(runtime);
        app_step(runtime);
        status = runtime->has_kernel_trapped ? HOST_CORRUPT : HOST_OK;
    }
    if (status < 0) {
        runtime_destroy(runtime);
        return status;
    }
    *out = runtime;
    return HOST_OK;
}

/* Makes the app due when a message has come in that it was not yet stepped for. */
static int wake_app(runtime_t *runtime)
{
    if (!runtime->app.instance) {
        return HOST_OK;
    }
    int waits = kernel_event_waits(runtime);
    if (waits == 1 && !runtime->was_event_seen) {
        runtime->app.due_ms = runtime_now(runtime);
    }
    runtime->was_event_seen = waits == 1;
    return waits;
}

int runtime_step(runtime_t *runtime)
{
    runtime->was_refused = false;
    runtime_feed_watchdog(runtime);
    app_step(runtime);
    if (runtime->has_kernel_trapped) {
        return HOST_CORRUPT;
    }
    runtime_leave(runtime);
    /* The kernel's step is the last: what the app gave it goes out at once, and its deadline is the newest. */
    const int kernel_ms = kernel_step(runtime);
    if (kernel_ms < 0 || wake_app(runtime) < 0) {
        return HOST_CORRUPT;
    }
    int app_ms = app_wait_ms(runtime);
    if (runtime->was_refused && app_ms < REFUSED_WAIT_MS) {
        app_ms = REFUSED_WAIT_MS;
    }
    return kernel_ms < app_ms ? kernel_ms : app_ms;
}

int runtime_stats(runtime_t *runtime, uint32_t *fields, size_t cap)
{
    enum {
#define STATS_FIELD(name) STATS_##name,
#include "stats.def"
#undef STATS_FIELD
        STATS_COUNT
    };
    const uint64_t args[LINK_ARGS_MAX] = { runtime->exchange, STATS_COUNT * sizeof(uint32_t) };
    int32_t written;
    uint32_t bytes;
    int status = kernel_syscall(runtime, SYSCALL_stats, args, &written);
    if (status < 0 || written < 0) {
        return status < 0 ? status : written;
    }
    const uint8_t *exchange = runtime->config.kernel_engine->memory(runtime->kernel, &bytes) + runtime->exchange;
    size_t count = (size_t)written / sizeof(uint32_t);
    count = count < cap ? count : cap;
    for (size_t i = 0; i < count && i < STATS_COUNT; i++) {
        fields[i] = guest_get_u32(exchange + i * sizeof(uint32_t));
    }
    return (int)(count < STATS_COUNT ? count : STATS_COUNT);
}

void runtime_memory(const runtime_t *runtime, uint32_t *kernel_bytes, uint32_t *app_bytes)
{
    *kernel_bytes = (uint32_t)runtime->config.kernel_engine->footprint(runtime->kernel);
    *app_bytes = runtime->app.instance ? (uint32_t)engine_wasm3.footprint(runtime->app.instance) : 0;
}

void runtime_destroy(runtime_t *runtime)
{
    if (!runtime) {
        return;
    }
    app_free(runtime);
    if (runtime->kernel) {
        runtime->config.kernel_engine->free(runtime->kernel);
    }
    free(runtime);
}
