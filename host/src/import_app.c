#include "guest_memory.h"
#include "runtime_internal.h"

const char *import_log(engine_call_t *call)
{
    return import_log_line(call);
}

const char *import_random(engine_call_t *call)
{
    return import_random_bytes(call);
}

const char *import_abort(engine_call_t *call)
{
    return import_abort_guest(call);
}

/*
 * The kernel's turn inside the app's call: stepped until a message waits or the time is over. The app itself is never
 * entered from here. It goes on with a full tank, for a wait is not a loop.
 */
const char *import_yield(engine_call_t *call)
{
    runtime_t *runtime = import_guest(call)->runtime;
    const platform_clock_t *clock = &runtime->config.platform->clock;
    int32_t max_ms = guest_i32(call, 0);
    if (max_ms < 0) {
        return guest_return(call, HOST_INVALID);
    }
    int64_t deadline = runtime_now(runtime) + max_ms;
    for (;;) {
        int kernel_ms = kernel_step(runtime);
        int waits = kernel_ms < 0 ? kernel_ms : kernel_event_waits(runtime);
        if (waits < 0) {
            return "the kernel trapped";
        }
        app_refuel(runtime);
        int64_t left_ms = deadline - runtime_now(runtime);
        if (waits == 1 || left_ms <= 0) {
            return guest_return(call, waits);
        }
        clock->idle(clock->ctx, kernel_ms < left_ms ? kernel_ms : left_ms);
    }
}
