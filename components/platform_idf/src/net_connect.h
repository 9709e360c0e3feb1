/*
 * Name look-up and TCP, in the worker task.
 */
#ifndef WASMOTE_NET_CONNECT_H
#define WASMOTE_NET_CONNECT_H

#include "net_job.h"

/**
 * Connects to each address of the name in turn, within NET_CONNECT_MS in all. The socket does not block, and sends without delay.
 * Returns OK with *fd set, else *fd is -1: NOT_FOUND (no such name), REFUSED, TIMEOUT, IO; CLOSED: abandoned. Failures are logged.
 */
int net_connect(const net_job_t *job, const char *host, uint16_t port, int *fd);

/**
 * Waits until the socket is writable (or readable), the deadline on the monotonic clock in ms, or the end of the job. Returns 1
 * ready, TIMEOUT, CLOSED (abandoned) or IO.
 */
int net_wait(const net_job_t *job, int fd, bool for_write, int64_t deadline_ms);

#endif
