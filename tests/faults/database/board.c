#include "board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest_memory.h"
#include "guest_module.h"
#include "runtime_internal.h"

enum { WALL_AT_START_S = 1700000000, GRANULARITY_MS = 10, STEPS_MAX = 100000, ALIGN = 8, SOCKET = 3, CONFIG_BYTES = 64 };

board_t board;

static const broker_rules_t RULES = {
    .packets = 1 << PACKET_CONNECT | 1 << PACKET_PUBLISH | 1 << PACKET_PINGREQ | 1 << PACKET_DISCONNECT,
    .qos = 1,
};

static char s_broken[CONFIG_BYTES];
static uint32_t s_exchange;

static void keep_arrival(void *ctx, const uint8_t *payload, size_t len)
{
    (void)ctx;
    if (board.arrived == BOARD_ARRIVALS_MAX) {
        fprintf(stderr, "board: more arrivals than there is room for\n");
        abort();
    }
    snprintf(board.arrivals[board.arrived++], BOARD_ARRIVAL_BYTES, "%.*s", (int)len, (const char *)payload);
}

static int ok(void *ctx)
{
    (void)ctx;
    return HOST_OK;
}

static int link_state(void *ctx)
{
    (void)ctx;
    return board.is_link_up ? PLATFORM_LINK_UP : PLATFORM_LINK_DOWN;
}

static int net_open(void *ctx, const char *host, size_t host_len, uint16_t port, int flags)
{
    (void)ctx, (void)host, (void)host_len, (void)port, (void)flags;
    broker_open(&board.broker);
    return SOCKET;
}

static int net_state(void *ctx, int socket)
{
    (void)ctx, (void)socket;
    return board.is_link_up ? 1 : HOST_CLOSED;
}

static int net_send(void *ctx, int socket, const uint8_t *src, size_t len)
{
    (void)ctx, (void)socket;
    broker_receive(&board.broker, src, len);
    return (int)len;
}

static int net_recv(void *ctx, int socket, uint8_t *dst, size_t cap)
{
    (void)ctx, (void)socket;
    return (int)broker_take(&board.broker, dst, cap);
}

static int net_close(void *ctx, int socket)
{
    (void)ctx, (void)socket;
    return HOST_OK;
}

static int64_t clock_monotonic(void *ctx)
{
    (void)ctx;
    return board.now_ms;
}

static int64_t clock_wall(void *ctx)
{
    (void)ctx;
    return (int64_t)WALL_AT_START_S * 1000 + board.now_ms;
}

static int sys_random(void *ctx, uint8_t *dst, size_t len)
{
    (void)ctx;
    memset(dst, 0x55, len);
    return HOST_OK;
}

static void sys_log(void *ctx, int level, const char *tag, const char *text, size_t len)
{
    (void)ctx, (void)level, (void)tag, (void)text, (void)len;
}

static int sys_number(void *ctx, int number)
{
    (void)ctx, (void)number;
    return HOST_OK;
}

static int sys_digest(void *ctx, const uint8_t *src, size_t len, uint8_t dst[32])
{
    (void)ctx, (void)src, (void)len, (void)dst;
    return HOST_UNSUPPORTED;
}

static platform_t s_platform = {
    .link = { NULL, ok, ok, link_state, ok },
    .net = { NULL, net_open, net_state, net_send, net_recv, net_close },
    .clock = { NULL, clock_monotonic, clock_wall, NULL },
    .sys = { NULL, sys_random, sys_log, sys_number, sys_digest, sys_number, sys_number, NULL, ok },
};
static runtime_t s_runtime; /* without updates */
static guest_t s_guest = { .platform = &s_platform, .runtime = &s_runtime, .tag = "kernel" };

/* In the place of the partition with the configuration. */
static const char *sys_config(engine_call_t *call)
{
    const struct {
        const char *key;
        const char *value;
    } config[] = { { "mqtt.host", "broker" }, { "mqtt.clientId", "sweep" }, { "test.broken", s_broken } };
    const size_t len = (size_t)guest_i32(call, 1);
    for (size_t i = 0; i < sizeof(config) / sizeof(config[0]); i++) {
        const size_t bytes = strlen(config[i].value);
        if (bytes == 0 || len != strlen(config[i].key) || memcmp(guest_memory_at(call, 0), config[i].key, len) != 0) {
            continue;
        }
        if (bytes > (size_t)guest_i32(call, 3)) {
            return guest_return(call, HOST_TOO_LARGE);
        }
        memcpy(guest_memory_at(call, 2), config[i].value, bytes);
        return guest_return(call, (int32_t)bytes);
    }
    return guest_return(call, HOST_NOT_FOUND);
}

void board_make(const engine_t *engine, const char *module, const char *broken)
{
    snprintf(s_broken, sizeof(s_broken), "%s", broken);
    nor_flash_init(&board.flash, BOARD_SECTOR_BYTES, BOARD_SECTORS);
    board.broker.rules = &RULES;
    board.broker.on_message = keep_arrival;
    s_platform.flash = nor_flash_port;
    s_platform.flash.ctx = &board.flash;
    module_open(engine, module, &s_guest);
    module_answer("sys_config", sys_config);
}

int32_t board_boot(void)
{
    module_load();
    board.trap[0] = '\0';
    const int32_t status = module_call(KERNEL_EXPORT_setup, NULL, 0, board.trap);
    s_exchange = (uint32_t)module_call(KERNEL_EXPORT_exchange, NULL, 0, board.trap);
    return status;
}

static uint8_t *exchange(void)
{
    uint32_t bytes;
    return module_memory(&bytes) + s_exchange;
}

int32_t board_call(int row, const arg_t *args, size_t count)
{
    uint64_t numbers[LINK_SYSCALL_ARGS] = { (uint64_t)row, (uint64_t)board.now_ms };
    size_t used = 2;
    uint32_t at = 0;
    if (board.trap[0] != '\0') {
        return HOST_CLOSED;
    }
    for (size_t i = 0; i < count; i++) {
        if (!args[i].text && !args[i].out) {
            numbers[used++] = (uint32_t)args[i].number;
            continue;
        }
        if (args[i].text) {
            memcpy(exchange() + at, args[i].text, args[i].len);
        } else {
            memset(exchange() + at, 0, args[i].len);
        }
        numbers[used++] = s_exchange + at;
        numbers[used++] = args[i].len;
        at = (at + (uint32_t)args[i].len + ALIGN - 1) / ALIGN * ALIGN;
    }
    const int32_t result = module_call(KERNEL_EXPORT_syscall, numbers, LINK_SYSCALL_ARGS, board.trap);
    at = 0;
    for (size_t i = 0; i < count && result >= 0; i++) {
        if (args[i].out) {
            memcpy(args[i].out, exchange() + at, args[i].len);
        }
        if (args[i].text || args[i].out) {
            at = (at + (uint32_t)args[i].len + ALIGN - 1) / ALIGN * ALIGN;
        }
    }
    return result;
}

void board_run(int32_t ms)
{
    const int64_t end = board.now_ms + ms;
    for (int i = 0; !board.flash.is_off && board.trap[0] == '\0'; i++) {
        if (i == STEPS_MAX) {
            snprintf(board.trap, sizeof(board.trap), "the kernel keeps asking for more work");
            return;
        }
        const uint64_t now = (uint64_t)board.now_ms;
        int64_t wait = module_call(KERNEL_EXPORT_step, &now, 1, board.trap);
        if (wait == 0) {
            continue;
        }
        if (board.now_ms >= end) {
            return;
        }
        wait = wait < GRANULARITY_MS ? wait : GRANULARITY_MS;
        board.now_ms += wait < end - board.now_ms ? wait : end - board.now_ms;
    }
}
