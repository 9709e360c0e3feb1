#include "clock.h"

#include "watchdog.h"

void sim_clock_start(sim_clock_t *clock, world_t *world, sim_clock_inputs_t inputs)
{
    clock->world = world;
    clock->boot_ms = world_now(world);
    clock->inputs = inputs;
}

int64_t sim_clock_uptime(const sim_clock_t *clock)
{
    return world_now(clock->world) - clock->boot_ms;
}

int64_t sim_clock_monotonic(void *ctx)
{
    return CLOCK_START_MS + sim_clock_uptime(ctx);
}

int64_t sim_clock_wall(void *ctx)
{
    const sim_clock_t *clock = ctx;
    if (!WORLD_GET(clock->world->wall_is_set)) {
        return -1;
    }
    return world_now(clock->world) + WORLD_GET(clock->world->wall_offset_ms);
}

/* Waits for inputs, in real time. Returns true when the board has something to do. */
static bool wait_inputs(sim_clock_t *clock, int timeout_ms)
{
    struct pollfd fds[CLOCK_MAX_FDS];
    const int count = clock->inputs.prepare(clock->inputs.ctx, fds, CLOCK_MAX_FDS);
    if (count < 0) {
        return true;
    }
    /* An interrupted wait counts as one that found nothing: the caller comes again. */
    const int ready = poll(fds, (nfds_t)count, timeout_ms);
    return ready > 0 && clock->inputs.finish(clock->inputs.ctx, fds, count);
}

void sim_clock_idle(void *ctx, int64_t max_ms)
{
    sim_clock_t *clock = ctx;
    world_t *world = clock->world;
    const int longest_ms = sim_watchdog_longest_wait();
    if (!world->is_stepped || max_ms <= 0) {
        wait_inputs(clock, max_ms < 0 ? 0 : max_ms < longest_ms ? (int)max_ms : longest_ms);
        return;
    }
    const int64_t now = WORLD_GET(world->virtual_ms);
    const bool may_move = WORLD_GET(world->granted_ms) > now;
    if (wait_inputs(clock, may_move ? CLOCK_SETTLE_MS : longest_ms) || !may_move) {
        return;
    }
    const int64_t granted = WORLD_GET(world->granted_ms);
    WORLD_SET(world->virtual_ms, granted - now < max_ms ? granted : now + max_ms);
}
