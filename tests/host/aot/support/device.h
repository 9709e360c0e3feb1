/*
 * A kernel on one engine and a board in memory, as a script drives it: syscalls as an app makes them, rounds, resets.
 */
#ifndef DEVICE_H
#define DEVICE_H

#include "kernel_file.h"
#include "ram_board.h"
#include "runtime_internal.h"

enum { APP_MEMORY_BYTES = 2048, DEVICE_STREAMS = 16 };

typedef struct {
    const engine_t *engine;
    const kernel_file_t *kernel;
    ram_board_t board;
    runtime_t *runtime;            /* NULL when it did not start */
    uint8_t app[APP_MEMORY_BYTES]; /* memory of the app that the syscalls come from */
    int schemas[DEVICE_STREAMS];   /* what the streams were opened with */
    int starts;
    int traps;
    int stored;
    int queued;
    int events;
} device_t;

/** One syscall: its arguments, and the app's memory taken by its spans. */
typedef struct {
    device_t *device;
    uint64_t args[LINK_ARGS_MAX];
    size_t arg_count;
    uint32_t used;
} device_call_t;

void device_init(device_t *device, const engine_t *engine, const kernel_file_t *kernel, uint32_t seed);

/** Resets the device: the runtime is made anew over the same flash. A store that keeps it from starting is erased. */
void device_reset(device_t *device, int reason);

void device_free(device_t *device);

/** One round. */
void device_step(device_t *device);

device_call_t device_call(device_t *device);
void device_put_number(device_call_t *call, uint32_t number);
/** Puts a span that the kernel reads. */
void device_put_bytes(device_call_t *call, const void *bytes, size_t len);
/** Puts a span that the kernel writes. */
void device_put_room(device_call_t *call, uint32_t cap);
/** Makes the syscall, notes it in the journal, returns its result. */
int32_t device_syscall(device_call_t *call, const char *row);

#endif
