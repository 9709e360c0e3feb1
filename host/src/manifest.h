/*
 * The manifest: the custom section `wasmote` that stands first in both modules (assembly/ARCHITECTURE.md).
 *
 *     +--------+------+-----+-------------+------+-------+-------+-----+
 *     | format | kind | abi | memoryBytes | fuel | flags | stack |  0  |
 *     +--------+------+-----+-------------+------+-------+-------+-----+
 *     0        1      2     4             8      12      13      14    16
 *
 * stack: of an interpreted kernel, in units of 256 bytes; 0: the host's default.
 */
#ifndef WASMOTE_MANIFEST_H
#define WASMOTE_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine.h"

typedef enum { MANIFEST_KERNEL = 0, MANIFEST_APP = 1 } manifest_kind_t;

typedef struct {
    uint16_t abi;
    uint32_t memory_bytes; /* of the linear memory, below 65536 */
    uint32_t fuel;         /* loop passes an export may make in one call */
    bool has_collector;
    uint32_t stack_bytes; /* 0: the host's default */
} manifest_t;

/**
 * Reads the manifest of a module that must be of this kind and of the ABI this host speaks.
 * OK, or INVALID or UNSUPPORTED (other format or ABI) with what and where in error.
 */
int manifest_read(const uint8_t *bytes, size_t len, manifest_kind_t kind, manifest_t *out, char error[ENGINE_ERROR_BYTES]);

#endif
