/*
 * A TLS handshake under a clock that is not set: everything of the peer's certificate is checked but that its time has come. Only in
 * builds with WASMOTE_TLS_WITHOUT_CLOCK, only against an authority of our own (tls.ca).
 */
#ifndef WASMOTE_NET_UNDATED_H
#define WASMOTE_NET_UNDATED_H

#include <stddef.h>
#include <stdint.h>

#include "esp_tls.h"

typedef struct net_undated net_undated_t;

/**
 * Makes config check certificates against ca: PEM, len with its zero. Returns OK with *out set, which must live as long as the
 * session; INVALID: no certificate; NO_MEMORY. One handshake at a time.
 */
int net_undated_use(const uint8_t *ca, size_t len, esp_tls_cfg_t *config, net_undated_t **out);

/** After the session. NULL is allowed. */
void net_undated_free(net_undated_t *undated);

#endif
