#include "esp_app_desc.h"
#include "esp_ota_ops.h"

fake_ota_t fake_ota;

const esp_partition_t *esp_ota_get_running_partition(void)
{
    return fake_ota.running;
}

esp_err_t esp_ota_get_state_partition(const esp_partition_t *partition, esp_ota_img_states_t *ota_state)
{
    if (partition->type != ESP_PARTITION_TYPE_APP) {
        return ESP_ERR_NOT_SUPPORTED;
    }
    *ota_state = fake_ota.state;
    return partition == fake_ota.running && fake_ota.has_state ? ESP_OK : ESP_ERR_NOT_FOUND;
}

esp_err_t esp_ota_set_boot_partition(const esp_partition_t *partition)
{
    fake_ota.writes++;
    if (fake_ota.error == ESP_OK) {
        fake_ota.chosen = partition;
    }
    return fake_ota.error;
}

esp_err_t esp_ota_mark_app_valid_cancel_rollback(void)
{
    fake_ota.writes++;
    if (fake_ota.error == ESP_OK) {
        fake_ota.state = ESP_OTA_IMG_VALID;
    }
    return fake_ota.error;
}

const esp_app_desc_t *esp_app_get_description(void)
{
    static const esp_app_desc_t description = { .version = "2.1" };
    return &description;
}
