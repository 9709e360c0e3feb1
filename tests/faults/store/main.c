/*
 * Plays faults on the store, on one of the engines.
 *
 *     store_sweep wasm3|aot MODULE.wasm cuts|bits|bad|full|rescue|state|state-bits [--percent N] [--long] [--broken VARIANT] [--only ID] [--show N]
 *
 * Prints what was tried and found. Ends with 1 when something failed; --broken: with 1 when nothing did.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sweeps.h"

typedef struct {
    const char *name;
    void (*run)(const sweep_options_t *options, sweep_result_t *result);
} sweep_t;

static const sweep_t s_sweeps[] = {
    { "cuts", sweep_power_cuts }, { "bits", sweep_bit_flips }, { "bad", sweep_bad_sectors },        { "full", sweep_full },
    { "rescue", sweep_rescues },  { "state", sweep_state },    { "state-bits", sweep_state_flips },
};

enum { FIXED_ARGUMENTS = 4, USAGE = 2 };

static int usage(void)
{
    fputs(
        "store_sweep wasm3|aot MODULE.wasm cuts|bits|bad|full|rescue|state|state-bits [--percent N] [--long] [--broken VARIANT] [--only ID] [--show N]\n",
        stderr);
    return USAGE;
}

static bool read_options(int argc, char **argv, sweep_options_t *options)
{
    for (int i = FIXED_ARGUMENTS; i < argc; i++) {
        const bool has_value = i + 1 < argc;
        if (strcmp(argv[i], "--long") == 0) {
            options->is_long = true;
        } else if (strcmp(argv[i], "--percent") == 0 && has_value) {
            options->percent = (uint32_t)atoi(argv[++i]);
        } else if (strcmp(argv[i], "--broken") == 0 && has_value) {
            options->variant = atoi(argv[++i]);
            options->is_brief = true;
        } else if (strcmp(argv[i], "--show") == 0 && has_value) {
            options->shown = (uint32_t)atoi(argv[++i]);
        } else if (strcmp(argv[i], "--only") == 0 && has_value) {
            options->only = argv[++i];
        } else {
            return false;
        }
    }
    return options->variant >= VARIANT_REAL && options->variant < VARIANTS;
}

int main(int argc, char **argv)
{
    sweep_options_t options = { .percent = 100, .shown = FAILURES_SHOWN };
    sweep_result_t result = { 0 };
    if (argc < FIXED_ARGUMENTS || !read_options(argc, argv, &options)) {
        return usage();
    }
    const sweep_t *sweep = NULL;
    for (size_t i = 0; i < sizeof(s_sweeps) / sizeof(s_sweeps[0]); i++) {
        sweep = strcmp(argv[3], s_sweeps[i].name) == 0 ? &s_sweeps[i] : sweep;
    }
    if (!sweep) {
        return usage();
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    guest_open(strcmp(argv[1], "aot") == 0 ? &engine_aot : &engine_wasm3, argv[2]);
    sweep->run(&options, &result);
    guest_close();
    printf("%s: %" PRIu32 " cases, %" PRIu32 " failures\n", sweep->name, result.cases, result.failures);
    const bool is_found = result.failures > 0;
    return is_found == (options.variant != VARIANT_REAL) ? EXIT_SUCCESS : EXIT_FAILURE;
}
