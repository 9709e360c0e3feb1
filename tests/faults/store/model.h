/*
 * What the store should hold, and what it says of itself: in plain arrays, so that a copy is a copy.
 */
#ifndef WASMOTE_FAULTS_MODEL_H
#define WASMOTE_FAULTS_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Keys: those of documents are numbered from 0, those of the queue from DOCUMENTS_MAX. What a small model has of each, and the most. */
enum {
    DOCUMENTS = 26,
    QUEUE_SLOTS = 24,
    DOCUMENTS_MAX = 1500,
    QUEUE_SLOTS_MAX = 120,
    MODEL_KEYS = DOCUMENTS_MAX + QUEUE_SLOTS_MAX
};
enum { SPACE_DOCUMENTS, SPACE_QUEUE, SPACES };
/** As Disposition of item.ts. */
enum { DELETED, DELIVERED, EXPIRED, EVICTED };
/** Indexes as in cursor.ts and sweepModule.ts. */
enum { BY_KEY = 0, BY_TAG = 2, BY_NUMBER = 3 };

/** In the order of row `counts`. */
typedef struct {
    int32_t records;
    int32_t live_units;
    int32_t stored;
    int32_t overwritten;
    int32_t left[4]; /* by disposition */
    int32_t lost;
} model_counts_t;

typedef struct {
    uint32_t seed; /* of the value and the index entries; 0: it is not there */
    uint32_t bytes;
    uint32_t expires_at; /* seconds since 1970, 0: never */
    uint32_t number;     /* in the queue: the key's number, which grows */
} model_entry_t;

typedef struct {
    model_entry_t entries[MODEL_KEYS];
    model_counts_t counts[SPACES];
    int documents; /* keys that documents may have, and the queue */
    int queue_slots;
    uint32_t now;    /* seconds since 1970 */
    uint32_t queued; /* records ever put into the queue */
    int touched;     /* key touched last */
    int32_t corrupt; /* damage that was counted since the mount */
} model_t;

void model_init(model_t *model, int documents, int queue_slots);

/** Whether documents, or the queue, may have key n. */
bool model_may_have(const model_t *model, int n);

/** Writes key n: u8[64]; `number` in the queue. Returns its bytes. */
size_t model_key(int n, uint32_t number, uint8_t *dst);
/** Number of the index entries of a value, -1: it has none (the queue). */
int model_number(int n, uint32_t seed);
void model_value(uint32_t seed, uint32_t bytes, uint8_t *dst);

void model_put(model_t *model, int n, uint32_t seed, uint32_t bytes, uint32_t ttl, uint32_t number);
void model_remove(model_t *model, int n, int disposition);
void model_touch(model_t *model, int n, uint32_t ttl);
void model_purge(model_t *model, int space);

bool model_is_live(const model_t *model, int n);
/** Key that the store's sweep removes next, -1: none is expired. */
int model_first_expired(const model_t *model);
/** Slot of the queue's oldest record whose time is not up, and a free slot; -1: there is none. */
int model_queue_oldest(const model_t *model);
int model_queue_free(const model_t *model);

/**
 * Compares with the store of the guest: counts, each record and its bytes, the orders both ways, the next expiry, verify; of many
 * records one in seven, and one order one way, so that states that differ in one record must differ in their counts, too.
 * Returns true, or false with the first difference in `why`.
 */
bool model_matches(const model_t *model, char *why, size_t why_bytes);
/** Only the counts, which tell states apart. */
bool model_counts_match(const model_t *model, char *why, size_t why_bytes);

#endif
