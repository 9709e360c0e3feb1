#include "platform_target.h"

#include <string.h>

#include "console.h"
#include "heap.h"
#include "meter.h"
#include "network.h"
#include "nor_flash.h"

/* Some instant with the number of digits that instants have today. */
static const int64_t s_wall_at_start_ms = 1732374523000;

static int64_t s_now_ms = 1000;
static uint32_t s_random = 0x5EED;
static uint32_t s_samples;
static int s_link = PLATFORM_LINK_DOWN;

void platform_target_advance(uint32_t ms)
{
    s_now_ms += ms;
}

static int link_start(void *ctx)
{
    (void)ctx;
    s_link = PLATFORM_LINK_UP;
    return HOST_OK;
}

static int link_stop(void *ctx)
{
    (void)ctx;
    s_link = PLATFORM_LINK_DOWN;
    return HOST_OK;
}

static int link_state(void *ctx)
{
    (void)ctx;
    return s_link;
}

static int link_rssi(void *ctx)
{
    (void)ctx;
    return 0;
}

static int64_t clock_monotonic(void *ctx)
{
    (void)ctx;
    return s_now_ms;
}

static int64_t clock_wall(void *ctx)
{
    (void)ctx;
    return s_wall_at_start_ms + s_now_ms;
}

static void clock_idle(void *ctx, int64_t max_ms)
{
    (void)ctx;
    s_now_ms += max_ms;
}

/* Marsaglia's xorshift, 32 bits: from the same seed in every run. */
static int sys_random(void *ctx, uint8_t *dst, size_t len)
{
    (void)ctx;
    meter_pause();
    for (size_t i = 0; i < len; i++) {
        s_random ^= s_random << 13;
        s_random ^= s_random >> 17;
        s_random ^= s_random << 5;
        dst[i] = (uint8_t)s_random;
    }
    meter_resume();
    return HOST_OK;
}

static void sys_log(void *ctx, int level, const char *tag, const char *text, size_t len)
{
    (void)ctx;
    meter_pause();
    console_text(tag, text, len);
    if (level == PLATFORM_LOG_ERROR) {
        console_fail("an error was logged");
    }
    meter_resume();
}

static int sys_memory(void *ctx, int what)
{
    (void)ctx;
    (void)what;
    return (int)heap_free_bytes();
}

static int sys_digest(void *ctx, const uint8_t *src, size_t len, uint8_t dst[32])
{
    (void)ctx;
    (void)src;
    (void)len;
    (void)dst;
    return HOST_UNSUPPORTED;
}

static int sys_watchdog(void *ctx, int seconds)
{
    (void)ctx;
    (void)seconds;
    return HOST_OK;
}

static int sys_sleep(void *ctx, int ms)
{
    (void)ctx;
    (void)ms;
    return HOST_UNSUPPORTED;
}

static void sys_restart(void *ctx, int reason)
{
    (void)ctx;
    (void)reason;
    console_fail("the board asked for a restart");
}

static int sys_reset_reason(void *ctx)
{
    (void)ctx;
    return PLATFORM_RESET_POWER_ON;
}

/* A battery that runs down from 4.1 V, and a room between 20 and 25 degrees: no two readings alike. */
static int io_adc_millivolts(void *ctx, int channel)
{
    (void)ctx;
    (void)channel;
    return 4100 - (int)(s_samples % 500);
}

static int io_sensor(void *ctx, int sensor, int32_t *out_milli)
{
    (void)ctx;
    (void)sensor;
    s_samples++;
    *out_milli = 20000 + (int32_t)(s_samples * 370 % 5000);
    return HOST_OK;
}

const platform_t *platform_target(void)
{
    static platform_t s_platform;
    s_platform = (platform_t){
        .link = { .start = link_start, .stop = link_stop, .state = link_state, .rssi = link_rssi },
        .net = network,
        .flash = nor_flash,
        .clock = { .monotonic = clock_monotonic, .wall = clock_wall, .idle = clock_idle },
        .sys = { .random = sys_random,
                 .log = sys_log,
                 .memory = sys_memory,
                 .digest = sys_digest,
                 .watchdog = sys_watchdog,
                 .sleep = sys_sleep,
                 .restart = sys_restart,
                 .reset_reason = sys_reset_reason },
        .io = { .adc_millivolts = io_adc_millivolts, .sensor = io_sensor },
    };
    return &s_platform;
}
