#include "signer.h"

#include <psa/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot_loader.h"
#include "guest_memory.h"
#include "link.h"
#include "test_modules.h"
#include "update_psa.h"

static psa_key_id_t s_keys[2];
static uint8_t s_public[2][PACKAGE_KEY_BYTES];

static void must(psa_status_t status, const char *what)
{
    if (status != PSA_SUCCESS) {
        fprintf(stderr, "%s: PSA %d\n", what, (int)status);
        abort();
    }
}

const uint8_t *signer_key(int number)
{
    if (s_keys[number] == 0) {
        psa_key_attributes_t attributes = psa_key_attributes_init();
        size_t len;
        must(psa_crypto_init(), "init");
        psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
        psa_set_key_bits(&attributes, 256);
        psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH);
        psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
        must(psa_generate_key(&attributes, &s_keys[number]), "generate");
        must(psa_export_public_key(s_keys[number], s_public[number], PACKAGE_KEY_BYTES, &len), "export");
    }
    return s_public[number];
}

static void put_u16(uint8_t *dst, uint16_t value)
{
    dst[0] = (uint8_t)value;
    dst[1] = (uint8_t)(value >> 8);
}

static void digest(const uint8_t *src, size_t len, uint8_t dst[PACKAGE_DIGEST_BYTES])
{
    size_t written;
    must(psa_hash_compute(PSA_ALG_SHA_256, src, len, dst, PACKAGE_DIGEST_BYTES, &written), "digest");
}

void signer_sign(signed_package_t *package, const signer_fields_t *fields)
{
    uint8_t *head = package->head;
    uint8_t hash[PACKAGE_DIGEST_BYTES];
    size_t len;
    memset(head, 0, PACKAGE_HEAD_BYTES);
    memcpy(head, "WMPK\1\0", 6);
    put_u16(head + 6, fields->abi);
    guest_put_u32(head + 8, fields->size_bytes ? fields->size_bytes : (uint32_t)package->len);
    guest_put_u32(head + 12, fields->counter);
    guest_put_u32(head + 16, fields->memory_bytes);
    put_u16(head + 20, fields->rows);
    head[5] = fields->is_firmware ? PACKAGE_FIRMWARE : PACKAGE_APP;
    put_u16(head + 22, fields->is_firmware ? fields->chip : 0xFFFF);
    memcpy(head + 32, fields->name ? fields->name : "meter", strlen(fields->name ? fields->name : "meter"));
    memcpy(head + 64, fields->version, strlen(fields->version));
    digest(package->image, package->len, head + 96);
    signer_key(fields->key);
    digest(head, PACKAGE_SIGNED_BYTES, hash);
    must(psa_sign_hash(s_keys[fields->key], PSA_ALG_ECDSA(PSA_ALG_SHA_256), hash, sizeof(hash), head + PACKAGE_SIGNED_BYTES,
                       PACKAGE_SIGNATURE_BYTES, &len),
         "sign");
}

/* A custom section named `x` behind the module: id, two bytes of length, name, content. */
static void pad(signed_package_t *package, uint32_t counter, size_t image_bytes)
{
    enum { HEAD_BYTES = 5 };
    const size_t content = image_bytes - package->len - HEAD_BYTES;
    uint8_t *at = package->image + package->len;
    const size_t len = content + 2;
    const uint8_t head[HEAD_BYTES] = { 0, (uint8_t)((len & 0x7F) | 0x80), (uint8_t)(len >> 7), 1, 'x' };
    memcpy(at, head, sizeof(head));
    for (size_t i = 0; i < content; i++) {
        at[HEAD_BYTES + i] = (uint8_t)(i * 7 + counter * 31 + (i >> 8));
    }
    package->len = image_bytes;
}

void signer_app(signed_package_t *package, const char *module, uint32_t counter, size_t image_bytes)
{
    test_module_t app;
    char version[16];
    test_module_app(&app, module);
    memcpy(package->image, app.bytes, app.len);
    package->len = app.len;
    if (image_bytes) {
        pad(package, counter, image_bytes);
    }
    snprintf(version, sizeof(version), "1.%u", (unsigned)counter);
    signer_sign(package, &(signer_fields_t){ .version = version,
                                             .counter = counter,
                                             .memory_bytes = TEST_MEMORY_BYTES,
                                             .abi = LINK_ABI_VERSION,
                                             .rows = LINK_APP_ROW_COUNT });
}

void signer_firmware(signed_package_t *package, uint32_t counter, int behaviour)
{
    char version[16];
    snprintf(version, sizeof(version), "%u.0", (unsigned)counter);
    package->len = BOOT_LOADER_IMAGE_BYTES;
    boot_loader_image(&update_psa, version, BOOT_LOADER_CHIP, (boot_loader_behaviour_t)behaviour, package->image);
    signer_sign(package,
                &(signer_fields_t){ .version = version, .counter = counter, .is_firmware = true, .chip = BOOT_LOADER_CHIP });
}
