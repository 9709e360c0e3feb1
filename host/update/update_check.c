/* The checksum that a cloud names beside a package, compared with what the slot holds: head and image as one file. */
#include <string.h>

#include "crc32.h"
#include "update_internal.h"

enum { READ_BYTES = 256, PART_BYTES = 4096 };

/* 0: no such algorithm. */
static size_t digest_bytes(update_algorithm_t algorithm)
{
    switch (algorithm) {
    case UPDATE_CRC32:
        return 4;
    case UPDATE_MD5:
        return 16;
    case UPDATE_SHA256:
        return 32;
    case UPDATE_SHA384:
        return 48;
    case UPDATE_SHA512:
        return UPDATE_CHECKSUM_BYTES_MAX;
    default:
        return 0;
    }
}

/* Reads from the file of head and image: no further than the end of the head, or of the image. Bytes read, or a status. */
static int read_file(const update_t *update, const update_load_t *load, uint32_t at, uint8_t *dst, uint32_t cap)
{
    const bool is_head = at < PACKAGE_HEAD_BYTES;
    const uint32_t left = (is_head ? PACKAGE_HEAD_BYTES : PACKAGE_HEAD_BYTES + load->package.size_bytes) - at;
    const uint32_t len = left < cap ? left : cap;
    if (is_head) {
        memcpy(dst, load->head + at, len);
        return (int)len;
    }
    const int status = update_read(update, load->partition, at - PACKAGE_HEAD_BYTES, dst, len);
    return status < 0 ? status : (int)len;
}

static int begin(const update_crypto_t *crypto, update_load_t *load, update_algorithm_t algorithm)
{
    load->crc = CRC32_START;
    return algorithm == UPDATE_CRC32 ? HOST_OK : crypto->hash_begin(crypto->ctx, algorithm);
}

static int add(const update_crypto_t *crypto, update_load_t *load, update_algorithm_t algorithm, const uint8_t *src, size_t len)
{
    if (algorithm != UPDATE_CRC32) {
        return crypto->hash_add(crypto->ctx, src, len);
    }
    load->crc = crc32_update(load->crc, src, len);
    return HOST_OK;
}

/* Of a CRC: its bytes, the lowest first. */
static int end(const update_crypto_t *crypto, const update_load_t *load, update_algorithm_t algorithm, uint8_t *dst, size_t len)
{
    if (algorithm != UPDATE_CRC32) {
        return crypto->hash_end(crypto->ctx, dst, len);
    }
    for (size_t i = 0; i < len; i++) {
        dst[i] = (uint8_t)(crc32_end(load->crc) >> (8 * i));
    }
    return HOST_OK;
}

int update_check(update_t *update, int kind, update_algorithm_t algorithm, const uint8_t *digest, size_t len)
{
    const update_crypto_t *crypto = &update->config.port->crypto;
    update_load_t *load = &update->load;
    uint8_t bytes[READ_BYTES];
    if (load->phase != UPDATE_VERIFIED || (int)load->package.kind != kind
        || (digest_bytes(algorithm) != 0 && digest_bytes(algorithm) != len)) {
        return HOST_INVALID;
    }
    int status = digest_bytes(algorithm) == 0 ? HOST_UNSUPPORTED : HOST_OK;
    if (status >= 0 && load->checked == 0) {
        status = begin(crypto, load, algorithm);
    }
    if (status == HOST_UNSUPPORTED) {
        return update_explain(update, status, "checksum: this board does not know algorithm %d", (int)algorithm);
    }
    const uint32_t size = PACKAGE_HEAD_BYTES + load->package.size_bytes;
    const uint32_t stop = size - load->checked < PART_BYTES ? size : load->checked + PART_BYTES;
    while (status >= 0 && load->checked < stop) {
        const int count = read_file(update, load, load->checked, bytes, sizeof(bytes));
        status = count < 0 ? count : add(crypto, load, algorithm, bytes, (size_t)count);
        load->checked += count < 0 ? 0 : (uint32_t)count;
    }
    if (status >= 0 && load->checked < size) {
        return HOST_BUSY;
    }
    load->checked = 0;
    status = status < 0 ? status : end(crypto, load, algorithm, bytes, len);
    if (status < 0) {
        return update_explain(update, status, "checksum: %s", host_status_name(status));
    }
    return memcmp(bytes, digest, len) == 0 ? HOST_OK
                                           : update_explain(update, HOST_CORRUPT, "checksum: differs from the one announced");
}
