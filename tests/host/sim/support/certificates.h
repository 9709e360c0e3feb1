/* Throw-away certificates for the TLS tests, all on P-256 keys. */
#ifndef WASMOTE_TEST_CERTIFICATES_H
#define WASMOTE_TEST_CERTIFICATES_H

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>

enum { CERTIFICATE_PEM_BYTES = 2048 };

typedef struct {
    mbedtls_pk_context key;
    mbedtls_x509_crt certificate;
    char subject[64];
    char pem[CERTIFICATE_PEM_BYTES];
    char key_pem[CERTIFICATE_PEM_BYTES];
} identity_t;

typedef struct {
    const char *name;         /* common name */
    const char *dns;          /* subject alternative name, may be NULL */
    const unsigned char *ip4; /* u8[4], subject alternative name, may be NULL */
    const char *not_before;   /* YYYYMMDDhhmmss; NULL: long ago */
    const char *not_after;    /* NULL: far off */
    const identity_t *issuer; /* NULL: signs itself */
    int is_ca;
} identity_request_t;

/** Makes a key and a certificate. */
void identity_make(identity_t *identity, const identity_request_t *request);
void identity_free(identity_t *identity);

/** The random generator of all of this; also for a server's TLS. */
mbedtls_ctr_drbg_context *test_random(void);

#endif
