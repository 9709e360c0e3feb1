/*
 * Packages for tests, signed with keys that live as long as the program.
 */
#ifndef SIGNER_H
#define SIGNER_H

#include "package.h"

enum { SIGNER_IMAGE_MAX = 2048 };

typedef struct {
    uint8_t head[PACKAGE_HEAD_BYTES];
    uint8_t image[SIGNER_IMAGE_MAX];
    size_t len;
} signed_package_t;

/** Makes key number 0 or 1 where it does not exist, and returns its public half. */
const uint8_t *signer_key(int number);

/** What tests change of a package before it is signed. */
typedef struct {
    const char *name; /* NULL: "meter" */
    const char *version;
    uint32_t counter;
    uint32_t memory_bytes;
    uint16_t abi;
    uint16_t rows;
    bool is_firmware;
    uint16_t chip;       /* of a firmware */
    uint32_t size_bytes; /* 0: the image's */
    int key;
} signer_fields_t;

/** Packs and signs package->image[package->len]. */
void signer_sign(signed_package_t *package, const signer_fields_t *fields);

/**
 * Makes a package of modules/<module>.wasm, padded with a custom section to image_bytes (0: not at all) that is told apart by
 * its counter.
 */
void signer_app(signed_package_t *package, const char *module, uint32_t counter, size_t image_bytes);

/** Makes a package of a firmware for the simulated boot loader, with counter and version `version`.0, for its chip. */
void signer_firmware(signed_package_t *package, uint32_t counter, int behaviour);

#endif
