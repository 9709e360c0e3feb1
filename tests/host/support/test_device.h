/*
 * A whole device for a test: fake board, fake kernel, an app. The insides of the runtime are open to the tests.
 */
#ifndef TEST_DEVICE_H
#define TEST_DEVICE_H

#include "fake_platform.h"
#include "runtime_internal.h"
#include "test_modules.h"

/** Addresses in the fake kernel's memory (modules/fake_kernel.wat). */
enum {
    KERNEL_STEPS = 0,
    KERNEL_APP_STARTS = 4,
    KERNEL_APP_RESTARTS = 8,
    KERNEL_ROW = 12,
    KERNEL_NOW = 16,
    KERNEL_ARGS = 24,
    KERNEL_RESULT = 56,
    KERNEL_STEP_MS = 60,
    KERNEL_TRAP = 64,
    KERNEL_EVENT = 68,
    KERNEL_LEAVE = 72,
    KERNEL_SYSCALLS = 76,
    KERNEL_EXCHANGE = 1024,
    KERNEL_EXCHANGE_SEEN = 2048
};
enum { TRAP_IN_STEP = 1, TRAP_IN_SYSCALL = 2, TRAP_IN_APP_STARTED = 3, ABORT_IN_STEP = 4 };

typedef struct {
    fake_platform_t board;
    test_module_t kernel;
    test_module_t app;
    runtime_t *runtime;
    runtime_observer_t observer;
    int stops;
    int starts;
    int32_t restart_ms;
    char stop_export[32];
    char stop_reason[APP_REASON_BYTES];
    int syscalls;
    char syscall_name[32];
    int32_t syscall_result;
    uint32_t steps_at_syscall; /* that the kernel had done by then */
    size_t syscall_out_len;
    uint8_t syscall_out[LINK_EXCHANGE_BYTES];
} test_device_t;

/** Starts a device with modules/<app>.wasm; NULL: what device->app holds already; "": no app. Returns runtime_create's status. */
int test_device_start(test_device_t *device, const char *app);

/** Prepares all but the runtime: for tests that change something first. */
void test_device_prepare(test_device_t *device);

void test_device_stop(test_device_t *device);

uint32_t kernel_u32(test_device_t *device, uint32_t address);
void kernel_poke(test_device_t *device, uint32_t address, uint32_t value);
uint32_t app_u32(test_device_t *device, uint32_t address);
void app_poke(test_device_t *device, uint32_t address, uint32_t value);
uint8_t *app_memory(test_device_t *device);
uint8_t *kernel_memory(test_device_t *device);

/** Returns the row of a table by its name, or fails the test. */
const engine_import_t *app_row(const char *name);
const engine_import_t *kernel_row(const char *name);

/** Calls the handler of a host row as a module would: args are its arguments, memory its linear memory. */
int32_t call_row(const engine_import_t *row, guest_t *guest, uint8_t *memory, size_t memory_bytes, const uint64_t *args);

#endif
