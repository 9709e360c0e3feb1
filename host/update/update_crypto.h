/*
 * Digests and signatures, as updates need them: a part of their port (update.h).
 */
#ifndef WASMOTE_UPDATE_CRYPTO_H
#define WASMOTE_UPDATE_CRYPTO_H

#include <stddef.h>
#include <stdint.h>

#include "package.h"

/** Checksums. The same stand in assembly/kernel/update/checksum.ts (compared by tests/contract). */
typedef enum {
    UPDATE_NO_ALGORITHM = 0,
    UPDATE_CRC32 = 1,
    UPDATE_MD5 = 2,
    UPDATE_SHA256 = 3,
    UPDATE_SHA384 = 4,
    UPDATE_SHA512 = 5
} update_algorithm_t;

enum { UPDATE_CHECKSUM_BYTES_MAX = 64 };

/** Digest of one stream of bytes at a time, and ECDSA over the curve P-256. */
typedef struct {
    void *ctx;
    /** Not CRC32. An earlier one that has not ended is forgotten. UNSUPPORTED: this build has no such algorithm. */
    int (*hash_begin)(void *ctx, update_algorithm_t algorithm);
    int (*hash_add)(void *ctx, const uint8_t *src, size_t len);
    int (*hash_end)(void *ctx, uint8_t *dst, size_t len); /* len: of the algorithm's digest */
    /** OK; REFUSED: not signed by this key; IO: it could not be found out. */
    int (*verify)(void *ctx, const uint8_t key[PACKAGE_KEY_BYTES], const uint8_t digest[PACKAGE_DIGEST_BYTES],
                  const uint8_t signature[PACKAGE_SIGNATURE_BYTES]);
} update_crypto_t;

#endif
