/*
 * The handlers of both walls, one per HOST_IMPORT row: row net_send is answered by import_net_send() in import_net.c.
 * Spans are checked before a handler runs; ranges and alignment are checked here, once; the port only does the work.
 */
#ifndef WASMOTE_IMPORT_H
#define WASMOTE_IMPORT_H

#include "engine.h"
#include "platform.h"

typedef struct runtime runtime_t;

/** A module as its imports see it: engine_call_t.user of every row. */
typedef struct {
    const platform_t *platform;
    runtime_t *runtime;
    const char *tag;                     /* "kernel" or "app", before its log lines */
    char last_words[ENGINE_ERROR_BYTES]; /* what it said when it aborted, else empty */
} guest_t;

#define ROWS(group) 1
#define HOST_IMPORT(name, signature) const char *import_##name(engine_call_t *call);
#define KERNEL_CALL(name, signature)
#include "app_imports.def"
#include "kernel_imports.def"
#undef ROWS
#undef HOST_IMPORT
#undef KERNEL_CALL

/** Answers every KERNEL_CALL row (syscall.c). */
const char *import_syscall(engine_call_t *call);

/** Shared by the rows that both walls have. */
const char *import_log_line(engine_call_t *call);
const char *import_random_bytes(engine_call_t *call);
const char *import_abort_guest(engine_call_t *call);

static inline const guest_t *import_guest(const engine_call_t *call)
{
    return call->user;
}

static inline const platform_t *import_platform(const engine_call_t *call)
{
    return import_guest(call)->platform;
}

#endif
