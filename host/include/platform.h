/*
 * The port: what a board (or a PC) owes the host. One const struct of small structs, each a context and its functions.
 *
 * Rules for every function
 * - Returns >= 0 (a count, a handle, HOST_OK) or a host_status_t. Native codes are mapped in the backend, once.
 * - Never blocks: what takes time is started and polled. The only wait is `clock.idle`.
 * - Arguments were checked by the glue (spans, ranges, alignment); a backend does not check them again.
 * - Called from one task only.
 */
#ifndef WASMOTE_PLATFORM_H
#define WASMOTE_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "status.h"

/* Numbers that cross the wall; the same stand in assembly/kernel/host/constants.ts (compared by tests/contract). */
enum { PLATFORM_LINK_DOWN = 0, PLATFORM_LINK_CONNECTING = 1, PLATFORM_LINK_UP = 2 };
enum { PLATFORM_NET_TLS = 1 };
enum {
    PLATFORM_PARTITION_STORE = 0,
    PLATFORM_PARTITION_STATE = 1,
    PLATFORM_PARTITION_CONFIG = 2,
    PLATFORM_PARTITION_APP_A = 3,
    PLATFORM_PARTITION_APP_B = 4,
    PLATFORM_PARTITION_SLOTS = 5,
    PLATFORM_PARTITION_FIRMWARE_A = 6,
    PLATFORM_PARTITION_FIRMWARE_B = 7,
    PLATFORM_PARTITION_COUNT = 8
};
enum {
    PLATFORM_RESET_POWER_ON = 0,
    PLATFORM_RESET_WATCHDOG = 1,
    PLATFORM_RESET_RESTART = 2,
    PLATFORM_RESET_KERNEL_TRAP = 3,
    PLATFORM_RESET_DEEP_SLEEP = 4,
    PLATFORM_RESET_BROWNOUT = 5,
    PLATFORM_RESET_UNKNOWN = 6
};
enum { PLATFORM_LOG_ERROR = 0, PLATFORM_LOG_WARNING = 1, PLATFORM_LOG_INFO = 2, PLATFORM_LOG_DEBUG = 3 };

/** The network link: Wi-Fi or Ethernet. */
typedef struct {
    void *ctx;
    int (*start)(void *ctx);
    int (*stop)(void *ctx);
    int (*state)(void *ctx); /* PLATFORM_LINK_* */
    int (*rssi)(void *ctx);  /* dBm, 0 unknown */
} platform_link_t;

/** Stream sockets, plain or TLS. Handles are small integers; partial sends and receives are normal; 0 bytes = not now. */
typedef struct {
    void *ctx;
    int (*open)(void *ctx, const char *host, size_t host_len, uint16_t port, int flags); /* host is not terminated */
    int (*state)(void *ctx, int socket); /* 0 opening, 1 open, or the status that ended it (imports.ts: netState) */
    int (*send)(void *ctx, int socket, const uint8_t *src, size_t len);
    int (*recv)(void *ctx, int socket, uint8_t *dst, size_t cap);
    int (*close)(void *ctx, int socket);
} platform_net_t;

typedef struct {
    uint32_t sector_bytes; /* one erase */
    uint32_t sector_count;
    uint32_t program_bytes; /* smallest program, and its alignment */
} platform_flash_geometry_t;

/** Partitions of NOR flash. program only clears bits; erase sets a sector to 0xFF; offsets count from the partition's start. */
typedef struct {
    void *ctx;
    int (*geometry)(void *ctx, int partition, platform_flash_geometry_t *out); /* NOT_FOUND: the board lacks it */
    int (*read)(void *ctx, int partition, uint32_t offset, uint8_t *dst, size_t len);
    int (*program)(void *ctx, int partition, uint32_t offset, const uint8_t *src, size_t len);
    int (*erase)(void *ctx, int partition, uint32_t sector);
    int (*sync)(void *ctx, int partition); /* returns once it survives a power cut */
} platform_flash_t;

typedef struct {
    void *ctx;
    int64_t (*monotonic)(void *ctx); /* ms, only counts up */
    int64_t (*wall)(void *ctx);      /* ms since 1970 UTC, -1 while not set */
    /** Sleeps until a socket, an input or max_ms: the one wait there is. Ends earlier where the watchdog's period is shorter. */
    void (*idle)(void *ctx, int64_t max_ms);
} platform_clock_t;

typedef struct {
    void *ctx;
    int (*random)(void *ctx, uint8_t *dst, size_t len);
    void (*log)(void *ctx, int level, const char *tag, const char *text, size_t len);
    int (*memory)(void *ctx, int what); /* bytes: 0 free heap, 1 whole heap, 2 lowest free */
    int (*digest)(void *ctx, const uint8_t *src, size_t len, uint8_t dst[32]); /* SHA-256 */
    int (*watchdog)(void *ctx, int seconds);                                   /* sets the period; 0 feeds it */
    int (*sleep)(void *ctx, int ms);                                           /* deep sleep; returns only when it cannot */
    void (*restart)(void *ctx, int reason);                                    /* does not return on a board */
    int (*reset_reason)(void *ctx);
} platform_sys_t;

/** Pins and buses of the board. A board without one answers HOST_UNSUPPORTED. */
typedef struct {
    void *ctx;
    int (*gpio_mode)(void *ctx, int pin, int mode);
    int (*gpio_write)(void *ctx, int pin, int level);
    int (*gpio_read)(void *ctx, int pin);
    int (*edge_count)(void *ctx, int pin);
    int (*adc_millivolts)(void *ctx, int channel);
    int (*pwm_write)(void *ctx, int pin, int hertz, int duty_permille);
    int (*i2c_transfer)(void *ctx, int bus, int address, const uint8_t *tx, size_t tx_len, uint8_t *rx, size_t rx_cap);
    int (*spi_transfer)(void *ctx, int bus, const uint8_t *tx, uint8_t *rx, size_t len);
    int (*uart_write)(void *ctx, int port, const uint8_t *src, size_t len);
    int (*uart_read)(void *ctx, int port, uint8_t *dst, size_t cap);
    int (*sensor)(void *ctx, int sensor, int32_t *out_milli); /* NOT_FOUND: the board has none */
} platform_io_t;

typedef struct {
    platform_link_t link;
    platform_net_t net;
    platform_flash_t flash;
    platform_clock_t clock;
    platform_sys_t sys;
    platform_io_t io;
} platform_t;

#endif
