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

/* The download of a kind, NULL: none is under way. */
static update_load_t *load_of(update_t *update, int kind)
{
    update_load_t *load = &update->load;
    return load->phase != UPDATE_IDLE && (int)load->package.kind == kind ? load : NULL;
}

static slot_t idle_slot(const update_t *update, package_kind_t kind)
{
    const slot_t taken = kind == PACKAGE_FIRMWARE ? update->firmware : (slot_t)update->state.track[kind].confirmed;
    return taken == SLOT_A ? SLOT_B : SLOT_A;
}

static bool is_running(const update_t *update, const package_t *package, uint32_t identity)
{
    if (package->kind == PACKAGE_FIRMWARE) {
        return update_is_firmware(update, package->version, identity);
    }
    return update->slot != SLOT_NONE && memcmp(update->running.signature, package->signature, PACKAGE_SIGNATURE_BYTES) == 0;
}

/* Nothing is fetched while anything is on trial: what a firmware on trial writes, the one before might have to read. */
static bool is_any_trial(const update_t *update)
{
    return update->state.track[PACKAGE_APP].trial != SLOT_NONE || update->state.track[PACKAGE_FIRMWARE].trial != SLOT_NONE
           || update->must_swap || update->must_restart;
}

/* What the log says against a package whose head is good. */
static int check_history(update_t *update, const package_t *package, uint32_t identity)
{
    const slot_track_t *track = &update->state.track[package->kind];
    if (is_running(update, package, identity)) {
        return update_explain(update, HOST_CLOSED, "%s %s runs already", package->name, package->version);
    }
    if (is_any_trial(update)) {
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

/* The log says first that the slot holds nothing any more. */
static int claim_slot(update_t *update, update_load_t *load, slot_track_t *track, slot_t slot)
{
    track->loading = (uint8_t)slot;
    track->previous = SLOT_NONE;
    load->prepare = UPDATE_PREPARE_FIRST;
    return update_save(update);
}

/* Goes on with what the slot holds where the log and the head say so, else begins. */
static int open_slot(update_t *update, update_load_t *load)
{
    slot_track_t *track = &update->state.track[load->package.kind];
    const slot_t slot = idle_slot(update, load->package.kind);
    uint8_t there[PACKAGE_HEAD_BYTES];
    uint32_t capacity;
    int status = update_capacity(update, load->partition, &capacity);
    status = status < 0 ? status : update_read(update, load->partition, capacity, there, sizeof(there));
    if (status < 0) {
        return status;
    }
    if (track->loading != slot || memcmp(there, load->head, sizeof(there)) != 0) {
        return claim_slot(update, load, track, slot);
    }
    load->prepare = UPDATE_PREPARE_REST;
    return find_resume(update, load, &load->written);
}

/* The head goes in last, behind the place of the image. */
static int put_head(const update_t *update, const update_load_t *load)
{
    uint32_t capacity;
    int status = update_capacity(update, load->partition, &capacity);
    status = status < 0 ? status : erase(update, load->partition, capacity / sector_bytes(update, load->partition));
    return status < 0 ? status : program(update, load->partition, capacity, load->head, PACKAGE_HEAD_BYTES);
}

bool update_round_load(update_t *update)
{
    update_load_t *load = &update->load;
    int status = HOST_OK;
    update_prepare_t next = UPDATE_PREPARED;
    if (load->phase != UPDATE_LOADING || load->prepare == UPDATE_PREPARED || load->prepare == UPDATE_PREPARE_FAILED) {
        return false;
    }
    if (load->prepare == UPDATE_PREPARE_FIRST) {
        /* Before the head: what an earlier package left in this sector must not be taken for the beginning of this one. */
        status = erase(update, load->partition, 0);
        next = UPDATE_PREPARE_HEAD;
    } else if (load->prepare == UPDATE_PREPARE_HEAD) {
        status = put_head(update, load);
    } else {
        status = erase(update, load->partition, load->written / sector_bytes(update, load->partition));
    }
    load->prepare = status < 0 ? UPDATE_PREPARE_FAILED : next;
    return load->prepare == UPDATE_PREPARE_HEAD;
}

int update_begin(update_t *update, int kind, const uint8_t head[PACKAGE_HEAD_BYTES])
{
    update_load_t *load = &update->load;
    if (!update->has_slots || kind < 0 || kind >= PACKAGE_KINDS || (kind == PACKAGE_FIRMWARE && update->firmware == SLOT_NONE)) {
        return update_explain(update, HOST_UNSUPPORTED, "this board takes no updates of kind %d", kind);
    }
    if (load->phase != UPDATE_IDLE && (int)load->package.kind != kind) {
        return update_explain(update, HOST_BUSY, "another download is under way");
    }
    if (load->phase != UPDATE_IDLE && memcmp(load->head, head, sizeof(load->head)) == 0) {
        return (int)load->written;
    }
    package_t package;
    const int partition = update_partition((package_kind_t)kind, idle_slot(update, (package_kind_t)kind));
    load->hashed = 0; /* looking at the head takes the hash */
    load->checked = 0;
    int status = update_check_head(update, kind, partition, head, &package);
    status = status < 0 ? status : check_history(update, &package, package_identity(head));
    if (status < 0) {
        return status;
    }
    update->error[0] = '\0';
    *load = (update_load_t){ .phase = UPDATE_LOADING, .partition = partition, .package = package };
    memcpy(load->head, head, sizeof(load->head));
    status = open_slot(update, load);
    if (status < 0) {
        load->phase = UPDATE_IDLE;
        return update_explain(update, status, "slot: %s", host_status_name(status));
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
    update_load_t *load = load_of(update, kind);
    if (load && load->prepare == UPDATE_PREPARE_FAILED) {
        load->phase = UPDATE_IDLE;
        return update_explain(update, HOST_IO, "slot: it cannot be erased");
    }
    if (!load || load->prepare != UPDATE_PREPARED || offset > load->written || len > load->package.size_bytes
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
    update_note_failure(track, package_identity(load->head), cause);
    track->news = UPDATE_NEWS_NONE; /* whoever asked has the answer */
    track->loading = SLOT_NONE;
    load->phase = UPDATE_IDLE;
    const int saved = update_save(update);
    return saved < 0 ? saved : status;
}

static int look_over_app(update_t *update, const update_load_t *load)
{
    const update_map_t *map = &update->config.port->map;
    const uint8_t *bytes;
    const int status = update_map_app(update, load->partition, &load->package, &bytes);
    if (status >= 0) {
        map->unmap(map->ctx, load->partition);
    }
    return status;
}

int update_finish(update_t *update, int kind)
{
    update_load_t *load = load_of(update, kind);
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
        load->hashed = status == HOST_BUSY ? load->hashed : 0; /* a stream that broke off is no digest */
        return status;
    }
    status =
        kind == PACKAGE_FIRMWARE ? update_check_firmware(update, load->partition, &load->package) : look_over_app(update, load);
    if (status == HOST_UNSUPPORTED) {
        return reject(update, load, status, kind == PACKAGE_FIRMWARE ? UPDATE_CAUSE_IMAGE : UPDATE_CAUSE_MODULE);
    }
    if (status < 0) {
        load->hashed = 0;
        return status;
    }
    load->phase = UPDATE_VERIFIED;
    return HOST_OK;
}

int update_apply(update_t *update, int kind)
{
    update_load_t *load = load_of(update, kind);
    if (!load || load->phase != UPDATE_VERIFIED) {
        return HOST_INVALID;
    }
    if (kind == PACKAGE_FIRMWARE) {
        const int selected = update_select_firmware(update);
        if (selected < 0) {
            return selected == HOST_CORRUPT ? reject(update, load, selected, UPDATE_CAUSE_IMAGE) : selected;
        }
    }
    const slot_state_t before = update->state;
    slot_track_t *track = &update->state.track[kind];
    track->trial = track->loading;
    track->loading = SLOT_NONE;
    track->trial_boots = 0;
    track->news = UPDATE_NEWS_NONE;
    update->state.crashes = 0;
    const int status = update_save(update);
    if (status < 0 && kind == PACKAGE_APP) {
        update->state = before;
        return status;
    }
    /* Of a firmware the boot loader's record counts: where the log did not take it, the next start sees it there. */
    load->phase = UPDATE_IDLE;
    update->must_swap = kind == PACKAGE_APP;
    update->must_restart = kind == PACKAGE_FIRMWARE;
    return HOST_OK;
}

int update_abort(update_t *update, int kind)
{
    update_load_t *load = load_of(update, kind);
    if (load) {
        load->phase = UPDATE_IDLE;
    }
    return HOST_OK;
}
