#include "net_undated.h"

#include <stdlib.h>

#include "esp_log.h"
#include "mbedtls/x509_crt.h"
#include "status.h"

static const char *TAG = "tls";

struct net_undated {
    mbedtls_x509_crt authorities;
};

/* The hook of esp-tls takes no context: the one worker task does one handshake at a time. */
static net_undated_t *s_current;

static int ignore_that_it_is_early(void *ctx, mbedtls_x509_crt *certificate, int depth, uint32_t *flags)
{
    (void)ctx, (void)certificate, (void)depth;
    *flags &= ~(uint32_t)MBEDTLS_X509_BADCERT_FUTURE;
    return 0;
}

/* Called by esp-tls in place of the certificate bundle's, with verification required already. */
static esp_err_t attach(void *conf)
{
    mbedtls_ssl_conf_ca_chain(conf, &s_current->authorities, NULL);
    mbedtls_ssl_conf_verify(conf, ignore_that_it_is_early, NULL);
    return ESP_OK;
}

int net_undated_use(const uint8_t *ca, size_t len, esp_tls_cfg_t *config, net_undated_t **out)
{
    net_undated_t *undated = calloc(1, sizeof *undated);
    if (undated == NULL) {
        return HOST_NO_MEMORY;
    }
    mbedtls_x509_crt_init(&undated->authorities);
    const int code = mbedtls_x509_crt_parse(&undated->authorities, ca, len);
    if (code != 0) {
        ESP_LOGE(TAG, "tls.ca: found no certificate (mbedTLS %d), expected PEM", code);
        net_undated_free(undated);
        return HOST_INVALID;
    }
    s_current = undated;
    config->crt_bundle_attach = attach;
    *out = undated;
    return HOST_OK;
}

void net_undated_free(net_undated_t *undated)
{
    if (undated != NULL) {
        mbedtls_x509_crt_free(&undated->authorities);
        free(undated);
    }
}
