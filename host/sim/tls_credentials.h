/*
 * What a board shows and trusts in TLS, read from its configuration: `tls.ca`, `tls.certificate`, `tls.key`, all PEM.
 */
#ifndef WASMOTE_SIM_TLS_CREDENTIALS_H
#define WASMOTE_SIM_TLS_CREDENTIALS_H

#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>
#if MBEDTLS_VERSION_MAJOR < 4
#include <mbedtls/ctr_drbg.h>
#endif

#include "config_image.h"

typedef struct {
    mbedtls_x509_crt ca;
    mbedtls_x509_crt certificate; /* with its chain; empty: the board does not name itself */
    mbedtls_pk_context key;
} tls_credentials_t;

#if MBEDTLS_VERSION_MAJOR < 4
typedef mbedtls_ctr_drbg_context tls_random_t; /* seeded */
#else
typedef void tls_random_t; /* unused: mbedTLS has its own */
#endif

/**
 * Reads them into *out; needs_ca: `tls.ca` must be there. Free with tls_credentials_free, after any answer.
 * Returns OK; INVALID: one is missing or wrong (named in the log, never shown); NO_MEMORY.
 */
int tls_credentials_load(tls_credentials_t *out, const config_image_t *config, bool needs_ca, tls_random_t *random);

/** Hands them to a client's settings; they must outlive it. Returns OK, or NO_MEMORY. */
int tls_credentials_use(tls_credentials_t *credentials, mbedtls_ssl_config *client);

void tls_credentials_free(tls_credentials_t *credentials);

#endif
