/*
 * The engine seam: what runs a module. Two engines stand behind it, the wasm3 interpreter and the kernel compiled ahead
 * of time; nothing above it knows which. The app always runs on wasm3.
 */
#ifndef WASMOTE_ENGINE_H
#define WASMOTE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "status.h"

typedef struct engine_instance engine_instance_t;
typedef struct engine_call engine_call_t;

/**
 * Answers one import row. Arguments are in call->args (i32 zero-extended), spans already checked against the module's memory.
 * Returns NULL with call->result set, or the text of a trap (static storage).
 */
typedef const char *(*engine_import_fn)(engine_call_t *call);

typedef struct {
    const char *module;    /* "host" or "kernel" */
    const char *name;      /* wire name */
    const char *signature; /* as in the .def files */
    engine_import_fn handler;
    uint16_t row;    /* number of a KERNEL_CALL row, from 0; 0xFFFF for a host row */
    uint16_t number; /* of the row in its table, from 1; 0: in none of link.h (position.h) */
} engine_import_t;

/** Rows of a wall that this build does not link: their names begin with prefix, and why says who has them. */
typedef struct {
    const char *prefix;
    const char *why;
} engine_left_out_t;

typedef struct {
    const char *name;
    const char *signature; /* of a function; "g" for a mutable i32 global */
    bool is_optional;
} engine_export_t;

struct engine_call {
    void *user; /* engine_config_t.user */
    const engine_import_t *import;
    uint8_t *memory; /* the calling module's linear memory, good for the length of this call */
    uint32_t memory_bytes;
    const uint64_t *args;
    uint64_t result;
};

typedef struct {
    const uint8_t *bytes; /* the module; not copied, must outlive the instance. Compiled in: also its head alone (aot_module.h) */
    size_t bytes_len;
    uint32_t memory_bytes; /* linear memory, below 65536 */
    uint32_t stack_bytes;  /* the interpreter's value stack; an engine without one ignores it */
    uint32_t heap_free;    /* RAM there is: a module that needs more is refused before it is loaded. 0 = unknown */
    const engine_import_t *imports;
    size_t import_count;
    const engine_left_out_t *left_out; /* ends with a NULL prefix; NULL: nothing is left out */
    const engine_export_t *exports;
    size_t export_count;
    void *user;
} engine_config_t;

enum { ENGINE_ERROR_BYTES = 96 };

typedef struct {
    /**
     * Loads and links a module: every import must be a row, every required export must exist with its signature, every
     * function is compiled now. On failure nothing stays allocated and error says what and where.
     * INVALID: not a module, or does not link; NO_MEMORY; UNSUPPORTED: wants a feature this engine lacks.
     */
    int (*load)(const engine_config_t *config, engine_instance_t **out, char error[ENGINE_ERROR_BYTES]);
    /**
     * Calls export number `export_index` of the config's table. OK with *result set (result may be NULL), NOT_FOUND (an
     * optional export it lacks), or CORRUPT: the module trapped, error says why. After CORRUPT only global_get,
     * footprint and free may follow.
     */
    int (*call)(engine_instance_t *instance, size_t export_index, const uint64_t *args, size_t arg_count, uint64_t *result,
                char error[ENGINE_ERROR_BYTES]);
    /** The linear memory: good until the next call. */
    uint8_t *(*memory)(engine_instance_t *instance, uint32_t *bytes);
    /** Reads and writes an exported global. NOT_FOUND where the module lacks it. */
    int (*global_get)(engine_instance_t *instance, size_t export_index, int32_t *value);
    int (*global_set)(engine_instance_t *instance, size_t export_index, int32_t value);
    /** Bytes of RAM the instance holds: linear memory, stack, compiled code, bookkeeping. */
    size_t (*footprint)(const engine_instance_t *instance);
    void (*free)(engine_instance_t *instance);
} engine_t;

extern const engine_t engine_wasm3;
/** Runs only kernels, and only those that were compiled into the program (host/aot). */
extern const engine_t engine_aot;

#endif
