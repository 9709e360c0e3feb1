#include "surroundings.h"

#include <stdio.h>

#include "cloud.h"
#include "nor.h"

enum { WALL_AT_START_S = 1732374523, HEAP_BYTES = 8 << 20 };
/* The link is down for a while again and again, so that there is a backlog when anything happens. */
enum { LINK_PERIOD_MS = 40000, LINK_DOWN_MS = 9000 };

surroundings_t surroundings;

static uint32_t s_random = 1;

static bool is_link_up(void)
{
    return surroundings.now_ms % LINK_PERIOD_MS >= LINK_DOWN_MS && !surroundings.is_deaf && !nor.is_off;
}

static int link_ok(void *ctx)
{
    (void)ctx;
    return HOST_OK;
}

static int link_state(void *ctx)
{
    (void)ctx;
    return is_link_up() ? PLATFORM_LINK_UP : PLATFORM_LINK_DOWN;
}

static int net_open(void *ctx, const char *host, size_t host_len, uint16_t port, int flags)
{
    (void)ctx, (void)host, (void)host_len, (void)port, (void)flags;
    surroundings.is_open = true;
    cloud_connect();
    return 0;
}

static int net_state(void *ctx, int socket)
{
    (void)ctx, (void)socket;
    surroundings.is_open = surroundings.is_open && is_link_up();
    return surroundings.is_open ? 1 : HOST_CLOSED;
}

static int net_send(void *ctx, int socket, const uint8_t *src, size_t len)
{
    if (net_state(ctx, socket) < 0) {
        return HOST_CLOSED;
    }
    cloud_take(src, len, surroundings.now_ms);
    return (int)len;
}

static int net_recv(void *ctx, int socket, uint8_t *dst, size_t cap)
{
    return net_state(ctx, socket) < 0 ? HOST_CLOSED : (int)cloud_give(dst, cap, surroundings.now_ms);
}

static int net_close(void *ctx, int socket)
{
    (void)ctx, (void)socket;
    surroundings.is_open = false;
    return HOST_OK;
}

static int64_t clock_monotonic(void *ctx)
{
    (void)ctx;
    return surroundings.now_ms - surroundings.booted_ms + 1;
}

static int64_t clock_wall(void *ctx)
{
    (void)ctx;
    return (int64_t)WALL_AT_START_S * 1000 + surroundings.now_ms;
}

static void clock_idle(void *ctx, int64_t max_ms)
{
    (void)ctx;
    const int64_t due_ms = surroundings.is_open ? cloud_due_ms() : INT64_MAX;
    const int64_t until_ms = surroundings.now_ms + (max_ms > 0 ? max_ms : 0);
    surroundings.now_ms = due_ms < until_ms ? (due_ms > surroundings.now_ms ? due_ms : surroundings.now_ms) : until_ms;
}

static int sys_random(void *ctx, uint8_t *dst, size_t len)
{
    (void)ctx;
    for (size_t i = 0; i < len; i++) {
        s_random = s_random * 1664525u + 1013904223u;
        dst[i] = (uint8_t)(s_random >> 24);
    }
    return HOST_OK;
}

static void sys_log(void *ctx, int level, const char *tag, const char *text, size_t len)
{
    (void)ctx;
    if (surroundings.is_traced) {
        fprintf(stderr, "%lld %d %s: %.*s\n", (long long)surroundings.now_ms, level, tag, (int)len, text);
    }
}

static int sys_number(void *ctx, int number)
{
    (void)ctx, (void)number;
    return HEAP_BYTES;
}

static int sys_digest(void *ctx, const uint8_t *src, size_t len, uint8_t dst[32])
{
    (void)ctx, (void)src, (void)len, (void)dst;
    return HOST_UNSUPPORTED;
}

static int sys_ok(void *ctx, int value)
{
    (void)ctx, (void)value;
    return HOST_OK;
}

static void sys_restart(void *ctx, int reason)
{
    (void)ctx;
    surroundings.restart = reason;
}

static int sys_reset_reason(void *ctx)
{
    (void)ctx;
    return surroundings.reset_reason;
}

platform_t surroundings_port(void)
{
    return (platform_t){
        .link = { NULL, link_ok, link_ok, link_state, link_ok },
        .net = { NULL, net_open, net_state, net_send, net_recv, net_close },
        .flash = nor_port,
        .clock = { NULL, clock_monotonic, clock_wall, clock_idle },
        .sys = { NULL, sys_random, sys_log, sys_number, sys_digest, sys_ok, sys_ok, sys_restart, sys_reset_reason },
    };
}

void surroundings_power_on(void)
{
    surroundings.booted_ms = surroundings.now_ms;
    surroundings.restart = -1;
    surroundings.is_open = false;
    surroundings.is_deaf = false;
}

void surroundings_idle(int64_t max_ms)
{
    clock_idle(NULL, max_ms);
}
