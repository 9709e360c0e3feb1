#include <string.h>

#include "esp_partition.h"

esp_partition_t fake_partitions[FAKE_PARTITION_COUNT];
int fake_mappings;
esp_err_t fake_partition_error;

static uint8_t s_flash[FAKE_PARTITION_COUNT][FAKE_PARTITION_BYTES];
/* What a mapping shows: the flash as it was when it was made, as through a cache that is stale after a write. */
static uint8_t s_view[FAKE_PARTITION_COUNT][FAKE_PARTITION_BYTES];

void fake_partitions_reset(void)
{
    static const struct {
        const char *label;
        int type;
        int subtype;
    } rows[FAKE_PARTITION_COUNT] = { { "store", 1, 0x44 }, { "state", 1, 0x43 }, { "config", 1, 0x42 }, { "app_a", 1, 0x40 },
                                     { "app_b", 1, 0x41 }, { "slots", 1, 0x45 }, { "ota_0", 0, 0x10 },  { "ota_1", 0, 0x11 } };
    memset(s_flash, 0xff, sizeof s_flash);
    for (int i = 0; i < FAKE_PARTITION_COUNT; i++) {
        fake_partitions[i] = (esp_partition_t){
            .type = (esp_partition_type_t)rows[i].type,
            .subtype = (esp_partition_subtype_t)rows[i].subtype,
            .size = FAKE_PARTITION_BYTES,
            .erase_size = 4096,
        };
        strcpy(fake_partitions[i].label, rows[i].label);
    }
    fake_mappings = 0;
    fake_partition_error = ESP_OK;
}

const esp_partition_t *esp_partition_find_first(esp_partition_type_t type, esp_partition_subtype_t subtype, const char *label)
{
    for (int i = 0; i < FAKE_PARTITION_COUNT; i++) {
        const esp_partition_t *p = &fake_partitions[i];
        if (p->type == type && p->subtype == subtype && strcmp(p->label, label) == 0) {
            return p;
        }
    }
    return NULL;
}

static esp_err_t check(const esp_partition_t *partition, size_t offset, size_t size)
{
    if (offset > partition->size || size > partition->size - offset) {
        return ESP_ERR_INVALID_SIZE;
    }
    return fake_partition_error;
}

static uint8_t *flash_of(const esp_partition_t *partition)
{
    return s_flash[partition - fake_partitions];
}

esp_err_t esp_partition_read(const esp_partition_t *partition, size_t src_offset, void *dst, size_t size)
{
    const esp_err_t code = check(partition, src_offset, size);
    if (code == ESP_OK) {
        memcpy(dst, flash_of(partition) + src_offset, size);
    }
    return code;
}

esp_err_t esp_partition_write(const esp_partition_t *partition, size_t dst_offset, const void *src, size_t size)
{
    const esp_err_t code = partition->readonly ? ESP_ERR_NOT_ALLOWED : check(partition, dst_offset, size);
    for (size_t i = 0; code == ESP_OK && i < size; i++) {
        flash_of(partition)[dst_offset + i] &= ((const uint8_t *)src)[i];
    }
    return code;
}

esp_err_t esp_partition_erase_range(const esp_partition_t *partition, size_t offset, size_t size)
{
    if (partition->readonly) {
        return ESP_ERR_NOT_ALLOWED;
    }
    if (offset % partition->erase_size != 0) {
        return ESP_ERR_INVALID_ARG;
    }
    if (size % partition->erase_size != 0) {
        return ESP_ERR_INVALID_SIZE;
    }
    const esp_err_t code = check(partition, offset, size);
    if (code == ESP_OK) {
        memset(flash_of(partition) + offset, 0xff, size);
    }
    return code;
}

esp_err_t esp_partition_mmap(const esp_partition_t *partition, size_t offset, size_t size, esp_partition_mmap_memory_t memory,
                             const void **out_ptr, esp_partition_mmap_handle_t *out_handle)
{
    const esp_err_t code = memory != ESP_PARTITION_MMAP_DATA ? ESP_ERR_NOT_SUPPORTED : check(partition, offset, size);
    if (code != ESP_OK) {
        return code;
    }
    uint8_t *view = s_view[partition - fake_partitions];
    memcpy(view, flash_of(partition), FAKE_PARTITION_BYTES);
    *out_ptr = view + offset;
    *out_handle = (esp_partition_mmap_handle_t)(partition - fake_partitions) + 1;
    fake_mappings++;
    return ESP_OK;
}

void esp_partition_munmap(esp_partition_mmap_handle_t handle)
{
    memset(s_view[handle - 1], 0xee, FAKE_PARTITION_BYTES); /* whoever reads on finds nothing of use */
    fake_mappings--;
}
