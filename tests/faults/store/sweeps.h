/*
 * The fault sweeps. Each prints what it tried and found; a failure with the id that plays it alone (`--only ID`).
 */
#ifndef WASMOTE_FAULTS_SWEEPS_H
#define WASMOTE_FAULTS_SWEEPS_H

#include "workload.h"

enum { ID_BYTES = 96, FAILURES_SHOWN = 10 };

typedef struct {
    /** Which of the cases are played, in percent; which ones follows from their id. */
    uint32_t percent;
    /** The store under test, VARIANT_REAL or a broken one. */
    int variant;
    /** Only this case, NULL: all. */
    const char *only;
    /** Ends with the first failure. */
    bool is_brief;
    bool is_long;
    /** Failures that are printed. */
    uint32_t shown;
} sweep_options_t;

/** What a sweep has seen. */
typedef struct {
    uint32_t cases;
    uint32_t failures;
} sweep_result_t;

extern const geometry_t sweep_geometries[];
extern const size_t sweep_geometry_count;

/** Whether a case is to be played: by its id and by what was asked for. */
bool sweep_wants(const sweep_options_t *options, const char *id);
/** The same of one of a geometry, of whose cases a share is played. */
bool sweep_wants_of(const sweep_options_t *options, const geometry_t *geometry, const char *id);
/** Counts a case that was played; shows its failure, if any, and makes the guest anew after a trap. */
void sweep_report(const sweep_options_t *options, sweep_result_t *result, run_t *run, const char *id);
/** Counts a case; shows its failure, "": none. */
void sweep_count(const sweep_options_t *options, sweep_result_t *result, const char *failure, const char *id);
/** Whether there is nothing more to do: enough failures were seen. */
bool sweep_is_over(const sweep_options_t *options, const sweep_result_t *result);

/** The power is cut in each program and erase of a workload, in every form, and once more in what follows. */
void sweep_power_cuts(const sweep_options_t *options, sweep_result_t *result);
/** Each bit of a 16 KB image is flipped. */
void sweep_bit_flips(const sweep_options_t *options, sweep_result_t *result);
/** Each sector fails, in an erase or from each of its programs on. */
void sweep_bad_sectors(const sweep_options_t *options, sweep_result_t *result);
/** A page of the index is damaged, which is made anew from the records: as it is, and with power cuts on the way. */
void sweep_rescues(const sweep_options_t *options, sweep_result_t *result);
/** The store is filled until it says NoSpace, and must come out again. */
void sweep_full(const sweep_options_t *options, sweep_result_t *result);
/** The partition `state`: power cuts as above, then each bit flipped, of an image as it is and of those that power cuts left. */
void sweep_state(const sweep_options_t *options, sweep_result_t *result);
void sweep_state_flips(const sweep_options_t *options, sweep_result_t *result);

#endif
