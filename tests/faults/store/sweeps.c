#include "sweeps.h"

#include <stdio.h>
#include <string.h>

#include "random.h"

const geometry_t sweep_geometries[] = {
    { "4x4096", 4096, 4, DURABILITY_SYNC, 90, 1400, 3 },
    /* Checkpoints of many steps, and few steps: what they move is overwritten before they end. */
    { "16x4096-slow", 4096, 16, DURABILITY_SYNC, 1100, 3000, 1 },
    { "16x1024", 1024, 16, DURABILITY_SYNC, 150, 640, 3 },
    { "32x512", 512, 32, DURABILITY_SYNC, 200, 700, 3 },
    { "16x4096", 4096, 16, DURABILITY_SYNC, 500, 3000, 3 },
    { "8x1024-full", 1024, 8, DURABILITY_SYNC, 170, 600, 3 },
    { "16x1024-batched", 1024, 16, DURABILITY_BATCHED, 150, 640, 3 },
    { "16x1024-none", 1024, 16, DURABILITY_NONE, 150, 640, 3 },
};
const size_t sweep_geometry_count = sizeof(sweep_geometries) / sizeof(sweep_geometries[0]);

bool sweep_wants(const sweep_options_t *options, const char *id)
{
    if (options->only) {
        return strcmp(id, options->only) == 0;
    }
    uint32_t hash = 1;
    for (const char *at = id; *at; at++) {
        hash = mixed(hash, (uint8_t)*at);
    }
    return hash % 100 < options->percent;
}

void sweep_count(const sweep_options_t *options, sweep_result_t *result, const char *failure, const char *id)
{
    result->cases++;
    if (failure[0] != '\0') {
        result->failures++;
        if (result->failures <= options->shown) {
            printf("FAILED --only %s%s: %s\n", id, options->variant == VARIANT_REAL ? "" : " (broken)", failure);
        }
    }
}

void sweep_report(const sweep_options_t *options, sweep_result_t *result, run_t *run, const char *id)
{
    sweep_count(options, result, run->failure, id);
    if (guest_trap[0] != '\0') {
        guest_make(options->variant, run->geometry->durability);
    }
}

bool sweep_is_over(const sweep_options_t *options, const sweep_result_t *result)
{
    return options->is_brief && result->failures > 0;
}
