/*
 * The device's configuration as it lies in the `config` partition. Written by `npm run provision`, read-only to the device.
 *
 * SPEC, version 2, little-endian. The partition is two halves of equal size, A then B. Each holds one image or is erased:
 *
 *     offset  0        4          6          8           12          16         20            24
 *             | "WMCF" | u16      | u16      | u32       | u32       | u32      | u32         | body ... | 0xff ... |
 *             |        | version  | entries  | sequence  | bodyBytes | body CRC | header CRC  |          | to the half's end
 *
 *     entry:  | u8 keyLen | u16 valueLen | u8 key[keyLen] | u8 value[valueLen] |
 *
 * CRC: IEEE 802.3 (reflected 0xEDB88320, start and final xor 0xFFFFFFFF). The header's is over its bytes 0 to 19, the body's
 * over bodyBytes; what is behind them is 0xff or the half does not check, so that no bit of it can change unseen. The header
 * keeps its meaning in every later version: that is how another version is told from damage. Keys are dotted ASCII names such as
 * "mqtt.host"; values are UTF-8 text: numbers in decimal, booleans as true and false. The entries fill bodyBytes exactly.
 *
 * In force is the half that checks and has the later sequence: a, b with (i32)(a - b) > 0; A when both are the same. The
 * writer gives each image the seconds since 1970, or one more than the later sequence that it read back, if that is more. It
 * writes the half that is not in force, has it verified, then the other one with the same bytes: cut off anywhere, one half
 * is whole; done, both hold the new configuration and nothing is left of the old one.
 */
#ifndef WASMOTE_CONFIG_IMAGE_H
#define WASMOTE_CONFIG_IMAGE_H

#include "platform.h"

enum { CONFIG_IMAGE_VERSION = 2, CONFIG_IMAGE_HEADER_BYTES = 24, CONFIG_IMAGE_ENTRY_BYTES = 3, CONFIG_IMAGE_HALVES = 2 };

/** What one half holds: OK, NOT_FOUND (erased), CORRUPT, UNSUPPORTED (another version) or IO. */
typedef struct {
    int status;
    uint16_t version; /* meaningless unless OK or UNSUPPORTED, as is the sequence */
    uint32_t sequence;
} config_half_t;

/** A configuration opened for reading. Treat as opaque but for `half` and `in_force`. */
typedef struct {
    const platform_flash_t *flash;
    int status;
    int in_force; /* index of the half, negative: none */
    uint32_t offset;
    uint32_t body_bytes;
    uint16_t entries;
    config_half_t half[CONFIG_IMAGE_HALVES];
} config_image_t;

/**
 * Checks both halves whole and chooses the one in force: once, at start. flash must outlive *out.
 * Returns OK; NOT_FOUND: both halves are erased, or there is no partition; else what is wrong with the first half that is
 * not erased: CORRUPT, UNSUPPORTED, IO. *out can be read from after any answer: every getter then gives that status.
 */
int config_image_open(const platform_flash_t *flash, config_image_t *out);

/**
 * Writes one line without a line end on a half that does not check and on what is in force: text: char[cap], terminated.
 * Empty when there is nothing to say, which an erased partition is too. Returns its length.
 */
size_t config_image_remark(const config_image_t *image, char *text, size_t cap);

/**
 * Copies the value of a key into dst: u8[cap], not terminated.
 * Returns bytes written; NOT_FOUND: no such key or no configuration; TOO_LARGE: the value is longer than cap; IO; else as
 * config_image_open. dst is written on success only.
 */
int config_image_get(const config_image_t *image, const char *key, size_t key_len, uint8_t *dst, size_t cap);

/** Returns 1 when the key's value is `true`, 0 when it is `false`, `fallback` when the key is missing; INVALID: other text; else as above. */
int config_image_get_bool(const config_image_t *image, const char *key, int fallback);

/** Returns the decimal number of a key, `fallback` when the key is missing; INVALID: not a number of min..max (min >= 0); else as above. */
int config_image_get_int(const config_image_t *image, const char *key, int fallback, int min, int max);

#endif
