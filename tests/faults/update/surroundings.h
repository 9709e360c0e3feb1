/*
 * What a board has around it: a link that is down again and again, one socket to the cloud, a clock that goes on over resets.
 */
#ifndef WASMOTE_FAULTS_UPDATE_SURROUNDINGS_H
#define WASMOTE_FAULTS_UPDATE_SURROUNDINGS_H

#include "platform.h"

typedef struct {
    int64_t now_ms;
    int64_t booted_ms;
    int reset_reason;
    int restart;  /* the reason of the restart that was asked for, -1: none */
    bool is_open; /* the socket */
    bool is_deaf; /* the link never comes up */
    bool is_traced;
} surroundings_t;

extern surroundings_t surroundings;

/** The port, all but its pins, over nor.h and cloud.h. */
platform_t surroundings_port(void);

/** A start. */
void surroundings_power_on(void);

/** Time passes: until the cloud has something, or so long. */
void surroundings_idle(int64_t max_ms);

#endif
