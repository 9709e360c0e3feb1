#include "firmware_image.h"

#include <stdio.h>
#include <string.h>

#include "guest_memory.h"
#include "status.h"

/* Source: esp_app_format.h and esp_app_desc.h of ESP-IDF, the same in 5.3 to 6.0. */
enum { MAGIC = 0xE9, SEGMENTS_MAX = 16, SEGMENTS_AT = 1, CHIP_AT = 12, DESCRIPTION_AT = 24 + 8 };
enum { DESCRIPTION_VERSION_AT = DESCRIPTION_AT + 16 };
static const uint32_t DESCRIPTION_MAGIC = 0xABCD5432;

int firmware_image_read(const uint8_t head[FIRMWARE_IMAGE_HEAD_BYTES], firmware_image_t *out,
                        char error[FIRMWARE_IMAGE_ERROR_BYTES])
{
    if (head[0] != MAGIC || head[SEGMENTS_AT] < 1 || head[SEGMENTS_AT] > SEGMENTS_MAX) {
        snprintf(error, FIRMWARE_IMAGE_ERROR_BYTES, "no header of an image");
        return HOST_UNSUPPORTED;
    }
    if (guest_get_u32(head + DESCRIPTION_AT) != DESCRIPTION_MAGIC) {
        snprintf(error, FIRMWARE_IMAGE_ERROR_BYTES, "no description behind its header");
        return HOST_UNSUPPORTED;
    }
    out->chip = (uint16_t)(head[CHIP_AT] | head[CHIP_AT + 1] << 8);
    memcpy(out->version, head + DESCRIPTION_VERSION_AT, FIRMWARE_IMAGE_VERSION_BYTES);
    out->version[FIRMWARE_IMAGE_VERSION_BYTES] = '\0';
    return HOST_OK;
}

int firmware_image_check(const uint8_t head[FIRMWARE_IMAGE_HEAD_BYTES], const package_t *package,
                         char error[FIRMWARE_IMAGE_ERROR_BYTES])
{
    firmware_image_t image;
    const int status = firmware_image_read(head, &image, error);
    if (status < 0) {
        return status;
    }
    if (image.chip != package->chip) {
        snprintf(error, FIRMWARE_IMAGE_ERROR_BYTES, "chip: found %u, expected %u", image.chip, package->chip);
        return HOST_UNSUPPORTED;
    }
    if (strcmp(image.version, package->version) != 0) {
        snprintf(error, FIRMWARE_IMAGE_ERROR_BYTES, "version: found %.20s, expected %s", image.version, package->version);
        return HOST_UNSUPPORTED;
    }
    return HOST_OK;
}
