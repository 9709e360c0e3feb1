/*
 * The head of a firmware's image, as ESP-IDF builds it: esp_image_header_t, the head of its first segment, esp_app_desc_t. Looked at
 * once its digest was found right, and before the boot loader is told of it, which looks at all the rest.
 */
#ifndef WASMOTE_UPDATE_FIRMWARE_IMAGE_H
#define WASMOTE_UPDATE_FIRMWARE_IMAGE_H

#include "package.h"

enum {
    FIRMWARE_IMAGE_HEAD_BYTES = 112, /* as much of it as is looked at */
    FIRMWARE_IMAGE_VERSION_BYTES = 32,
    FIRMWARE_IMAGE_ERROR_BYTES = 80
};

/** What an image says of itself. */
typedef struct {
    uint16_t chip;
    char version[FIRMWARE_IMAGE_VERSION_BYTES + 1];
} firmware_image_t;

/** Takes the head of an image apart. OK; UNSUPPORTED with error saying what of it is not as it must be. */
int firmware_image_read(const uint8_t head[FIRMWARE_IMAGE_HEAD_BYTES], firmware_image_t *out,
                        char error[FIRMWARE_IMAGE_ERROR_BYTES]);

/** Compares an image with its package. OK; UNSUPPORTED with error saying what differs. */
int firmware_image_check(const uint8_t head[FIRMWARE_IMAGE_HEAD_BYTES], const package_t *package,
                         char error[FIRMWARE_IMAGE_ERROR_BYTES]);

#endif
