#include "world.h"

#include <string.h>
#include <sys/mman.h>
#include <time.h>

static int64_t now_of(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

world_t *world_create(bool is_stepped, uint64_t seed)
{
    world_t *world = mmap(NULL, sizeof *world, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (world == MAP_FAILED) {
        return NULL;
    }
    memset(world, 0, sizeof *world);
    world->is_stepped = is_stepped;
    world->started_ms = now_of(CLOCK_MONOTONIC);
    world->wall_offset_ms = now_of(CLOCK_REALTIME);
    world->wall_is_set = 1;
    world->tear_state = seed;
    for (int i = 0; i < WORLD_ADC_CHANNELS; i++) {
        world->adc_millivolts[i] = -1;
    }
    for (int i = 0; i < WORLD_PINS; i++) {
        world->gpio_level[i] = -1;
    }
    return world;
}

void world_destroy(world_t *world)
{
    munmap(world, sizeof *world);
}

int64_t world_now(const world_t *world)
{
    return world->is_stepped ? WORLD_GET(world->virtual_ms) : now_of(CLOCK_MONOTONIC) - world->started_ms;
}

uint64_t world_random(world_t *world)
{
    uint64_t z = world->tear_state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}
