#include "config_image.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "crc32.h"

enum { CHUNK_BYTES = 256, MAX_KEY_BYTES = 255, HEADER_CRC_AT = 20 };

/* One entry of the body, and where the next one begins. */
typedef struct {
    uint32_t key_at;
    uint32_t key_len;
    uint32_t value_len;
    uint32_t next_at;
} entry_t;

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

static bool is_erased(const uint8_t *bytes, size_t len)
{
    size_t i = 0;
    while (i < len && bytes[i] == 0xff) {
        i++;
    }
    return i == len;
}

/* The image at `offset` of a half of half_bytes: its header only. */
static int read_header(config_image_t *image, config_half_t *half, uint32_t half_bytes, uint32_t *body_crc)
{
    uint8_t bytes[CONFIG_IMAGE_HEADER_BYTES];
    const int status = read_at(image->flash, image->offset, bytes, sizeof bytes);
    if (status < 0) {
        return status;
    }
    if (is_erased(bytes, sizeof bytes)) {
        return HOST_NOT_FOUND;
    }
    const uint32_t crc = crc32_end(crc32_update(CRC32_START, bytes, HEADER_CRC_AT));
    if (memcmp(bytes, "WMCF", 4) != 0 || crc != u32_at(bytes + HEADER_CRC_AT)) {
        return HOST_CORRUPT;
    }
    half->version = (uint16_t)u16_at(bytes + 4);
    half->sequence = u32_at(bytes + 8);
    image->entries = (uint16_t)u16_at(bytes + 6);
    image->body_bytes = u32_at(bytes + 12);
    *body_crc = u32_at(bytes + 16);
    if (half->version != CONFIG_IMAGE_VERSION) {
        return HOST_UNSUPPORTED;
    }
    return image->body_bytes <= half_bytes - CONFIG_IMAGE_HEADER_BYTES ? HOST_OK : HOST_CORRUPT;
}

static uint32_t body_at(const config_image_t *image)
{
    return image->offset + CONFIG_IMAGE_HEADER_BYTES;
}

static int check_crc(const config_image_t *image, uint32_t expected)
{
    uint8_t chunk[CHUNK_BYTES];
    uint32_t crc = CRC32_START;
    for (uint32_t done = 0; done < image->body_bytes;) {
        const uint32_t left = image->body_bytes - done;
        const uint32_t len = left < CHUNK_BYTES ? left : CHUNK_BYTES;
        const int status = read_at(image->flash, body_at(image) + done, chunk, len);
        if (status < 0) {
            return status;
        }
        crc = crc32_update(crc, chunk, len);
        done += len;
    }
    return crc32_end(crc) == expected ? HOST_OK : HOST_CORRUPT;
}

/* Behind the body all bits are set. By words: most of a half is this, and it is looked at in every start. */
static int check_rest(const config_image_t *image, uint32_t half_bytes)
{
    uint32_t words[CHUNK_BYTES / sizeof(uint32_t)];
    const uint32_t end = image->offset + half_bytes;
    for (uint32_t at = body_at(image) + image->body_bytes; at < end;) {
        const uint32_t len = end - at < CHUNK_BYTES ? end - at : CHUNK_BYTES;
        uint32_t all = UINT32_MAX;
        memset(words, 0xff, sizeof words);
        const int status = read_at(image->flash, at, (uint8_t *)words, len);
        if (status < 0) {
            return status;
        }
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
            all &= words[i];
        }
        if (all != UINT32_MAX) {
            return HOST_CORRUPT;
        }
        at += len;
    }
    return HOST_OK;
}

/* OK, CORRUPT where an entry leaves the body, or IO. */
static int read_entry(const config_image_t *image, uint32_t at, entry_t *out)
{
    const uint32_t end = body_at(image) + image->body_bytes;
    uint8_t bytes[CONFIG_IMAGE_ENTRY_BYTES];
    if (end - at < CONFIG_IMAGE_ENTRY_BYTES) {
        return HOST_CORRUPT;
    }
    const int status = read_at(image->flash, at, bytes, sizeof bytes);
    if (status < 0) {
        return status;
    }
    *out = (entry_t){ .key_at = at + CONFIG_IMAGE_ENTRY_BYTES, .key_len = bytes[0], .value_len = u16_at(bytes + 1) };
    if (end - out->key_at < out->key_len + out->value_len) {
        return HOST_CORRUPT;
    }
    out->next_at = out->key_at + out->key_len + out->value_len;
    return HOST_OK;
}

/* A wrong count or a ragged end, under checksums that fit, is a faulty writer's. */
static int check_entries(const config_image_t *image)
{
    entry_t entry = { .next_at = body_at(image) };
    for (uint32_t i = 0; i < image->entries; i++) {
        const int status = read_entry(image, entry.next_at, &entry);
        if (status < 0) {
            return status;
        }
    }
    return entry.next_at == body_at(image) + image->body_bytes ? HOST_OK : HOST_CORRUPT;
}

static int check_half(config_image_t *image, config_half_t *half, uint32_t half_bytes)
{
    uint32_t body_crc = 0;
    int status = read_header(image, half, half_bytes, &body_crc);
    if (status >= 0) {
        status = check_crc(image, body_crc);
    }
    if (status >= 0) {
        status = check_rest(image, half_bytes);
    }
    return status < 0 ? status : check_entries(image);
}

/* Either half when the other does not check; else the later one. */
static int choose(const config_half_t *half)
{
    if (half[0].status < 0 || half[1].status < 0) {
        return half[0].status >= 0 ? 0 : half[1].status >= 0 ? 1 : -1;
    }
    return (int32_t)(half[1].sequence - half[0].sequence) > 0 ? 1 : 0;
}

int config_image_open(const platform_flash_t *flash, config_image_t *out)
{
    platform_flash_geometry_t geometry;
    *out = (config_image_t){ .flash = flash, .in_force = -1 };
    out->status = flash->geometry(flash->ctx, PLATFORM_PARTITION_CONFIG, &geometry);
    out->half[0].status = out->half[1].status = out->status;
    if (out->status < 0) {
        return out->status;
    }
    const uint32_t half_bytes = geometry.sector_bytes * (geometry.sector_count / CONFIG_IMAGE_HALVES);
    config_image_t checked[CONFIG_IMAGE_HALVES] = { *out, *out };
    for (int i = 0; i < CONFIG_IMAGE_HALVES; i++) {
        checked[i].offset = (uint32_t)i * half_bytes;
        out->half[i].status = check_half(&checked[i], &out->half[i], half_bytes);
    }
    out->in_force = choose(out->half);
    if (out->in_force < 0) {
        out->status = out->half[0].status == HOST_NOT_FOUND ? out->half[1].status : out->half[0].status;
        return out->status;
    }
    out->offset = checked[out->in_force].offset;
    out->body_bytes = checked[out->in_force].body_bytes;
    out->entries = checked[out->in_force].entries;
    out->status = HOST_OK;
    return HOST_OK;
}

/* What is wrong with a half, as the middle of a sentence. */
static void describe_half(const config_half_t *half, char name, char *text, size_t cap)
{
    if (half->status == HOST_UNSUPPORTED) {
        snprintf(text, cap, "half %c is of version %u, expected %d", name, (unsigned)half->version, CONFIG_IMAGE_VERSION);
    } else if (half->status == HOST_CORRUPT) {
        snprintf(text, cap, "half %c is damaged or was not written to its end", name);
    } else {
        snprintf(text, cap, "half %c cannot be read (%s)", name, host_status_name(half->status));
    }
}

size_t config_image_remark(const config_image_t *image, char *text, size_t cap)
{
    int len = 0;
    text[0] = '\0';
    for (int i = 0; i < CONFIG_IMAGE_HALVES && len >= 0 && (size_t)len < cap; i++) {
        const int status = image->half[i].status;
        if (status >= 0 || status == HOST_NOT_FOUND) {
            continue;
        }
        char what[64];
        describe_half(&image->half[i], (char)('A' + i), what, sizeof what);
        len += snprintf(text + len, cap - (size_t)len, "%s%s", len == 0 ? "configuration: " : "; ", what);
    }
    if (len > 0 && (size_t)len < cap) {
        len += image->in_force < 0 ? snprintf(text + len, cap - (size_t)len, "; none is in force")
                                   : snprintf(text + len, cap - (size_t)len, "; half %c of sequence %" PRIu32 " is in force",
                                              (char)('A' + image->in_force), image->half[image->in_force].sequence);
    }
    return strlen(text);
}

int config_image_get(const config_image_t *image, const char *key, size_t key_len, uint8_t *dst, size_t cap)
{
    if (image->status < 0) {
        return image->status;
    }
    entry_t entry = { .next_at = body_at(image) };
    for (uint32_t i = 0; i < image->entries; i++) {
        uint8_t name[MAX_KEY_BYTES];
        int status = read_entry(image, entry.next_at, &entry);
        if (status >= 0 && entry.key_len == key_len) {
            status = read_at(image->flash, entry.key_at, name, key_len);
        }
        if (status < 0) {
            return status;
        }
        if (entry.key_len != key_len || memcmp(name, key, key_len) != 0) {
            continue;
        }
        if (entry.value_len > cap) {
            return HOST_TOO_LARGE;
        }
        status = read_at(image->flash, entry.key_at + entry.key_len, dst, entry.value_len);
        return status < 0 ? status : (int)entry.value_len;
    }
    return HOST_NOT_FOUND;
}

int config_image_get_bool(const config_image_t *image, const char *key, int fallback)
{
    uint8_t text[5];
    const int len = config_image_get(image, key, strlen(key), text, sizeof text);
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

int config_image_get_int(const config_image_t *image, const char *key, int fallback, int min, int max)
{
    uint8_t text[10];
    const int len = config_image_get(image, key, strlen(key), text, sizeof text);
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
