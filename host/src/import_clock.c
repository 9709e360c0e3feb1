#include "guest_memory.h"
#include "import.h"

const char *import_clock_monotonic(engine_call_t *call)
{
    const platform_clock_t *clock = &import_platform(call)->clock;
    call->result = (uint64_t)clock->monotonic(clock->ctx);
    return NULL;
}

const char *import_clock_wall(engine_call_t *call)
{
    const platform_clock_t *clock = &import_platform(call)->clock;
    call->result = (uint64_t)clock->wall(clock->ctx);
    return NULL;
}
