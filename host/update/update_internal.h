/*
 * The insides of updates, shared by update.c, update_load.c, update_trial.c, update_firmware.c and update_verify.c.
 */
#ifndef WASMOTE_UPDATE_INTERNAL_H
#define WASMOTE_UPDATE_INTERNAL_H

#include "update.h"

/** Says for people what happened, in the log and in update->error. Returns status. */
int update_explain(update_t *update, int status, const char *format, ...) __attribute__((format(printf, 3, 4)));

/** Of a kind: partition of a slot, bytes that an image may have there, and where the head lies (its last sector). */
int update_partition(package_kind_t kind, slot_t slot);
int update_capacity(const update_t *update, int partition, uint32_t *capacity);

/** Reads len bytes of a slot. */
int update_read(const update_t *update, int partition, uint32_t offset, uint8_t *dst, size_t len);

/**
 * Verifies a head: signature, then that it is for this board. The answers of update_begin, all but EXPIRED, CLOSED, BUSY and
 * what concerns the log.
 */
int update_check_head(update_t *update, int kind, int partition, const uint8_t head[PACKAGE_HEAD_BYTES], package_t *out);

/** Hashes the next part of an image, from *done on. BUSY: there is more; OK: the digest is the package's; CORRUPT; IO. */
int update_hash_part(update_t *update, int partition, const package_t *package, uint32_t *done);

/** Maps a slot whose digest was found right, and looks its module over. OK with *out set and the mapping kept; UNSUPPORTED. */
int update_map_app(update_t *update, int partition, const package_t *package, const uint8_t **out);

/** Verifies a slot from head to end, and maps it. OK, or why not. */
int update_open_slot(update_t *update, slot_t slot, package_t *package, const uint8_t **out);

/** Appends the state. */
int update_save(update_t *update);

/** Notes a failure of a package: counted by its identity, and news. The caller saves. */
void update_note_failure(slot_track_t *track, uint32_t identity, update_cause_t cause);

/** Identity of the package in a slot, whatever else is wrong with it; 1 where it cannot be read. */
uint32_t update_slot_identity(const update_t *update, package_kind_t kind, slot_t slot);

/** The next part of making a slot ready: at most one erase. Returns whether there is more. */
bool update_round_load(update_t *update);

/** Ends the trial of the app: the slot before is what runs from the next round on. */
int update_give_up(update_t *update, update_cause_t cause);

/** Counts this start. may_blame_app: a crash before it may have been the app's. OK, IO. */
int update_count_start(update_t *update, bool may_blame_app);

/** Chooses the app from the state, and maps it. */
void update_choose(update_t *update);

/** Takes over what the boot loader did since the last start. *has_failed: a firmware on trial is gone. OK, IO. */
int update_open_firmware(update_t *update, bool *has_failed);

/** Tells whether the firmware that runs came as this package. */
bool update_is_firmware(const update_t *update, const char *version, uint32_t identity);

/** Looks over an image whose digest was found right. OK, UNSUPPORTED, IO. */
int update_check_firmware(update_t *update, int partition, const package_t *package);

/** Has the boot loader look an image over, and run it from the next reset on. OK, CORRUPT, IO. */
int update_select_firmware(update_t *update);

/** Ends a firmware's trial that is over. Returns ms until it is, INT64_MAX where none is on. */
int64_t update_round_firmware(update_t *update, int64_t now_ms);

#endif
