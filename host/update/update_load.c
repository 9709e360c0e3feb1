/* A download: from the offer of a head to the switch. Written to the idle slot alone, each unit of flash once. */
#include <string.h>

#include "update_internal.h"

static int program(const update_t *update, int partition, uint32_t offset, const uint8_t *src, size_t len)
{
    const platform_flash_t *flash = &update->config.platform->flash;
    return flash->program(flash->ctx, partition, offset, src, len);
}

static int erase(const update_t *update, int partition, uint32_t sector)
{
    const platform_flash_t *flash = &update->config.platform->flash;
    return flash->erase(flash->ctx, partition, sector);
}

static uint32_t sector_bytes(const update_t *update, int partition)
{
    const platform_flash_t *flash = &update->config.platform->flash;
    platform_flash_geometry_t geometry = { .sector_bytes = 0 };
    flash->geometry(flash->ctx, partition, &geometry);
    return geometry.sector_bytes;
}

static bool is_kind(int kind)
{
    return kind >= 0 && kind < PACKAGE_KINDS;
}

static slot_t idle_slot(const slot_track_t *track)
{
    return track->confirmed == SLOT_A ? SLOT_B : SLOT_A;
}

/* What the log says against a package whose head is good. */
static int check_history(update_t *update, const package_t *package, uint32_t identity)
{
    const slot_track_t *track = &update->state.track[package->kind];
    if (update->slot != SLOT_NONE && memcmp(update->running.signature, package->signature, PACKAGE_SIGNATURE_BYTES) == 0) {
        return update_explain(update, HOST_CLOSED, "%s %s runs already", package->name, package->version);
    }
    if (track->trial != SLOT_NONE || update->must_swap) {
        return update_explain(update, HOST_BUSY, "another version is on trial");
    }
    if (package->counter <= track->counter) {
        return update_explain(update, HOST_EXPIRED, "counter: found %lu, expected more than %lu", (unsigned long)package->counter,
                              (unsigned long)track->counter);
    }
    if (track->failed == identity && track->failures >= UPDATE_FAILURES_MAX) {
        return update_explain(update, HOST_REFUSED, "%s %s failed %d times", package->name, package->version, track->failures);
    }
    return HOST_OK;
}

/* Returns true when the sector holds anything. */
static int is_written(const update_t *update, int partition, uint32_t offset, uint32_t len)
{
    uint8_t bytes[64];
    for (uint32_t at = 0; at < len; at += sizeof(bytes)) {
        const int status = update_read(update, partition, offset + at, bytes, sizeof(bytes));
        if (status < 0) {
            return status;
        }
        for (size_t i = 0; i < sizeof(bytes); i++) {
            if (bytes[i] != 0xFF) {
                return 1;
            }
        }
    }
    return 0;
}

/*
 * Where a download that a reset broke off goes on. The sector behind the one being written is always blank, so the first blank
 * one is behind the end; the one before it may hold a unit that is half programmed, and none is programmed twice: it is written
 * anew. A part of the image that is all ones is taken for the end, too: then more is fetched again than had to be.
 */
static int find_resume(const update_t *update, const update_load_t *load, uint32_t *resume)
{
    const uint32_t sector = sector_bytes(update, load->partition);
    uint32_t at = 0;
    while (at < load->package.size_bytes) {
        const int found = is_written(update, load->partition, at, sector);
        if (found < 0) {
            return found;
        }
        if (!found) {
            break;
        }
        at += sector;
    }
    *resume = at > 0 ? at - sector : 0;
    return HOST_OK;
}

/* The log says first that the slot holds nothing any more; then its head goes in, behind the place of the image. */
static int claim_slot(update_t *update, slot_track_t *track, slot_t slot, int partition, uint32_t capacity,
                      const uint8_t head[PACKAGE_HEAD_BYTES])
{
    track->loading = (uint8_t)slot;
    track->previous = SLOT_NONE;
    int status = update_save(update);
    /* Before the head: what an earlier package left in this sector must not be taken for the beginning of this one. */
    status = status < 0 ? status : erase(update, partition, 0);
    status = status < 0 ? status : erase(update, partition, capacity / sector_bytes(update, partition));
    return status < 0 ? status : program(update, partition, capacity, head, PACKAGE_HEAD_BYTES);
}

/* Goes on with what the slot holds where the log and the head say so, else begins. */
static int open_slot(update_t *update, update_load_t *load, const uint8_t head[PACKAGE_HEAD_BYTES])
{
    slot_track_t *track = &update->state.track[load->package.kind];
    const slot_t slot = idle_slot(track);
    uint8_t there[PACKAGE_HEAD_BYTES];
    uint32_t capacity;
    int status = update_capacity(update, load->partition, &capacity);
    status = status < 0 ? status : update_read(update, load->partition, capacity, there, sizeof(there));
    if (status < 0) {
        return status;
    }
    if (track->loading != slot || memcmp(there, head, sizeof(there)) != 0) {
        return claim_slot(update, track, slot, load->partition, capacity, head);
    }
    status = find_resume(update, load, &load->written);
    return status < 0 ? status : erase(update, load->partition, load->written / sector_bytes(update, load->partition));
}

int update_begin(update_t *update, int kind, const uint8_t head[PACKAGE_HEAD_BYTES])
{
    if (!update->has_slots || !is_kind(kind)) {
        return update_explain(update, HOST_UNSUPPORTED, "this board takes no updates of kind %d", kind);
    }
    if (update->load[!kind].phase != UPDATE_IDLE) {
        return update_explain(update, HOST_BUSY, "another download is under way");
    }
    update_load_t *load = &update->load[kind];
    package_t package;
    const int partition = update_partition((package_kind_t)kind, idle_slot(&update->state.track[kind]));
    int status = update_check_head(update, partition, head, &package);
    if (status >= 0 && (int)package.kind != kind) {
        status = update_explain(update, HOST_INVALID, "head: another kind than it was offered as");
    }
    const uint32_t identity = package_identity(head);
    status = status < 0 ? status : check_history(update, &package, identity);
    if (status < 0) {
        return status;
    }
    update->error[0] = '\0';
    load->hashed = 0; /* looking at the head took the hash */
    if (load->phase == UPDATE_IDLE || load->identity != identity) {
        *load = (update_load_t){ .partition = partition, .package = package, .identity = identity };
        status = open_slot(update, load, head);
        if (status < 0) {
            return update_explain(update, status, "slot: %s", host_status_name(status));
        }
        load->phase = UPDATE_LOADING;
    }
    return (int)load->written;
}

/* Programs whole units of one sector. Before its first the next sector of the image is erased: see find_resume(). */
static int program_units(update_t *update, update_load_t *load, uint32_t offset, const uint8_t *src, uint32_t len)
{
    const uint32_t sector = sector_bytes(update, load->partition);
    int status = HOST_OK;
    if (offset % sector == 0 && offset + sector < load->package.size_bytes) {
        status = erase(update, load->partition, offset / sector + 1);
    }
    return status < 0 ? status : program(update, load->partition, offset, src, len);
}

/* Takes in the next bytes of the image, of at most one sector: `unit` first, then units where they lie, the rest into `unit`. */
static int take(update_t *update, update_load_t *load, const uint8_t *src, uint32_t len)
{
    const uint32_t unit = sizeof(load->unit);
    while (len > 0) {
        const uint32_t offset = load->written - load->unit_bytes;
        uint32_t count;
        int status = HOST_OK;
        if (load->unit_bytes > 0 || len < unit) {
            count = unit - load->unit_bytes < len ? unit - load->unit_bytes : len;
            memcpy(load->unit + load->unit_bytes, src, count);
            load->unit_bytes += count;
            if (load->written + count == load->package.size_bytes) {
                memset(load->unit + load->unit_bytes, 0xFF, unit - load->unit_bytes);
                load->unit_bytes = unit;
            }
            if (load->unit_bytes == unit) {
                status = program_units(update, load, offset, load->unit, unit);
                load->unit_bytes = 0;
            }
        } else {
            const uint32_t left = sector_bytes(update, load->partition) - offset % sector_bytes(update, load->partition);
            count = (len < left ? len : left) / unit * unit;
            status = program_units(update, load, offset, src, count);
        }
        if (status < 0) {
            return status;
        }
        load->written += count;
        src += count;
        len -= count;
    }
    return HOST_OK;
}

int update_write(update_t *update, int kind, uint32_t offset, const uint8_t *src, size_t len)
{
    update_load_t *load = is_kind(kind) ? &update->load[kind] : NULL;
    if (!load || load->phase == UPDATE_IDLE || offset > load->written || len > load->package.size_bytes
        || offset > load->package.size_bytes - len) {
        return HOST_INVALID;
    }
    const uint32_t known = load->written - offset;
    if (known < len) {
        const int status = take(update, load, src + known, (uint32_t)len - known);
        if (status < 0) {
            load->phase = UPDATE_IDLE; /* a unit may be half programmed: as after a reset */
            return update_explain(update, status, "slot: %s at byte %lu", host_status_name(status), (unsigned long)load->written);
        }
    }
    if (load->written == load->package.size_bytes && load->phase == UPDATE_LOADING) {
        load->phase = UPDATE_VERIFYING;
    }
    return (int)load->written;
}

/* What was written is no good: counted, so that it is not fetched for ever, and the download is over. */
static int reject(update_t *update, update_load_t *load, int status, update_cause_t cause)
{
    slot_track_t *track = &update->state.track[load->package.kind];
    update_note_failure(track, load->identity, cause);
    track->news = UPDATE_NEWS_NONE; /* whoever asked has the answer */
    track->loading = SLOT_NONE;
    load->phase = UPDATE_IDLE;
    const int saved = update_save(update);
    return saved < 0 ? saved : status;
}

int update_finish(update_t *update, int kind)
{
    update_load_t *load = is_kind(kind) ? &update->load[kind] : NULL;
    if (!load || load->phase < UPDATE_VERIFYING) {
        return HOST_INVALID;
    }
    if (load->phase == UPDATE_VERIFIED) {
        return HOST_OK;
    }
    int status = update_hash_part(update, load->partition, &load->package, &load->hashed);
    if (status == HOST_CORRUPT) {
        update_explain(update, status, "digest: the bytes are not those that were signed");
        return reject(update, load, status, UPDATE_CAUSE_DIGEST);
    }
    if (status < 0) {
        return status;
    }
    const uint8_t *bytes;
    status = update_map_app(update, load->partition, &load->package, &bytes);
    if (status < 0) {
        return reject(update, load, status, UPDATE_CAUSE_MODULE);
    }
    update->config.port->map.unmap(update->config.port->map.ctx, load->partition);
    load->phase = UPDATE_VERIFIED;
    return HOST_OK;
}

int update_apply(update_t *update, int kind)
{
    update_load_t *load = is_kind(kind) ? &update->load[kind] : NULL;
    if (!load || load->phase != UPDATE_VERIFIED) {
        return HOST_INVALID;
    }
    const slot_state_t before = update->state;
    slot_track_t *track = &update->state.track[kind];
    track->trial = track->loading;
    track->loading = SLOT_NONE;
    track->trial_boots = 0;
    track->news = UPDATE_NEWS_NONE;
    update->state.crashes = 0;
    const int status = update_save(update);
    if (status < 0) {
        update->state = before;
        return status;
    }
    load->phase = UPDATE_IDLE;
    update->must_swap = true;
    return HOST_OK;
}

int update_abort(update_t *update, int kind)
{
    if (is_kind(kind)) {
        update->load[kind].phase = UPDATE_IDLE;
    }
    return HOST_OK;
}
