/*
 * Both walls as tables, made from the .def files.
 */
#ifndef WASMOTE_LINK_H
#define WASMOTE_LINK_H

#include "engine.h"

enum {
#define ABI_VERSION(version) LINK_ABI_VERSION = (version),
#define EXCHANGE_BYTES(bytes) LINK_EXCHANGE_BYTES = (bytes),
#define KERNEL_EXPORT(name, signature)
#define APP_EXPORT(name, signature)
#define APP_EXPORT_OPTIONAL(name, signature)
#define APP_EXPORT_OPTIONAL_GLOBAL(name, signature)
#include "exports.def"
#undef ABI_VERSION
#undef EXCHANGE_BYTES
#undef KERNEL_EXPORT
#undef APP_EXPORT
#undef APP_EXPORT_OPTIONAL
#undef APP_EXPORT_OPTIONAL_GLOBAL
};

/** Indices into link_kernel_exports. */
enum {
#define ABI_VERSION(version)
#define EXCHANGE_BYTES(bytes)
#define KERNEL_EXPORT(name, signature) KERNEL_EXPORT_##name,
#define APP_EXPORT(name, signature)
#define APP_EXPORT_OPTIONAL(name, signature)
#define APP_EXPORT_OPTIONAL_GLOBAL(name, signature)
#include "exports.def"
#undef KERNEL_EXPORT
#undef APP_EXPORT
#undef APP_EXPORT_OPTIONAL
#undef APP_EXPORT_OPTIONAL_GLOBAL
    KERNEL_EXPORT_COUNT
};

/** Indices into link_app_exports. */
enum {
#define KERNEL_EXPORT(name, signature)
#define APP_EXPORT(name, signature) APP_EXPORT_##name,
#define APP_EXPORT_OPTIONAL(name, signature) APP_EXPORT_##name,
#define APP_EXPORT_OPTIONAL_GLOBAL(name, signature) APP_EXPORT_##name,
#include "exports.def"
#undef ABI_VERSION
#undef EXCHANGE_BYTES
#undef KERNEL_EXPORT
#undef APP_EXPORT
#undef APP_EXPORT_OPTIONAL
#undef APP_EXPORT_OPTIONAL_GLOBAL
    APP_EXPORT_COUNT
};

/** Numbers of the syscall rows, as the kernel's export `syscall` takes them. */
enum {
#define ROWS(group) 1
#define HOST_IMPORT(name, signature)
#define KERNEL_CALL(name, signature) SYSCALL_##name,
#include "app_imports.def"
#undef ROWS
#undef HOST_IMPORT
#undef KERNEL_CALL
    SYSCALL_COUNT
};

/** Rows of the app's wall, those that this build leaves out included. */
enum {
#define ROWS(group) 1
#define HOST_IMPORT(name, signature) LINK_APP_ROW_##name,
#define KERNEL_CALL(name, signature) LINK_APP_ROW_##name,
#include "app_imports.def"
#undef ROWS
#undef HOST_IMPORT
#undef KERNEL_CALL
    LINK_APP_ROW_COUNT
};

enum {
    LINK_HOST_ROW = 0xFFFF, /* engine_import_t.row of a row that the host answers itself */
    LINK_ARGS_MAX = 8,      /* arguments of a row */
    LINK_SYSCALL_ARGS = 2 + LINK_ARGS_MAX
};

extern const engine_import_t link_kernel_imports[];
extern const size_t link_kernel_import_count;
extern const engine_import_t link_app_imports[];
extern const size_t link_app_import_count;
extern const engine_left_out_t link_app_left_out[]; /* the groups that this build has left out; ends with a NULL prefix */
extern const engine_export_t link_kernel_exports[KERNEL_EXPORT_COUNT];
extern const engine_export_t link_app_exports[APP_EXPORT_COUNT];

#endif
