/*
 * Cuts the power in every program and every erase of a board's life: apps and firmwares are offered, of each a good one, and some that
 * trap, hang, or never reach the server.
 * At each operation the life goes on in three other processes, in which the power fails before it, in the middle of it and after it;
 * in most of them, once more soon after: each cut is played --deep times, with another second one each time.
 *
 *     update_sweep wasm3|aot FOLDER [--percent N] [--deep N] [--broken VARIANT] [--only ID] [--trace]
 *
 * FOLDER: what updatePrograms.ts puts there. Prints what was tried and found. Ends with 1 when something failed; --broken: when
 * nothing did.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "board.h"

enum { USAGE = 2, FILE_MAX_BYTES = 256 * 1024, ID_BYTES = 32, SECOND_AMONG = 60, HANG_S = 120, BRIEF_FAILURES = 1 };
enum { EXIT_FAULT = 3 };

static struct {
    uint32_t percent;
    uint32_t deep;
    const char *only;
    uint32_t cases;
    uint32_t failures;
    uint32_t by_stage[STAGE_END + 1];
    bool is_brief;
    bool is_child;
} s_sweep = { .percent = 100, .deep = 1 };

static const char FORMS[] = "bta"; /* in the order of cut_form_t */

/* Mixes two numbers. Source: the finalizer of MurmurHash3. */
static uint32_t mixed(uint32_t a, uint32_t b)
{
    uint32_t h = a * 0x9E3779B9u ^ b;
    h = (h ^ h >> 16) * 0x85EBCA6Bu;
    h = (h ^ h >> 13) * 0xC2B2AE35u;
    return h ^ h >> 16;
}

/* In the process whose power fails. */
static void become_child(uint32_t operation, cut_form_t form, uint32_t repetition)
{
    const uint32_t second = mixed(operation, repetition * CUT_FORMS + (uint32_t)form);
    s_sweep.is_child = true;
    nor.seed = second | 1;
    alarm(HANG_S);
    if (second % 4 != 0) {
        nor.cut_at = operation + 1 + second / 4 % SECOND_AMONG;
        nor.cut_form = (cut_form_t)(second / 256 % CUT_FORMS);
    }
}

static void report(const char *id, int status)
{
    const bool is_whole = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
    s_sweep.cases++;
    s_sweep.by_stage[cloud.stage]++;
    s_sweep.failures += !is_whole;
    if (!is_whole) {
        printf("FAILED --only %s, status %d\n", id, status);
    }
}

/* Asked by the flash: true in the process in which the power fails. */
static bool is_cut(uint32_t operation, cut_form_t *form)
{
    if (s_sweep.is_child || (s_sweep.is_brief && s_sweep.failures >= BRIEF_FAILURES)) {
        return false;
    }
    for (uint32_t each = 0; each < CUT_FORMS * s_sweep.deep; each++) {
        char id[ID_BYTES];
        snprintf(id, sizeof(id), "%" PRIu32 "%c%" PRIu32, operation, FORMS[each % CUT_FORMS], each / CUT_FORMS);
        const bool is_wanted =
            s_sweep.only ? strcmp(s_sweep.only, id) == 0 : mixed(operation, 1000 + each) % 100 < s_sweep.percent;
        if (!is_wanted) {
            continue;
        }
        fflush(NULL);
        const pid_t child = fork();
        if (child == 0) {
            *form = (cut_form_t)(each % CUT_FORMS);
            become_child(operation, *form, each / CUT_FORMS);
            return true;
        }
        int status = -1;
        if (child < 0 || waitpid(child, &status, 0) < 0) {
            perror("update_sweep");
            exit(EXIT_FAILURE);
        }
        report(id, status);
    }
    return false;
}

static size_t read_file(const char *folder, const char *name, uint8_t *dst, size_t cap)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    const size_t len = fread(dst, 1, cap, file);
    fclose(file);
    return len;
}

static void read_all(const char *folder, board_config_t *config)
{
    static const char *const packages[STAGE_END] = { "second.wmpk", "trap.wmpk",     "hang.wmpk",
                                                     "silent.wmpk", "firmware.wmpk", "deaf.wmpk" };
    static uint8_t kernel[FILE_MAX_BYTES];
    static uint8_t app[FILE_MAX_BYTES];
    static uint8_t settings[NOR_SECTOR_BYTES * 4];
    static uint8_t key[PACKAGE_KEY_BYTES];
    config->kernel = kernel;
    config->kernel_len = read_file(folder, "kernel.wasm", kernel, sizeof(kernel));
    config->app = app;
    config->app_len = read_file(folder, "first.wasm", app, sizeof(app));
    config->config = settings;
    config->config_len = read_file(folder, "config.bin", settings, sizeof(settings));
    config->key = key;
    read_file(folder, "key.bin", key, sizeof(key));
    for (int i = 0; i < STAGE_END; i++) {
        cloud.packages[i].len = read_file(folder, packages[i], cloud.packages[i].bytes, CLOUD_PACKAGE_MAX);
    }
}

static bool read_options(int argc, char **argv, board_config_t *config)
{
    for (int i = 3; i < argc; i++) {
        const bool has_value = i + 1 < argc;
        if (strcmp(argv[i], "--trace") == 0) {
            config->is_traced = true;
        } else if (strcmp(argv[i], "--percent") == 0 && has_value) {
            s_sweep.percent = (uint32_t)atoi(argv[++i]);
        } else if (strcmp(argv[i], "--deep") == 0 && has_value) {
            s_sweep.deep = (uint32_t)atoi(argv[++i]);
        } else if (strcmp(argv[i], "--broken") == 0 && has_value) {
            config->broken = (broken_t)atoi(argv[++i]);
            s_sweep.is_brief = true;
        } else if (strcmp(argv[i], "--only") == 0 && has_value) {
            s_sweep.only = argv[++i];
        } else {
            return false;
        }
    }
    return config->broken < BROKEN_VARIANTS;
}

int main(int argc, char **argv)
{
    board_config_t config = { .broken = BROKEN_NOTHING };
    if (argc < 3 || !read_options(argc, argv, &config)) {
        fputs("update_sweep wasm3|aot FOLDER [--percent N] [--deep N] [--broken VARIANT] [--only ID] [--trace]\n", stderr);
        return USAGE;
    }
    const bool is_aot = strcmp(argv[1], "aot") == 0;
    config.engine = is_aot ? &engine_aot : &engine_wasm3;
    read_all(argv[2], &config);
    board_make(&config);
    nor.is_cut = is_cut;
    board_live();
    if (s_sweep.is_child) {
        if (board.why[0] != '\0') {
            printf("%s, after %" PRIu32 " starts\n", board.why, board.boots);
        }
        fflush(NULL);
        _exit(board.why[0] != '\0' ? EXIT_FAULT : EXIT_SUCCESS);
    }
    if (board.why[0] != '\0') {
        printf("FAILED without a cut: %s\n", board.why);
        s_sweep.failures++;
    }
    printf("%" PRIu32 " operations, %" PRIu32 " readings, %" PRIu32 " starts; cuts by stage:", nor.operations, board.accepted,
           board.boots);
    for (int i = 0; i <= STAGE_END; i++) {
        printf(" %" PRIu32, s_sweep.by_stage[i]);
    }
    printf("\ncuts: %" PRIu32 " cases, %" PRIu32 " failures\n", s_sweep.cases, s_sweep.failures);
    const bool is_found = s_sweep.failures > 0;
    return is_found == (config.broken != BROKEN_NOTHING) ? EXIT_SUCCESS : EXIT_FAILURE;
}
