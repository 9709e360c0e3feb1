/*
 * Name look-up in a thread of its own, since the system's blocks. A look-up nobody waits for any more ends by itself.
 */
#ifndef WASMOTE_SIM_RESOLVER_H
#define WASMOTE_SIM_RESOLVER_H

#include <netdb.h>
#include <stdint.h>

/* A macro of the obsolete gethostbyname, of the same name as our status. */
#undef HOST_NOT_FOUND

#include "platform.h"

enum { RESOLVER_HOST_BYTES = 254 }; /* RFC 1035: 253 characters, and a zero */

typedef struct resolver_job resolver_job_t;

/** Starts a look-up; a byte is written to notify_fd when it has ended. Returns NULL when there is no thread or memory left. */
resolver_job_t *resolver_start(const char *host, uint16_t port, int notify_fd);

/**
 * Asks how a look-up stands. Returns 0 while it runs; 1 with *out set, owned by the caller (freeaddrinfo); NOT_FOUND: no such
 * name; IO: no answer. Any answer but 0 ends the job.
 */
int resolver_poll(resolver_job_t *job, struct addrinfo **out);

/** Forgets a look-up that still runs. */
void resolver_abandon(resolver_job_t *job);

#endif
