/* Writes configuration images as host/src/config_image.h lays them down, one entry at a time, for every test that needs one. */
#ifndef WASMOTE_TEST_CONFIG_WRITER_H
#define WASMOTE_TEST_CONFIG_WRITER_H

#include <stddef.h>
#include <stdint.h>

enum { CONFIG_WRITER_VERSION_AT = 4, CONFIG_WRITER_HEADER_CRC_AT = 20 };

typedef struct {
    uint8_t *half; /* u8[half_bytes] */
    size_t half_bytes;
    size_t body_bytes;
    uint16_t entries;
} config_writer_t;

/** Erases a half and begins an image in it. */
void config_writer_begin(config_writer_t *writer, uint8_t *half, size_t half_bytes);

void config_writer_add(config_writer_t *writer, const char *key, const char *value);

/** Writes the header over the entries so far. */
void config_writer_seal(const config_writer_t *writer, uint32_t sequence);

/** Writes the header's checksum anew, after a change in it. */
void config_writer_seal_header(uint8_t *half);

/** CRC-32 bit by bit, from the definition: the reader under test goes by a table. */
uint32_t config_writer_crc(const uint8_t *bytes, size_t len);

#endif
