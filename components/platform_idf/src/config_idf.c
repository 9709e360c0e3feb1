#include "config_idf.h"

#include <stdio.h>
#include <string.h>

#include "config_image.h"

static config_image_t s_image;

void config_idf_init(const platform_flash_t *flash)
{
    config_image_open(flash, &s_image);
}

int config_idf_get(const char *key, uint8_t *dst, size_t cap)
{
    return config_image_get(&s_image, key, strlen(key), dst, cap);
}

int config_idf_get_bool(const char *key, int fallback)
{
    return config_image_get_bool(&s_image, key, fallback);
}

int config_idf_get_int(const char *key, int fallback, int min, int max)
{
    return config_image_get_int(&s_image, key, fallback, min, max);
}

int config_idf_get_text(const char *key, char *dst, size_t cap)
{
    const int len = config_idf_get(key, (uint8_t *)dst, cap - 1);
    if (len >= 0) {
        dst[len] = '\0';
    }
    return len;
}

/* Status of a key whose value does not matter here: TOO_LARGE is there, too. */
static int status_of_key(const char *key)
{
    uint8_t byte;
    const int status = config_idf_get(key, &byte, sizeof byte);
    return status == HOST_TOO_LARGE ? HOST_OK : status;
}

bool config_idf_missing(bool needs_wifi, char text[CONFIG_IDF_MISSING_BYTES])
{
    static const char how[] = "npm run provision -- --init writes config.json, "
                              "npm run provision -- --config config.json --port PORT gives it to the board";
    const int host = status_of_key("mqtt.host");
    const int ssid = needs_wifi ? status_of_key("wifi.ssid") : HOST_OK;
    if (host >= 0 && ssid >= 0) {
        return false;
    }
    if (host == HOST_NOT_FOUND || ssid == HOST_NOT_FOUND) {
        const bool both = host == HOST_NOT_FOUND && ssid == HOST_NOT_FOUND;
        snprintf(text, CONFIG_IDF_MISSING_BYTES, "configuration: no %s%s%s; %s", host == HOST_NOT_FOUND ? "mqtt.host" : "",
                 both ? ", no " : "", ssid == HOST_NOT_FOUND ? "wifi.ssid" : "", how);
    } else {
        snprintf(text, CONFIG_IDF_MISSING_BYTES, "configuration: %s; %s", host_status_name(host < 0 ? host : ssid), how);
    }
    return true;
}
