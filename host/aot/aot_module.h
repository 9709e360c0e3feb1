/*
 * A kernel compiled ahead of time, as the engine sees it. toolchain/aot makes one description per kernel, and the list.
 */
#ifndef WASMOTE_AOT_MODULE_H
#define WASMOTE_AOT_MODULE_H

#include <stddef.h>
#include <stdint.h>

/** What the translated code calls the instance of module "host": it is the engine's instance. */
struct Z_host_instance_t;

typedef struct {
    const char *name;
    const char *signature; /* as in exports.def */
    uint64_t (*call)(void *state, const uint64_t *args);
} aot_export_t;

typedef struct {
    const uint8_t *head; /* WebAssembly header and manifest: the module as far as a board needs to keep it */
    size_t head_len;
    size_t bytes_len;      /* of the module that it was made from, */
    uint32_t crc32;        /* and its CRC-32 (IEEE) */
    uint32_t memory_bytes; /* linear memory by its manifest: a constant of the translated code */
    size_t state_bytes;    /* globals and descriptors of one instance */
    void (*init)(void);    /* once per process, before the first instance */
    void (*instantiate)(void *state, struct Z_host_instance_t *host);
    const aot_export_t *exports;
    size_t export_count;
} aot_module_t;

/** The kernels in this program, ended by NULL. */
extern const aot_module_t *const aot_modules[];

#endif
