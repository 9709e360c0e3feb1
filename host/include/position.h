/*
 * Where the modules are: which one runs, in which of its exports, and which import row it waits for. One word, written at each
 * call and return, so that a watchdog, or the boot after a crash, can name the place.
 *
 *     bit  0     2          7        16                 31
 *          | module | export | row + 1 | bits 0-15 inverted |      export, row: numbers in the tables of host/src/link.c
 *
 * The upper half tells a word that was written from one that a power-on left behind.
 */
#ifndef WASMOTE_POSITION_H
#define WASMOTE_POSITION_H

#include "engine.h"

enum { POSITION_HOST = 0, POSITION_KERNEL = 1, POSITION_APP = 2 };
enum { POSITION_TEXT_BYTES = 64 };

/** Keeps the word at this address from now on: in memory that outlives a reset. Its first value is "in the host". */
void position_keep_at(volatile uint32_t *word);

/** Notes that an export of a module (POSITION_*) is entered. Returns what position_leave() takes. */
uint32_t position_enter(int module, size_t export_index);

/** Notes that the running module waits for a row of its wall. Returns what position_leave() takes. */
uint32_t position_enter_row(const engine_import_t *import);

/** Goes back to where it was before. */
void position_leave(uint32_t before);

/** The word as it is now. */
uint32_t position_now(void);

/** Writes "app step, row publish" or "host". Returns false, with "unknown" written, when the word does not check. */
bool position_describe(uint32_t word, char text[POSITION_TEXT_BYTES]);

#endif
