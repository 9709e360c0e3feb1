#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "cell.h"
#include "update_internal.h"

#include "test_kernel_engine.h"
#include "update_psa.h"

void cell_init(cell_t *cell)
{
    memset(cell, 0, sizeof(*cell));
    update_board_init(&cell->board);
    test_device_prepare(&cell->device);
    test_module_app(&cell->embedded, "app_quiet");
    boot_loader_flash(&cell->board.fake.port.flash, &update_psa, CELL_OTADATA, CELL_FIRMWARE);
    cell->board.operations = 0;
    cell->board.erases = 0;
}

int cell_boot(cell_t *cell, int reset_reason)
{
    update_board_power_on(&cell->board, reset_reason);
    const int booted = boot_loader_start(&cell->loader, &cell->board.fake.port.flash, &update_psa, CELL_OTADATA);
    if (booted < 0) {
        return booted;
    }
    cell->board.port.boot = boot_loader_port(&cell->loader);
    const update_config_t config = {
        .platform = &cell->board.fake.port,
        .port = &cell->board.port,
        .keys = { signer_key(0) },
        .name = "meter",
        .firmware_version = cell->loader.version,
        .embedded = cell->embedded.bytes,
        .embedded_len = cell->embedded.len,
    };
    return update_open(&cell->update, &config);
}

static void on_app_stopped(void *ctx, const char *export_name, const char *reason, int32_t restart_ms)
{
    cell_t *cell = ctx;
    snprintf(cell->device.stop_export, sizeof(cell->device.stop_export), "%s", export_name);
    snprintf(cell->device.stop_reason, sizeof(cell->device.stop_reason), "%s", reason);
    cell->device.restart_ms = restart_ms;
    cell->device.stops++;
    update_app_stopped(&cell->update);
}

static void on_app_started(void *ctx, uint32_t restarts)
{
    (void)restarts;
    ((cell_t *)ctx)->device.starts++;
}

int cell_start(cell_t *cell, int reset_reason)
{
    cell_boot(cell, reset_reason);
    cell->device.observer = (runtime_observer_t){ .ctx = cell, .app_stopped = on_app_stopped, .app_started = on_app_started };
    runtime_config_t config = {
        .platform = &cell->board.fake.port,
        .kernel_engine = test_kernel_engine,
        .kernel_bytes = cell->device.kernel.bytes,
        .kernel_len = cell->device.kernel.len,
        .observer = &cell->device.observer,
        .update = &cell->update,
    };
    config.app_bytes = update_app(&cell->update, &config.app_len);
    cell->device.runtime = NULL;
    return runtime_create(&config, &cell->device.runtime);
}

int cell_round(cell_t *cell)
{
    const int step_ms = runtime_step(cell->device.runtime);
    const int round_ms = update_round(&cell->update, cell->device.runtime);
    return step_ms < 0 || step_ms < round_ms ? step_ms : round_ms;
}

void cell_stop(cell_t *cell)
{
    test_device_stop(&cell->device);
}

int cell_begin(cell_t *cell, int kind, const uint8_t head[PACKAGE_HEAD_BYTES])
{
    enum { ROUNDS_MAX = 3 };
    int erases = cell->board.erases;
    int rounds = 0;
    bool has_more = true;
    const int status = update_begin(&cell->update, kind, head);
    assert_true(cell->board.erases <= erases + 1);
    while (has_more) {
        assert_true(++rounds <= ROUNDS_MAX);
        erases = cell->board.erases;
        has_more = update_round_load(&cell->update);
        assert_true(cell->board.erases <= erases + 1);
    }
    return status;
}

static int send(cell_t *cell, int kind, const signed_package_t *package, uint32_t from, size_t part)
{
    int status = (int)from;
    for (size_t at = from; at < package->len && status >= 0; at += part) {
        const size_t left = package->len - at;
        status = update_write(&cell->update, kind, (uint32_t)at, package->image + at, part < left ? part : left);
    }
    return status;
}

int cell_send(cell_t *cell, const signed_package_t *package, uint32_t from, size_t part)
{
    return send(cell, PACKAGE_APP, package, from, part);
}

static int finish(cell_t *cell, int kind)
{
    int status = HOST_BUSY;
    while (status == HOST_BUSY) {
        status = update_finish(&cell->update, kind);
    }
    return status;
}

int cell_finish(cell_t *cell)
{
    return finish(cell, PACKAGE_APP);
}

static int install(cell_t *cell, int kind, const signed_package_t *package, size_t part)
{
    int status = cell_begin(cell, kind, package->head);
    status = status < 0 ? status : send(cell, kind, package, (uint32_t)status, part);
    status = status < 0 ? status : finish(cell, kind);
    return status < 0 ? status : update_apply(&cell->update, kind);
}

int cell_install(cell_t *cell, const signed_package_t *package, size_t part)
{
    return install(cell, PACKAGE_APP, package, part);
}

int cell_install_firmware(cell_t *cell, const signed_package_t *package, size_t part)
{
    return install(cell, PACKAGE_FIRMWARE, package, part);
}

bool cell_runs(const cell_t *cell, const signed_package_t *package)
{
    size_t len;
    const uint8_t *app = update_app(&cell->update, &len);
    return app && len == package->len && memcmp(app, package->image, len) == 0;
}

bool cell_runs_embedded(const cell_t *cell)
{
    size_t len;
    return update_app(&cell->update, &len) == cell->embedded.bytes;
}
