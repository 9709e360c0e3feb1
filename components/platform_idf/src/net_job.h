/*
 * The opening of one socket, handed to the worker task and taken back when it is done. Until then nobody else touches it; whoever
 * does not want it any more says so, and the worker frees it.
 */
#ifndef WASMOTE_NET_JOB_H
#define WASMOTE_NET_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "net_tls.h"
#include "platform.h"

enum { NET_HOST_BYTES = 254 }; /* RFC 1035: 253 characters, and a zero */
enum { NET_CONNECT_MS = 15000, NET_TLS_MS = 20000 };

typedef struct net_job net_job_t;

/** What became of it: OK with an open socket, or the status that ended it (logged). */
typedef struct {
    int status;
    int fd;         /* -1 none */
    net_tls_t *tls; /* NULL: plain */
} net_job_result_t;

/** Starts the worker. Returns OK, or NO_MEMORY. */
int net_job_init(void);

typedef enum { NET_JOB_PLAIN, NET_JOB_TLS, NET_JOB_TLS_UNDATED } net_job_kind_t;

/** Hands an opening over. Returns NULL when there is no memory, or the worker has too much to do. */
net_job_t *net_job_start(const char *host, uint16_t port, net_job_kind_t kind);

/** Returns false while it runs; true, with *out set and the job ended, when it is done. */
bool net_job_poll(net_job_t *job, net_job_result_t *out);

/** Forgets a job: the worker closes and frees what it has. */
void net_job_abandon(net_job_t *job);

/** For the worker's steps: true when nobody waits for the job any more. */
bool net_job_is_abandoned(const net_job_t *job);

#endif
