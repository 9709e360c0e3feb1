#include <string.h>

#include "guest_memory.h"
#include "runtime_internal.h"

/* Where one span of a syscall lies: in the app's memory and in the exchange buffer. */
typedef struct {
    uint8_t *app;
    uint32_t offset;
    uint32_t len;
    char direction; /* '<' the kernel reads, '>' it writes */
} span_t;

enum { SPANS_MAX = LINK_ARGS_MAX / 2, SPAN_ALIGN = 8 };

/*
 * Lays the spans out in the exchange buffer, in order, each 8-aligned, and puts kernel addresses into args.
 * Returns the number of spans, or TOO_LARGE.
 */
static int lay_out(const engine_call_t *call, uint32_t exchange, uint64_t args[LINK_ARGS_MAX], span_t spans[SPANS_MAX])
{
    const char *types = signature_args(call->import->signature);
    int count = 0;
    uint32_t offset = 0;
    for (size_t i = 0; types[i] != ')'; i++) {
        args[i] = call->args[i];
        if (types[i] != '<' && types[i] != '>') {
            continue;
        }
        uint32_t len = (uint32_t)call->args[i + 1];
        offset = (offset + SPAN_ALIGN - 1) / SPAN_ALIGN * SPAN_ALIGN;
        if (len > LINK_EXCHANGE_BYTES || offset + len > LINK_EXCHANGE_BYTES) {
            return HOST_TOO_LARGE;
        }
        spans[count++] = (span_t){ .app = guest_memory_at(call, i), .offset = offset, .len = len, .direction = types[i] };
        args[i] = exchange + offset;
        offset += len;
    }
    return count;
}

/* args: room for row and time, then the row's arguments and zeros. */
static int call_row(runtime_t *runtime, uint16_t row, uint64_t args[LINK_SYSCALL_ARGS], int32_t *result)
{
    args[0] = row;
    args[1] = (uint64_t)runtime_now(runtime);
    return kernel_call(runtime, KERNEL_EXPORT_syscall, args, LINK_SYSCALL_ARGS, result);
}

int kernel_syscall(runtime_t *runtime, uint16_t row, const uint64_t args[LINK_ARGS_MAX], int32_t *result)
{
    uint64_t kernel_args[LINK_SYSCALL_ARGS];
    memcpy(kernel_args + 2, args, LINK_ARGS_MAX * sizeof(args[0]));
    return call_row(runtime, row, kernel_args, result);
}

static uint8_t *exchange_buffer(const runtime_t *runtime)
{
    uint32_t bytes;
    return runtime->config.kernel_engine->memory(runtime->kernel, &bytes) + runtime->exchange;
}

static void copy_in(const span_t *spans, int count, uint8_t *exchange)
{
    for (int i = 0; i < count; i++) {
        if (spans[i].direction == '<') {
            memcpy(exchange + spans[i].offset, spans[i].app, spans[i].len);
        } else {
            memset(exchange + spans[i].offset, 0, spans[i].len);
        }
    }
}

/* Copies the '>' spans back. Returns the last one, or NULL. */
static const span_t *copy_out(const span_t *spans, int count, const uint8_t *exchange)
{
    const span_t *last = NULL;
    for (int i = 0; i < count; i++) {
        if (spans[i].direction == '>') {
            memcpy(spans[i].app, exchange + spans[i].offset, spans[i].len);
            last = &spans[i];
        }
    }
    return last;
}

static bool is_publish(uint16_t row)
{
    return row == SYSCALL_publish || row == SYSCALL_publish_begin || row == SYSCALL_stream_publish;
}

const char *import_syscall(engine_call_t *call)
{
    runtime_t *runtime = import_guest(call)->runtime;
    uint64_t args[LINK_SYSCALL_ARGS] = { 0 };
    span_t spans[SPANS_MAX];
    int count = lay_out(call, runtime->exchange, args + 2, spans);
    if (count < 0) {
        return guest_return(call, count);
    }
    copy_in(spans, count, exchange_buffer(runtime));
    int32_t result;
    if (call_row(runtime, call->import->row, args, &result) < 0) {
        return "the kernel trapped";
    }
    if (is_publish(call->import->row) && result == HOST_NO_SPACE) {
        runtime->was_refused = true;
    }
    if (call->import->row == SYSCALL_event_done) {
        runtime->was_event_seen = false;
    }
    const span_t *out = result >= 0 ? copy_out(spans, count, exchange_buffer(runtime)) : NULL;
    const runtime_observer_t *observer = runtime->config.observer;
    if (observer && observer->syscall) {
        observer->syscall(observer->ctx, call->import->name, result, out ? out->app : NULL, out ? out->len : 0);
    }
    return guest_return(call, result);
}

int kernel_event_waits(runtime_t *runtime)
{
    enum { EVENT_HEADER_BYTES = 16 };
    const uint64_t args[LINK_ARGS_MAX] = { runtime->exchange, EVENT_HEADER_BYTES };
    int32_t result;
    int status = kernel_syscall(runtime, SYSCALL_event_next, args, &result);
    return status < 0 ? status : result == 1;
}
