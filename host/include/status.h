/*
 * The one list of results, shared with assembly/lib/status.ts (compared by tests/contract).
 * A function returns a count, a handle or HOST_OK when >= 0 and one of these when negative.
 * Numbers are never reused and never renumbered.
 */
#ifndef WASMOTE_STATUS_H
#define WASMOTE_STATUS_H

#define HOST_STATUS_LIST(X)                                                    \
    X(OK, 0)            /* done */                                             \
    X(INVALID, -1)      /* the caller passed something that can never work */  \
    X(NO_MEMORY, -2)    /* RAM is short */                                     \
    X(NO_SPACE, -3)     /* flash, a queue or a table is full */                \
    X(IO, -4)           /* the device below failed */                          \
    X(CORRUPT, -5)      /* stored bytes do not check */                        \
    X(NOT_FOUND, -6)    /* no such thing */                                    \
    X(CLOSED, -7)       /* the peer or the owner closed it */                  \
    X(TIMEOUT, -8)      /* no answer in time */                                \
    X(PROTOCOL, -9)     /* the peer sent what it must not */                   \
    X(REFUSED, -10)     /* the peer understood and said no */                  \
    X(EXPIRED, -11)     /* its time ran out: a reading's TTL, a certificate */ \
    X(TOO_LARGE, -12)   /* over a stated limit */                              \
    X(UNSUPPORTED, -13) /* left out of this build, or not on this board */     \
    X(BAD_QUERY, -14)   /* a condition that means nothing */                   \
    X(BUSY, -15)        /* not now: something excludes it */

typedef enum {
#define X(name, value) HOST_##name = (value),
    HOST_STATUS_LIST(X)
#undef X
} host_status_t;

/** Returns the name of a status for a log line, "OK" for any value >= 0. */
const char *host_status_name(int status);

#endif
