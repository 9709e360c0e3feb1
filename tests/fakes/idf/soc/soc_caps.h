/* Fake of ESP-IDF's soc/soc_caps.h, of a small chip. */
#define SOC_GPIO_PIN_COUNT 22
