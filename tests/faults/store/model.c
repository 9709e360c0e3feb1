#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store_guest.h"

enum { START = 1700000000, UNIT = 16, TAGS = 5 };
/* With more documents than these a part of what there is to be asked for must do. */
enum { ALL_UP_TO = 500, LOOKED_UP_ONE_IN = 7 };
static const int s_indexes[] = { BY_KEY, BY_TAG, BY_NUMBER };
/* Each order is walked both ways. */
enum { WALKS = 2 * sizeof(s_indexes) / sizeof(s_indexes[0]) };
/* Bytes of a record beside key, value, expiry and entries: header and checksum; and what the charge adds (SPEC.md 3). */
enum { RECORD_BYTES = 8, CHARGE_EXTRA = 5, EXPIRY_BYTES = 4, ENTRIES_BYTES = 2 + 4 + 3, STAGE_BYTES = 256 };

void model_init(model_t *model, int documents, int queue_slots)
{
    memset(model, 0, sizeof(*model));
    model->documents = documents;
    model->queue_slots = queue_slots;
    model->now = START;
}

static int space_of(int n)
{
    return n < DOCUMENTS_MAX ? SPACE_DOCUMENTS : SPACE_QUEUE;
}

bool model_may_have(const model_t *model, int n)
{
    return n < model->documents || (n >= DOCUMENTS_MAX && n < DOCUMENTS_MAX + model->queue_slots);
}

size_t model_key(int n, uint32_t number, uint8_t *dst)
{
    if (space_of(n) == SPACE_QUEUE) {
        const uint8_t key[] = { 0, (uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number };
        memcpy(dst, key, sizeof(key));
        return sizeof(key);
    }
    char text[GUEST_KEY_BYTES + 1];
    const int len =
        snprintf(text, sizeof(text), "k%03d%s", n, n % 5 == 3 ? "/of/a/sensor/with/a/long/name/that/fills/a/page" : "");
    memcpy(dst, text, (size_t)len);
    return (size_t)len;
}

int model_number(int n, uint32_t seed)
{
    return space_of(n) == SPACE_QUEUE ? -1 : (int)(seed & 0xFFFF);
}

void model_value(uint32_t seed, uint32_t bytes, uint8_t *dst)
{
    for (uint32_t i = 0; i < bytes; i++) {
        dst[i] = (uint8_t)(seed * 31 + (seed >> 8) + i * 7 + (i >> 8));
    }
}

/* Units that a record is charged with. */
static int32_t charge(int n, const model_entry_t *entry)
{
    uint8_t key[GUEST_KEY_BYTES];
    uint32_t bytes = RECORD_BYTES + CHARGE_EXTRA + (uint32_t)model_key(n, entry->number, key) + entry->bytes;
    bytes += entry->expires_at != 0 ? EXPIRY_BYTES : 0;
    /* Of a long record it cannot be known in time that no entries follow: it says so at its end. */
    bytes += model_number(n, entry->seed) >= 0 ? ENTRIES_BYTES : bytes - CHARGE_EXTRA + 2 > STAGE_BYTES ? 2 : 0;
    return (int32_t)((bytes + UNIT - 1) / UNIT);
}

void model_put(model_t *model, int n, uint32_t seed, uint32_t bytes, uint32_t ttl, uint32_t number)
{
    model_entry_t *entry = &model->entries[n];
    model_counts_t *counts = &model->counts[space_of(n)];
    if (entry->seed != 0) {
        counts->overwritten++;
        counts->live_units -= charge(n, entry);
    } else {
        counts->stored++;
        counts->records++;
    }
    *entry = (model_entry_t){ seed, bytes, ttl > 0 ? model->now + ttl : 0, number };
    counts->live_units += charge(n, entry);
    if (space_of(n) == SPACE_QUEUE) {
        model->queued = number;
    }
}

void model_remove(model_t *model, int n, int disposition)
{
    model_counts_t *counts = &model->counts[space_of(n)];
    counts->records--;
    counts->live_units -= charge(n, &model->entries[n]);
    counts->left[disposition]++;
    model->entries[n] = (model_entry_t){ 0 };
}

void model_touch(model_t *model, int n, uint32_t ttl)
{
    model_entry_t *entry = &model->entries[n];
    model_counts_t *counts = &model->counts[space_of(n)];
    model->touched = n;
    counts->live_units -= charge(n, entry);
    entry->expires_at = model->now + ttl;
    counts->live_units += charge(n, entry);
}

void model_purge(model_t *model, int space)
{
    for (int n = 0; n < MODEL_KEYS; n++) {
        if (space_of(n) == space && model->entries[n].seed != 0) {
            model_remove(model, n, DELETED);
        }
    }
}

static bool is_expired(const model_t *model, int n)
{
    const uint32_t at = model->entries[n].expires_at;
    return at != 0 && at <= model->now;
}

bool model_is_live(const model_t *model, int n)
{
    return model->entries[n].seed != 0 && !is_expired(model, n);
}

static int compare_keys(const model_t *model, int a, int b)
{
    uint8_t keys[2][GUEST_KEY_BYTES];
    const size_t a_bytes = model_key(a, model->entries[a].number, keys[0]);
    const size_t b_bytes = model_key(b, model->entries[b].number, keys[1]);
    const int order = memcmp(keys[0], keys[1], a_bytes < b_bytes ? a_bytes : b_bytes);
    return order != 0 ? order : (int)a_bytes - (int)b_bytes;
}

int model_first_expired(const model_t *model)
{
    int first = -1;
    for (int n = 0; n < MODEL_KEYS; n++) {
        const model_entry_t *entry = &model->entries[n];
        if (entry->seed == 0 || !is_expired(model, n)) {
            continue;
        }
        const model_entry_t *best = first < 0 ? NULL : &model->entries[first];
        if (!best || entry->expires_at < best->expires_at
            || (entry->expires_at == best->expires_at && compare_keys(model, n, first) < 0)) {
            first = n;
        }
    }
    return first;
}

int model_queue_oldest(const model_t *model)
{
    int oldest = -1;
    for (int n = DOCUMENTS_MAX; n < MODEL_KEYS; n++) {
        if (model_is_live(model, n) && (oldest < 0 || model->entries[n].number < model->entries[oldest].number)) {
            oldest = n;
        }
    }
    return oldest;
}

int model_queue_free(const model_t *model)
{
    for (int n = DOCUMENTS_MAX; n < DOCUMENTS_MAX + model->queue_slots; n++) {
        if (model->entries[n].seed == 0) {
            return n;
        }
    }
    return -1;
}

bool model_counts_match(const model_t *model, char *why, size_t why_bytes)
{
    static const char *const names[] = { "records",   "live units", "stored",  "overwritten", "deleted",
                                         "delivered", "expired",    "evicted", "lost" };
    for (int space = 0; space < SPACES; space++) {
        int32_t found[sizeof(model_counts_t) / sizeof(int32_t)];
        int32_t wanted[sizeof(model_counts_t) / sizeof(int32_t)];
        const int32_t status = guest_call(ROW_COUNTS, space, 0, 0, 0);
        if (status != HOST_OK) {
            snprintf(why, why_bytes, "counts: status %d %s", (int)status, guest_trap);
            return false;
        }
        memcpy(found, guest_value(), sizeof(found));
        memcpy(wanted, &model->counts[space], sizeof(wanted));
        for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++) {
            if (found[i] != wanted[i]) {
                snprintf(why, why_bytes, "space %d: %s %d, not %d", space, names[i], (int)found[i], (int)wanted[i]);
                return false;
            }
        }
    }
    return true;
}

static bool record_matches(const model_t *model, int n, char *why, size_t why_bytes)
{
    const model_entry_t *entry = &model->entries[n];
    if (!model_may_have(model, n) || (n >= DOCUMENTS_MAX && entry->seed == 0)) {
        return true; /* there is none, or it is not known */
    }
    const size_t key_bytes = model_key(n, entry->number, guest_key());
    const int32_t bytes = guest_call(ROW_FIND, (int32_t)key_bytes, 0, 0, 0);
    if (!model_is_live(model, n)) {
        snprintf(why, why_bytes, "key %d is there: %d %s", n, (int)bytes, guest_trap);
        return bytes == HOST_NOT_FOUND;
    }
    uint8_t wanted[GUEST_VALUE_BYTES];
    if (bytes < 0) {
        snprintf(why, why_bytes, "key %d is lost: %d %s", n, (int)bytes, guest_trap);
        return false;
    }
    if (guest_expiry() != entry->expires_at) {
        snprintf(why, why_bytes, "key %d expires at %u, not %u", n, (unsigned)guest_expiry(), (unsigned)entry->expires_at);
        return false;
    }
    model_value(entry->seed, entry->bytes, wanted);
    snprintf(why, why_bytes, "key %d holds another value of %d bytes", n, (int)bytes);
    return (uint32_t)bytes == entry->bytes && memcmp(wanted, guest_value(), entry->bytes) == 0;
}

/** A live key, and what an order goes by before it. */
typedef struct {
    int number;
    size_t bytes;
    uint8_t key[GUEST_KEY_BYTES];
} place_t;

static int compare_places(const void *a_place, const void *b_place)
{
    const place_t *a = a_place;
    const place_t *b = b_place;
    if (a->number != b->number) {
        return a->number < b->number ? -1 : 1;
    }
    const int order = memcmp(a->key, b->key, a->bytes < b->bytes ? a->bytes : b->bytes);
    return order != 0 ? order : (int)a->bytes - (int)b->bytes;
}

/* The live keys of an order. Returns how many. */
static int sort_keys(const model_t *model, int index, place_t places[MODEL_KEYS])
{
    int count = 0;
    for (int n = 0; n < MODEL_KEYS; n++) {
        if (!model_is_live(model, n) || (index != BY_KEY && n >= DOCUMENTS_MAX)) {
            continue;
        }
        place_t *place = &places[count++];
        const int number = model_number(n, model->entries[n].seed);
        place->number = index == BY_KEY ? 0 : index == BY_TAG ? number % TAGS : number;
        place->bytes = model_key(n, model->entries[n].number, place->key);
    }
    qsort(places, (size_t)count, sizeof(places[0]), compare_places);
    return count;
}

static bool order_matches(const model_t *model, int index, int is_reverse, char *why, size_t why_bytes)
{
    static place_t places[MODEL_KEYS];
    const int count = sort_keys(model, index, places);
    guest_call(ROW_WALK, index, is_reverse, 0, 0);
    for (int i = 0; i < count; i++) {
        const place_t *wanted = &places[is_reverse ? count - 1 - i : i];
        const int32_t bytes = guest_call(ROW_NEXT, 0, 0, 0, 0);
        if (bytes != (int32_t)wanted->bytes || memcmp(wanted->key, guest_key(), wanted->bytes) != 0) {
            snprintf(why, why_bytes, "index %d way %d: %d of %d is not %.*s: %d %s", index, is_reverse, i, count,
                     (int)wanted->bytes, (const char *)wanted->key, (int)bytes, guest_trap);
            return false;
        }
    }
    const int32_t end = guest_call(ROW_NEXT, 0, 0, 0, 0);
    snprintf(why, why_bytes, "index %d way %d: more than %d records: %d %s", index, is_reverse, count, (int)end, guest_trap);
    return end == HOST_NOT_FOUND;
}

static bool expiry_matches(const model_t *model, char *why, size_t why_bytes)
{
    int64_t soonest = INT32_MAX;
    for (int n = 0; n < MODEL_KEYS; n++) {
        const model_entry_t *entry = &model->entries[n];
        if (entry->seed != 0 && entry->expires_at != 0) {
            const int64_t left = is_expired(model, n) ? 0 : ((int64_t)entry->expires_at - model->now) * 1000;
            soonest = left < soonest ? left : soonest;
        }
    }
    const int32_t found = guest_call(ROW_MS_TO_EXPIRY, 0, 0, 0, 0);
    snprintf(why, why_bytes, "next expiry in %d ms, not %d", (int)found, (int)soonest);
    return found == soonest;
}

static bool verify_matches(const model_t *model, char *why, size_t why_bytes)
{
    int32_t report[3];
    int32_t status = guest_call(ROW_VERIFY, 0, 0, 0, 0);
    memcpy(report, guest_value(), sizeof(report));
    const int32_t records = model->counts[SPACE_DOCUMENTS].records + model->counts[SPACE_QUEUE].records;
    if (status != HOST_OK || report[0] != records || report[1] != 0 || report[2] != 0) {
        snprintf(why, why_bytes, "verify: status %d, %d of %d records, %d corrupt, %d dangling %s", (int)status, (int)report[0],
                 (int)records, (int)report[1], (int)report[2], guest_trap);
        return false;
    }
    int32_t corrupt;
    status = guest_call(ROW_STATS, 0, 0, 0, 0);
    memcpy(&corrupt, guest_value(), sizeof(corrupt));
    snprintf(why, why_bytes, "stats: status %d, %d corrupt, not %d", (int)status, (int)corrupt, (int)model->corrupt);
    return status == HOST_OK && corrupt == model->corrupt;
}

/* All there is to be asked for. */
static bool all_matches(const model_t *model, char *why, size_t why_bytes)
{
    for (int n = 0; n < MODEL_KEYS; n++) {
        if (!record_matches(model, n, why, why_bytes)) {
            return false;
        }
    }
    for (int walk = 0; walk < WALKS; walk++) {
        if (!order_matches(model, s_indexes[walk / 2], walk % 2, why, why_bytes)) {
            return false;
        }
    }
    return true;
}

/* One key of some, and one order one way, by the time; and the key touched last, because the counts do not tell whether it was. */
static bool some_matches(const model_t *model, char *why, size_t why_bytes)
{
    for (int n = (int)(model->now % LOOKED_UP_ONE_IN); n < MODEL_KEYS; n += LOOKED_UP_ONE_IN) {
        if (!record_matches(model, n, why, why_bytes)) {
            return false;
        }
    }
    const int walk = (int)(model->now % WALKS);
    return record_matches(model, model->touched, why, why_bytes)
           && order_matches(model, s_indexes[walk / 2], walk % 2, why, why_bytes);
}

bool model_matches(const model_t *model, char *why, size_t why_bytes)
{
    const bool is_large = model->counts[SPACE_DOCUMENTS].records > ALL_UP_TO;
    return model_counts_match(model, why, why_bytes)
           && (is_large ? some_matches(model, why, why_bytes) : all_matches(model, why, why_bytes))
           && expiry_matches(model, why, why_bytes) && verify_matches(model, why, why_bytes);
}
