#include "config_image.h"

#include <string.h>

#include "crc32.h"

enum { CHUNK_BYTES = 64, MAX_KEY_BYTES = 255 };

typedef struct {
    uint32_t body_bytes;
    uint32_t crc;
    uint16_t entries;
} header_t;

typedef struct {
    uint32_t offset;
    uint32_t len;
    bool is_found;
} value_t;

static uint32_t u16_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8;
}

static uint32_t u32_at(const uint8_t *bytes)
{
    return u16_at(bytes) | u16_at(bytes + 2) << 16;
}

static int read_at(const platform_flash_t *flash, uint32_t offset, uint8_t *dst, size_t len)
{
    return flash->read(flash->ctx, PLATFORM_PARTITION_CONFIG, offset, dst, len);
}

static int read_header(const platform_flash_t *flash, header_t *out)
{
    platform_flash_geometry_t geometry;
    int status = flash->geometry(flash->ctx, PLATFORM_PARTITION_CONFIG, &geometry);
    if (status < 0) {
        return status;
    }
    const uint32_t partition_bytes = geometry.sector_bytes * geometry.sector_count;
    static const uint8_t erased[4] = { 0xff, 0xff, 0xff, 0xff };
    uint8_t bytes[CONFIG_IMAGE_HEADER_BYTES];
    status = read_at(flash, 0, bytes, sizeof bytes);
    if (status < 0) {
        return status;
    }
    if (memcmp(bytes, erased, sizeof erased) == 0) {
        return HOST_NOT_FOUND;
    }
    if (memcmp(bytes, "WMCF", 4) != 0) {
        return HOST_CORRUPT;
    }
    if (u16_at(bytes + 4) != CONFIG_IMAGE_VERSION) {
        return HOST_UNSUPPORTED;
    }
    out->entries = (uint16_t)u16_at(bytes + 6);
    out->body_bytes = u32_at(bytes + 8);
    out->crc = u32_at(bytes + 12);
    return out->body_bytes <= partition_bytes - CONFIG_IMAGE_HEADER_BYTES ? HOST_OK : HOST_CORRUPT;
}

static int check_crc(const platform_flash_t *flash, const header_t *header)
{
    uint8_t chunk[CHUNK_BYTES];
    uint32_t crc = CRC32_START;
    for (uint32_t done = 0; done < header->body_bytes;) {
        const uint32_t left = header->body_bytes - done;
        const uint32_t len = left < CHUNK_BYTES ? left : CHUNK_BYTES;
        const int status = read_at(flash, CONFIG_IMAGE_HEADER_BYTES + done, chunk, len);
        if (status < 0) {
            return status;
        }
        crc = crc32_update(crc, chunk, len);
        done += len;
    }
    return crc32_end(crc) == header->crc ? HOST_OK : HOST_CORRUPT;
}

/* Walks every entry, so that a wrong count or a ragged end is seen whatever key was asked for. */
static int find_value(const platform_flash_t *flash, const header_t *header, const char *key, size_t key_len, value_t *out)
{
    const uint32_t end = CONFIG_IMAGE_HEADER_BYTES + header->body_bytes;
    uint32_t at = CONFIG_IMAGE_HEADER_BYTES;
    out->is_found = false;
    for (uint32_t i = 0; i < header->entries; i++) {
        uint8_t entry[CONFIG_IMAGE_ENTRY_BYTES + MAX_KEY_BYTES];
        if (end - at < CONFIG_IMAGE_ENTRY_BYTES) {
            return HOST_CORRUPT;
        }
        int status = read_at(flash, at, entry, CONFIG_IMAGE_ENTRY_BYTES);
        const uint32_t name_len = entry[0];
        const uint32_t value_len = status < 0 ? 0 : u16_at(entry + 1);
        if (status < 0) {
            return status;
        }
        at += CONFIG_IMAGE_ENTRY_BYTES;
        if (end - at < name_len + value_len) {
            return HOST_CORRUPT;
        }
        if (!out->is_found && name_len == key_len) {
            status = read_at(flash, at, entry, name_len);
            if (status < 0) {
                return status;
            }
            out->is_found = memcmp(entry, key, key_len) == 0;
            out->offset = at + name_len;
            out->len = value_len;
        }
        at += name_len + value_len;
    }
    if (at != end) {
        return HOST_CORRUPT;
    }
    return out->is_found ? HOST_OK : HOST_NOT_FOUND;
}

int config_image_get(const platform_flash_t *flash, const char *key, size_t key_len, uint8_t *dst, size_t cap)
{
    header_t header;
    value_t value;
    int status = read_header(flash, &header);
    if (status >= 0) {
        status = check_crc(flash, &header);
    }
    if (status >= 0) {
        status = find_value(flash, &header, key, key_len, &value);
    }
    if (status < 0) {
        return status;
    }
    if (value.len > cap) {
        return HOST_TOO_LARGE;
    }
    status = read_at(flash, value.offset, dst, value.len);
    return status < 0 ? status : (int)value.len;
}

int config_image_get_bool(const platform_flash_t *flash, const char *key, int fallback)
{
    uint8_t text[5];
    const int len = config_image_get(flash, key, strlen(key), text, sizeof text);
    if (len == HOST_NOT_FOUND) {
        return fallback;
    }
    if (len == 4 && memcmp(text, "true", 4) == 0) {
        return 1;
    }
    if (len == 5 && memcmp(text, "false", 5) == 0) {
        return 0;
    }
    return len >= 0 || len == HOST_TOO_LARGE ? HOST_INVALID : len;
}

int config_image_get_int(const platform_flash_t *flash, const char *key, int fallback, int min, int max)
{
    uint8_t text[10];
    const int len = config_image_get(flash, key, strlen(key), text, sizeof text);
    if (len == HOST_NOT_FOUND) {
        return fallback;
    }
    if (len <= 0) {
        return len == 0 || len == HOST_TOO_LARGE ? HOST_INVALID : len;
    }
    int64_t value = 0;
    for (int i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return HOST_INVALID;
        }
        value = value * 10 + (text[i] - '0');
    }
    return value >= min && value <= max ? (int)value : HOST_INVALID;
}
