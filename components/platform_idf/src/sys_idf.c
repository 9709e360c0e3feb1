#include "sys_idf.h"

#include <inttypes.h>

#include "bootloader_random.h"
#include "crash_record.h"
#include "esp_attr.h"
#include "esp_heap_caps.h"
#include "esp_idf_version.h"
#include "esp_log.h"
#include "esp_sleep.h"
#include "esp_system.h"
#include "link_idf.h"
#include "log_text.h"
#include "psa/crypto.h"
#include "sdkconfig.h"
#include "soc/soc_caps.h"
#include "status_idf.h"
#include "watchdog_idf.h"

static const char *TAG = "sys";

static RTC_NOINIT_ATTR crash_record_t s_record;
static int s_reset_reason;

static crash_reset_t chip_reset(void)
{
    switch (esp_reset_reason()) {
    case ESP_RST_POWERON:
    case ESP_RST_EXT:
    case ESP_RST_USB: /* what a flashing tool does */
    case ESP_RST_JTAG:
        return CRASH_RESET_POWER_ON;
    case ESP_RST_SW:
        return CRASH_RESET_SOFTWARE;
    case ESP_RST_PANIC:
    case ESP_RST_CPU_LOCKUP:
        return CRASH_RESET_PANIC;
    case ESP_RST_INT_WDT:
    case ESP_RST_TASK_WDT:
    case ESP_RST_WDT:
        return CRASH_RESET_WATCHDOG;
    case ESP_RST_DEEPSLEEP:
        return CRASH_RESET_DEEP_SLEEP;
    case ESP_RST_BROWNOUT:
    case ESP_RST_PWR_GLITCH:
        return CRASH_RESET_BROWNOUT;
    default:
        return CRASH_RESET_UNKNOWN;
    }
}

static uint32_t wakeup_causes(void)
{
#if ESP_IDF_VERSION >= ESP_IDF_VERSION_VAL(6, 0, 0)
    return esp_sleep_get_wakeup_causes();
#else
    return UINT32_C(1) << esp_sleep_get_wakeup_cause();
#endif
}

static void tell_start(const crash_report_t *report)
{
    if (report->was_crash) {
        ESP_LOGE(TAG, "started after: %s, in %s (chip's reason %d; idf.py coredump-info tells more)", report->words,
                 report->place, (int)esp_reset_reason());
    } else if (report->reason == PLATFORM_RESET_DEEP_SLEEP) {
        const bool is_timer = (wakeup_causes() >> ESP_SLEEP_WAKEUP_TIMER & 1) != 0;
        ESP_LOGI(TAG, "started after: deep sleep, woken by %s", is_timer ? "the timer" : "something else than the timer");
    } else {
        ESP_LOGI(TAG, "started after: %s (chip's reason %d)", report->words, (int)esp_reset_reason());
    }
}

int sys_idf_init(void)
{
    crash_report_t report;
    crash_record_begin(&s_record, chip_reset(), &report);
    s_reset_reason = report.reason;
    tell_start(&report);
    /* Without a radio the chip's generator needs this source of noise; once seeded, the numbers are PSA's. */
    bootloader_random_enable();
    const psa_status_t seeded = psa_crypto_init();
    bootloader_random_disable();
    if (seeded != PSA_SUCCESS) {
        ESP_LOGE(TAG, "no random numbers: PSA %" PRId32, (int32_t)seeded);
        return HOST_IO;
    }
    return HOST_OK;
}

int sys_idf_random(void *ctx, uint8_t *dst, size_t len)
{
    (void)ctx;
    return psa_generate_random(dst, len) == PSA_SUCCESS ? HOST_OK : HOST_IO;
}

void sys_idf_log(void *ctx, int level, const char *tag, const char *text, size_t len)
{
    char line[LOG_TEXT_BYTES];
    (void)ctx;
    log_text_clean(text, len, line);
    switch (level) {
    case PLATFORM_LOG_ERROR:
        ESP_LOGE(tag, "%s", line);
        break;
    case PLATFORM_LOG_WARNING:
        ESP_LOGW(tag, "%s", line);
        break;
    case PLATFORM_LOG_INFO:
        ESP_LOGI(tag, "%s", line);
        break;
    default:
        ESP_LOGD(tag, "%s", line);
        break;
    }
}

int sys_idf_memory(void *ctx, int what)
{
    (void)ctx;
    switch (what) {
    case 0:
        return (int)heap_caps_get_free_size(MALLOC_CAP_DEFAULT);
    case 1:
        return (int)heap_caps_get_total_size(MALLOC_CAP_DEFAULT);
    case 2:
        return (int)heap_caps_get_minimum_free_size(MALLOC_CAP_DEFAULT);
    default:
        return HOST_INVALID;
    }
}

int sys_idf_digest(void *ctx, const uint8_t *src, size_t len, uint8_t dst[32])
{
    size_t dst_len;
    (void)ctx;
    return psa_hash_compute(PSA_ALG_SHA_256, src, len, dst, 32, &dst_len) == PSA_SUCCESS ? HOST_OK : HOST_IO;
}

int sys_idf_watchdog(void *ctx, int seconds)
{
    (void)ctx;
    return watchdog_idf_set(seconds);
}

int sys_idf_sleep(void *ctx, int ms)
{
    (void)ctx;
    if (ms <= 0) {
        return HOST_INVALID;
    }
#if SOC_DEEP_SLEEP_SUPPORTED
    const int status = status_report(TAG, "deep sleep", esp_sleep_enable_timer_wakeup((uint64_t)ms * 1000));
    if (status < 0) {
        return status;
    }
    ESP_LOGI(TAG, "deep sleep for %d ms", ms);
    link_idf_stop(NULL); /* the radio must not be cut off in the middle of something */
    esp_deep_sleep_start();
#else
    return HOST_UNSUPPORTED;
#endif
}

void sys_idf_restart(void *ctx, int reason)
{
    (void)ctx;
    crash_record_note(&s_record, reason);
    esp_restart();
}

int sys_idf_reset_reason(void *ctx)
{
    (void)ctx;
    return s_reset_reason;
}
