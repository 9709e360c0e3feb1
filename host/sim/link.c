#include "link.h"

#include "log.h"

static const char *TAG = "link";

void sim_link_init(sim_link_t *link, sim_clock_t *clock)
{
    *link = (sim_link_t){ .clock = clock };
}

int sim_link_start(void *ctx)
{
    sim_link_t *link = ctx;
    link->is_started = true;
    return HOST_OK;
}

int sim_link_stop(void *ctx)
{
    sim_link_t *link = ctx;
    link->is_started = false;
    link->is_rising = false;
    return HOST_OK;
}

int sim_link_state(void *ctx)
{
    sim_link_t *link = ctx;
    if (!link->is_started || link->is_deaf) {
        return PLATFORM_LINK_DOWN;
    }
    if (WORLD_GET(link->clock->world->link_is_cut)) {
        if (link->is_rising) {
            sim_log(PLATFORM_LOG_WARNING, TAG, "lost");
        }
        link->is_rising = false;
        return PLATFORM_LINK_DOWN;
    }
    const int64_t now = sim_clock_monotonic(link->clock);
    if (!link->is_rising) {
        link->is_rising = true;
        link->rising_since_ms = now;
    }
    return now - link->rising_since_ms < LINK_RISE_MS ? PLATFORM_LINK_CONNECTING : PLATFORM_LINK_UP;
}

int sim_link_rssi(void *ctx)
{
    (void)ctx;
    return 0;
}
