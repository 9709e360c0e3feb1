/* Fake of ESP-IDF's esp_crt_bundle.h. */
#ifndef FAKE_ESP_CRT_BUNDLE_H
#define FAKE_ESP_CRT_BUNDLE_H

#include "esp_err.h"

esp_err_t esp_crt_bundle_attach(void *conf);

#endif
