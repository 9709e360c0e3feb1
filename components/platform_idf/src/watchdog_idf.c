#include "watchdog_idf.h"

#include <stddef.h>
#include <stdint.h>

#include "esp_task_wdt.h"
#include "status_idf.h"

static const char *TAG = "watchdog";

enum { SECONDS_UNTIL_STARTED = 2 };

static int s_seconds = SECONDS_UNTIL_STARTED;

static int configure(int seconds)
{
    /* Idle tasks are not watched: a TLS handshake takes seconds of the processor. */
    const esp_task_wdt_config_t config = { .timeout_ms = (uint32_t)seconds * 1000, .idle_core_mask = 0, .trigger_panic = true };
    esp_err_t code = esp_task_wdt_reconfigure(&config); /* ESP-IDF starts it at boot, and logs a second start as an error */
    if (code == ESP_ERR_INVALID_STATE) {
        code = esp_task_wdt_init(&config);
    }
    const int status = status_report(TAG, "period", code);
    s_seconds = status >= 0 ? seconds : s_seconds;
    return status;
}

int watchdog_idf_start(int seconds)
{
    const int status = configure(seconds);
    return status < 0 ? status : status_report(TAG, "task", esp_task_wdt_add(NULL));
}

int watchdog_idf_set(int seconds)
{
    const int status = seconds > 0 ? configure(seconds) : HOST_OK;
    return status < 0 ? status : status_report(TAG, "food", esp_task_wdt_reset());
}

int watchdog_idf_seconds(void)
{
    return s_seconds;
}
