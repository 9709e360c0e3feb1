/* Trial and fallback: what runs, how long it has to show that it works, and what runs when it does not. */
#include <string.h>

#include "update_internal.h"

static slot_track_t *app_track(update_t *update)
{
    return &update->state.track[PACKAGE_APP];
}

static int64_t now_ms(const update_t *update)
{
    const platform_clock_t *clock = &update->config.platform->clock;
    return clock->monotonic(clock->ctx);
}

int update_save(update_t *update)
{
    const int status = slot_log_append(&update->log, &update->state);
    return status < 0 ? update_explain(update, status, "log of the slots: %s", host_status_name(status)) : status;
}

void update_note_failure(slot_track_t *track, uint32_t identity, update_cause_t cause)
{
    track->failures = track->failed == identity && track->failures < UINT8_MAX ? track->failures + 1 : 1;
    track->failed = identity;
    track->cause = (uint8_t)cause;
    track->news = UPDATE_NEWS_FAILED;
}

uint32_t update_slot_identity(const update_t *update, package_kind_t kind, slot_t slot)
{
    const int partition = update_partition(kind, slot);
    uint8_t head[PACKAGE_HEAD_BYTES];
    uint32_t capacity;
    const bool is_read =
        update_capacity(update, partition, &capacity) >= 0 && update_read(update, partition, capacity, head, sizeof(head)) >= 0;
    return is_read ? package_identity(head) : 1;
}

const char *update_cause_text(update_cause_t cause)
{
    static const char *const texts[] = {
        "",
        "not confirmed in time; the version before runs",
        "started too often unconfirmed; the version before runs",
        "stopped again and again; the version before runs",
        "slot damaged; the version before runs",
        "digest differs",
        "module does not link",
        "the boot loader went back to the version before",
        "not a firmware of this board",
    };
    return (size_t)cause < sizeof(texts) / sizeof(texts[0]) ? texts[cause] : "given up";
}

int update_give_up(update_t *update, update_cause_t cause)
{
    slot_track_t *track = app_track(update);
    update_explain(update, HOST_OK, "trial over: %s", update_cause_text(cause));
    update_note_failure(track, update_slot_identity(update, PACKAGE_APP, (slot_t)track->trial), cause);
    track->trial = SLOT_NONE;
    track->trial_boots = 0;
    update->must_swap = true;
    return update_save(update);
}

/* A reset that the app may have caused: by a hang, or by a trap of kernel or chip. */
static bool may_be_crash(int reset_reason)
{
    return reset_reason == PLATFORM_RESET_WATCHDOG || reset_reason == PLATFORM_RESET_KERNEL_TRAP
           || reset_reason == PLATFORM_RESET_UNKNOWN;
}

/* A start of what is on trial. Waking from a sleep is none: it asked for that. */
static int count_trial(update_t *update, int reset_reason)
{
    slot_track_t *track = app_track(update);
    if (reset_reason == PLATFORM_RESET_DEEP_SLEEP && track->trial_boots > 0) {
        return HOST_OK;
    }
    if (track->trial_boots >= UPDATE_TRIAL_BOOTS) {
        return update_give_up(update, UPDATE_CAUSE_RESETS);
    }
    track->trial_boots++;
    return update_save(update);
}

int update_count_start(update_t *update, bool may_blame_app)
{
    const platform_sys_t *sys = &update->config.platform->sys;
    const int reason = sys->reset_reason(sys->ctx);
    slot_state_t *state = &update->state;
    if (app_track(update)->trial != SLOT_NONE) {
        return count_trial(update, reason);
    }
    if (may_blame_app && may_be_crash(reason) && state->crashes < UPDATE_CRASHES_MAX) {
        state->crashes++;
        const int status = update_save(update);
        if (status < 0) {
            return status;
        }
    } else if (state->crashes >= UPDATE_CRASHES_MAX && reason == PLATFORM_RESET_POWER_ON) {
        state->crashes = UPDATE_CRASHES_MAX - 1; /* somebody is there: one more attempt */
        const int status = update_save(update);
        if (status < 0) {
            return status;
        }
    }
    update->is_safe = state->crashes >= UPDATE_CRASHES_MAX;
    if (update->is_safe) {
        update_explain(update, HOST_OK, "the app crashed the board %d times: the kernel runs alone", state->crashes);
    }
    return HOST_OK;
}

/* The first of trial, confirmed and previous that verifies. */
static bool choose_slot(update_t *update)
{
    slot_track_t *track = app_track(update);
    if (track->trial != SLOT_NONE) {
        if (update_open_slot(update, (slot_t)track->trial, &update->running, &update->app) >= 0) {
            update->slot = (slot_t)track->trial;
            return true;
        }
        update_give_up(update, UPDATE_CAUSE_DAMAGED);
    }
    const uint8_t slots[] = { track->confirmed, track->previous };
    for (size_t i = 0; i < sizeof(slots); i++) {
        if (slots[i] != SLOT_NONE && update_open_slot(update, (slot_t)slots[i], &update->running, &update->app) >= 0) {
            update->slot = (slot_t)slots[i];
            return true;
        }
    }
    return false;
}

void update_choose(update_t *update)
{
    update->must_swap = false;
    update->slot = SLOT_NONE;
    update->app = NULL;
    update->app_len = 0;
    memset(&update->running, 0, sizeof(update->running));
    if (!update->is_safe && update->has_slots && choose_slot(update)) {
        update->app_len = update->running.size_bytes;
    } else if (!update->is_safe) {
        update->app = update->config.embedded;
        update->app_len = update->config.embedded_len;
    }
    update->must_swap = false; /* a trial that ended here was replaced here, too */
    update->since_ms = now_ms(update);
    update->confirms_itself = false;
    update->stops = 0;
}

int update_confirm(update_t *update, bool is_by_app)
{
    slot_track_t *track = app_track(update);
    if (track->trial == SLOT_NONE || update->must_swap) {
        return HOST_NOT_FOUND;
    }
    if (update->confirms_itself && !is_by_app) {
        return HOST_BUSY;
    }
    const slot_state_t before = update->state;
    track->previous = track->confirmed;
    track->confirmed = track->trial;
    track->trial = SLOT_NONE;
    track->trial_boots = 0;
    track->counter = update->running.counter;
    track->failed = 0;
    track->failures = 0;
    track->cause = UPDATE_CAUSE_NONE;
    track->news = UPDATE_NEWS_CONFIRMED;
    const int status = update_save(update);
    if (status < 0) {
        update->state = before;
    }
    return status;
}

int update_hold(update_t *update)
{
    if (app_track(update)->trial == SLOT_NONE) {
        return HOST_NOT_FOUND;
    }
    update->confirms_itself = true;
    return HOST_OK;
}

int update_told(update_t *update, int kind)
{
    if (kind < 0 || kind >= PACKAGE_KINDS || update->state.track[kind].news == UPDATE_NEWS_NONE) {
        return HOST_OK;
    }
    update->state.track[kind].news = UPDATE_NEWS_NONE;
    return update_save(update);
}

void update_app_stopped(update_t *update)
{
    update->stops++;
    if (app_track(update)->trial != SLOT_NONE && update->stops >= UPDATE_TRIAL_STOPS) {
        update->must_give_up = true;
        update->cause = UPDATE_CAUSE_STOPS;
    }
}

update_phase_t update_phase(const update_t *update, int kind)
{
    if (update->state.track[kind].trial != SLOT_NONE) {
        return UPDATE_TRIAL;
    }
    return (int)update->load.package.kind == kind ? update->load.phase : UPDATE_IDLE;
}
