/*
 * A kernel with its store on a flash that breaks on demand (../store/nor_flash.h), one socket, and a clock that stands still between its
 * steps: what the app asks for comes from here, by syscall rows.
 */
#ifndef WASMOTE_FAULTS_DATABASE_BOARD_H
#define WASMOTE_FAULTS_DATABASE_BOARD_H

#include "broker.h"
#include "engine.h"
#include "link.h"
#include "nor_flash.h"

enum { BOARD_SECTOR_BYTES = 4096, BOARD_SECTORS = 9, BOARD_STATS = 25, BOARD_ARRIVALS_MAX = 128, BOARD_ARRIVAL_BYTES = 32 };

typedef struct {
    nor_flash_t flash;
    int64_t now_ms; /* since it was made; goes on over resets */
    bool is_link_up;
    broker_t broker;
    char arrivals[BOARD_ARRIVALS_MAX][BOARD_ARRIVAL_BYTES]; /* payloads that came to it, oldest first */
    size_t arrived;
    /** Why the kernel trapped, "": it did not. Then nothing but board_boot may follow. */
    char trap[ENGINE_ERROR_BYTES];
} board_t;

extern board_t board;

/** An argument of a row: text that is read, bytes that are written, or a number. */
typedef struct {
    const char *text;
    void *out;
    size_t len;
    int32_t number;
} arg_t;

#define TEXT(value) ((arg_t){ .text = (value), .len = strlen(value) })
#define OUT(value, bytes) ((arg_t){ .out = (value), .len = (bytes) })
#define NUMBER(value) ((arg_t){ .number = (value) })
#define CALL(row, ...) board_call(SYSCALL_##row, (arg_t[]){ __VA_ARGS__ }, sizeof((arg_t[]){ __VA_ARGS__ }) / sizeof(arg_t))

/** A board on blank flash. broken: the configuration's "test.broken", "" leaves it out. */
void board_make(const engine_t *engine, const char *module, const char *broken);

/** Power on, or a reset: the kernel starts. Returns what its `setup` says. */
int32_t board_boot(void);

/** One syscall: its result; HOST_CLOSED when the kernel trapped, now or before. */
int32_t board_call(int row, const arg_t *args, size_t count);

/** Lets time pass in steps as the kernel asks for them, until the power fails. */
void board_run(int32_t ms);

#endif
