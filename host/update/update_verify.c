/* What is looked at before any byte of a module is parsed: signature, digest; then whether the module fits this host. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "link.h"
#include "manifest.h"
#include "module_check.h"
#include "update_internal.h"

enum { READ_BYTES = 256, HASH_PART_BYTES = 4096, MEMORY_LIMIT = 65536 };

int update_explain(update_t *update, int status, const char *format, ...)
{
    const platform_sys_t *sys = &update->config.platform->sys;
    va_list args;
    va_start(args, format);
    vsnprintf(update->error, sizeof(update->error), format, args);
    va_end(args);
    sys->log(sys->ctx, PLATFORM_LOG_WARNING, "update", update->error, strlen(update->error));
    return status;
}

int update_partition(package_kind_t kind, slot_t slot)
{
    const int first = kind == PACKAGE_APP ? PLATFORM_PARTITION_APP_A : PLATFORM_PARTITION_FIRMWARE_A;
    return slot == SLOT_B ? first + 1 : first;
}

int update_capacity(const update_t *update, int partition, uint32_t *capacity)
{
    const platform_flash_t *flash = &update->config.platform->flash;
    platform_flash_geometry_t geometry;
    const int status = flash->geometry(flash->ctx, partition, &geometry);
    if (status >= 0) {
        *capacity = geometry.sector_bytes * (geometry.sector_count - 1);
    }
    return status;
}

int update_read(const update_t *update, int partition, uint32_t offset, uint8_t *dst, size_t len)
{
    const platform_flash_t *flash = &update->config.platform->flash;
    return flash->read(flash->ctx, partition, offset, dst, len);
}

/* By any of the keys. OK, REFUSED, IO. */
static int verify_signature(const update_t *update, const uint8_t head[PACKAGE_HEAD_BYTES], const package_t *package)
{
    const update_crypto_t *crypto = &update->config.port->crypto;
    uint8_t digest[PACKAGE_DIGEST_BYTES];
    int status = crypto->hash_begin(crypto->ctx, UPDATE_SHA256);
    status = status < 0 ? status : crypto->hash_add(crypto->ctx, head, PACKAGE_SIGNED_BYTES);
    status = status < 0 ? status : crypto->hash_end(crypto->ctx, digest, sizeof(digest));
    if (status < 0) {
        return status;
    }
    status = HOST_REFUSED;
    for (int i = 0; i < UPDATE_KEYS_MAX && status == HOST_REFUSED; i++) {
        if (update->config.keys[i]) {
            status = crypto->verify(crypto->ctx, update->config.keys[i], digest, package->signature);
        }
    }
    return status;
}

/* What an app and a firmware must have each of its own. */
static int check_fit(update_t *update, const package_t *package)
{
    const uint16_t chip = update->config.port->boot.chip;
    if (package->kind == PACKAGE_FIRMWARE) {
        return package->chip == chip ? HOST_OK
                                     : update_explain(update, HOST_UNSUPPORTED, "chip: found %u, expected %u",
                                                      (unsigned)package->chip, (unsigned)chip);
    }
    if (package->abi != LINK_ABI_VERSION || package->rows > LINK_APP_ROW_COUNT) {
        return update_explain(update, HOST_UNSUPPORTED, "needs ABI %u with %u rows, this firmware has ABI %u with %u",
                              (unsigned)package->abi, (unsigned)package->rows, (unsigned)LINK_ABI_VERSION,
                              (unsigned)LINK_APP_ROW_COUNT);
    }
    if (package->memory_bytes >= MEMORY_LIMIT) {
        return update_explain(update, HOST_TOO_LARGE, "memory: found %lu bytes, expected less than %d",
                              (unsigned long)package->memory_bytes, MEMORY_LIMIT);
    }
    return HOST_OK;
}

int update_check_head(update_t *update, int kind, int partition, const uint8_t head[PACKAGE_HEAD_BYTES], package_t *out)
{
    uint32_t capacity;
    int status = package_parse(head, out);
    if (status < 0) {
        return update_explain(update, status, "head: %s", status == HOST_INVALID ? "not a package" : "format or kind is unknown");
    }
    status = verify_signature(update, head, out);
    if (status < 0) {
        return update_explain(update, status, "signature: not by a key of this board");
    }
    if (strcmp(out->name, update->config.name) != 0) {
        return update_explain(update, HOST_NOT_FOUND, "name: found %s, expected %s", out->name, update->config.name);
    }
    if ((int)out->kind != kind) {
        return update_explain(update, HOST_INVALID, "kind: found %d, expected %d", (int)out->kind, kind);
    }
    status = check_fit(update, out);
    if (status < 0) {
        return status;
    }
    status = update_capacity(update, partition, &capacity);
    if (status < 0) {
        return update_explain(update, status, "slot: %s", host_status_name(status));
    }
    if (out->size_bytes == 0 || out->size_bytes > capacity) {
        return update_explain(update, HOST_TOO_LARGE, "size: found %lu bytes, expected 1..%lu", (unsigned long)out->size_bytes,
                              (unsigned long)capacity);
    }
    return HOST_OK;
}

int update_hash_part(update_t *update, int partition, const package_t *package, uint32_t *done)
{
    const update_crypto_t *crypto = &update->config.port->crypto;
    uint8_t bytes[READ_BYTES];
    uint8_t digest[PACKAGE_DIGEST_BYTES];
    const uint32_t left = package->size_bytes - *done;
    const uint32_t end = *done + (left < HASH_PART_BYTES ? left : HASH_PART_BYTES);
    int status = *done == 0 ? crypto->hash_begin(crypto->ctx, UPDATE_SHA256) : HOST_OK;
    while (status >= 0 && *done < end) {
        const uint32_t len = end - *done < READ_BYTES ? end - *done : READ_BYTES;
        status = update_read(update, partition, *done, bytes, len);
        status = status < 0 ? status : crypto->hash_add(crypto->ctx, bytes, len);
        *done += len;
    }
    if (status < 0 || end < package->size_bytes) {
        return status < 0 ? status : HOST_BUSY;
    }
    status = crypto->hash_end(crypto->ctx, digest, sizeof(digest));
    if (status < 0) {
        return status;
    }
    return memcmp(digest, package->digest, sizeof(digest)) == 0 ? HOST_OK : HOST_CORRUPT;
}

static int check_module(const uint8_t *bytes, const package_t *package, char error[ENGINE_ERROR_BYTES])
{
    manifest_t manifest;
    module_summary_t summary;
    int status = manifest_read(bytes, package->size_bytes, MANIFEST_APP, &manifest, error);
    if (status < 0) {
        return status;
    }
    if (manifest.memory_bytes != package->memory_bytes || manifest.has_collector != package->has_collector) {
        snprintf(error, ENGINE_ERROR_BYTES, "manifest: differs from the package's");
        return HOST_INVALID;
    }
    const engine_config_t config = {
        .bytes = bytes,
        .bytes_len = package->size_bytes,
        .memory_bytes = manifest.memory_bytes,
        .imports = link_app_imports,
        .import_count = link_app_import_count,
        .left_out = link_app_left_out,
        .exports = link_app_exports,
        .export_count = APP_EXPORT_COUNT,
    };
    return module_check(&config, &summary, error);
}

int update_map_app(update_t *update, int partition, const package_t *package, const uint8_t **out)
{
    const update_map_t *map = &update->config.port->map;
    char error[ENGINE_ERROR_BYTES] = "";
    const uint8_t *bytes;
    int status = map->map(map->ctx, partition, &bytes);
    if (status < 0) {
        return update_explain(update, status, "slot does not map: %s", host_status_name(status));
    }
    status = check_module(bytes, package, error);
    if (status < 0) {
        map->unmap(map->ctx, partition);
        return update_explain(update, HOST_UNSUPPORTED, "module: %s", error);
    }
    *out = bytes;
    return HOST_OK;
}

int update_open_slot(update_t *update, slot_t slot, package_t *package, const uint8_t **out)
{
    const platform_sys_t *sys = &update->config.platform->sys;
    const int partition = update_partition(PACKAGE_APP, slot);
    uint8_t head[PACKAGE_HEAD_BYTES];
    uint32_t capacity;
    uint32_t done = 0;
    int status = update_capacity(update, partition, &capacity);
    status = status < 0 ? status : update_read(update, partition, capacity, head, sizeof(head));
    if (status < 0) {
        return update_explain(update, status, "slot %c: %s", '@' + slot, host_status_name(status));
    }
    status = update_check_head(update, PACKAGE_APP, partition, head, package);
    if (status < 0) {
        return status;
    }
    do {
        sys->watchdog(sys->ctx, 0);
        status = update_hash_part(update, partition, package, &done);
    } while (status == HOST_BUSY);
    if (status < 0) {
        return update_explain(update, status, "slot %c: %s", '@' + slot,
                              status == HOST_CORRUPT ? "the digest differs" : "unreadable");
    }
    return update_map_app(update, partition, package, out);
}
