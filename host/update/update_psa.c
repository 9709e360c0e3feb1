#include "update_psa.h"

#include <psa/crypto.h>

/* One task hashes, one stream at a time. */
static psa_hash_operation_t s_hash;

static psa_algorithm_t psa_algorithm(update_algorithm_t algorithm)
{
    switch (algorithm) {
    case UPDATE_MD5:
        return PSA_ALG_MD5;
    case UPDATE_SHA256:
        return PSA_ALG_SHA_256;
    case UPDATE_SHA384:
        return PSA_ALG_SHA_384;
    case UPDATE_SHA512:
        return PSA_ALG_SHA_512;
    default:
        return PSA_ALG_NONE;
    }
}

static int hash_begin(void *ctx, update_algorithm_t algorithm)
{
    (void)ctx;
    if (psa_crypto_init() != PSA_SUCCESS || psa_hash_abort(&s_hash) != PSA_SUCCESS) {
        return HOST_IO;
    }
    s_hash = psa_hash_operation_init();
    const psa_status_t status = psa_hash_setup(&s_hash, psa_algorithm(algorithm));
    if (status == PSA_ERROR_NOT_SUPPORTED || status == PSA_ERROR_INVALID_ARGUMENT) {
        return HOST_UNSUPPORTED;
    }
    return status == PSA_SUCCESS ? HOST_OK : HOST_IO;
}

static int hash_add(void *ctx, const uint8_t *src, size_t len)
{
    (void)ctx;
    return psa_hash_update(&s_hash, src, len) == PSA_SUCCESS ? HOST_OK : HOST_IO;
}

static int hash_end(void *ctx, uint8_t *dst, size_t len)
{
    size_t written;
    (void)ctx;
    return psa_hash_finish(&s_hash, dst, len, &written) == PSA_SUCCESS ? HOST_OK : HOST_IO;
}

static int verify(void *ctx, const uint8_t key[PACKAGE_KEY_BYTES], const uint8_t digest[PACKAGE_DIGEST_BYTES],
                  const uint8_t signature[PACKAGE_SIGNATURE_BYTES])
{
    enum { CURVE_BITS = 256 };
    psa_key_attributes_t attributes = psa_key_attributes_init();
    psa_key_id_t id;
    (void)ctx;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, CURVE_BITS);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_VERIFY_HASH);
    psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
    if (psa_crypto_init() != PSA_SUCCESS || psa_import_key(&attributes, key, PACKAGE_KEY_BYTES, &id) != PSA_SUCCESS) {
        return HOST_IO;
    }
    const psa_status_t status =
        psa_verify_hash(id, PSA_ALG_ECDSA(PSA_ALG_SHA_256), digest, PACKAGE_DIGEST_BYTES, signature, PACKAGE_SIGNATURE_BYTES);
    if (psa_destroy_key(id) != PSA_SUCCESS) {
        return HOST_IO;
    }
    return status == PSA_SUCCESS ? HOST_OK : status == PSA_ERROR_INVALID_SIGNATURE ? HOST_REFUSED : HOST_IO;
}

const update_crypto_t update_psa = {
    .hash_begin = hash_begin,
    .hash_add = hash_add,
    .hash_end = hash_end,
    .verify = verify,
};
