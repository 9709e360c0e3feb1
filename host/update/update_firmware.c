/*
 * Firmware: the same states as of an app, but the boot loader has the last word. What it says at a start is taken over into the log;
 * where the two differ, the power failed between its record and ours.
 */
#include <string.h>

#include "firmware_image.h"
#include "update_internal.h"

static slot_track_t *firmware_track(update_t *update)
{
    return &update->state.track[PACKAGE_FIRMWARE];
}

static slot_t other_slot(slot_t slot)
{
    return slot == SLOT_A ? SLOT_B : SLOT_A;
}

/* Reads the head that lies in a slot. False: there is none. */
static bool read_head(const update_t *update, slot_t slot, package_t *package, uint32_t *identity)
{
    const int partition = update_partition(PACKAGE_FIRMWARE, slot);
    uint8_t head[PACKAGE_HEAD_BYTES];
    uint32_t capacity;
    if (update_capacity(update, partition, &capacity) < 0 || update_read(update, partition, capacity, head, sizeof(head)) < 0
        || package_parse(head, package) < 0) {
        return false;
    }
    *identity = package_identity(head);
    return true;
}

/* What runs is confirmed, and so is its counter. */
static void note_confirmed(slot_track_t *track, slot_t slot, uint32_t counter)
{
    track->confirmed = (uint8_t)slot;
    track->trial = SLOT_NONE;
    track->loading = SLOT_NONE;
    track->trial_boots = 0;
    track->counter = counter > track->counter ? counter : track->counter;
    track->failed = 0;
    track->failures = 0;
    track->cause = UPDATE_CAUSE_NONE;
    track->news = UPDATE_NEWS_CONFIRMED;
}

/* Brings the log to what the boot loader did. is_package: what runs is what the head in its slot says; counter: as it says. */
static void take_over(update_t *update, slot_t running, bool is_pending, bool is_package, uint32_t counter)
{
    slot_track_t *track = firmware_track(update);
    const bool is_ours = track->trial == running || (track->loading == running && is_package);
    if (is_pending) {
        track->confirmed = (uint8_t)other_slot(running);
        track->trial = (uint8_t)running;
        track->loading = SLOT_NONE;
        track->trial_boots = 1;
        return;
    }
    if (is_ours) { /* confirmed, and the power failed before the log had it */
        note_confirmed(track, running, counter);
        return;
    }
    if (track->trial != SLOT_NONE) {
        update_note_failure(track, update_slot_identity(update, PACKAGE_FIRMWARE, (slot_t)track->trial), UPDATE_CAUSE_BOOT);
        track->trial = SLOT_NONE;
        track->trial_boots = 0;
    }
    track->confirmed = (uint8_t)running;
}

int update_open_firmware(update_t *update, bool *has_failed)
{
    const update_boot_t *boot = &update->config.port->boot;
    package_t package = { .counter = 0, .version = "" };
    slot_track_t before = *firmware_track(update);
    uint32_t capacity;
    *has_failed = false;
    const int running = boot->running ? boot->running(boot->ctx, &update->is_firmware_trial) : HOST_NOT_FOUND;
    if (running != SLOT_A && running != SLOT_B) {
        return HOST_OK; /* a board with one firmware: none can be exchanged */
    }
    if (update_capacity(update, PLATFORM_PARTITION_FIRMWARE_A, &capacity) < 0
        || update_capacity(update, PLATFORM_PARTITION_FIRMWARE_B, &capacity) < 0) {
        return HOST_OK;
    }
    update->firmware = (slot_t)running;
    if (!read_head(update, update->firmware, &package, &update->firmware_identity)) {
        update->firmware_identity = 0;
    }
    const bool is_package = update_is_firmware(update, package.version, update->firmware_identity);
    take_over(update, update->firmware, update->is_firmware_trial, is_package, package.counter);
    *has_failed = before.trial != SLOT_NONE && before.trial != running;
    /* Which firmware is confirmed the boot loader says at each start: for that alone nothing is written. */
    before.confirmed = firmware_track(update)->confirmed;
    return memcmp(&before, firmware_track(update), sizeof(before)) == 0 ? HOST_OK : update_save(update);
}

bool update_is_firmware(const update_t *update, const char *version, uint32_t identity)
{
    /* By its version too: the head in the slot of a firmware that was flashed by cable is that of the one before. */
    return update->firmware_identity == identity && update->config.firmware_version
           && strcmp(update->config.firmware_version, version) == 0;
}

int update_check_firmware(update_t *update, int partition, const package_t *package)
{
    uint8_t head[FIRMWARE_IMAGE_HEAD_BYTES];
    char error[FIRMWARE_IMAGE_ERROR_BYTES];
    if (package->size_bytes < sizeof(head)) {
        return update_explain(update, HOST_UNSUPPORTED, "firmware: %lu bytes are none", (unsigned long)package->size_bytes);
    }
    int status = update_read(update, partition, 0, head, sizeof(head));
    if (status < 0) {
        return update_explain(update, status, "slot: %s", host_status_name(status));
    }
    status = firmware_image_check(head, package, error);
    return status < 0 ? update_explain(update, status, "firmware: %s", error) : status;
}

int update_select_firmware(update_t *update)
{
    const update_boot_t *boot = &update->config.port->boot;
    const int status = boot->select(boot->ctx, firmware_track(update)->loading);
    return status < 0 ? update_explain(update, status, "boot loader: %s", host_status_name(status)) : status;
}

int update_confirm_firmware(update_t *update)
{
    const update_boot_t *boot = &update->config.port->boot;
    package_t package = { .counter = 0 };
    uint32_t identity;
    if (!update->has_slots || !update->is_firmware_trial || update->must_restart) {
        return HOST_NOT_FOUND;
    }
    /* The boot loader first: a log that says confirmed, of what is gone at the next reset, would be wrong. */
    const int status = boot->confirm(boot->ctx);
    if (status < 0) {
        return update_explain(update, status, "confirming the firmware: %s", host_status_name(status));
    }
    update->is_firmware_trial = false;
    read_head(update, update->firmware, &package, &identity);
    note_confirmed(firmware_track(update), update->firmware, package.counter);
    return update_save(update);
}

int64_t update_round_firmware(update_t *update, int64_t now_ms)
{
    slot_track_t *track = firmware_track(update);
    const int64_t left_ms = update->booted_ms + UPDATE_TRIAL_MS - now_ms;
    if (!update->is_firmware_trial || update->must_restart || left_ms > 0) {
        return update->is_firmware_trial ? left_ms : INT64_MAX;
    }
    update_explain(update, HOST_OK, "trial of the firmware over: %s", update_cause_text(UPDATE_CAUSE_TIME));
    update_note_failure(track, update->firmware_identity, UPDATE_CAUSE_TIME);
    track->trial = SLOT_NONE;
    track->trial_boots = 0;
    update_save(update);
    update->must_restart = true; /* which is how the boot loader goes back */
    return 0;
}
