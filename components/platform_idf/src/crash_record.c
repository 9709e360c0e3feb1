#include "crash_record.h"

#include <stddef.h>

#include "crc32.h"
#include "platform.h"

enum { MAGIC = 0x52434d57 }; /* "WMCR" */

static uint32_t record_crc(const crash_record_t *record)
{
    return crc32_end(crc32_update(CRC32_START, (const uint8_t *)record, offsetof(crash_record_t, position)));
}

static void seal(crash_record_t *record, uint32_t reason)
{
    record->magic = MAGIC;
    record->reason = reason;
    record->crc = record_crc(record);
}

/* A record that a run left; a power-on leaves chance. */
static bool is_left(const crash_record_t *record)
{
    return record->magic == MAGIC && record->crc == record_crc(record);
}

/* A restart by software has the reason that was noted; without one somebody else restarted us. */
static void explain_software(int noted, crash_report_t *out)
{
    out->reason = noted == CRASH_REASON_NONE ? PLATFORM_RESET_RESTART : noted;
    out->was_crash = out->reason == PLATFORM_RESET_KERNEL_TRAP;
    out->words = out->was_crash ? "the kernel trapped" : "restart";
}

void crash_record_begin(crash_record_t *record, crash_reset_t reset, crash_report_t *out)
{
    static const struct {
        int reason;
        bool was_crash;
        const char *words;
    } rows[] = {
        [CRASH_RESET_POWER_ON] = { PLATFORM_RESET_POWER_ON, false, "power-on" },
        [CRASH_RESET_SOFTWARE] = { PLATFORM_RESET_RESTART, false, "restart" },
        [CRASH_RESET_PANIC] = { PLATFORM_RESET_UNKNOWN, true, "panic" },
        [CRASH_RESET_WATCHDOG] = { PLATFORM_RESET_WATCHDOG, true, "watchdog" },
        [CRASH_RESET_DEEP_SLEEP] = { PLATFORM_RESET_DEEP_SLEEP, false, "deep sleep" },
        [CRASH_RESET_BROWNOUT] = { PLATFORM_RESET_BROWNOUT, false, "brownout: the supply voltage fell" },
        [CRASH_RESET_UNKNOWN] = { PLATFORM_RESET_UNKNOWN, false, "unknown" },
    };
    out->reason = rows[reset].reason;
    out->was_crash = rows[reset].was_crash;
    out->words = rows[reset].words;
    const bool has_record = is_left(record);
    if (reset == CRASH_RESET_SOFTWARE) {
        explain_software(has_record && record->reason <= PLATFORM_RESET_UNKNOWN ? (int)record->reason : CRASH_REASON_NONE, out);
    }
    position_describe(has_record ? record->position : UINT32_MAX, out->place);
    seal(record, CRASH_REASON_NONE);
    position_keep_at(&record->position);
}

void crash_record_note(crash_record_t *record, int reason)
{
    seal(record, (uint32_t)reason);
}
