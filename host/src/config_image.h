/*
 * The device's configuration as it lies in the `config` partition. Written by the toolchain, read-only to the device.
 *
 * SPEC, version 1, little-endian:
 *
 *     offset  0        4          6          8           12           16
 *             | "WMCF" | u16      | u16      | u32       | u32        | body ...
 *             |        | version  | entries  | bodyBytes | CRC-32     |
 *
 *     entry:  | u8 keyLen | u16 valueLen | u8 key[keyLen] | u8 value[valueLen] |
 *
 * The CRC is that of IEEE 802.3 (reflected 0xEDB88320, start and final xor 0xFFFFFFFF) over the body. Keys are dotted
 * ASCII names such as "mqtt.host"; values are UTF-8 text: numbers in decimal, booleans as true and false. The entries
 * fill the body exactly. An erased partition is no image.
 */
#ifndef WASMOTE_CONFIG_IMAGE_H
#define WASMOTE_CONFIG_IMAGE_H

#include "platform.h"

enum { CONFIG_IMAGE_VERSION = 1, CONFIG_IMAGE_HEADER_BYTES = 16, CONFIG_IMAGE_ENTRY_BYTES = 3 };

/**
 * Copies the value of a key into dst: u8[cap], not terminated. The whole image is verified at each call.
 * Returns bytes written; NOT_FOUND: no such key, no image, no partition; TOO_LARGE: the value is longer than cap;
 * CORRUPT: the image does not check; UNSUPPORTED: another version; IO. dst is written on success only.
 */
int config_image_get(const platform_flash_t *flash, const char *key, size_t key_len, uint8_t *dst, size_t cap);

/** Returns 1 when the key's value is `true`, 0 when it is `false`, `fallback` when the key is missing; INVALID: other text; else as above. */
int config_image_get_bool(const platform_flash_t *flash, const char *key, int fallback);

/** Returns the decimal number of a key, `fallback` when the key is missing; INVALID: not a number of min..max (min >= 0); else as above. */
int config_image_get_int(const platform_flash_t *flash, const char *key, int fallback, int min, int max);

#endif
