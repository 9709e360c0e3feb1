#include "boot_loader.h"

#include <string.h>

#include "crc32.h"
#include "guest_memory.h"

/* States of a record. Source: esp_flash_partitions.h of ESP-IDF. */
enum { STATE_NEW = 0, STATE_PENDING = 1, STATE_VALID = 2, STATE_INVALID = 3, STATE_ABORTED = 4 };
enum { STATE_AT = 24, CRC_AT = 28, SLOTS = 2 };

/* An image: header, one segment's head, description, how it behaves; the last byte before its digest is a check sum. */
enum { HEADER_BYTES = 24, SEGMENT_HEAD_BYTES = 8, DESCRIPTION_BYTES = 256, BEHAVIOUR_BYTES = 4 };
enum { SEGMENT_BYTES = DESCRIPTION_BYTES + BEHAVIOUR_BYTES, SEGMENT_LEN_AT = HEADER_BYTES + 4, HASHED_AT = 23 };
enum { BEHAVIOUR_AT = HEADER_BYTES + SEGMENT_HEAD_BYTES + DESCRIPTION_BYTES };
enum { DIGEST_AT = (BEHAVIOUR_AT + BEHAVIOUR_BYTES) / 16 * 16 + 16, CHECKSUM_SEED = 0xEF };

typedef struct {
    uint32_t number; /* 0: none */
    uint32_t state;
} record_t;

static int partition_of(slot_t slot)
{
    return slot == SLOT_A ? PLATFORM_PARTITION_FIRMWARE_A : PLATFORM_PARTITION_FIRMWARE_B;
}

static slot_t slot_of(const record_t *record)
{
    return (record->number - 1) % SLOTS == 0 ? SLOT_A : SLOT_B;
}

static uint32_t number_crc(const uint8_t *record)
{
    return crc32_end(crc32_update(0, record, sizeof(uint32_t)));
}

static uint32_t sector_bytes(const platform_flash_t *flash, int partition)
{
    platform_flash_geometry_t geometry = { .sector_bytes = 0 };
    flash->geometry(flash->ctx, partition, &geometry);
    return geometry.sector_bytes;
}

static int read_record(const boot_loader_t *loader, uint32_t index, record_t *out)
{
    uint8_t bytes[BOOT_LOADER_RECORD_BYTES];
    const platform_flash_t *flash = loader->flash;
    const uint32_t at = index * sector_bytes(flash, loader->otadata);
    const int status = flash->read(flash->ctx, loader->otadata, at, bytes, sizeof(bytes));
    const uint32_t number = guest_get_u32(bytes);
    const bool is_record =
        status >= 0 && number != UINT32_MAX && number != 0 && guest_get_u32(bytes + CRC_AT) == number_crc(bytes);
    *out = (record_t){ .number = is_record ? number : 0, .state = guest_get_u32(bytes + STATE_AT) };
    return status;
}

static int write_record(const boot_loader_t *loader, uint32_t index, const record_t *record)
{
    uint8_t bytes[BOOT_LOADER_RECORD_BYTES];
    const platform_flash_t *flash = loader->flash;
    memset(bytes, 0xFF, sizeof(bytes));
    guest_put_u32(bytes, record->number);
    guest_put_u32(bytes + STATE_AT, record->state);
    guest_put_u32(bytes + CRC_AT, number_crc(bytes));
    const int status = flash->erase(flash->ctx, loader->otadata, index);
    return status < 0
               ? status
               : flash->program(flash->ctx, loader->otadata, index * sector_bytes(flash, loader->otadata), bytes, sizeof(bytes));
}

static bool may_run(const record_t *record)
{
    return record->number != 0 && record->state != STATE_INVALID && record->state != STATE_ABORTED;
}

/* Index of the record that is in force, -1: none. */
static int active_record(const record_t records[BOOT_LOADER_RECORDS])
{
    const bool first = may_run(&records[0]);
    const bool second = may_run(&records[1]);
    if (first && second) {
        return records[0].number > records[1].number ? 0 : 1;
    }
    return first ? 0 : second ? 1 : -1;
}

static int read_records(const boot_loader_t *loader, record_t records[BOOT_LOADER_RECORDS])
{
    const int status = read_record(loader, 0, &records[0]);
    return status < 0 ? status : read_record(loader, 1, &records[1]);
}

static int digest_of(const update_crypto_t *crypto, const uint8_t *bytes, size_t len, uint8_t digest[PACKAGE_DIGEST_BYTES])
{
    int status = crypto->hash_begin(crypto->ctx, UPDATE_SHA256);
    status = status < 0 ? status : crypto->hash_add(crypto->ctx, bytes, len);
    return status < 0 ? status : crypto->hash_end(crypto->ctx, digest, PACKAGE_DIGEST_BYTES);
}

static int check_image(const boot_loader_t *loader, slot_t slot, uint8_t image[BOOT_LOADER_IMAGE_BYTES])
{
    const platform_flash_t *flash = loader->flash;
    char error[FIRMWARE_IMAGE_ERROR_BYTES];
    uint8_t digest[PACKAGE_DIGEST_BYTES];
    firmware_image_t read;
    int status = flash->read(flash->ctx, partition_of(slot), 0, image, BOOT_LOADER_IMAGE_BYTES);
    if (status < 0) {
        return status;
    }
    if (firmware_image_read(image, &read, error) < 0 || read.chip != BOOT_LOADER_CHIP
        || guest_get_u32(image + SEGMENT_LEN_AT) != SEGMENT_BYTES) {
        return HOST_CORRUPT;
    }
    status = digest_of(loader->crypto, image, DIGEST_AT, digest);
    return status < 0 ? status : memcmp(image + DIGEST_AT, digest, sizeof(digest)) == 0 ? HOST_OK : HOST_CORRUPT;
}

static bool load(boot_loader_t *loader, slot_t slot)
{
    uint8_t image[BOOT_LOADER_IMAGE_BYTES];
    char error[FIRMWARE_IMAGE_ERROR_BYTES];
    firmware_image_t read;
    if (check_image(loader, slot, image) < 0) {
        return false;
    }
    firmware_image_read(image, &read, error);
    memcpy(loader->version, read.version, sizeof(loader->version));
    loader->behaviour = (boot_loader_behaviour_t)image[BEHAVIOUR_AT];
    loader->slot = slot;
    return true;
}

int boot_loader_start(boot_loader_t *loader, const platform_flash_t *flash, const update_crypto_t *crypto, int otadata)
{
    record_t records[BOOT_LOADER_RECORDS];
    *loader = (boot_loader_t){ .flash = flash, .crypto = crypto, .otadata = otadata };
    int status = read_records(loader, records);
    for (uint32_t i = 0; i < BOOT_LOADER_RECORDS && status >= 0; i++) {
        if (records[i].number != 0 && records[i].state == STATE_PENDING) {
            records[i].state = STATE_ABORTED;
            status = write_record(loader, i, &records[i]);
        }
    }
    const int active = status < 0 ? -1 : active_record(records);
    if (active >= 0 && records[active].state == STATE_NEW) {
        records[active].state = STATE_PENDING;
        status = write_record(loader, (uint32_t)active, &records[active]);
    }
    if (status < 0) {
        return status;
    }
    const slot_t first = active >= 0 ? slot_of(&records[active]) : SLOT_A;
    return load(loader, first) || load(loader, first == SLOT_A ? SLOT_B : SLOT_A) ? HOST_OK : HOST_CORRUPT;
}

/* Index of the record of the firmware that runs, -1: it has none. */
static int own_record(const boot_loader_t *loader, const record_t records[BOOT_LOADER_RECORDS])
{
    const int active = active_record(records);
    return active >= 0 && slot_of(&records[active]) == loader->slot ? active : -1;
}

static int running(void *ctx, bool *is_pending)
{
    const boot_loader_t *loader = ctx;
    record_t records[BOOT_LOADER_RECORDS];
    const int status = read_records(loader, records);
    const int own = status < 0 ? -1 : own_record(loader, records);
    *is_pending = own >= 0 && records[own].state == STATE_PENDING;
    return status < 0 ? status : (int)loader->slot;
}

static int select_slot(void *ctx, int slot)
{
    const boot_loader_t *loader = ctx;
    record_t records[BOOT_LOADER_RECORDS];
    uint8_t image[BOOT_LOADER_IMAGE_BYTES];
    int status = check_image(loader, (slot_t)slot, image);
    status = status < 0 ? status : read_records(loader, records);
    if (status < 0) {
        return status;
    }
    const int active = active_record(records);
    record_t next = { .number = (uint32_t)slot, .state = STATE_NEW };
    while (active >= 0 && next.number < records[active].number) {
        next.number += SLOTS;
    }
    return write_record(loader, active >= 0 ? (uint32_t)!active : 0, &next);
}

static int confirm(void *ctx)
{
    const boot_loader_t *loader = ctx;
    record_t records[BOOT_LOADER_RECORDS];
    const int status = read_records(loader, records);
    const int own = status < 0 ? -1 : own_record(loader, records);
    if (own < 0 || records[own].state == STATE_VALID) {
        return status < 0 ? status : HOST_OK;
    }
    records[own].state = STATE_VALID;
    return write_record(loader, (uint32_t)own, &records[own]);
}

update_boot_t boot_loader_port(boot_loader_t *loader)
{
    return (update_boot_t){
        .ctx = loader,
        .running = running,
        .select = select_slot,
        .confirm = confirm,
        .chip = BOOT_LOADER_CHIP,
    };
}

void boot_loader_image(const update_crypto_t *crypto, const char *version, uint16_t chip, boot_loader_behaviour_t behaviour,
                       uint8_t image[BOOT_LOADER_IMAGE_BYTES])
{
    enum { MAGIC = 0xE9, DESCRIPTION_AT = HEADER_BYTES + SEGMENT_HEAD_BYTES, VERSION_AT = DESCRIPTION_AT + 16 };
    static const uint8_t description_magic[] = { 0x32, 0x54, 0xCD, 0xAB };
    memset(image, 0, BOOT_LOADER_IMAGE_BYTES);
    image[0] = MAGIC;
    image[1] = 1;
    image[12] = (uint8_t)chip;
    image[13] = (uint8_t)(chip >> 8);
    image[HASHED_AT] = 1;
    guest_put_u32(image + SEGMENT_LEN_AT, SEGMENT_BYTES);
    memcpy(image + DESCRIPTION_AT, description_magic, sizeof(description_magic));
    memcpy(image + VERSION_AT, version, strlen(version));
    image[BEHAVIOUR_AT] = (uint8_t)behaviour;
    uint8_t checksum = CHECKSUM_SEED;
    for (int i = DESCRIPTION_AT; i < DESCRIPTION_AT + SEGMENT_BYTES; i++) {
        checksum ^= image[i];
    }
    image[DIGEST_AT - 1] = checksum;
    digest_of(crypto, image, DIGEST_AT, image + DIGEST_AT);
}

int boot_loader_flash(const platform_flash_t *flash, const update_crypto_t *crypto, int otadata, const char *version)
{
    uint8_t image[BOOT_LOADER_IMAGE_BYTES];
    int status = HOST_OK;
    boot_loader_image(crypto, version, BOOT_LOADER_CHIP, BOOT_LOADER_GOOD, image);
    for (uint32_t i = 0; i < BOOT_LOADER_RECORDS && status >= 0; i++) {
        status = flash->erase(flash->ctx, otadata, i);
    }
    const uint32_t sector = sector_bytes(flash, PLATFORM_PARTITION_FIRMWARE_A);
    for (uint32_t at = 0; at < sizeof(image) && status >= 0; at += sector) {
        status = flash->erase(flash->ctx, PLATFORM_PARTITION_FIRMWARE_A, at / sector);
    }
    return status < 0 ? status : flash->program(flash->ctx, PLATFORM_PARTITION_FIRMWARE_A, 0, image, sizeof(image));
}
