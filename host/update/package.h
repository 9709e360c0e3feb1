/*
 * The head of a signed package: what an update is, for whom, and who says so (SPEC.md). Nothing of the image behind it is
 * looked at before the head has been verified.
 */
#ifndef WASMOTE_UPDATE_PACKAGE_H
#define WASMOTE_UPDATE_PACKAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PACKAGE_HEAD_BYTES = 192,
    PACKAGE_SIGNED_BYTES = 128, /* of the head, from its start: what the signature covers */
    PACKAGE_NAME_BYTES = 32,
    PACKAGE_VERSION_BYTES = 24,
    PACKAGE_DIGEST_BYTES = 32,
    PACKAGE_SIGNATURE_BYTES = 64,
    PACKAGE_KEY_BYTES = 65 /* a public key: 0x04, x, y */
};

typedef enum { PACKAGE_APP = 0, PACKAGE_FIRMWARE = 1, PACKAGE_KINDS = 2 } package_kind_t;

typedef struct {
    package_kind_t kind;
    uint16_t abi;  /* of the app's wall */
    uint16_t rows; /* of that wall which must exist, counted from its start */
    uint16_t chip; /* of a firmware: ESP-IDF's number, 0xFFFF: any */
    bool has_collector;
    uint32_t size_bytes; /* of the image */
    uint32_t counter;    /* grows with each release */
    uint32_t memory_bytes;
    char name[PACKAGE_NAME_BYTES + 1];
    char version[PACKAGE_VERSION_BYTES + 1];
    uint8_t digest[PACKAGE_DIGEST_BYTES];       /* SHA-256 of the image */
    uint8_t signature[PACKAGE_SIGNATURE_BYTES]; /* ECDSA P-256 over SHA-256 of the signed bytes: r, s, big-endian */
} package_t;

/** Takes a head apart. OK, INVALID (not a package), UNSUPPORTED (a format or kind that this host does not know). */
int package_parse(const uint8_t head[PACKAGE_HEAD_BYTES], package_t *out);

/** Returns a number that tells packages apart in the record of what failed: never 0. */
uint32_t package_identity(const uint8_t head[PACKAGE_HEAD_BYTES]);

#endif
