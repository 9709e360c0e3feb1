#include "flash_partition.h"

#include "esp_log.h"
#include "status_idf.h"

static const char *TAG = "flash";

typedef struct {
    const char *label;
    uint8_t type; /* as in main/partitions.csv */
    uint8_t subtype;
    bool is_written;
} row_t;

enum { APP = ESP_PARTITION_TYPE_APP, DATA = ESP_PARTITION_TYPE_DATA };

static const row_t s_rows[PLATFORM_PARTITION_COUNT] = {
    [PLATFORM_PARTITION_STORE] = { "store", DATA, 0x44, true },
    [PLATFORM_PARTITION_STATE] = { "state", DATA, 0x43, true },
    [PLATFORM_PARTITION_CONFIG] = { "config", DATA, 0x42, false },
    [PLATFORM_PARTITION_APP_A] = { "app_a", DATA, 0x40, true },
    [PLATFORM_PARTITION_APP_B] = { "app_b", DATA, 0x41, true },
    [PLATFORM_PARTITION_SLOTS] = { "slots", DATA, 0x45, true },
    [PLATFORM_PARTITION_FIRMWARE_A] = { "ota_0", APP, 0x10, true },
    [PLATFORM_PARTITION_FIRMWARE_B] = { "ota_1", APP, 0x11, true },
};

void flash_partition_init(flash_partition_t *flash)
{
    *flash = (flash_partition_t){ 0 };
    for (int i = 0; i < PLATFORM_PARTITION_COUNT; i++) {
        const row_t *row = &s_rows[i];
        const esp_partition_t *found =
            esp_partition_find_first((esp_partition_type_t)row->type, (esp_partition_subtype_t)row->subtype, row->label);
        flash->slots[i].partition = found;
        if (found == NULL) {
            ESP_LOGE(TAG, "no partition %s (%s, 0x%x): flash the partition table of main/partitions.csv", row->label,
                     row->type == APP ? "app" : "data", row->subtype);
        } else if (found->encrypted && row->is_written) {
            ESP_LOGE(TAG, "partition %s is encrypted, which cannot be written here: take the flag off in main/partitions.csv",
                     row->label);
        }
    }
}

/* Finds a partition that may be used. Returns OK, NOT_FOUND or UNSUPPORTED. */
static int find(flash_partition_t *flash, int number, flash_partition_slot_t **slot)
{
    *slot = &flash->slots[number];
    const esp_partition_t *partition = (*slot)->partition;
    if (partition == NULL) {
        return HOST_NOT_FOUND;
    }
    return partition->encrypted && s_rows[number].is_written ? HOST_UNSUPPORTED : HOST_OK;
}

static void unmap(flash_partition_slot_t *slot)
{
    if (slot->mapped != NULL) {
        esp_partition_munmap(slot->mapping);
        slot->mapped = NULL;
    }
}

int flash_partition_map(flash_partition_t *flash, int partition, const uint8_t **bytes)
{
    flash_partition_slot_t *slot;
    const int status = find(flash, partition, &slot);
    if (status < 0) {
        return status;
    }
    unmap(slot);
    const void *mapped;
    const esp_err_t code =
        esp_partition_mmap(slot->partition, 0, slot->partition->size, ESP_PARTITION_MMAP_DATA, &mapped, &slot->mapping);
    if (code != ESP_OK) {
        return status_report(TAG, s_rows[partition].label, code);
    }
    slot->mapped = mapped;
    *bytes = mapped;
    return (int)slot->partition->size;
}

void flash_partition_unmap(flash_partition_t *flash, int partition)
{
    unmap(&flash->slots[partition]);
}

int flash_partition_geometry(void *ctx, int partition, platform_flash_geometry_t *out)
{
    flash_partition_slot_t *slot;
    const int status = find(ctx, partition, &slot);
    if (status == HOST_OK) {
        *out = (platform_flash_geometry_t){
            .sector_bytes = slot->partition->erase_size,
            .sector_count = slot->partition->size / slot->partition->erase_size,
            .program_bytes = FLASH_PARTITION_UNIT_BYTES,
        };
    }
    return status;
}

int flash_partition_read(void *ctx, int partition, uint32_t offset, uint8_t *dst, size_t len)
{
    flash_partition_slot_t *slot;
    const int status = find(ctx, partition, &slot);
    return status < 0 ? status
                      : status_report(TAG, s_rows[partition].label, esp_partition_read(slot->partition, offset, dst, len));
}

int flash_partition_program(void *ctx, int partition, uint32_t offset, const uint8_t *src, size_t len)
{
    flash_partition_slot_t *slot;
    const int status = find(ctx, partition, &slot);
    if (status < 0) {
        return status;
    }
    unmap(slot);
    return status_report(TAG, s_rows[partition].label, esp_partition_write(slot->partition, offset, src, len));
}

int flash_partition_erase(void *ctx, int partition, uint32_t sector)
{
    flash_partition_slot_t *slot;
    const int status = find(ctx, partition, &slot);
    if (status < 0) {
        return status;
    }
    unmap(slot);
    const size_t sector_bytes = slot->partition->erase_size;
    return status_report(TAG, s_rows[partition].label,
                         esp_partition_erase_range(slot->partition, sector * sector_bytes, sector_bytes));
}

int flash_partition_sync(void *ctx, int partition)
{
    flash_partition_slot_t *slot;
    return find(ctx, partition, &slot); /* esp_partition returns when the flash has it */
}
