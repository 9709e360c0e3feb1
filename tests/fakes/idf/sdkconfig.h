/* Fake of the build's sdkconfig.h. */
#define CONFIG_MBEDTLS_CERTIFICATE_BUNDLE 1
