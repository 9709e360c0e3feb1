/*
 * Times the works of a module of tests/bench/assembly on one of the engines.
 *
 *     module_bench wasm3|aot MODULE.wasm ROW COUNT [ROW COUNT]...
 *
 * Loads the module once, runs its setup, then calls its `syscall` for each pair, which does the work of ROW COUNT times.
 * Prints the nanoseconds of each call, a line each.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine.h"
#include "import.h"
#include "link.h"
#include "manifest.h"
#include "nor_flash.h"

enum { STACK_BYTES = 4096, FIXED_ARGUMENTS = 3 };

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "module_bench: %s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

static void log_text(void *ctx, int level, const char *tag, const char *text, size_t len)
{
    (void)ctx;
    (void)level;
    fprintf(stderr, "%s: %.*s\n", tag, (int)len, text);
}

static uint8_t *read_file(const char *path, size_t *len)
{
    enum { FILE_MAX_BYTES = 1 << 20 };
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = malloc(FILE_MAX_BYTES);
    if (!file || !bytes) {
        fail(path, "cannot be read");
    }
    *len = fread(bytes, 1, FILE_MAX_BYTES, file);
    fclose(file);
    return bytes;
}

static engine_instance_t *load(const engine_t *engine, const uint8_t *bytes, size_t len, guest_t *guest)
{
    char error[ENGINE_ERROR_BYTES] = "";
    manifest_t manifest;
    engine_instance_t *instance;
    if (manifest_read(bytes, len, MANIFEST_KERNEL, &manifest, error) < 0) {
        fail("manifest", error);
    }
    const engine_config_t config = {
        .bytes = bytes,
        .bytes_len = len,
        .memory_bytes = manifest.memory_bytes,
        .stack_bytes = STACK_BYTES,
        .imports = link_kernel_imports,
        .import_count = link_kernel_import_count,
        .exports = link_kernel_exports,
        .export_count = KERNEL_EXPORT_COUNT,
        .user = guest,
    };
    if (engine->load(&config, &instance, error) < 0) {
        fail("load", error);
    }
    return instance;
}

/* Calls an export. Returns its i32 result. */
static int32_t call(const engine_t *engine, engine_instance_t *instance, size_t export_index, const uint64_t *args, size_t count)
{
    char error[ENGINE_ERROR_BYTES] = "";
    uint64_t result = 0;
    if (engine->call(instance, export_index, args, count, &result, error) < 0) {
        fail(link_kernel_exports[export_index].name, error);
    }
    return (int32_t)(uint32_t)result;
}

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int main(int argc, char **argv)
{
    const platform_t platform = { .flash = nor_flash, .sys = { .log = log_text } };
    guest_t guest = { .platform = &platform, .tag = "bench" };
    if (argc <= FIXED_ARGUMENTS || (argc - FIXED_ARGUMENTS) % 2 != 0) {
        fputs("module_bench wasm3|aot MODULE.wasm ROW COUNT [ROW COUNT]...\n", stderr);
        return 2;
    }
    size_t len;
    uint8_t *bytes = read_file(argv[2], &len);
    const engine_t *engine = strcmp(argv[1], "aot") == 0 ? &engine_aot : &engine_wasm3;
    nor_flash_reset();
    engine_instance_t *instance = load(engine, bytes, len, &guest);
    if (call(engine, instance, KERNEL_EXPORT_setup, NULL, 0) != HOST_OK) {
        fail(argv[2], "setup failed");
    }
    for (int i = FIXED_ARGUMENTS; i < argc; i += 2) {
        const uint64_t args[LINK_SYSCALL_ARGS] = { (uint64_t)atoi(argv[i]), 0, (uint64_t)atoi(argv[i + 1]) };
        const uint64_t started = now_ns();
        const int32_t done = call(engine, instance, KERNEL_EXPORT_syscall, args, LINK_SYSCALL_ARGS);
        const uint64_t taken = now_ns() - started;
        if (done != (int32_t)args[2]) {
            fail(argv[2], "did not do all of its work");
        }
        printf("%" PRIu64 "\n", taken);
    }
    engine->free(instance);
    free(bytes);
    return EXIT_SUCCESS;
}
