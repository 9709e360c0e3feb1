/*
 * How other tasks end the host's wait: an event file that clock_idf_idle() selects on beside the sockets.
 */
#ifndef WASMOTE_WAKE_H
#define WASMOTE_WAKE_H

/** Makes the event file. Returns OK, or IO (logged). Called once. */
int wake_init(void);

/** The event file, for select(). */
int wake_fd(void);

/** Ends the wait that is or the one that comes. From any task; not from an interrupt. */
void wake_signal(void);

/** Forgets the signals so far. */
void wake_clear(void);

#endif
