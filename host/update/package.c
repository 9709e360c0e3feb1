#include "package.h"

#include <string.h>

#include "crc32.h"
#include "guest_memory.h"
#include "status.h"

enum { FORMAT = 1, FLAG_COLLECTOR = 1 };
enum { FORMAT_AT = 4, KIND_AT = 5, ABI_AT = 6, SIZE_AT = 8, COUNTER_AT = 12, MEMORY_AT = 16, ROWS_AT = 20, CHIP_AT = 22 };
enum { FLAGS_AT = 24, NAME_AT = 32, VERSION_AT = 64, DIGEST_AT = 96, SIGNATURE_AT = PACKAGE_SIGNED_BYTES };

static uint16_t u16_at(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

/* Text that ends with its first zero byte; behind it are zeros alone. Returns false for any other. */
static bool read_text(const uint8_t *src, size_t cap, char *dst)
{
    size_t len = 0;
    while (len < cap && src[len] > ' ' && src[len] < 0x7F) {
        len++;
    }
    memcpy(dst, src, len);
    dst[len] = '\0';
    for (size_t i = len; i < cap; i++) {
        if (src[i] != 0) {
            return false;
        }
    }
    return len > 0;
}

int package_parse(const uint8_t head[PACKAGE_HEAD_BYTES], package_t *out)
{
    package_t read = {
        .abi = u16_at(head + ABI_AT),
        .rows = u16_at(head + ROWS_AT),
        .chip = u16_at(head + CHIP_AT),
        .has_collector = (head[FLAGS_AT] & FLAG_COLLECTOR) != 0,
        .size_bytes = guest_get_u32(head + SIZE_AT),
        .counter = guest_get_u32(head + COUNTER_AT),
        .memory_bytes = guest_get_u32(head + MEMORY_AT),
    };
    if (memcmp(head, "WMPK", 4) != 0) {
        return HOST_INVALID;
    }
    if (head[FORMAT_AT] != FORMAT || head[KIND_AT] >= PACKAGE_KINDS) {
        return HOST_UNSUPPORTED;
    }
    read.kind = (package_kind_t)head[KIND_AT];
    if (!read_text(head + NAME_AT, PACKAGE_NAME_BYTES, read.name)
        || !read_text(head + VERSION_AT, PACKAGE_VERSION_BYTES, read.version)) {
        return HOST_INVALID;
    }
    memcpy(read.digest, head + DIGEST_AT, sizeof(read.digest));
    memcpy(read.signature, head + SIGNATURE_AT, sizeof(read.signature));
    *out = read;
    return HOST_OK;
}

uint32_t package_identity(const uint8_t head[PACKAGE_HEAD_BYTES])
{
    const uint32_t crc = crc32_end(crc32_update(CRC32_START, head, PACKAGE_SIGNED_BYTES));
    return crc ? crc : 1;
}
