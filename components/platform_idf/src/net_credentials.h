/*
 * The certificates of the configuration as esp-tls wants them: PEM, ended by a zero that counts.
 */
#ifndef WASMOTE_NET_CREDENTIALS_H
#define WASMOTE_NET_CREDENTIALS_H

#include "esp_tls.h"
#include "platform.h"

typedef struct {
    uint8_t *ca; /* NULL: the firmware's root certificates */
    uint8_t *certificate;
    uint8_t *key;
} net_credentials_t;

/**
 * Reads tls.ca, tls.useBundle, tls.certificate and tls.key, and points config at them. Returns OK, else logged: INVALID (one of certificate and key without the
 * other, or a value that is no PEM), NO_MEMORY, IO. net_credentials_free() follows in any case.
 */
int net_credentials_load(net_credentials_t *credentials, esp_tls_cfg_t *config);

/** Frees the texts; the key's is overwritten first. esp-tls has its own copies once the handshake has begun. */
void net_credentials_free(net_credentials_t *credentials);

#endif
