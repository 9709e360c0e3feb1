#include "update.h"

#include <string.h>

#include "link.h"
#include "runtime_internal.h"
#include "update_internal.h"

/* What a round answers when nothing is waited for. */
enum { ROUND_MAX_MS = 60000 };

static bool has_partitions(const update_t *update)
{
    uint32_t capacity;
    return update_capacity(update, PLATFORM_PARTITION_APP_A, &capacity) >= 0
           && update_capacity(update, PLATFORM_PARTITION_APP_B, &capacity) >= 0;
}

int update_open(update_t *update, const update_config_t *config)
{
    *update = (update_t){ .config = *config };
    int status = slot_log_open(&update->log, &config->platform->flash, &update->state);
    update->has_slots = status >= 0 && config->keys[0] != NULL && has_partitions(update);
    update->booted_ms = config->platform->clock.monotonic(config->platform->clock.ctx);
    if (update->has_slots) {
        bool has_firmware_failed;
        const int taken = update_open_firmware(update, &has_firmware_failed);
        status = update_count_start(update, !has_firmware_failed);
        status = taken < 0 ? taken : status;
    }
    update_choose(update);
    return status;
}

const uint8_t *update_app(const update_t *update, size_t *len)
{
    *len = update->app_len;
    return update->app;
}

void update_embed(update_t *update, const uint8_t *bytes, size_t len)
{
    update->config.embedded = bytes;
    update->config.embedded_len = len;
    if (update->slot == SLOT_NONE) {
        update->app = bytes;
        update->app_len = len;
    }
}

/* Frees the app that runs, and only then takes its bytes away; starts the one that the state asks for. */
static void swap(update_t *update, runtime_t *runtime)
{
    const update_map_t *map = &update->config.port->map;
    const slot_t slot = update->slot;
    runtime_swap_app(runtime, NULL, 0);
    if (slot != SLOT_NONE) {
        map->unmap(map->ctx, update_partition(PACKAGE_APP, slot));
    }
    update->is_safe = false;
    if (update->state.track[PACKAGE_APP].trial != SLOT_NONE) {
        update->state.track[PACKAGE_APP].trial_boots++;
        update_save(update);
    }
    update_choose(update);
    runtime_swap_app(runtime, update->app, update->app_len);
}

/* In safe mode, and where the app never comes to start it, the kernel's client has to be started for it. */
static void start_client(update_t *update, runtime_t *runtime)
{
    const uint64_t args[LINK_ARGS_MAX] = { 0 };
    int32_t result;
    if (!update->was_client_started && (update->is_safe || update->stops >= UPDATE_STOPS_ALONE)) {
        update->was_client_started = true;
        kernel_syscall(runtime, SYSCALL_client_start, args, &result);
    }
}

/* The app ran well for a while: earlier crashes are not counted against it. Returns ms until that is so. */
static int64_t forgive(update_t *update, int64_t now_ms)
{
    const int64_t left_ms = update->since_ms + UPDATE_GOOD_RUN_MS - now_ms;
    if (update->is_safe || update->stops > 0 || update->state.crashes == 0) {
        return ROUND_MAX_MS;
    }
    if (left_ms <= 0) {
        update->state.crashes = 0;
        update_save(update);
    }
    return left_ms <= 0 ? ROUND_MAX_MS : left_ms;
}

void update_running(const update_t *update, int kind, char name[PACKAGE_NAME_BYTES], char version[PACKAGE_VERSION_BYTES])
{
    memset(name, 0, PACKAGE_NAME_BYTES);
    memset(version, 0, PACKAGE_VERSION_BYTES);
    const char *text = kind == PACKAGE_APP ? update->running.version : update->config.firmware_version;
    text = text ? text : "";
    const size_t len = strlen(text);
    memcpy(name, update->config.name, strlen(update->config.name));
    memcpy(version, text, len < PACKAGE_VERSION_BYTES ? len : PACKAGE_VERSION_BYTES);
}

int update_round(update_t *update, runtime_t *runtime)
{
    if (!update->has_slots) {
        return ROUND_MAX_MS;
    }
    const platform_clock_t *clock = &update->config.platform->clock;
    const int64_t now_ms = clock->monotonic(clock->ctx);
    const bool is_trial = update->state.track[PACKAGE_APP].trial != SLOT_NONE && !update->must_swap;
    int64_t left_ms = is_trial ? update->since_ms + UPDATE_TRIAL_MS - now_ms : ROUND_MAX_MS;
    if (is_trial && (update->must_give_up || left_ms <= 0)) {
        update_give_up(update, update->must_give_up ? update->cause : UPDATE_CAUSE_TIME);
    }
    update->must_give_up = false;
    const int64_t firmware_ms = update_round_firmware(update, now_ms);
    if (update->must_restart) {
        const platform_sys_t *sys = &update->config.platform->sys;
        sys->restart(sys->ctx, PLATFORM_RESET_RESTART);
        return 0;
    }
    left_ms = update_round_load(update) ? 0 : firmware_ms < left_ms ? firmware_ms : left_ms;
    start_client(update, runtime);
    if (update->must_swap) {
        swap(update, runtime);
        return 0;
    }
    const int64_t forgive_ms = forgive(update, now_ms);
    left_ms = forgive_ms < left_ms ? forgive_ms : left_ms;
    return left_ms < ROUND_MAX_MS ? (int)left_ms : ROUND_MAX_MS;
}
