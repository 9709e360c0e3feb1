/* Fake of ESP-IDF's esp_ota_ops.h: types and numbers as there, over two slots whose states a test sets and reads. */
#ifndef FAKE_ESP_OTA_OPS_H
#define FAKE_ESP_OTA_OPS_H

#include "esp_err.h"
#include "esp_partition.h"

#define ESP_ERR_OTA_BASE 0x1500
#define ESP_ERR_OTA_VALIDATE_FAILED (ESP_ERR_OTA_BASE + 0x03)

typedef enum {
    ESP_OTA_IMG_NEW = 0x0U,
    ESP_OTA_IMG_PENDING_VERIFY = 0x1U,
    ESP_OTA_IMG_VALID = 0x2U,
    ESP_OTA_IMG_INVALID = 0x3U,
    ESP_OTA_IMG_ABORTED = 0x4U,
    ESP_OTA_IMG_UNDEFINED = 0xFFFFFFFFU
} esp_ota_img_states_t;

const esp_partition_t *esp_ota_get_running_partition(void);
esp_err_t esp_ota_get_state_partition(const esp_partition_t *partition, esp_ota_img_states_t *ota_state);
esp_err_t esp_ota_set_boot_partition(const esp_partition_t *partition);
esp_err_t esp_ota_mark_app_valid_cancel_rollback(void);

/* For tests. */
typedef struct {
    const esp_partition_t *running;
    const esp_partition_t *chosen; /* for the next boot, NULL: nobody chose */
    bool has_state;                /* of the one that runs; one flashed by cable has none */
    esp_ota_img_states_t state;
    esp_err_t error; /* what the next calls that write answer */
    int writes;
} fake_ota_t;

extern fake_ota_t fake_ota;

#endif
