/*
 * The store by itself: modules of tests/bench/assembly on the engine under measurement, and their rows.
 */
#ifndef WASMOTE_BENCH_STORE_ROWS_H
#define WASMOTE_BENCH_STORE_ROWS_H

#include <stdbool.h>

#include "kernel_engine.h"

/** Rows that both modules have. */
enum { ROW_NOTHING, ROW_MAKE, ROW_MOUNT, ROW_SET_TIME, ROW_STEP, ROW_PUT, ROW_PUT_RICH, ROW_GET, ROW_REMOVE };
/** Rows of documents.ts alone, and what it can be asked. */
enum { ROW_QUERY = 9, ROW_SWEEP };
enum { QUESTION_SCAN, QUESTION_INDEXED, QUESTION_GREATER, QUESTION_RANGE };

typedef enum { STORE_RECORDS, STORE_DOCUMENTS } store_module_t;

/** The engine, and a module for it (store_engine_*.c). */
extern const engine_t *const store_engine;
kernel_module_t store_module(store_module_t which);
/** What the flash goes through is the same on every engine: it is counted on the one that is done soonest. */
extern const bool store_measures_flash;

/** Loads a module over an erased store of so many sectors, makes a store with a memtable of so many entries, and mounts it. */
void store_start(store_module_t which, uint32_t sectors, int32_t memtable_entries);
/** As after a reset: the module is new, the flash is what it is. */
void store_restart(void);
void store_stop(void);
/** Bytes of linear memory that the store last made took, static data too. */
uint32_t store_ram(void);

/** Calls a row. Its answer. */
int32_t store_try(uint32_t row, int32_t a0, int32_t a1);
/** The same; ends the run when it answers less than 0. */
int32_t store_call(uint32_t row, int32_t a0, int32_t a1);
/** The same; adds the instructions that it took, without those of a call that does nothing, to *instructions. */
int32_t store_timed(uint32_t row, int32_t a0, int32_t a1, uint64_t *instructions);
int32_t store_try_timed(uint32_t row, int32_t a0, int32_t a1, uint64_t *instructions);
/** All the work that the store has in the background, counted like store_timed; NULL: not counted. */
void store_settle(uint64_t *instructions);

/** What is measured, each printing its figures (store_flash.c, store_costs.c). */
void store_flash_figures(void);
void store_cost_figures(void);

#endif
