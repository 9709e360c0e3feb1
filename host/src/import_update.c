/* The rows of updates: of the kernel, which fetches them, and of the app on trial. */
#include <string.h>

#include "guest_memory.h"
#include "import.h"
#include "runtime_internal.h"
#include "update.h"

/* What update_state writes: the layout stands in assembly/kernel/host/imports.ts. */
enum { STATE_BYTES = 72, OFFSET_AT = 4, SIZE_AT = 8, COUNTER_AT = 12, NAME_AT = 16, VERSION_AT = 48 };

static update_t *update_of(const engine_call_t *call)
{
    return import_guest(call)->runtime->config.update;
}

static bool is_kind(int32_t kind)
{
    return kind >= 0 && kind < PACKAGE_KINDS;
}

const char *import_update_begin(engine_call_t *call)
{
    update_t *update = update_of(call);
    if (!update || guest_i32(call, 2) != PACKAGE_HEAD_BYTES) {
        return guest_return(call, update ? HOST_INVALID : HOST_UNSUPPORTED);
    }
    return guest_return(call, update_begin(update, guest_i32(call, 0), guest_memory_at(call, 1)));
}

const char *import_update_write(engine_call_t *call)
{
    update_t *update = update_of(call);
    if (!update) {
        return guest_return(call, HOST_UNSUPPORTED);
    }
    return guest_return(call, update_write(update, guest_i32(call, 0), (uint32_t)guest_i32(call, 1), guest_memory_at(call, 2),
                                           (uint32_t)guest_i32(call, 3)));
}

const char *import_update_finish(engine_call_t *call)
{
    update_t *update = update_of(call);
    return guest_return(call, update ? update_finish(update, guest_i32(call, 0)) : HOST_UNSUPPORTED);
}

const char *import_update_check(engine_call_t *call)
{
    update_t *update = update_of(call);
    if (!update) {
        return guest_return(call, HOST_UNSUPPORTED);
    }
    return guest_return(call, update_check(update, guest_i32(call, 0), (update_algorithm_t)guest_i32(call, 1),
                                           guest_memory_at(call, 2), (uint32_t)guest_i32(call, 3)));
}

const char *import_update_apply(engine_call_t *call)
{
    update_t *update = update_of(call);
    return guest_return(call, update ? update_apply(update, guest_i32(call, 0)) : HOST_UNSUPPORTED);
}

const char *import_update_abort(engine_call_t *call)
{
    update_t *update = update_of(call);
    return guest_return(call, update ? update_abort(update, guest_i32(call, 0)) : HOST_UNSUPPORTED);
}

const char *import_update_confirm(engine_call_t *call)
{
    update_t *update = update_of(call);
    if (update && !import_guest(call)->runtime->app.instance) {
        return guest_return(call, HOST_NOT_FOUND); /* what is acknowledged between a swap and its start is the earlier app's */
    }
    return guest_return(call, update ? update_confirm(update, false) : HOST_UNSUPPORTED);
}

const char *import_update_confirm_firmware(engine_call_t *call)
{
    update_t *update = update_of(call);
    return guest_return(call, update ? update_confirm_firmware(update) : HOST_UNSUPPORTED);
}

const char *import_update_told(engine_call_t *call)
{
    update_t *update = update_of(call);
    return guest_return(call, update ? update_told(update, guest_i32(call, 0)) : HOST_UNSUPPORTED);
}

const char *import_update_state(engine_call_t *call)
{
    const update_t *update = update_of(call);
    const int32_t kind = guest_i32(call, 0);
    if (!update || !update->has_slots) {
        return guest_return(call, HOST_UNSUPPORTED);
    }
    if (!is_kind(kind) || guest_i32(call, 2) < STATE_BYTES) {
        return guest_return(call, HOST_INVALID);
    }
    if (kind == PACKAGE_FIRMWARE && update->firmware == SLOT_NONE) {
        return guest_return(call, HOST_UNSUPPORTED);
    }
    const slot_track_t *track = &update->state.track[kind];
    const update_load_t *load = &update->load;
    const bool is_loading = load->phase != UPDATE_IDLE && (int)load->package.kind == kind;
    uint8_t *dst = guest_memory_at(call, 1);
    memset(dst, 0, STATE_BYTES);
    dst[0] = (uint8_t)update_phase(update, kind);
    dst[1] = track->news;
    dst[2] = track->cause;
    guest_put_u32(dst + OFFSET_AT, is_loading ? load->written : 0);
    guest_put_u32(dst + SIZE_AT, is_loading ? load->package.size_bytes : 0);
    guest_put_u32(dst + COUNTER_AT, track->counter);
    update_running(update, kind, (char *)dst + NAME_AT, (char *)dst + VERSION_AT);
    return guest_return(call, STATE_BYTES);
}

const char *import_update_error(engine_call_t *call)
{
    const update_t *update = update_of(call);
    if (!update) {
        return guest_return(call, HOST_UNSUPPORTED);
    }
    const int32_t what = guest_i32(call, 0);
    const size_t cap = (uint32_t)guest_i32(call, 2);
    const char *text = is_kind(what) ? update_cause_text((update_cause_t)update->state.track[what].cause) : update->error;
    const size_t count = strlen(text) < cap ? strlen(text) : cap;
    memcpy(guest_memory_at(call, 1), text, count);
    return guest_return(call, (int32_t)count);
}

const char *import_trial_hold(engine_call_t *call)
{
    update_t *update = update_of(call);
    return guest_return(call, update ? update_hold(update) : HOST_UNSUPPORTED);
}

const char *import_trial_confirm(engine_call_t *call)
{
    update_t *update = update_of(call);
    return guest_return(call, update ? update_confirm(update, true) : HOST_UNSUPPORTED);
}
