#include "tls_credentials.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"

static const char *TAG = "tls";

/* As much as a configuration holds. */
enum { PEM_BYTES = 8192 };

/* Reads a key's value, terminated, into pem: u8[PEM_BYTES + 1]. Returns bytes with the terminator, 0 without such a key, or INVALID. */
static int read_pem(const config_image_t *config, const char *key, uint8_t *pem)
{
    const int len = config_image_get(config, key, strlen(key), pem, PEM_BYTES);
    if (len == HOST_NOT_FOUND || len == 0) {
        return 0;
    }
    if (len < 0) {
        sim_log(PLATFORM_LOG_ERROR, TAG, "%s: cannot be read, %s", key, host_status_name(len));
        return HOST_INVALID;
    }
    pem[len] = '\0';
    return len + 1;
}

static int missing(const char *key, const char *expected)
{
    sim_log(PLATFORM_LOG_ERROR, TAG, "%s: found nothing, expected %s", key, expected);
    return HOST_INVALID;
}

/* OK, also when there is none; INVALID. */
static int load_certificates(const config_image_t *config, const char *key, uint8_t *pem, mbedtls_x509_crt *out)
{
    const int len = read_pem(config, key, pem);
    if (len <= 0) {
        return len;
    }
    const int code = mbedtls_x509_crt_parse(out, pem, (size_t)len);
    if (code != 0) {
        sim_log(PLATFORM_LOG_ERROR, TAG, "%s: found no certificate (%d), expected PEM", key, code);
        return HOST_INVALID;
    }
    return HOST_OK;
}

static int parse_key(mbedtls_pk_context *key, const uint8_t *pem, size_t len, tls_random_t *random)
{
#if MBEDTLS_VERSION_MAJOR == 3
    return mbedtls_pk_parse_key(key, pem, len, NULL, 0, mbedtls_ctr_drbg_random, random);
#else
    (void)random;
    return mbedtls_pk_parse_key(key, pem, len, NULL, 0);
#endif
}

static int load_key(tls_credentials_t *out, const config_image_t *config, uint8_t *pem, tls_random_t *random)
{
    const bool has_certificate = out->certificate.raw.len > 0;
    const int len = read_pem(config, "tls.key", pem);
    if (len < 0 || (len == 0 && !has_certificate)) {
        return len;
    }
    if (len == 0) {
        return missing("tls.key", "the private key of tls.certificate in PEM");
    }
    if (!has_certificate) {
        return missing("tls.certificate", "the certificate of tls.key in PEM");
    }
    const int code = parse_key(&out->key, pem, (size_t)len, random);
    if (code != 0) {
        sim_log(PLATFORM_LOG_ERROR, TAG, "tls.key: found no private key (-0x%04x), expected PEM without a passphrase",
                (unsigned)-code);
        return HOST_INVALID;
    }
    return HOST_OK;
}

int tls_credentials_load(tls_credentials_t *out, const config_image_t *config, bool needs_ca, tls_random_t *random)
{
    mbedtls_x509_crt_init(&out->ca);
    mbedtls_x509_crt_init(&out->certificate);
    mbedtls_pk_init(&out->key);
    uint8_t *pem = malloc(PEM_BYTES + 1);
    if (pem == NULL) {
        return HOST_NO_MEMORY;
    }
    int status = load_certificates(config, "tls.ca", pem, &out->ca);
    if (status == HOST_OK && needs_ca && out->ca.raw.len == 0) {
        status = missing("tls.ca", "the PEM certificate that signs the broker's");
    }
    if (status == HOST_OK) {
        status = load_certificates(config, "tls.certificate", pem, &out->certificate);
    }
    if (status == HOST_OK) {
        status = load_key(out, config, pem, random);
    }
    memset(pem, 0, PEM_BYTES + 1);
    free(pem);
    return status;
}

int tls_credentials_use(tls_credentials_t *credentials, mbedtls_ssl_config *client)
{
    mbedtls_ssl_conf_ca_chain(client, &credentials->ca, NULL);
    if (credentials->certificate.raw.len == 0) {
        return HOST_OK;
    }
    return mbedtls_ssl_conf_own_cert(client, &credentials->certificate, &credentials->key) == 0 ? HOST_OK : HOST_NO_MEMORY;
}

void tls_credentials_free(tls_credentials_t *credentials)
{
    mbedtls_x509_crt_free(&credentials->ca);
    mbedtls_x509_crt_free(&credentials->certificate);
    mbedtls_pk_free(&credentials->key);
}
