#include "boot_idf.h"

#include "esp_app_desc.h"
#include "esp_ota_ops.h"
#include "sdkconfig.h"
#include "status_idf.h"

static const char *TAG = "boot";

static const esp_partition_t *partition_of(const flash_partition_t *flash, slot_t slot)
{
    return flash->slots[slot == SLOT_A ? PLATFORM_PARTITION_FIRMWARE_A : PLATFORM_PARTITION_FIRMWARE_B].partition;
}

/* A firmware that was flashed by cable has no state, and nothing ends it. */
static bool is_pending(const esp_partition_t *partition)
{
    esp_ota_img_states_t state;
    return esp_ota_get_state_partition(partition, &state) == ESP_OK && state == ESP_OTA_IMG_PENDING_VERIFY;
}

static int running(void *ctx, bool *is_on_trial)
{
    const flash_partition_t *flash = ctx;
    const esp_partition_t *partition = esp_ota_get_running_partition();
    *is_on_trial = is_pending(partition);
    if (partition == partition_of(flash, SLOT_A)) {
        return SLOT_A;
    }
    return partition == partition_of(flash, SLOT_B) ? SLOT_B : HOST_NOT_FOUND;
}

/* Reads the whole image once more, with its own digest, and its signature where secure boot wants one: some hundred ms. */
static int select_slot(void *ctx, int slot)
{
    const esp_err_t code = esp_ota_set_boot_partition(partition_of(ctx, (slot_t)slot));
    const int status = status_report(TAG, "choosing the firmware", code);
    return code == ESP_ERR_OTA_VALIDATE_FAILED ? HOST_CORRUPT : status;
}

static int confirm(void *ctx)
{
    (void)ctx;
    return status_report(TAG, "confirming the firmware", esp_ota_mark_app_valid_cancel_rollback());
}

update_boot_t boot_idf_port(flash_partition_t *flash)
{
    return (update_boot_t){
        .ctx = flash,
        .running = running,
        .select = select_slot,
        .confirm = confirm,
        .chip = CONFIG_IDF_FIRMWARE_CHIP_ID,
    };
}

const char *boot_idf_version(void)
{
    return esp_app_get_description()->version;
}

void boot_idf_confirm(void)
{
    static bool s_is_confirmed;
    if (!s_is_confirmed && is_pending(esp_ota_get_running_partition())) {
        confirm(NULL);
    }
    s_is_confirmed = true;
}
