/*
 * What the run before leaves for the next: why it restarted, and where its modules were. In memory that a reset does not clear and
 * a power-on fills with chance: a record is believed when its CRC fits.
 *
 *     offset  0      4        8          12      16
 *             | "WMCR" | reason | position | CRC-32 |     reason: PLATFORM_RESET_* of a restart that was asked for, NONE otherwise
 *
 * The CRC covers magic and reason, which are written rarely. The position (host/include/position.h) is written at every call into a
 * module, in one store: it is as good as the record that it stands in.
 */
#ifndef WASMOTE_CRASH_RECORD_H
#define WASMOTE_CRASH_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "position.h"

enum { CRASH_REASON_NONE = 0xff };

typedef struct {
    uint32_t magic;
    uint32_t reason;
    volatile uint32_t position;
    uint32_t crc;
} crash_record_t;

/** What the chip says of the reset; of the chip's many reasons only what makes a difference here. */
typedef enum {
    CRASH_RESET_POWER_ON,
    CRASH_RESET_SOFTWARE,
    CRASH_RESET_PANIC,
    CRASH_RESET_WATCHDOG,
    CRASH_RESET_DEEP_SLEEP,
    CRASH_RESET_BROWNOUT,
    CRASH_RESET_UNKNOWN
} crash_reset_t;

typedef struct {
    int reason;        /* PLATFORM_RESET_* */
    bool was_crash;    /* watchdog, panic or a trap of the kernel: place says where */
    const char *words; /* for the log */
    char place[POSITION_TEXT_BYTES];
} crash_report_t;

/** Reads what the run before left, then begins the record of this one. */
void crash_record_begin(crash_record_t *record, crash_reset_t reset, crash_report_t *out);

/** Notes the reason of the restart that follows. */
void crash_record_note(crash_record_t *record, int reason);

#endif
