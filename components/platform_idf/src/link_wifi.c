#include <inttypes.h>
#include <string.h>

#include "config_idf.h"
#include "esp_log.h"
#include "esp_wifi.h"
#include "link_idf.h"
#include "link_shared.h"
#include "nvs_flash.h"
#include "status_idf.h"
#include "wifi_reason.h"

static const char *TAG = "wifi";

static bool s_is_ready;

static void join(void)
{
    const esp_err_t code = esp_wifi_connect();
    if (code != ESP_OK && code != ESP_ERR_WIFI_NOT_STARTED && code != ESP_ERR_WIFI_CONN) {
        status_report(TAG, "connect", code);
    }
}

static void on_wifi(void *ctx, esp_event_base_t base, int32_t id, void *data)
{
    (void)ctx, (void)base;
    if (id == WIFI_EVENT_STA_START) {
        join();
    } else if (id == WIFI_EVENT_STA_CONNECTED) {
        link_shared_joined();
    } else if (id == WIFI_EVENT_STA_DISCONNECTED) {
        const wifi_event_sta_disconnected_t *event = data;
        const int32_t wait_ms = link_shared_left(true);
        if (wait_ms != LINK_STOPPED) {
            ESP_LOGW(TAG, "%s (reason %u); again in %" PRId32 " ms", wifi_reason_text(event->reason), (unsigned)event->reason,
                     wait_ms);
        }
    }
}

/* NVS holds nothing of ours: only the radio's calibration, which is measured again when it is lost. */
static int open_nvs(void)
{
    esp_err_t code = nvs_flash_init();
    if (code == ESP_ERR_NVS_NO_FREE_PAGES || code == ESP_ERR_NVS_NEW_VERSION_FOUND) {
        ESP_LOGW(TAG, "NVS is full or of another version: erased");
        code = nvs_flash_erase();
        code = code == ESP_OK ? nvs_flash_init() : code;
    }
    return status_report(TAG, "NVS", code);
}

static int start_driver(void)
{
    wifi_init_config_t config = WIFI_INIT_CONFIG_DEFAULT();
    config.nvs_enable = false; /* credentials have one home, the partition `config` */
    int status = status_report(TAG, "driver", esp_wifi_init(&config));
    if (status >= 0) {
        status = status_report(TAG, "storage", esp_wifi_set_storage(WIFI_STORAGE_RAM));
    }
    if (status >= 0) {
        status = status_report(TAG, "mode", esp_wifi_set_mode(WIFI_MODE_STA));
    }
    if (status >= 0) {
        status = status_report(TAG, "events", esp_event_handler_register(WIFI_EVENT, ESP_EVENT_ANY_ID, on_wifi, NULL));
    }
    if (status >= 0) {
        status = status_report(TAG, "events", esp_event_handler_register(IP_EVENT, IP_EVENT_STA_GOT_IP, link_shared_on_ip, NULL));
    }
    if (status >= 0) {
        status =
            status_report(TAG, "events", esp_event_handler_register(IP_EVENT, IP_EVENT_STA_LOST_IP, link_shared_on_ip, NULL));
    }
    return status;
}

int link_idf_init(void (*on_up)(void))
{
    int status = open_nvs();
    if (status >= 0) {
        status = link_shared_init(on_up, join);
    }
    if (status < 0) {
        return status;
    }
    esp_netif_t *netif = esp_netif_create_default_wifi_sta();
    if (netif == NULL) {
        return HOST_NO_MEMORY;
    }
    link_shared_name(netif);
    status = start_driver();
    s_is_ready = status >= 0;
    return status;
}

/* Reads a text of the configuration into a field of the driver. Returns its length, 0 when it is missing; else logged. */
static int read_field(const char *key, uint8_t *field, size_t cap)
{
    const int len = config_idf_get(key, field, cap);
    if (len < 0 && len != HOST_NOT_FOUND) {
        ESP_LOGE(TAG, "%s: %s, expected at most %u bytes", key, host_status_name(len), (unsigned)cap);
    }
    return len == HOST_NOT_FOUND ? 0 : len;
}

static int configure(void)
{
    wifi_config_t config = { 0 };
    const int ssid_len = read_field("wifi.ssid", config.sta.ssid, sizeof config.sta.ssid);
    const int password_len = read_field("wifi.password", config.sta.password, sizeof config.sta.password);
    if (ssid_len == 0) {
        ESP_LOGE(TAG, "wifi.ssid is missing: add \"wifi\": { \"ssid\": ..., \"password\": ... } to config.json, then "
                      "npm run provision -- --config config.json --port PORT");
    }
    if (ssid_len <= 0 || password_len < 0) {
        return HOST_INVALID;
    }
    /* Weaker than the password promises is refused: an impostor without encryption would be joined otherwise. */
    config.sta.threshold.authmode = password_len > 0 ? WIFI_AUTH_WPA_PSK : WIFI_AUTH_OPEN;
    config.sta.pmf_cfg.capable = true;
    config.sta.scan_method = WIFI_ALL_CHANNEL_SCAN;
    config.sta.sort_method = WIFI_CONNECT_AP_BY_SIGNAL;
    const int status = status_report(TAG, "configuration", esp_wifi_set_config(WIFI_IF_STA, &config));
    memset(&config, 0, sizeof config);
    return status;
}

int link_idf_start(void *ctx)
{
    static bool s_is_missing; /* told once: the kernel asks again at each attempt */
    (void)ctx;
    if (!s_is_ready || s_is_missing) {
        return s_is_ready ? HOST_INVALID : HOST_IO;
    }
    int status = configure();
    s_is_missing = status == HOST_INVALID;
    if (status < 0) {
        return status;
    }
    link_shared_start();
    return status_report(TAG, "start", esp_wifi_start());
}

int link_idf_stop(void *ctx)
{
    (void)ctx;
    link_shared_stop();
    return status_report(TAG, "stop", esp_wifi_stop());
}

int link_idf_rssi(void *ctx)
{
    int rssi;
    (void)ctx;
    return link_idf_state(NULL) == PLATFORM_LINK_UP && esp_wifi_sta_get_rssi(&rssi) == ESP_OK ? rssi : 0;
}
