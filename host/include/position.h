/*
 * Where the modules are: which one runs, in which of its exports, and which import row it waits for. One word, written at each
 * call and return, so that a watchdog, or the boot after a crash, can name the place.
 *
 *     bit  0     2          7        16       32
 *          | module | export | row + 1 |   0   |      export, row: numbers in the tables of host/src/link.c
 */
#ifndef WASMOTE_POSITION_H
#define WASMOTE_POSITION_H

#include "engine.h"

enum { POSITION_HOST = 0, POSITION_KERNEL = 1, POSITION_APP = 2 };
enum { POSITION_EXPORT_SHIFT = 2, POSITION_ROW_SHIFT = 7, POSITION_TEXT_BYTES = 64 };

/** Where the word is kept. One task runs modules, so there is one. Read and written through the functions below. */
extern volatile uint32_t *position_word;

/** Keeps the word at this address from now on: in memory that outlives a reset. Its first value is "in the host". */
void position_keep_at(volatile uint32_t *word);

/** Notes that an export of a module (POSITION_*) is entered. Returns what position_leave() takes. */
static inline uint32_t position_enter(int module, size_t export_index)
{
    const uint32_t before = *position_word;
    *position_word = (uint32_t)module | (uint32_t)export_index << POSITION_EXPORT_SHIFT;
    return before;
}

/** Notes that the running module, which has entered an export, waits for a row of its wall. Returns what position_leave() takes. */
static inline uint32_t position_enter_row(const engine_import_t *import)
{
    const uint32_t before = *position_word;
    *position_word = before | (uint32_t)import->number << POSITION_ROW_SHIFT;
    return before;
}

/** Goes back to where it was before. */
static inline void position_leave(uint32_t before)
{
    *position_word = before;
}

/** Writes "app step, row publish" or "host". Returns false, with "unknown" written, for a word that is no place. */
bool position_describe(uint32_t word, char text[POSITION_TEXT_BYTES]);

#endif
