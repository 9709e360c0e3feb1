/*
 * The digests and signatures of updates by the PSA Crypto API, which Mbed TLS 2.28, 3.6 and 4.1 have in common. Part of a
 * backend, not of the host: for boards and PCs that have Mbed TLS.
 */
#ifndef WASMOTE_UPDATE_PSA_H
#define WASMOTE_UPDATE_PSA_H

#include "update.h"

/** ctx is not used. */
extern const update_crypto_t update_psa;

#endif
