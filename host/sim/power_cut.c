#include "power_cut.h"

#include <unistd.h>

#include "platform.h"

power_cut_t power_cut_count(world_t *world)
{
    const int32_t left = WORLD_GET(world->cut_after);
    if (left == 0) {
        return POWER_CUT_NONE;
    }
    WORLD_SET(world->cut_after, left - 1);
    if (left > 1) {
        return POWER_CUT_NONE;
    }
    return WORLD_GET(world->cut_is_torn) ? POWER_CUT_TORN : POWER_CUT_CLEAN;
}

size_t power_cut_choose(world_t *world, size_t limit)
{
    return (size_t)(world_random(world) % limit);
}

size_t power_cut_tear_program(world_t *world, uint8_t *page, const uint8_t *src, size_t len)
{
    const size_t done = power_cut_choose(world, len);
    page[done] &= (uint8_t)(src[done] | world_random(world));
    return done;
}

size_t power_cut_tear_erase(world_t *world, uint8_t *page, size_t len)
{
    const size_t done = power_cut_choose(world, len);
    page[done] |= (uint8_t)world_random(world);
    return done;
}

void power_cut_happen(world_t *world, power_cut_t cut)
{
    if (cut != POWER_CUT_NONE) {
        WORLD_SET(world->reset_reason, PLATFORM_RESET_POWER_ON);
        _exit(BOARD_EXIT_POWER_CUT);
    }
}
