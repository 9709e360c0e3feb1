/*
 * The store's module (sweepModule.ts) on one of the engines, its state to be copied out and in.
 */
#ifndef WASMOTE_FAULTS_STORE_GUEST_H
#define WASMOTE_FAULTS_STORE_GUEST_H

#include "engine.h"
#include "nor_flash.h"

enum { GUEST_MEMORY_BYTES = 40 * 1024, GUEST_KEY_BYTES = 64, GUEST_VALUE_BYTES = 4096, GUEST_ENTRIES = 128 };

/** Rows of the module's syscall, as in sweepModule.ts. */
typedef enum {
    ROW_MAKE,
    ROW_MOUNT,
    ROW_STEP,
    ROW_SET_WALL,
    ROW_PUT,
    ROW_REMOVE,
    ROW_TOUCH,
    ROW_BEGIN_BATCH,
    ROW_COMMIT_BATCH,
    ROW_ABORT_BATCH,
    ROW_SWEEP,
    ROW_PURGE,
    ROW_FLUSH,
    ROW_FIND,
    ROW_WALK,
    ROW_NEXT,
    ROW_COUNTS,
    ROW_STATS,
    ROW_VERIFY,
    ROW_SET_CAP,
    ROW_MS_TO_EXPIRY,
    ROW_STATE_MAKE,
    ROW_STATE_MOUNT,
    ROW_STATE_STEP,
    ROW_STATE_PUT,
    ROW_STATE_GET,
    ROW_LEVELS,
    ROW_ROOT,
    ROW_TREE_UNITS,
    ROW_HALVED
} guest_row_t;

/** Stores that are broken on purpose, beside the real one. */
enum {
    VARIANT_REAL,
    VARIANT_HASTY,
    VARIANT_EAGER,
    VARIANT_HASTY_CHECKPOINT,
    VARIANT_FORGETFUL,
    VARIANT_LAVISH,
    VARIANT_STUBBORN,
    VARIANT_CREDULOUS,
    /* Of the partition `state` alone. */
    VARIANT_SINGLE_COPY,
    VARIANT_UNHEALED,
    VARIANT_HASTY_MOUNT,
    VARIANT_HASTY_NAMES,
    VARIANT_STAYING_PAGES,
    VARIANT_GREEDY,
    VARIANT_UNPINNED,
    VARIANTS
};

/** As Durability of store.ts. */
typedef enum { DURABILITY_SYNC, DURABILITY_BATCHED, DURABILITY_NONE } durability_t;

typedef struct {
    uint8_t bytes[GUEST_MEMORY_BYTES];
} guest_state_t;

/** The flash that it sees. */
extern nor_flash_t guest_flash;
/** Why the module trapped, "" while it did not. After a trap nothing but guest_make may follow. */
extern char guest_trap[ENGINE_ERROR_BYTES];
/** Whether calls that write are printed. */
extern bool guest_is_traced;

/** Reads the module. Ends the program when it cannot be read or loaded. */
void guest_open(const engine_t *engine, const char *path);
void guest_close(void);

/** Makes a store over guest_flash's geometry, not mounted yet: also what guest_reset goes back to. */
void guest_make(int variant, durability_t durability);
/** The same of the partition `state`. */
void guest_make_state(int variant);
/** As after a reset of the device: all of memory as it was made. */
void guest_reset(void);

void guest_save(guest_state_t *state);
void guest_restore(const guest_state_t *state);

/** Calls a row. Its result; HOST_CLOSED when the module trapped, now or before.  */
int32_t guest_call(guest_row_t row, int32_t a0, int32_t a1, int32_t a2, int32_t a3);
void guest_set_time(uint32_t wall_seconds);

/** The exchange buffer: u8[GUEST_KEY_BYTES] key, u8[GUEST_VALUE_BYTES] value, u32 expiry of the record found. */
uint8_t *guest_key(void);
uint8_t *guest_value(void);
uint32_t guest_expiry(void);

#endif
