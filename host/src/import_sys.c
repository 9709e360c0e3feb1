#include <stdio.h>
#include <string.h>

#include "crc32.h"
#include "guest_memory.h"
#include "import.h"
#include "runtime_internal.h"

enum { DIGEST_BYTES = 32, WATCHDOG_SECONDS_MAX = 60, MEMORY_KINDS = 3 };

const char *import_random_bytes(engine_call_t *call)
{
    const platform_sys_t *sys = &import_platform(call)->sys;
    return guest_return(call, sys->random(sys->ctx, guest_memory_at(call, 0), (size_t)guest_i32(call, 1)));
}

const char *import_log_line(engine_call_t *call)
{
    const platform_sys_t *sys = &import_platform(call)->sys;
    int32_t level = guest_i32(call, 0);
    if (level < PLATFORM_LOG_ERROR || level > PLATFORM_LOG_DEBUG) {
        return guest_return(call, HOST_INVALID);
    }
    const char *text = (const char *)guest_memory_at(call, 1);
    sys->log(sys->ctx, level, import_guest(call)->tag, text, (size_t)guest_i32(call, 2));
    return guest_return(call, HOST_OK);
}

const char *import_abort_guest(engine_call_t *call)
{
    guest_t *guest = call->user;
    size_t len = (uint32_t)guest_i32(call, 1);
    size_t shown = len < ENGINE_ERROR_BYTES / 2 ? len : ENGINE_ERROR_BYTES / 2;
    snprintf(guest->last_words, sizeof(guest->last_words), "abort: %.*s at %d:%d", (int)shown,
             (const char *)guest_memory_at(call, 0), (int)guest_i32(call, 2), (int)guest_i32(call, 3));
    return "aborted";
}

const char *import_sys_random(engine_call_t *call)
{
    return import_random_bytes(call);
}

const char *import_sys_log(engine_call_t *call)
{
    return import_log_line(call);
}

const char *import_sys_abort(engine_call_t *call)
{
    return import_abort_guest(call);
}

const char *import_sys_config(engine_call_t *call)
{
    const char *key = (const char *)guest_memory_at(call, 0);
    int status = config_image_get(&import_guest(call)->runtime->device_config, key, (size_t)guest_i32(call, 1),
                                  guest_memory_at(call, 2), (size_t)guest_i32(call, 3));
    return guest_return(call, status);
}

const char *import_sys_memory(engine_call_t *call)
{
    const platform_sys_t *sys = &import_platform(call)->sys;
    int32_t what = guest_i32(call, 0);
    return guest_return(call, what < 0 || what >= MEMORY_KINDS ? HOST_INVALID : sys->memory(sys->ctx, what));
}

const char *import_sys_digest(engine_call_t *call)
{
    const platform_sys_t *sys = &import_platform(call)->sys;
    uint8_t digest[DIGEST_BYTES];
    if (guest_i32(call, 3) < DIGEST_BYTES) {
        return guest_return(call, HOST_INVALID);
    }
    int status = sys->digest(sys->ctx, guest_memory_at(call, 0), (size_t)guest_i32(call, 1), digest);
    if (status >= 0) {
        memcpy(guest_memory_at(call, 2), digest, sizeof(digest));
    }
    return guest_return(call, status);
}

const char *import_sys_watchdog(engine_call_t *call)
{
    const platform_sys_t *sys = &import_platform(call)->sys;
    int32_t seconds = guest_i32(call, 0);
    bool is_valid = seconds >= 1 && seconds <= WATCHDOG_SECONDS_MAX;
    return guest_return(call, is_valid ? sys->watchdog(sys->ctx, seconds) : HOST_INVALID);
}

const char *import_sys_sleep(engine_call_t *call)
{
    int32_t ms = guest_i32(call, 0);
    if (ms < 0) {
        return guest_return(call, HOST_INVALID);
    }
    import_guest(call)->runtime->leave = (runtime_leave_t){ .kind = RUNTIME_LEAVE_SLEEP, .argument = ms };
    return guest_return(call, HOST_OK);
}

const char *import_sys_restart(engine_call_t *call)
{
    int32_t reason = guest_i32(call, 0);
    if (reason < PLATFORM_RESET_POWER_ON || reason > PLATFORM_RESET_UNKNOWN) {
        return guest_return(call, HOST_INVALID);
    }
    import_guest(call)->runtime->leave = (runtime_leave_t){ .kind = RUNTIME_LEAVE_RESTART, .argument = reason };
    return guest_return(call, HOST_OK);
}

const char *import_sys_reset_reason(engine_call_t *call)
{
    const platform_sys_t *sys = &import_platform(call)->sys;
    return guest_return(call, sys->reset_reason(sys->ctx));
}

const char *import_sys_crc32(engine_call_t *call)
{
    uint32_t crc = crc32_end((uint32_t)guest_i32(call, 0)); /* undoes the end of the part before, or makes the start of 0 */
    crc = crc32_update(crc, guest_memory_at(call, 1), (uint32_t)guest_i32(call, 2));
    return guest_return(call, (int32_t)crc32_end(crc));
}
