/*
 * A store partition in memory that keeps the rules of NOR flash to the letter, and breaks when it is told to: the power is cut in
 * one program or erase, or a sector wears out. After a cut every call fails with Io until the power is back. A reset of the device alone
 * is a cut, too, but what was programmed since the last sync may still be lost later.
 */
#ifndef WASMOTE_FAULTS_NOR_FLASH_H
#define WASMOTE_FAULTS_NOR_FLASH_H

#include "platform.h"

enum { FLASH_UNIT = 16, FLASH_MAX_BYTES = 1048576, FLASH_MAX_UNITS = FLASH_MAX_BYTES / FLASH_UNIT, FLASH_NEVER = 0 };

/** How far the program or erase gets in which the power is cut. */
typedef enum {
    CUT_BEFORE,    /* nothing of it is done */
    CUT_TORN,      /* a program: its first units, and some bits of the next; an erase: one end of the sector */
    CUT_SCATTERED, /* some bits of all of it: of a program those that it clears, of an erase those that it sets */
    CUT_AFTER,     /* all of it is done */
    CUT_CACHE,     /* all of it is done; of what was programmed since the last sync nothing is */
    CUT_RESET,     /* all of it is done, and the power stays: a reset of the device alone, before the next sync */
    CUT_FORMS
} cut_form_t;

/** A letter for each of them, in ids. */
#define CUT_FORM_LETTERS "btsacr"

typedef struct {
    uint32_t sector_bytes;
    uint32_t sector_count;
    uint8_t bytes[FLASH_MAX_BYTES];
    uint8_t is_programmed[FLASH_MAX_UNITS]; /* since the last erase */
    uint16_t cache[FLASH_MAX_UNITS];        /* units programmed since the last sync */
    uint32_t cached;
    bool is_off;
    bool is_reset; /* off, but the cache keeps what it has */
    /** First rule of NOR or of the port that was broken, else NULL. */
    const char *violation;
    uint32_t operations; /* programs and erases so far */
    uint32_t programs;
    uint32_t erases;
    uint32_t syncs;
    /** Number of the operation in which the power is cut, from 1, how, and what chooses the bits. */
    uint32_t cut_at;
    cut_form_t cut_form;
    uint32_t cut_seed;
    /** The sector that wears out: from the program into it with this number, from 1, on; erases of it fail from the first on. */
    uint32_t bad_sector;
    uint32_t bad_from;
    bool is_erase_bad;
    uint32_t bad_programs;
    bool is_bad_met;
} nor_flash_t;

/** Erased flash of that geometry: a multiple of 16, at most FLASH_MAX_BYTES in all. */
void nor_flash_init(nor_flash_t *flash, uint32_t sector_bytes, uint32_t sector_count);

/** Copies what `from` holds, of the same geometry, and its counts; faults that were ordered do not go along. */
void nor_flash_copy(nor_flash_t *to, const nor_flash_t *from);

/** Orders a power cut in the operation-th program or erase from now, from 1. */
void nor_flash_cut_after(nor_flash_t *flash, uint32_t operation, cut_form_t form, uint32_t seed);

void nor_flash_power_on(nor_flash_t *flash);

/** The port's flash, its context to be set to a nor_flash_t. */
extern const platform_flash_t nor_flash_port;

#endif
