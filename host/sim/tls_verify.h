/* What we think of a peer's certificate. */
#ifndef WASMOTE_SIM_TLS_VERIFY_H
#define WASMOTE_SIM_TLS_VERIFY_H

#include <mbedtls/x509_crt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *host;
    uint8_t address[16]; /* the host, when it is an address and not a name */
    size_t address_len;  /* 0 a name, 4, 16 */
    bool allows_self_signed;
    bool is_self_signed; /* found out */
    uint32_t flags;      /* found out: MBEDTLS_X509_BADCERT_* */
} tls_verify_t;

/** Prepares for a host. allows_self_signed has effect for the host `localhost` alone. */
void tls_verify_init(tls_verify_t *verify, const char *host, bool allows_self_signed);

/** Callback for mbedtls_ssl_conf_verify; ctx is the tls_verify_t. */
int tls_verify_certificate(void *ctx, mbedtls_x509_crt *certificate, int depth, uint32_t *flags);

/** Returns the status a refused certificate stands for, and logs why it was refused. Call after the handshake failed with flags set. */
int tls_verify_refusal(const tls_verify_t *verify);

#endif
