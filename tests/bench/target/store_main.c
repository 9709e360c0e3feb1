#include <string.h>

#include "console.h"
#include "import.h"
#include "link.h"
#include "manifest.h"
#include "meter.h"
#include "nor_flash.h"
#include "store_rows.h"

enum { STACK_BYTES = 4096, SETTLE_MAX = 100000 };

static engine_instance_t *s_instance;
static store_module_t s_which;
static int32_t s_entries;
static uint32_t s_ram;
static uint64_t s_call_cost;

static void log_text(void *ctx, int level, const char *tag, const char *text, size_t len)
{
    (void)ctx;
    (void)level;
    console_text(tag, text, len);
}

int32_t store_try(uint32_t row, int32_t a0, int32_t a1)
{
    const uint64_t args[LINK_SYSCALL_ARGS] = { row, 0, (uint32_t)a0, (uint32_t)a1 };
    char error[ENGINE_ERROR_BYTES] = "";
    uint64_t result = 0;
    if (store_engine->call(s_instance, KERNEL_EXPORT_syscall, args, LINK_SYSCALL_ARGS, &result, error) < 0) {
        console_fail(error);
    }
    return (int32_t)(uint32_t)result;
}

static void load(void)
{
    static platform_t s_platform;
    static guest_t s_guest = { .platform = &s_platform, .tag = "store" };
    s_platform = (platform_t){ .flash = nor_flash, .sys = { .log = log_text } };
    char error[ENGINE_ERROR_BYTES] = "";
    manifest_t manifest;
    const kernel_module_t module = store_module(s_which);
    if (manifest_read(module.bytes, module.len, MANIFEST_KERNEL, &manifest, error) < 0) {
        console_fail(error);
    }
    const engine_config_t config = {
        .bytes = module.bytes,
        .bytes_len = module.len,
        .memory_bytes = manifest.memory_bytes,
        .stack_bytes = STACK_BYTES,
        .imports = link_kernel_imports,
        .import_count = link_kernel_import_count,
        .exports = link_kernel_exports,
        .export_count = KERNEL_EXPORT_COUNT,
        .user = &s_guest,
    };
    if (store_engine->load(&config, &s_instance, error) < 0) {
        console_fail(error);
    }
    uint64_t status = 0;
    if (store_engine->call(s_instance, KERNEL_EXPORT_setup, NULL, 0, &status, error) < 0) {
        console_fail(error);
    }
    s_ram = (uint32_t)store_call(ROW_MAKE, s_entries, 0);
    store_call(ROW_MOUNT, 0, 0);
    store_call(ROW_SET_TIME, 1, 0);
    s_call_cost = 0;
    uint64_t cost = 0;
    store_try(ROW_NOTHING, 0, 0); /* the first call may set something up */
    store_timed(ROW_NOTHING, 0, 0, &cost);
    s_call_cost = cost;
}

void store_start(store_module_t which, uint32_t sectors, int32_t memtable_entries)
{
    s_which = which;
    s_entries = memtable_entries;
    nor_flash_set_store(sectors);
    nor_flash_reset(NULL, 0);
    load();
    store_settle(NULL);
}

void store_restart(void)
{
    store_stop();
    load();
}

void store_stop(void)
{
    store_engine->free(s_instance);
    s_instance = NULL;
}

uint32_t store_ram(void)
{
    return s_ram;
}

/* Ends the run when a row was refused. */
static int32_t checked(uint32_t row, int32_t a0, int32_t result)
{
    if (result < 0) {
        console_figure("failed.row", row);
        console_figure("failed.argument", (uint32_t)a0);
        console_figure("failed.status", (uint32_t)-result);
        console_fail("a row of the store was refused");
    }
    return result;
}

int32_t store_call(uint32_t row, int32_t a0, int32_t a1)
{
    return checked(row, a0, store_try(row, a0, a1));
}

int32_t store_timed(uint32_t row, int32_t a0, int32_t a1, uint64_t *instructions)
{
    return checked(row, a0, store_try_timed(row, a0, a1, instructions));
}

int32_t store_try_timed(uint32_t row, int32_t a0, int32_t a1, uint64_t *instructions)
{
    const uint64_t before = meter_instructions();
    const int32_t result = store_try(row, a0, a1);
    const uint64_t taken = meter_instructions() - before;
    *instructions += taken > s_call_cost ? taken - s_call_cost : 0;
    return result;
}

void store_settle(uint64_t *instructions)
{
    uint64_t ignored = 0;
    for (int i = 0; i < SETTLE_MAX; i++) {
        if (!store_timed(ROW_STEP, 0, 0, instructions ? instructions : &ignored)) {
            return;
        }
    }
    console_fail("the store's background work does not end");
}

int main(void)
{
    store_cost_figures();
    if (store_measures_flash) {
        store_flash_figures();
    }
    console_text("done", "", 0);
    return 0;
}
