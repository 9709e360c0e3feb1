#include <stdio.h>
#include <string.h>

#include "random.h"
#include "sweeps.h"

enum {
    IMAGE_BYTES = 16384,
    IMAGE_OPERATIONS = 230,
    IMAGE_SEED = 5,
    LOST_MAX = 1,
    WALK_MAX = 200,
    VALUE_BYTES_AFTER = 40,
    STEPS_BEFORE = 300,
    STEPS_AFTER = 8,
    STEPS_ANEW = 100,
    VERSIONS_MAX = 4096
};

static nor_flash_t s_image;
static run_t s_kept;
static run_t s_run;

/* Bytes of the image that the last commit programmed: one flipped there looks like a power cut in it, and is not counted. */
static size_t s_last_from;
static size_t s_last_to;

/** A value that was stored under a key once. */
typedef struct {
    int key;
    uint32_t seed;
    uint32_t bytes;
} version_t;

static version_t s_versions[VERSIONS_MAX];
static size_t s_version_count;

/** What a flipped bit did to the records. */
typedef struct {
    bool is_lost[MODEL_KEYS];
    uint32_t lost; /* not there, or as before the last change of its key */
    uint32_t stale;
} losses_t;

static uint32_t s_flips_with_loss;
static uint32_t s_records_lost;
static uint32_t s_records_stale;

static bool is_value(const version_t *version, int32_t bytes)
{
    uint8_t wanted[GUEST_VALUE_BYTES];
    model_value(version->seed, version->bytes, wanted);
    return (uint32_t)bytes == version->bytes && memcmp(wanted, guest_value(), version->bytes) == 0;
}

/* Remembers what is stored now. */
static void note_versions(const model_t *model)
{
    for (int n = 0; n < MODEL_KEYS; n++) {
        const model_entry_t *entry = &model->entries[n];
        bool is_known = entry->seed == 0;
        for (size_t i = s_version_count; i > 0 && !is_known; i--) {
            is_known = s_versions[i - 1].key == n && s_versions[i - 1].seed == entry->seed;
        }
        if (!is_known && s_version_count < VERSIONS_MAX) {
            s_versions[s_version_count++] = (version_t){ n, entry->seed, entry->bytes };
        }
    }
}

/* Puts a document beside the run's own operations. Returns the status. */
static int32_t put_document(model_t *model, int n, uint32_t seed, uint32_t bytes)
{
    const size_t key_bytes = model_key(n, 0, guest_key());
    model_value(seed, bytes, guest_value());
    const int32_t status = guest_call(ROW_PUT, (int32_t)key_bytes, (int32_t)bytes, 0, model_number(n, seed));
    if (status == HOST_OK) {
        model_put(model, n, seed, bytes, 0, 0);
    }
    return status;
}

/* One more commit, and where it lies. */
static void end_image(void)
{
    static nor_flash_t before;
    for (int i = 0; i < STEPS_BEFORE && run_step(&s_kept); i++) {
    }
    nor_flash_copy(&before, &guest_flash);
    const int32_t status = put_document(&s_kept.states[0], 0, IMAGE_OPERATIONS + 1, VALUE_BYTES_AFTER);
    if (status != HOST_OK) {
        run_fail(&s_kept, "the image's last put: status %d", (int)status);
    }
    s_last_from = IMAGE_BYTES;
    for (size_t i = 0; i < IMAGE_BYTES; i++) {
        if (before.bytes[i] != guest_flash.bytes[i]) {
            s_last_from = i < s_last_from ? i : s_last_from;
            s_last_to = i + 1;
        }
    }
}

/* A store of 16 KB that has gone round its sectors a few times, and the model of what it holds. */
static void make_image(const geometry_t *geometry, int variant)
{
    nor_flash_init(&guest_flash, geometry->sector_bytes, geometry->sector_count);
    guest_make(variant, geometry->durability);
    run_init(&s_kept, geometry, IMAGE_SEED);
    s_version_count = 0;
    run_mount(&s_kept);
    for (uint32_t operation = 0; operation < IMAGE_OPERATIONS; operation++) {
        run_operation(&s_kept, operation);
        note_versions(run_state(&s_kept));
    }
    run_mount(&s_kept);
    end_image();
    note_versions(run_state(&s_kept));
    nor_flash_copy(&s_image, &guest_flash);
}

/* Notes a key that is not found any more, or fails the run when it is found and is not what was stored last. */
static void look_up(run_t *run, int n, losses_t *losses)
{
    const model_t *model = run_state(run);
    const model_entry_t *entry = &model->entries[n];
    if (!model_may_have(model, n) || (n >= DOCUMENTS_MAX && entry->seed == 0)) {
        return;
    }
    size_t key_bytes = model_key(n, entry->number, guest_key());
    int32_t bytes = guest_call(ROW_FIND, (int32_t)key_bytes, 0, 0, 0);
    for (int i = 0; i < STEPS_ANEW && bytes == HOST_BUSY; i++) {
        /* A damaged page of the index is met now; steps make the index anew. */
        run_step(run);
        key_bytes = model_key(n, entry->number, guest_key());
        bytes = guest_call(ROW_FIND, (int32_t)key_bytes, 0, 0, 0);
    }
    if (bytes < 0) {
        if (bytes != HOST_NOT_FOUND && bytes != HOST_CORRUPT) {
            run_fail(run, "key %d: status %d %s", n, (int)bytes, guest_trap);
        }
        if (guest_is_traced && model_is_live(model, n)) {
            printf("key %d is not there: status %d\n", n, (int)bytes);
        }
        if (model_is_live(model, n) && !losses->is_lost[n]) {
            losses->is_lost[n] = true;
            losses->lost++;
        }
        return;
    }
    const version_t wanted = { n, entry->seed, entry->bytes };
    if (model_is_live(model, n) && is_value(&wanted, bytes)) {
        return;
    }
    for (size_t i = 0; i < s_version_count; i++) {
        if (s_versions[i].key == n && is_value(&s_versions[i], bytes)) {
            losses->lost += !losses->is_lost[n];
            losses->stale += !losses->is_lost[n];
            losses->is_lost[n] = true;
            return;
        }
    }
    run_fail(run, "key %d holds %d bytes that were never stored under it", n, (int)bytes);
}

static void look_up_all(run_t *run, losses_t *losses)
{
    for (int n = 0; n < MODEL_KEYS; n++) {
        look_up(run, n, losses);
    }
}

/* All orders come to an end. */
static void walk_all(run_t *run)
{
    static const int indexes[] = { BY_KEY, BY_TAG, BY_NUMBER };
    for (size_t i = 0; i < sizeof(indexes) / sizeof(indexes[0]) * 2; i++) {
        guest_call(ROW_WALK, indexes[i / 2], (int32_t)i % 2, 0, 0);
        int found = 0;
        int32_t bytes;
        while (found < WALK_MAX && (bytes = guest_call(ROW_NEXT, 0, 0, 0, 0)) >= 0) {
            found++;
            if (guest_is_traced) {
                printf("index %d way %d: %.*s (%d)\n", indexes[i / 2], (int)i % 2, (int)bytes, (char *)guest_key(), (int)bytes);
            }
        }
        if (found > DOCUMENTS + QUEUE_SLOTS) {
            run_fail(run, "index %d has %d records", indexes[i / 2], found);
        }
    }
}

/* What the store counted as damaged since it was mounted, and found by verify. */
static int32_t count_damage(run_t *run)
{
    int32_t report[3];
    const int32_t status = guest_call(ROW_VERIFY, 0, 0, 0, 0);
    memcpy(report, guest_value(), sizeof(report));
    if (status != HOST_OK) {
        run_fail(run, "verify: %d %s", (int)status, guest_trap);
        return 0;
    }
    int32_t corrupt;
    guest_call(ROW_STATS, 0, 0, 0, 0);
    memcpy(&corrupt, guest_value(), sizeof(corrupt));
    return corrupt + report[1] + report[2];
}

/* The store goes on, and what was not lost stays. */
static void go_on(run_t *run, uint32_t bit, losses_t *losses)
{
    const int n = (int)(bit % DOCUMENTS);
    for (int i = 0; i < STEPS_AFTER && run_step(run); i++) {
    }
    model_t *model = &run->states[0];
    int32_t status = put_document(model, n, bit + 1, VALUE_BYTES_AFTER);
    for (int i = 0; i < STEPS_ANEW && status == HOST_BUSY; i++) {
        run_step(run);
        status = put_document(model, n, bit + 1, VALUE_BYTES_AFTER);
    }
    if (status == HOST_OK) {
        losses->is_lost[n] = false;
    } else if (status != HOST_NO_SPACE && !losses->is_lost[n]) {
        run_fail(run, "put: status %d %s", (int)status, guest_trap);
    }
    for (int i = 0; i < STEPS_AFTER && run_step(run); i++) {
    }
    guest_reset();
    guest_set_time(model->now);
    const int32_t mounted = guest_call(ROW_MOUNT, 0, 0, 0, 0);
    if (mounted != HOST_OK) {
        run_fail(run, "second mount: status %d %s", (int)mounted, guest_trap);
        return;
    }
    look_up_all(run, losses);
}

static void flip(run_t *run, uint32_t bit)
{
    losses_t losses = { .lost = 0 };
    nor_flash_copy(&guest_flash, &s_image);
    run_copy(run, &s_kept);
    guest_flash.bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
    guest_reset();
    guest_set_time(run_state(run)->now);
    const int32_t status = guest_call(ROW_MOUNT, 0, 0, 0, 0);
    if (status != HOST_OK) {
        run_fail(run, "mount: status %d %s", (int)status, guest_trap);
        return;
    }
    look_up_all(run, &losses);
    walk_all(run);
    const int32_t damage = count_damage(run);
    const uint32_t lost = losses.lost;
    go_on(run, bit, &losses);
    const bool is_last = bit / 8 >= s_last_from && bit / 8 < s_last_to;
    if (lost > 0 && damage == 0 && !is_last) {
        run_fail(run, "%u records lost, and no damage counted", (unsigned)lost);
    }
    if (losses.lost > LOST_MAX) {
        run_fail(run, "%u records lost", (unsigned)losses.lost);
    }
    if (guest_trap[0] != '\0') {
        run_fail(run, "%s", guest_trap);
    }
    s_flips_with_loss += lost > 0;
    s_records_lost += lost;
    s_records_stale += losses.stale;
}

void sweep_bit_flips(const sweep_options_t *options, sweep_result_t *result)
{
    for (size_t i = 0; i < sweep_geometry_count; i++) {
        const geometry_t *geometry = &sweep_geometries[i];
        const bool is_wanted =
            geometry->sector_bytes * geometry->sector_count == IMAGE_BYTES && geometry->durability == DURABILITY_SYNC;
        if (!is_wanted || (!options->is_long && geometry->sector_count != 16)) {
            continue;
        }
        make_image(geometry, options->variant);
        s_flips_with_loss = 0;
        s_records_lost = 0;
        s_records_stale = 0;
        for (uint32_t bit = 0; bit < IMAGE_BYTES * 8 && !sweep_is_over(options, result); bit++) {
            char id[ID_BYTES];
            snprintf(id, sizeof(id), "bit:%s:%u", geometry->name, (unsigned)bit);
            if (sweep_wants(options, id)) {
                guest_is_traced = options->only != NULL;
                flip(&s_run, bit);
                sweep_report(options, result, &s_run, id);
            }
        }
        printf("%s: %d documents, %d in the queue; %u flips lost a record, %u records in all, %u of them as they were before\n",
               geometry->name, (int)run_state(&s_kept)->counts[SPACE_DOCUMENTS].records,
               (int)run_state(&s_kept)->counts[SPACE_QUEUE].records, (unsigned)s_flips_with_loss, (unsigned)s_records_lost,
               (unsigned)s_records_stale);
    }
}
