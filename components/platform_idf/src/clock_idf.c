#include "clock_idf.h"

#include <sys/time.h>

#include "clock_rules.h"
#include "config_idf.h"
#include "esp_log.h"
#include "esp_netif_sntp.h"
#include "esp_timer.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "status_idf.h"
#include "wake.h"
#include "watchdog_idf.h"

static const char *TAG = "clock";

enum { SERVER_BYTES = 254 };

static clock_idf_inputs_t s_inputs;
static char s_server[SERVER_BYTES] = "pool.ntp.org";
static bool s_is_asking;
static int64_t s_started_ms;

void clock_idf_init(clock_idf_inputs_t inputs)
{
    s_inputs = inputs;
    s_started_ms = clock_idf_monotonic(NULL);
    const int len = config_idf_get_text("time.sntp", s_server, sizeof s_server);
    if (len == HOST_TOO_LARGE) {
        ESP_LOGE(TAG, "time.sntp: expected at most %d characters; takes %s", SERVER_BYTES - 1, s_server);
    }
}

int64_t clock_idf_uptime(void)
{
    return clock_idf_monotonic(NULL) - s_started_ms;
}

static void on_time(struct timeval *now)
{
    static bool s_is_told;
    if (!s_is_told) {
        ESP_LOGI(TAG, "set by %s: %lld s since 1970", s_server, (long long)now->tv_sec);
        s_is_told = true;
    }
    wake_signal();
}

void clock_idf_synchronise(void)
{
    if (s_is_asking && clock_idf_wall(NULL) >= 0) {
        return; /* it goes on by itself, once an hour */
    }
    if (s_is_asking) {
        esp_netif_sntp_deinit(); /* its waits have grown while there was no network */
    }
    esp_sntp_config_t config = ESP_NETIF_SNTP_DEFAULT_CONFIG(s_server);
    config.sync_cb = on_time;
    config.wait_for_sync = false;
    s_is_asking = status_report(TAG, "time server", esp_netif_sntp_init(&config)) >= 0;
}

int64_t clock_idf_monotonic(void *ctx)
{
    (void)ctx;
    return esp_timer_get_time() / 1000;
}

int64_t clock_idf_wall(void *ctx)
{
    struct timeval now;
    (void)ctx;
    return gettimeofday(&now, NULL) == 0 ? clock_rules_wall_ms(now.tv_sec, now.tv_usec) : -1;
}

void clock_idf_idle(void *ctx, int64_t max_ms)
{
    (void)ctx;
    const int wait_ms = clock_rules_wait_ms(max_ms, watchdog_idf_seconds());
    fd_set readable;
    fd_set writable;
    bool is_ready = wait_ms == 0;
    FD_ZERO(&readable);
    FD_ZERO(&writable);
    FD_SET(wake_fd(), &readable);
    const int highest = s_inputs.prepare(s_inputs.ctx, &readable, &writable, &is_ready);
    if (is_ready) {
        taskYIELD();
        return;
    }
    struct timeval timeout = { .tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000 };
    const int count = highest > wake_fd() ? highest + 1 : wake_fd() + 1;
    if (select(count, &readable, &writable, NULL, &timeout) > 0 && FD_ISSET(wake_fd(), &readable)) {
        wake_clear();
    }
}
