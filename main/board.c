#include "board.h"
#include "board_update.h"

#include <stdio.h>

#include "clock_idf.h"
#include "config_idf.h"
#include "esp_log.h"
#include "runtime.h"
#include "sys_idf.h"
#include "watchdog_idf.h"

static const char *TAG = "board";

enum { WATCHDOG_SECONDS = 8, WATCHDOG_MAX_SECONDS = 60, DIGEST_BYTES = 32 };

/* The wait before another attempt when the kernel does not start: short enough for a watcher, long enough for the flash. */
enum { RETRY_MS = 10000 };

static void restart(const platform_t *platform, int reason)
{
    platform->sys.restart(platform->sys.ctx, reason);
}

static void start_watchdog(void)
{
    int seconds = config_idf_get_int("device.watchdogSeconds", WATCHDOG_SECONDS, 1, WATCHDOG_MAX_SECONDS);
    if (seconds < 0) {
        ESP_LOGE(TAG, "device.watchdogSeconds: %s, expected 1..%d; takes %d", host_status_name(seconds), WATCHDOG_MAX_SECONDS,
                 WATCHDOG_SECONDS);
        seconds = WATCHDOG_SECONDS;
    }
    watchdog_idf_start(seconds);
}

/* Tells which modules run: `sha256sum build/apps/NAME.wasm` on the PC gives the same. */
static void tell_modules(const platform_t *platform, const kernel_t *kernel, const uint8_t *app, size_t app_len)
{
    uint8_t digest[DIGEST_BYTES];
    char text[2 * DIGEST_BYTES + 1] = "unknown";
    if (platform->sys.digest(platform->sys.ctx, app, app_len, digest) >= 0) {
        for (int i = 0; i < DIGEST_BYTES; i++) {
            snprintf(text + 2 * i, 3, "%02x", digest[i]);
        }
    }
    ESP_LOGI(TAG, "kernel: %s, %u bytes; app: %u bytes, SHA-256 %s", kernel->engine_name, (unsigned)kernel->bytes_len,
             (unsigned)app_len, text);
}

static void on_app_stopped(void *ctx, const char *export_name, const char *reason, int32_t restart_ms)
{
    (void)ctx, (void)export_name, (void)reason, (void)restart_ms;
    board_update_app_stopped();
}

void board_run(const platform_t *platform, flash_partition_t *flash, const kernel_t *kernel, const uint8_t *app, size_t app_len)
{
    static const runtime_observer_t s_observer = { .app_stopped = on_app_stopped };
    board_update_open(platform, flash, app, app_len);
    runtime_config_t config = {
        .platform = platform,
        .kernel_engine = kernel->engine,
        .kernel_bytes = kernel->bytes,
        .kernel_len = kernel->bytes_len,
        .observer = &s_observer,
        .update = board_update_rows(),
    };
    config.app_bytes = board_update_app(&config.app_len);
    runtime_t *runtime = NULL;
    tell_modules(platform, kernel, config.app_bytes, config.app_len);
    start_watchdog();
    const int status = runtime_create(&config, &runtime);
    if (status < 0) {
        ESP_LOGE(TAG, "the kernel does not start: %s; restart in %d s", host_status_name(status), RETRY_MS / 1000);
        for (int64_t until_ms = clock_idf_uptime() + RETRY_MS; clock_idf_uptime() < until_ms;) {
            platform->clock.idle(platform->clock.ctx, until_ms - clock_idf_uptime());
            watchdog_idf_set(0);
        }
        restart(platform, status == HOST_CORRUPT ? PLATFORM_RESET_KERNEL_TRAP : PLATFORM_RESET_RESTART);
    }
    for (;;) {
        int wait_ms = runtime_step(runtime);
        if (wait_ms < 0) {
            restart(platform, PLATFORM_RESET_KERNEL_TRAP);
        }
        const int update_ms = board_update_round(runtime);
        wait_ms = update_ms < wait_ms ? update_ms : wait_ms;
        platform->clock.idle(platform->clock.ctx, wait_ms);
    }
}
