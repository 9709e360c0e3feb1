/* Fake of ESP-IDF's esp_attr.h: a PC has one kind of memory. */
#define IRAM_ATTR
