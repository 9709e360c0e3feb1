/*
 * CRC-32 of IEEE 802.3: polynomial 0xEDB88320 reflected, begun with and closed by all ones.
 */
#ifndef WASMOTE_CRC32_H
#define WASMOTE_CRC32_H

#include <stddef.h>
#include <stdint.h>

#define CRC32_START 0xffffffffu

/** Takes in bytes: begins with CRC32_START and ends with crc32_end(). */
uint32_t crc32_update(uint32_t crc, const uint8_t *bytes, size_t len);

static inline uint32_t crc32_end(uint32_t crc)
{
    return crc ^ 0xffffffffu;
}

#endif
