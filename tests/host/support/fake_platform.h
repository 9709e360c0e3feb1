/*
 * A board that answers with what a test tells it, counts what it is asked, and has a stepped clock.
 */
#ifndef FAKE_PLATFORM_H
#define FAKE_PLATFORM_H

#include "platform.h"

enum { FAKE_SECTOR_BYTES = 4096, FAKE_SECTOR_COUNT = 4, FAKE_PROGRAM_BYTES = 16, FAKE_LOG_BYTES = 2048 };

typedef struct {
    platform_t port;
    int64_t now_ms;
    int calls; /* of any function but the clock, the log and the watchdog's food */
    int feeds; /* of the watchdog */
    int idles;
    int watchdog_seconds;
    int reset_reason;
    int restart_reason; /* -1: not asked to restart */
    int restarts;
    int sleep_ms; /* -1: not asked to sleep */
    int free_heap;
    int answer;                                                /* of every function without an answer of its own */
    uint8_t config[FAKE_SECTOR_BYTES * FAKE_SECTOR_COUNT / 2]; /* its first half; the second reads as erased */
    char log[FAKE_LOG_BYTES];                                  /* "tag: text\n" ... */
} fake_platform_t;

void fake_platform_init(fake_platform_t *fake);

#endif
