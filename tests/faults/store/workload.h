/*
 * A run of operations on store and model side by side, each of which follows from seed and number, and what may be there after
 * a power cut: the states that were committed, from the last one known to be durable on.
 */
#ifndef WASMOTE_FAULTS_WORKLOAD_H
#define WASMOTE_FAULTS_WORKLOAD_H

#include "model.h"
#include "store_guest.h"

enum { STATES_MAX = 64, WHY_BYTES = 256 };

typedef struct {
    const char *name;
    uint32_t sector_bytes;
    uint32_t sector_count;
    durability_t durability;
    uint32_t value_max; /* of most values */
    uint32_t large_max; /* of a few */
    uint32_t steps_max; /* behind each operation */
    uint32_t purge_one_in;
    int documents;      /* keys that they may have */
    int least;          /* documents: with fewer an operation puts some more */
    uint32_t filled_by; /* operations without cuts that fill it before all others */
    int queue_slots;
    int burst;           /* messages at a time; with more than one the queue fills and drains by turns */
    uint32_t share;      /* of the cases, in percent of those asked for */
    uint32_t long_share; /* the same in a long run */
} geometry_t;

/** All that a run consists of beside the guest: to be copied. */
typedef struct {
    const geometry_t *geometry;
    uint32_t seed;
    model_t states[STATES_MAX]; /* oldest that a power cut may leave first, then those begun and not acknowledged */
    uint32_t durable;           /* index of the newest state that no power cut can take */
    uint32_t count;             /* states that were acknowledged */
    uint32_t pending;           /* more behind them that may have become true */
    uint32_t refused;           /* calls that found no space */
    char failure[WHY_BYTES];    /* "": none */
} run_t;

void run_init(run_t *run, const geometry_t *geometry, uint32_t seed);

/** Copies a run; much less than its bytes. */
void run_copy(run_t *to, const run_t *from);

/** Flash, guest and run at one moment. */
typedef struct {
    nor_flash_t flash;
    guest_state_t guest;
    run_t run;
} moment_t;

void moment_save(moment_t *moment, const run_t *run);
void moment_restore(const moment_t *moment, run_t *run);

/** Plays operation `number`, as far as the power lasts. */
void run_operation(run_t *run, uint32_t number);
/** Puts a message, as operation `number`. */
void run_enqueue(run_t *run, uint32_t number, uint32_t *random);
/** A step of the store's background work. Returns whether more waits. */
bool run_step(run_t *run);

/** A reset: a fresh store on the flash is mounted. Then one of the possible states must hold, and becomes the only one. */
void run_mount(run_t *run);
/** One of the possible states must hold in all that can be asked for, and becomes the only one. */
void run_check(run_t *run);

/** The state that is acknowledged last must hold in all that can be asked for. */
void run_compare(run_t *run);

/** The state that is acknowledged last. */
const model_t *run_state(const run_t *run);
void run_fail(run_t *run, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
