#include "net_credentials.h"

#include <stdlib.h>
#include <string.h>

#include "config_idf.h"
#include "esp_log.h"
#include "sdkconfig.h"

#if CONFIG_MBEDTLS_CERTIFICATE_BUNDLE
#include "esp_crt_bundle.h"
#endif

static const char *TAG = "tls";

enum { PEM_BYTES = 8192 }; /* half of the config partition */

/* Returns the length of the text with its zero, in *text for free(); 0 when the key is missing; else the status, logged. */
static int read_pem(const char *key, uint8_t **text)
{
    uint8_t *buffer = malloc(PEM_BYTES);
    if (buffer == NULL) {
        return HOST_NO_MEMORY;
    }
    const int len = config_idf_get(key, buffer, PEM_BYTES - 1);
    if (len <= 0) {
        free(buffer);
        if (len == HOST_NOT_FOUND || len == 0) {
            return 0;
        }
        ESP_LOGE(TAG, "%s: %s, expected PEM of at most %d bytes", key, host_status_name(len), PEM_BYTES - 1);
        return HOST_INVALID;
    }
    buffer[len] = '\0';
    if (strstr((const char *)buffer, "-----BEGIN ") == NULL) {
        free(buffer);
        ESP_LOGE(TAG, "%s: found no PEM, expected -----BEGIN ...", key);
        return HOST_INVALID;
    }
    uint8_t *fitting = realloc(buffer, (size_t)len + 1);
    if (fitting == NULL) {
        free(buffer);
        return HOST_NO_MEMORY;
    }
    *text = fitting;
    return len + 1;
}

/* Without an authority of our own: those of the web, if the firmware carries them. */
static int use_bundle(esp_tls_cfg_t *config)
{
#if CONFIG_MBEDTLS_CERTIFICATE_BUNDLE
    config->crt_bundle_attach = esp_crt_bundle_attach;
    return HOST_OK;
#else
    (void)config;
    ESP_LOGE(TAG, "tls.ca: found nothing, expected the PEM certificate that signs the broker's");
    return HOST_INVALID;
#endif
}

int net_credentials_load(net_credentials_t *credentials, esp_tls_cfg_t *config)
{
    *credentials = (net_credentials_t){ 0 };
    const int ca = read_pem("tls.ca", &credentials->ca);
    const int certificate = ca < 0 ? ca : read_pem("tls.certificate", &credentials->certificate);
    const int key = certificate < 0 ? certificate : read_pem("tls.key", &credentials->key);
    if (key < 0) {
        return key;
    }
    if ((certificate > 0) != (key > 0)) {
        ESP_LOGE(TAG, "found %s alone, expected tls.certificate and tls.key together",
                 certificate > 0 ? "tls.certificate" : "tls.key");
        return HOST_INVALID;
    }
    config->cacert_buf = credentials->ca;
    config->cacert_bytes = (unsigned)ca;
    config->clientcert_buf = credentials->certificate;
    config->clientcert_bytes = (unsigned)certificate;
    config->clientkey_buf = credentials->key;
    config->clientkey_bytes = (unsigned)key;
    const int bundle = config_idf_get_bool("tls.useBundle", ca == 0);
    if (bundle < 0 || (bundle == 0 && ca == 0)) {
        ESP_LOGE(TAG, "%s",
                 bundle < 0 ? "tls.useBundle: expected true or false" : "tls.ca is missing, and tls.useBundle is false");
        return HOST_INVALID;
    }
    return bundle == 1 ? use_bundle(config) : HOST_OK;
}

void net_credentials_free(net_credentials_t *credentials)
{
    if (credentials->key != NULL) {
        volatile uint8_t *secret = credentials->key;
        while (*secret != '\0') {
            *secret++ = '\0';
        }
    }
    free(credentials->ca);
    free(credentials->certificate);
    free(credentials->key);
    *credentials = (net_credentials_t){ 0 };
}
