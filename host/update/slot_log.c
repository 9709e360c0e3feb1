#include "slot_log.h"

#include <string.h>

#include "crc32.h"
#include "guest_memory.h"

enum { FORMAT = 1, SECTORS = 2, TRACK_BYTES = 16, CRC_BYTES = 4 };
enum { FORMAT_AT = 4, CRASHES_AT = 5, TRACK_AT = 8, CRC_AT = SLOT_LOG_ENTRY_BYTES - CRC_BYTES };

static void encode_track(const slot_track_t *track, uint8_t *dst)
{
    const uint8_t bytes[] = { track->confirmed,   track->previous, track->trial, track->loading,
                              track->trial_boots, track->failures, track->cause, track->news };
    memcpy(dst, bytes, sizeof(bytes));
    guest_put_u32(dst + 8, track->counter);
    guest_put_u32(dst + 12, track->failed);
}

static void decode_track(const uint8_t *src, slot_track_t *track)
{
    *track = (slot_track_t){
        .confirmed = src[0],
        .previous = src[1],
        .trial = src[2],
        .loading = src[3],
        .trial_boots = src[4],
        .failures = src[5],
        .cause = src[6],
        .news = src[7],
        .counter = guest_get_u32(src + 8),
        .failed = guest_get_u32(src + 12),
    };
}

static uint32_t entry_crc(const uint8_t entry[SLOT_LOG_ENTRY_BYTES])
{
    return crc32_end(crc32_update(CRC32_START, entry, CRC_AT));
}

/* Of an entry: true for one that checks, with its number. */
static bool is_entry(const uint8_t entry[SLOT_LOG_ENTRY_BYTES], uint32_t *sequence)
{
    *sequence = guest_get_u32(entry);
    return entry[FORMAT_AT] == FORMAT && entry_crc(entry) == guest_get_u32(entry + CRC_AT);
}

static bool is_erased(const uint8_t *bytes, size_t len)
{
    size_t i = 0;
    while (i < len && bytes[i] == 0xFF) {
        i++;
    }
    return i == len;
}

static int read_entry(const slot_log_t *log, uint32_t sector, uint32_t at, uint8_t entry[SLOT_LOG_ENTRY_BYTES])
{
    const platform_flash_t *flash = log->flash;
    return flash->read(flash->ctx, PLATFORM_PARTITION_SLOTS, sector * log->sector_bytes + at, entry, SLOT_LOG_ENTRY_BYTES);
}

/* Takes over the newest entry of a sector where it is newer than what was found; notes where the sector's free part begins. */
static int scan(slot_log_t *log, uint32_t sector, bool *is_found, slot_state_t *out)
{
    uint32_t free_at = 0;
    bool is_newest_here = false;
    for (uint32_t at = 0; at + SLOT_LOG_ENTRY_BYTES <= log->sector_bytes; at += SLOT_LOG_ENTRY_BYTES) {
        uint8_t entry[SLOT_LOG_ENTRY_BYTES];
        uint32_t sequence;
        const int status = read_entry(log, sector, at, entry);
        if (status < 0) {
            return status;
        }
        if (!is_erased(entry, sizeof(entry))) {
            free_at = at + SLOT_LOG_ENTRY_BYTES;
        }
        if (!is_entry(entry, &sequence) || (*is_found && (int32_t)(sequence - log->sequence) <= 0)) {
            continue;
        }
        *is_found = true;
        is_newest_here = true;
        log->sequence = sequence;
        out->crashes = entry[CRASHES_AT];
        for (int kind = 0; kind < PACKAGE_KINDS; kind++) {
            decode_track(entry + TRACK_AT + kind * TRACK_BYTES, &out->track[kind]);
        }
    }
    if (is_newest_here) {
        log->sector = sector;
        log->next_at = free_at;
    }
    return HOST_OK;
}

int slot_log_open(slot_log_t *log, const platform_flash_t *flash, slot_state_t *out)
{
    platform_flash_geometry_t geometry;
    bool is_found = false;
    memset(out, 0, sizeof(*out));
    const int status = flash->geometry(flash->ctx, PLATFORM_PARTITION_SLOTS, &geometry);
    if (status < 0) {
        return status;
    }
    if (geometry.sector_count < SECTORS || SLOT_LOG_ENTRY_BYTES % geometry.program_bytes != 0) {
        return HOST_INVALID;
    }
    /* Nothing found: the first entry goes, as any into a new sector, behind an erase. */
    *log = (slot_log_t){ .flash = flash, .sector_bytes = geometry.sector_bytes, .sector = 1, .next_at = geometry.sector_bytes };
    for (uint32_t sector = 0; sector < SECTORS; sector++) {
        const int scanned = scan(log, sector, &is_found, out);
        if (scanned < 0) {
            return scanned;
        }
    }
    return HOST_OK;
}

int slot_log_append(slot_log_t *log, const slot_state_t *state)
{
    const platform_flash_t *flash = log->flash;
    uint8_t entry[SLOT_LOG_ENTRY_BYTES] = { 0 };
    log->sequence++; /* even if it fails: an entry that is half there must not share its number with the next */
    guest_put_u32(entry, log->sequence);
    entry[FORMAT_AT] = FORMAT;
    entry[CRASHES_AT] = state->crashes;
    for (int kind = 0; kind < PACKAGE_KINDS; kind++) {
        encode_track(&state->track[kind], entry + TRACK_AT + kind * TRACK_BYTES);
    }
    guest_put_u32(entry + CRC_AT, entry_crc(entry));
    if (log->next_at + SLOT_LOG_ENTRY_BYTES > log->sector_bytes) {
        /* The other sector holds what is older: it may go. A torn erase leaves that, or what does not check. */
        const uint32_t other = (log->sector + 1) % SECTORS;
        const int erased = flash->erase(flash->ctx, PLATFORM_PARTITION_SLOTS, other);
        if (erased < 0) {
            return erased;
        }
        log->sector = other;
        log->next_at = 0;
    }
    const uint32_t at = log->sector * log->sector_bytes + log->next_at;
    log->next_at += SLOT_LOG_ENTRY_BYTES; /* whatever comes of it: these units may be begun */
    int status = flash->program(flash->ctx, PLATFORM_PARTITION_SLOTS, at, entry, sizeof(entry));
    if (status >= 0) {
        status = flash->sync(flash->ctx, PLATFORM_PARTITION_SLOTS);
    }
    return status;
}
