/* Fake of ESP-IDF's esp_private/esp_gpio_reserve.h. */
#ifndef FAKE_ESP_GPIO_RESERVE_H
#define FAKE_ESP_GPIO_RESERVE_H

#include <stdbool.h>
#include <stdint.h>

bool esp_gpio_is_reserved(uint64_t gpio_mask);

#endif
