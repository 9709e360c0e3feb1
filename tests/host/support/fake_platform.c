#include "fake_platform.h"

#include <stdio.h>
#include <string.h>

static int answer(void *ctx)
{
    fake_platform_t *fake = ctx;
    fake->calls++;
    return fake->answer;
}

static int link_answer(void *ctx)
{
    return answer(ctx);
}

static int net_open(void *ctx, const char *host, size_t host_len, uint16_t port, int flags)
{
    (void)host, (void)host_len, (void)port, (void)flags;
    return answer(ctx);
}

static int net_handle(void *ctx, int socket)
{
    (void)socket;
    return answer(ctx);
}

static int net_send(void *ctx, int socket, const uint8_t *src, size_t len)
{
    (void)socket, (void)src, (void)len;
    return answer(ctx);
}

static int net_recv(void *ctx, int socket, uint8_t *dst, size_t cap)
{
    (void)socket;
    memset(dst, 0xA5, cap);
    return answer(ctx);
}

static int flash_geometry(void *ctx, int partition, platform_flash_geometry_t *out)
{
    (void)ctx;
    if (partition == PLATFORM_PARTITION_APP_B) {
        return HOST_NOT_FOUND;
    }
    *out = (platform_flash_geometry_t){ FAKE_SECTOR_BYTES, FAKE_SECTOR_COUNT, FAKE_PROGRAM_BYTES };
    return HOST_OK;
}

static int flash_read(void *ctx, int partition, uint32_t offset, uint8_t *dst, size_t len)
{
    fake_platform_t *fake = ctx;
    memset(dst, 0xFF, len);
    if (partition == PLATFORM_PARTITION_CONFIG && offset + len <= sizeof(fake->config)) {
        memcpy(dst, fake->config + offset, len);
    }
    return answer(ctx);
}

static int flash_program(void *ctx, int partition, uint32_t offset, const uint8_t *src, size_t len)
{
    (void)partition, (void)offset, (void)src, (void)len;
    return answer(ctx);
}

static int flash_erase(void *ctx, int partition, uint32_t sector)
{
    (void)partition, (void)sector;
    return answer(ctx);
}

static int flash_sync(void *ctx, int partition)
{
    (void)partition;
    return answer(ctx);
}

static int64_t clock_now(void *ctx)
{
    return ((fake_platform_t *)ctx)->now_ms;
}

static int64_t clock_wall(void *ctx)
{
    (void)ctx;
    return -1;
}

static void clock_idle(void *ctx, int64_t max_ms)
{
    fake_platform_t *fake = ctx;
    fake->idles++;
    fake->now_ms += max_ms;
}

static int sys_random(void *ctx, uint8_t *dst, size_t len)
{
    memset(dst, 0x5A, len);
    return answer(ctx);
}

static void sys_log(void *ctx, int level, const char *tag, const char *text, size_t len)
{
    fake_platform_t *fake = ctx;
    size_t used = strlen(fake->log);
    (void)level;
    snprintf(fake->log + used, sizeof(fake->log) - used, "%s: %.*s\n", tag, (int)len, text);
}

static int sys_memory(void *ctx, int what)
{
    fake_platform_t *fake = ctx;
    return what == 0 ? fake->free_heap : answer(ctx);
}

static int sys_digest(void *ctx, const uint8_t *src, size_t len, uint8_t dst[32])
{
    (void)src, (void)len;
    memset(dst, 0x77, 32);
    return answer(ctx);
}

static int sys_watchdog(void *ctx, int seconds)
{
    fake_platform_t *fake = ctx;
    if (seconds == 0) {
        fake->feeds++;
        return HOST_OK;
    }
    fake->watchdog_seconds = seconds;
    return answer(ctx);
}

static int sys_sleep(void *ctx, int ms)
{
    ((fake_platform_t *)ctx)->sleep_ms = ms;
    return HOST_UNSUPPORTED;
}

static void sys_restart(void *ctx, int reason)
{
    ((fake_platform_t *)ctx)->restart_reason = reason;
    ((fake_platform_t *)ctx)->restarts++;
}

static int sys_reset_reason(void *ctx)
{
    return ((fake_platform_t *)ctx)->reset_reason;
}

static int io_one(void *ctx, int pin)
{
    (void)pin;
    return answer(ctx);
}

static int io_two(void *ctx, int pin, int value)
{
    (void)pin, (void)value;
    return answer(ctx);
}

static int io_pwm(void *ctx, int pin, int hertz, int duty_permille)
{
    (void)pin, (void)hertz, (void)duty_permille;
    return answer(ctx);
}

static int io_i2c(void *ctx, int bus, int address, const uint8_t *tx, size_t tx_len, uint8_t *rx, size_t rx_cap)
{
    (void)bus, (void)address, (void)tx, (void)tx_len, (void)rx, (void)rx_cap;
    return answer(ctx);
}

static int io_spi(void *ctx, int bus, const uint8_t *tx, uint8_t *rx, size_t len)
{
    (void)bus, (void)tx, (void)rx, (void)len;
    return answer(ctx);
}

static int io_uart_write(void *ctx, int port, const uint8_t *src, size_t len)
{
    (void)port, (void)src, (void)len;
    return answer(ctx);
}

static int io_uart_read(void *ctx, int port, uint8_t *dst, size_t cap)
{
    (void)port, (void)dst, (void)cap;
    return answer(ctx);
}

static int io_sensor(void *ctx, int sensor, int32_t *out_milli)
{
    (void)sensor;
    *out_milli = 21500;
    return answer(ctx);
}

void fake_platform_init(fake_platform_t *fake)
{
    memset(fake, 0, sizeof(*fake));
    memset(fake->config, 0xFF, sizeof(fake->config));
    fake->now_ms = 1000000;
    fake->restart_reason = -1;
    fake->sleep_ms = -1;
    fake->port = (platform_t){
        .link = { fake, link_answer, link_answer, link_answer, link_answer },
        .net = { fake, net_open, net_handle, net_send, net_recv, net_handle },
        .flash = { fake, flash_geometry, flash_read, flash_program, flash_erase, flash_sync },
        .clock = { fake, clock_now, clock_wall, clock_idle },
        .sys = { fake, sys_random, sys_log, sys_memory, sys_digest, sys_watchdog, sys_sleep, sys_restart, sys_reset_reason },
        .io = { fake, io_two, io_two, io_one, io_one, io_one, io_pwm, io_i2c, io_spi, io_uart_write, io_uart_read, io_sensor },
    };
}
