#include "sweeps.h"

#include <stdio.h>
#include <string.h>

#include "random.h"

/* What is alike in most of them: few documents, which are purged now and then, few messages, and all the cases that are asked for. */
#define SMALL 60, DOCUMENTS, 0, 0, QUEUE_SLOTS, 1, 100, 100

const geometry_t sweep_geometries[] = {
    { "4x4096", 4096, 4, DURABILITY_SYNC, 90, 1400, 3, SMALL },
    /* Checkpoints of many steps, and few steps: what they move is overwritten before they end. */
    { "16x4096-slow", 4096, 16, DURABILITY_SYNC, 1100, 3000, 1, SMALL },
    { "16x1024", 1024, 16, DURABILITY_SYNC, 150, 640, 3, SMALL },
    { "32x512", 512, 32, DURABILITY_SYNC, 200, 700, 3, SMALL },
    { "16x4096", 4096, 16, DURABILITY_SYNC, 500, 3000, 3, SMALL },
    { "8x1024-full", 1024, 8, DURABILITY_SYNC, 170, 600, 3, SMALL },
    { "16x1024-batched", 1024, 16, DURABILITY_BATCHED, 150, 640, 3, SMALL },
    { "16x1024-none", 1024, 16, DURABILITY_NONE, 150, 640, 3, SMALL },
    /*
     * Hundreds of documents, and messages by the dozen: a tree of branches above branches, which takes many steps to write, and whose first
     * leaves come and go. A case takes as long as dozens of the others.
     */
    { "32x4096-large", 4096, 32, DURABILITY_SYNC, 60, 700, 6, 240, 400, 240, 60, QUEUE_SLOTS_MAX, 12, 3, 100 },
    /* More than a thousand in 1 MB, which is where small leaves and halved branches begin (SPEC.md 5): they come first, and are not purged. */
    { "256x4096-halved", 4096, 256, DURABILITY_SYNC, 300, 3000, 10, 10000, 1300, 1100, 200, QUEUE_SLOTS_MAX, 12, 1, 10 },
};
const size_t sweep_geometry_count = sizeof(sweep_geometries) / sizeof(sweep_geometries[0]);

static bool wants(const sweep_options_t *options, uint32_t share, const char *id)
{
    if (options->only) {
        return strcmp(id, options->only) == 0;
    }
    uint32_t hash = 1;
    for (const char *at = id; *at; at++) {
        hash = mixed(hash, (uint8_t)*at);
    }
    return hash % (100 * 100) < options->percent * share;
}

bool sweep_wants(const sweep_options_t *options, const char *id)
{
    return wants(options, 100, id);
}

bool sweep_wants_of(const sweep_options_t *options, const geometry_t *geometry, const char *id)
{
    return wants(options, options->is_long ? geometry->long_share : geometry->share, id);
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
