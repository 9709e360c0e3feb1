/*
 * What a board remembers of its slots: an append-only log of whole states in the partition `slots` (SPEC.md). The newest
 * entry that checks is the state, so that one program of one entry is the switch.
 */
#ifndef WASMOTE_UPDATE_SLOT_LOG_H
#define WASMOTE_UPDATE_SLOT_LOG_H

#include "package.h"
#include "platform.h"

/** A slot of a kind; NONE is the app that the firmware carries. */
typedef enum { SLOT_NONE = 0, SLOT_A = 1, SLOT_B = 2 } slot_t;

/** Why a package was given up. Numbers stand on the flash and cross the kernel's wall. */
typedef enum {
    UPDATE_CAUSE_NONE = 0,
    UPDATE_CAUSE_TIME = 1,    /* not confirmed in time */
    UPDATE_CAUSE_RESETS = 2,  /* too many starts without a confirmation */
    UPDATE_CAUSE_STOPS = 3,   /* trapped or did not load, again and again */
    UPDATE_CAUSE_DAMAGED = 4, /* the slot no longer checks */
    UPDATE_CAUSE_DIGEST = 5,  /* what came is not what was signed */
    UPDATE_CAUSE_MODULE = 6,  /* an app that this host cannot link */
    UPDATE_CAUSE_BOOT = 7,    /* the boot loader went back to the firmware before */
    UPDATE_CAUSE_IMAGE = 8    /* a firmware that is not for this board, or that the boot loader refuses */
} update_cause_t;

/** What became of the last package and was not yet told to anybody. */
typedef enum { UPDATE_NEWS_NONE = 0, UPDATE_NEWS_CONFIRMED = 1, UPDATE_NEWS_FAILED = 2 } update_news_t;

/** Of one kind of package. */
typedef struct {
    uint8_t confirmed;   /* slot_t: what runs when nothing is on trial */
    uint8_t previous;    /* slot_t: what was confirmed before, while it lies there */
    uint8_t trial;       /* slot_t: what runs until it is confirmed or given up */
    uint8_t loading;     /* slot_t: what is being written */
    uint8_t trial_boots; /* starts on trial */
    uint8_t failures;    /* of the package `failed` */
    uint8_t cause;       /* update_cause_t of the last failure */
    uint8_t news;        /* update_news_t */
    uint32_t counter;    /* highest that was confirmed: no package at or below it is taken */
    uint32_t failed;     /* package_identity of the package that failed last, 0 none */
} slot_track_t;

typedef struct {
    slot_track_t track[PACKAGE_KINDS];
    uint8_t crashes; /* resets in a row that the confirmed app may have caused */
} slot_state_t;

typedef struct {
    const platform_flash_t *flash;
    uint32_t sector_bytes;
    uint32_t sequence; /* of the newest entry */
    uint32_t sector;   /* that is written to */
    uint32_t next_at;  /* offset in that sector, sector_bytes: full */
} slot_log_t;

enum { SLOT_LOG_ENTRY_BYTES = 48 };

/**
 * Finds the newest state; of a board without any it is all zeros. OK, NOT_FOUND (no such partition), INVALID (fewer than two
 * sectors), IO.
 */
int slot_log_open(slot_log_t *log, const platform_flash_t *flash, slot_state_t *out);

/** Appends a state: durable when it returns. OK, IO with the state before still in force. */
int slot_log_append(slot_log_t *log, const slot_state_t *state);

#endif
