#include "config_writer.h"

#include <string.h>

enum { HEADER_BYTES = 24, ENTRIES_AT = 6, SEQUENCE_AT = 8, BODY_BYTES_AT = 12, BODY_CRC_AT = 16 };

uint32_t config_writer_crc(const uint8_t *bytes, size_t len)
{
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < len; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc & 1) != 0 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
        }
    }
    return crc ^ 0xffffffff;
}

static void put(uint8_t *dst, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++) {
        dst[i] = (uint8_t)(value >> (8 * i));
    }
}

void config_writer_begin(config_writer_t *writer, uint8_t *half, size_t half_bytes)
{
    *writer = (config_writer_t){ .half = half, .half_bytes = half_bytes };
    memset(half, 0xff, half_bytes);
}

void config_writer_add(config_writer_t *writer, const char *key, const char *value)
{
    const size_t key_len = strlen(key);
    const size_t value_len = strlen(value);
    uint8_t *entry = writer->half + HEADER_BYTES + writer->body_bytes;
    entry[0] = (uint8_t)key_len;
    put(entry + 1, (uint32_t)value_len, 2);
    memcpy(entry + 3, key, key_len);
    memcpy(entry + 3 + key_len, value, value_len);
    writer->body_bytes += 3 + key_len + value_len;
    writer->entries++;
}

void config_writer_seal(const config_writer_t *writer, uint32_t sequence)
{
    uint8_t *half = writer->half;
    const size_t room = writer->half_bytes - HEADER_BYTES;
    const size_t summed = writer->body_bytes < room ? writer->body_bytes : room; /* a test may lie about the body */
    memcpy(half, "WMCF", 4);
    put(half + CONFIG_WRITER_VERSION_AT, 2, 2);
    put(half + ENTRIES_AT, writer->entries, 2);
    put(half + SEQUENCE_AT, sequence, 4);
    put(half + BODY_BYTES_AT, (uint32_t)writer->body_bytes, 4);
    put(half + BODY_CRC_AT, config_writer_crc(half + HEADER_BYTES, summed), 4);
    config_writer_seal_header(half);
}

void config_writer_seal_header(uint8_t *half)
{
    put(half + CONFIG_WRITER_HEADER_CRC_AT, config_writer_crc(half, CONFIG_WRITER_HEADER_CRC_AT), 4);
}
