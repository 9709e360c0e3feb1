/*
 * The task watchdog over the task that runs the modules. Expiry is a panic: reset, with the core dump and the position kept.
 */
#ifndef WASMOTE_WATCHDOG_IDF_H
#define WASMOTE_WATCHDOG_IDF_H

/** Watches the calling task from now on, with this period. Returns OK, or the status of the driver (logged). */
int watchdog_idf_start(int seconds);

/** Sets the period, or feeds it when seconds is 0; both begin a new period. Returns OK, or the status of the driver. */
int watchdog_idf_set(int seconds);

/** The period. */
int watchdog_idf_seconds(void);

#endif
