#include "guest_memory.h"
#include "import.h"

const char *import_link_start(engine_call_t *call)
{
    const platform_link_t *link = &import_platform(call)->link;
    return guest_return(call, link->start(link->ctx));
}

const char *import_link_stop(engine_call_t *call)
{
    const platform_link_t *link = &import_platform(call)->link;
    return guest_return(call, link->stop(link->ctx));
}

const char *import_link_state(engine_call_t *call)
{
    const platform_link_t *link = &import_platform(call)->link;
    return guest_return(call, link->state(link->ctx));
}

const char *import_link_rssi(engine_call_t *call)
{
    const platform_link_t *link = &import_platform(call)->link;
    return guest_return(call, link->rssi(link->ctx));
}
