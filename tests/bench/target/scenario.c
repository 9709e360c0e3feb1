#include "scenario.h"

#include <string.h>

#include "broker.h"
#include "console.h"
#include "heap.h"
#include "kernel_engine.h"
#include "link.h"
#include "manifest.h"
#include "meter.h"
#include "modules.h"
#include "network.h"
#include "platform_target.h"
#include "web.h"

enum { ROUNDS_MAX = 100000 };

/* What the app did in the round that runs. */
static uint32_t s_readings;
static uint32_t s_empty_calls;

static void on_syscall(void *ctx, const char *name, int32_t result, const uint8_t *out, size_t out_len)
{
    (void)ctx;
    (void)out;
    (void)out_len;
    meter_pause();
    if (strcmp(name, "stream_publish") == 0) {
        s_readings += result > 0;
        if (result <= 0) {
            console_fail("a reading was refused");
        }
    }
    s_empty_calls += strcmp(name, "client_state") == 0;
    meter_resume();
}

static void on_app_stopped(void *ctx, const char *export_name, const char *reason, int32_t restart_ms)
{
    (void)ctx;
    (void)export_name;
    (void)restart_ms;
    console_fail(reason);
}

static const runtime_observer_t s_observer = { .syscall = on_syscall, .app_stopped = on_app_stopped };

/* One round of the board, then of the server; then time passes. Returns the instructions; *has_more: it asked to go on at once. */
static uint32_t run_round(runtime_t *runtime, bool *has_more)
{
    s_readings = 0;
    s_empty_calls = 0;
    const uint64_t before = meter_instructions();
    const int wait_ms = runtime_step(runtime);
    const uint64_t after = meter_instructions();
    if (wait_ms < 0) {
        console_fail("the kernel trapped");
    }
    broker_turn();
    web_turn();
    *has_more = wait_ms == 0 || !network_is_quiet();
    if (!*has_more) {
        platform_target_advance((uint32_t)wait_ms);
    }
    return (uint32_t)(after - before);
}

uint32_t scenario_boot(runtime_t **out)
{
    const kernel_module_t kernel = kernel_engine_kernel();
    const runtime_config_t config = {
        .platform = platform_target(),
        .kernel_engine = kernel_engine(),
        .kernel_bytes = kernel.bytes,
        .kernel_len = kernel.len,
        .app_bytes = module_reading,
        .app_len = (size_t)(module_reading_end - module_reading),
        .observer = &s_observer,
    };
    const uint64_t before = meter_instructions();
    if (runtime_create(&config, out) < 0) {
        console_fail("the runtime does not start");
    }
    for (int i = 0; i < ROUNDS_MAX; i++) {
        bool has_more;
        run_round(*out, &has_more);
        if (broker_connects() == 1 && !has_more) {
            return (uint32_t)(meter_instructions() - before);
        }
    }
    console_fail("no connection");
}

uint32_t scenario_readings(runtime_t *runtime, uint32_t count)
{
    uint64_t instructions = 0;
    uint32_t readings = 0;
    bool is_under_way = false;
    const uint32_t published_before = broker_publishes();
    for (int i = 0; i < ROUNDS_MAX; i++) {
        bool has_more;
        const uint32_t spent = run_round(runtime, &has_more);
        readings += s_readings;
        is_under_way = is_under_way || s_readings > 0;
        instructions += is_under_way ? spent : 0;
        if (has_more) {
            continue;
        }
        is_under_way = false;
        if (broker_publishes() - published_before != readings) {
            console_fail("a reading is still on its way when nothing more is to do");
        }
        if (readings >= count) {
            return (uint32_t)(instructions / readings);
        }
    }
    console_fail("no readings");
}

uint32_t scenario_syscall(runtime_t *runtime)
{
    enum { WARM_UP = 4 };
    uint32_t with_one = 0;
    uint32_t with_two = 0;
    uint32_t seen = 0;
    runtime_swap_app(runtime, MODULE(syscall));
    for (int i = 0; i < ROUNDS_MAX; i++) {
        bool has_more;
        const uint32_t spent = run_round(runtime, &has_more);
        if (s_empty_calls == 0 || seen++ < WARM_UP) {
            continue;
        }
        *(s_empty_calls == 1 ? &with_one : &with_two) = spent;
        if (with_one && with_two) {
            return with_two - with_one;
        }
    }
    console_fail("no syscalls");
}

/* Instructions of one call of the codec's `syscall`, which does the work of a row `count` times. */
static uint32_t time_codec(const engine_t *engine, engine_instance_t *codec, uint64_t row, uint64_t count)
{
    const uint64_t args[LINK_SYSCALL_ARGS] = { row, 0, count };
    char error[ENGINE_ERROR_BYTES] = "";
    uint64_t done = 0;
    const uint64_t before = meter_instructions();
    const int status = engine->call(codec, KERNEL_EXPORT_syscall, args, LINK_SYSCALL_ARGS, &done, error);
    const uint64_t after = meter_instructions();
    if (status < 0 || done != count) {
        console_fail(status < 0 ? error : "the codec did not do its work");
    }
    return (uint32_t)(after - before);
}

/* Instructions of one more of them. The first call is not counted: modules may set themselves up in it. */
static uint32_t time_one(const engine_t *engine, engine_instance_t *codec, uint64_t row)
{
    time_codec(engine, codec, row, 1);
    return time_codec(engine, codec, row, 2) - time_codec(engine, codec, row, 1);
}

void scenario_codec(uint32_t *encode, uint32_t *decode)
{
    enum { ENCODE_ROW = 0, DECODE_ROW = 1, STACK_BYTES = 2048 };
    manifest_t manifest;
    engine_instance_t *codec;
    char error[ENGINE_ERROR_BYTES] = "";
    const kernel_module_t module = kernel_engine_codec();
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
    };
    const engine_t *engine = kernel_engine();
    if (engine->load(&config, &codec, error) < 0) {
        console_fail(error);
    }
    *encode = time_one(engine, codec, ENCODE_ROW);
    *decode = time_one(engine, codec, DECODE_ROW);
    engine->free(codec);
}
