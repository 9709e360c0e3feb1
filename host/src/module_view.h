/*
 * A module as its sections, and what module_check.c and module_link.c look up in them. Allocates nothing.
 */
#ifndef WASMOTE_MODULE_VIEW_H
#define WASMOTE_MODULE_VIEW_H

#include "engine.h"
#include "module_check.h"
#include "wasm_reader.h"

/* Section ids and value types: WebAssembly Core 1.0, 5.3 and 5.5. */
enum {
    SECTION_TYPE = 1,
    SECTION_IMPORT = 2,
    SECTION_FUNCTION = 3,
    SECTION_TABLE = 4,
    SECTION_MEMORY = 5,
    SECTION_GLOBAL = 6,
    SECTION_EXPORT = 7,
    SECTION_START = 8,
    SECTION_ELEMENT = 9,
    SECTION_CODE = 10,
    SECTION_DATA = 11,
    SECTION_DATA_COUNT = 12,
    SECTION_COUNT = 13
};
enum { TYPE_I32 = 0x7F, TYPE_I64 = 0x7E, TYPE_F64 = 0x7C, TYPE_FUNCTION = 0x60 };

typedef struct {
    const engine_config_t *config;
    module_summary_t *summary;
    char *error;                           /* char[ENGINE_ERROR_BYTES] */
    wasm_reader_t sections[SECTION_COUNT]; /* empty where the module has none */
    uint32_t type_count;
    uint32_t import_count;
    uint32_t function_count; /* imports included */
} module_t;

/** Fails with a text of the form "<what>: <why>". Returns status. */
int module_refuse(const module_t *module, int status, const char *what, const char *why);

/** Fails with INVALID and the name of an import or export; what a damaged module calls a name may hold anything. */
int module_refuse_name(const module_t *module, const char *kind, wasm_reader_t name, const char *why);

/** Steps over one function type. Returns true when `signature` is NULL or the type equals it. */
bool module_read_type(wasm_reader_t *reader, const char *signature);

/** Returns true when type number `type` exists and equals `signature`. */
bool module_type_equals(const module_t *module, uint32_t type, const char *signature);

/** Returns true when the function has a body (is not imported) and its type equals `signature`. */
bool module_is_own_function(const module_t *module, uint32_t function, const char *signature);

/** Steps over `count` globals. Returns true when the last of them is a mutable i32. */
bool module_read_globals(wasm_reader_t *reader, uint32_t count);

#endif
