#include "link.h"

#include "import.h"

/* Numbers of the rows in their tables. */
enum {
    KERNEL_ROW_NONE,
#define ROWS(group) 1
#define HOST_IMPORT(name, signature) KERNEL_ROW_##name,
#include "kernel_imports.def"
#undef ROWS
#undef HOST_IMPORT
};
enum {
    APP_ROW_NONE,
#define ROWS(group) 1
#define HOST_IMPORT(name, signature) APP_ROW_##name,
#define KERNEL_CALL(name, signature) APP_ROW_##name,
#include "app_imports.def"
#undef ROWS
#undef HOST_IMPORT
#undef KERNEL_CALL
};

/* Groups of rows are linked unless the build says that its kernel has no answer to them. */
#ifndef WASMOTE_ROWS_DATABASE
#define WASMOTE_ROWS_DATABASE 1
#endif
#ifndef WASMOTE_ROWS_STORE
#define WASMOTE_ROWS_STORE 1
#endif
#ifndef WASMOTE_ROWS_UPDATE
#define WASMOTE_ROWS_UPDATE 1
#endif
#ifndef WASMOTE_ROWS_CLOUD
#define WASMOTE_ROWS_CLOUD 1
#endif
#ifndef WASMOTE_ROWS_THINGSBOARD
#define WASMOTE_ROWS_THINGSBOARD 1
#endif
#define ROWS(group) WASMOTE_ROWS_##group

const engine_import_t link_kernel_imports[] = {
#define HOST_IMPORT(name, signature) { "host", #name, signature, import_##name, LINK_HOST_ROW, KERNEL_ROW_##name },
#include "kernel_imports.def"
#undef HOST_IMPORT
};
const size_t link_kernel_import_count = sizeof(link_kernel_imports) / sizeof(link_kernel_imports[0]);

const engine_import_t link_app_imports[] = {
#define HOST_IMPORT(name, signature) { "host", #name, signature, import_##name, LINK_HOST_ROW, APP_ROW_##name },
#define KERNEL_CALL(name, signature) { "kernel", #name, signature, import_syscall, SYSCALL_##name, APP_ROW_##name },
#define ROWS_LEFT_OUT(group, prefix, sizes)
#include "app_imports.def"
#undef HOST_IMPORT
#undef KERNEL_CALL
#undef ROWS_LEFT_OUT
};
const size_t link_app_import_count = sizeof(link_app_imports) / sizeof(link_app_imports[0]);

const engine_left_out_t link_app_left_out[] = {
#define HOST_IMPORT(name, signature)
#define KERNEL_CALL(name, signature)
#define ROWS_LEFT_OUT(group, prefix, sizes) { #prefix, "only in kernels named " sizes },
#include "app_imports.def"
#undef HOST_IMPORT
#undef KERNEL_CALL
#undef ROWS_LEFT_OUT
    { NULL, NULL },
};

#define ABI_VERSION(version)
#define EXCHANGE_BYTES(bytes)

const engine_export_t link_kernel_exports[KERNEL_EXPORT_COUNT] = {
#define KERNEL_EXPORT(name, signature) { #name, signature, false },
#define APP_EXPORT(name, signature)
#define APP_EXPORT_OPTIONAL(name, signature)
#define APP_EXPORT_OPTIONAL_GLOBAL(name, signature)
#include "exports.def"
#undef KERNEL_EXPORT
#undef APP_EXPORT
#undef APP_EXPORT_OPTIONAL
#undef APP_EXPORT_OPTIONAL_GLOBAL
};

const engine_export_t link_app_exports[APP_EXPORT_COUNT] = {
#define KERNEL_EXPORT(name, signature)
#define APP_EXPORT(name, signature) { #name, signature, false },
#define APP_EXPORT_OPTIONAL(name, signature) { #name, signature, true },
#define APP_EXPORT_OPTIONAL_GLOBAL(name, signature) { #name, "g", true },
#include "exports.def"
};
