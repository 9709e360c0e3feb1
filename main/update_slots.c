#include "board_update.h"

#include "boot_idf.h"
#include "esp_log.h"
#include "update_idf.h"
#include "update_keys.h"

static const char *TAG = "update";

static update_t s_update;
static update_port_t s_port;

static void tell(void)
{
    if (update_phase(&s_update, PACKAGE_FIRMWARE) == UPDATE_TRIAL) {
        ESP_LOGI(TAG, "firmware %s is on trial", boot_idf_version());
    }
    if (s_update.slot != SLOT_NONE) {
        ESP_LOGI(TAG, "runs %s %s from slot %c%s", s_update.running.name, s_update.running.version, '@' + (int)s_update.slot,
                 update_phase(&s_update, PACKAGE_APP) == UPDATE_TRIAL ? ", on trial" : "");
    }
}

void board_update_open(const platform_t *platform, flash_partition_t *flash, const uint8_t *app, size_t app_len)
{
    s_port = update_idf_port(flash);
    const update_config_t config = {
        .platform = platform,
        .port = &s_port,
        .keys = { update_keys[0], update_keys[1] },
        .name = WASMOTE_APP_NAME,
        .firmware_version = boot_idf_version(),
        .embedded = app,
        .embedded_len = app_len,
    };
    const int status = update_open(&s_update, &config);
    if (status < 0) {
        ESP_LOGE(TAG, "slots: %s; the app of the firmware runs", host_status_name(status));
    }
    tell();
}

const uint8_t *board_update_app(size_t *len)
{
    return update_app(&s_update, len);
}

update_t *board_update_rows(void)
{
    return &s_update;
}

void board_update_app_stopped(void)
{
    update_app_stopped(&s_update);
}

int board_update_round(runtime_t *runtime)
{
    const slot_t before = s_update.slot;
    const int wait_ms = update_round(&s_update, runtime);
    if (s_update.slot != before) {
        tell();
    }
    return wait_ms;
}
