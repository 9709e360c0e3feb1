#include "device.h"

#include <string.h>

#include "guest_memory.h"
#include "test_device.h"

enum { SPAN_ALIGN = 8 };

static void stop(device_t *device)
{
    runtime_destroy(device->runtime);
    device->runtime = NULL;
}

static int start(device_t *device)
{
    const runtime_config_t config = {
        .platform = &device->board.port,
        .kernel_engine = device->engine,
        .kernel_bytes = device->kernel->bytes,
        .kernel_len = device->kernel->len,
    };
    int status = runtime_create(&config, &device->runtime);
    device->starts++;
    journal_add(&device->board.journal, "start %d: %s\n", device->starts, host_status_name(status));
    return status;
}

void device_reset(device_t *device, int reason)
{
    stop(device);
    ram_board_power_on(&device->board, reason);
    if (start(device) >= 0) {
        return;
    }
    device->runtime = NULL;
    ram_board_erase_store(&device->board);
    if (start(device) < 0) {
        device->runtime = NULL;
    }
}

void device_init(device_t *device, const engine_t *engine, const kernel_file_t *kernel, uint32_t seed)
{
    memset(device, 0, sizeof(*device));
    device->engine = engine;
    device->kernel = kernel;
    ram_board_init(&device->board, seed);
    device_reset(device, PLATFORM_RESET_POWER_ON);
}

void device_free(device_t *device)
{
    stop(device);
}

void device_step(device_t *device)
{
    int wait_ms = runtime_step(device->runtime);
    journal_add(&device->board.journal, "step: %d\n", wait_ms);
}

device_call_t device_call(device_t *device)
{
    return (device_call_t){ .device = device };
}

void device_put_number(device_call_t *call, uint32_t number)
{
    call->args[call->arg_count++] = number;
}

void device_put_room(device_call_t *call, uint32_t cap)
{
    device_put_number(call, call->used);
    device_put_number(call, cap);
    call->used += (cap + SPAN_ALIGN - 1) / SPAN_ALIGN * SPAN_ALIGN;
}

void device_put_bytes(device_call_t *call, const void *bytes, size_t len)
{
    memcpy(call->device->app + call->used, bytes, len);
    device_put_room(call, (uint32_t)len);
}

int32_t device_syscall(device_call_t *call, const char *row)
{
    device_t *device = call->device;
    engine_call_t wire = {
        .user = &device->runtime->app.guest,
        .import = app_row(row),
        .memory = device->app,
        .memory_bytes = APP_MEMORY_BYTES,
        .args = call->args,
    };
    const char *trap = guest_memory_check(&wire);
    trap = trap ? trap : wire.import->handler(&wire);
    int32_t result = (int32_t)(uint32_t)wire.result;
    journal_add(&device->board.journal, "%s: %d %s\n", row, (int)result, trap ? trap : "");
    return trap ? HOST_CORRUPT : result;
}
