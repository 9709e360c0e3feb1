/* Fake of the build's sdkconfig.h. */
#define CONFIG_MBEDTLS_CERTIFICATE_BUNDLE 1
#define CONFIG_IDF_FIRMWARE_CHIP_ID 0x0005
