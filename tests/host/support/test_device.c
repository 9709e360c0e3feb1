#include "test_device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest_memory.h"
#include "test_kernel_engine.h"

static void on_syscall(void *ctx, const char *name, int32_t result, const uint8_t *out, size_t out_len)
{
    test_device_t *device = ctx;
    device->syscalls++;
    device->syscall_result = result;
    device->syscall_out_len = out_len;
    device->steps_at_syscall = device->runtime ? kernel_u32(device, KERNEL_STEPS) : 0;
    snprintf(device->syscall_name, sizeof(device->syscall_name), "%s", name);
    if (out) {
        memcpy(device->syscall_out, out, out_len);
    }
}

static void on_app_stopped(void *ctx, const char *export_name, const char *reason, int32_t restart_ms)
{
    test_device_t *device = ctx;
    device->stops++;
    device->restart_ms = restart_ms;
    snprintf(device->stop_export, sizeof(device->stop_export), "%s", export_name);
    snprintf(device->stop_reason, sizeof(device->stop_reason), "%s", reason);
}

static void on_app_started(void *ctx, uint32_t restarts)
{
    (void)restarts;
    ((test_device_t *)ctx)->starts++;
}

void test_device_prepare(test_device_t *device)
{
    memset(device, 0, sizeof(*device));
    fake_platform_init(&device->board);
    test_module_kernel(&device->kernel, "fake_kernel");
    device->observer = (runtime_observer_t){ device, on_syscall, on_app_stopped, on_app_started };
}

int test_device_start(test_device_t *device, const char *app)
{
    if (app && *app) {
        test_module_app(&device->app, app);
    }
    const runtime_config_t config = {
        .platform = &device->board.port,
        .kernel_engine = test_kernel_engine,
        .kernel_bytes = device->kernel.bytes,
        .kernel_len = device->kernel.len,
        .app_bytes = app && !*app ? NULL : device->app.bytes,
        .app_len = device->app.len,
        .observer = &device->observer,
    };
    device->runtime = NULL;
    return runtime_create(&config, &device->runtime);
}

void test_device_stop(test_device_t *device)
{
    runtime_destroy(device->runtime);
    device->runtime = NULL;
}

uint8_t *kernel_memory(test_device_t *device)
{
    uint32_t bytes;
    return test_kernel_engine->memory(device->runtime->kernel, &bytes);
}

uint8_t *app_memory(test_device_t *device)
{
    uint32_t bytes;
    return engine_wasm3.memory(device->runtime->app.instance, &bytes);
}

uint32_t kernel_u32(test_device_t *device, uint32_t address)
{
    return guest_get_u32(kernel_memory(device) + address);
}

void kernel_poke(test_device_t *device, uint32_t address, uint32_t value)
{
    guest_put_u32(kernel_memory(device) + address, value);
}

uint32_t app_u32(test_device_t *device, uint32_t address)
{
    return guest_get_u32(app_memory(device) + address);
}

void app_poke(test_device_t *device, uint32_t address, uint32_t value)
{
    guest_put_u32(app_memory(device) + address, value);
}

static const engine_import_t *find_row(const engine_import_t *rows, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return &rows[i];
        }
    }
    fprintf(stderr, "no row %s\n", name);
    abort();
}

const engine_import_t *app_row(const char *name)
{
    return find_row(link_app_imports, link_app_import_count, name);
}

const engine_import_t *kernel_row(const char *name)
{
    return find_row(link_kernel_imports, link_kernel_import_count, name);
}

int32_t call_row(const engine_import_t *row, guest_t *guest, uint8_t *memory, size_t memory_bytes, const uint64_t *args)
{
    engine_call_t call = { .user = guest, .import = row, .memory = memory, .memory_bytes = (uint32_t)memory_bytes, .args = args };
    const char *trap = guest_memory_check(&call);
    trap = trap ? trap : row->handler(&call);
    if (trap) {
        fprintf(stderr, "row %s trapped: %s\n", row->name, trap);
        abort();
    }
    return (int32_t)(uint32_t)call.result;
}
