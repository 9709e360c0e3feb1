#include "ram_board.h"

#include <string.h>

#include "crc32.h"
#include "guest_memory.h"
#include "config_image.h"
#include "config_writer.h"

static uint8_t *partition(ram_board_t *board, int number, uint32_t *sectors)
{
    static const uint32_t first[] = { 0, BOARD_STORE_SECTORS, BOARD_STORE_SECTORS + 4, BOARD_SECTORS };
    *sectors = first[number + 1] - first[number];
    return board->flash + first[number] * BOARD_SECTOR_BYTES;
}

static int flash_geometry(void *ctx, int number, platform_flash_geometry_t *out)
{
    if (number > PLATFORM_PARTITION_CONFIG) {
        return HOST_NOT_FOUND;
    }
    *out = (platform_flash_geometry_t){ .sector_bytes = BOARD_SECTOR_BYTES, .program_bytes = 16 };
    partition(ctx, number, &out->sector_count);
    return HOST_OK;
}

static int flash_read(void *ctx, int number, uint32_t offset, uint8_t *dst, size_t len)
{
    ram_board_t *board = ctx;
    uint32_t sectors;
    memcpy(dst, partition(board, number, &sectors) + offset, len);
    journal_add(&board->journal, "read %d %u %zu\n", number, offset, len);
    return board->is_cut ? HOST_IO : HOST_OK;
}

/* Returns how many of len bytes the power lasts for. */
static size_t powered_bytes(ram_board_t *board, size_t len)
{
    if (board->is_cut) {
        return 0;
    }
    if (board->writes_to_cut == 0 || --board->writes_to_cut > 0) {
        return len;
    }
    board->is_cut = true;
    return board->torn_bytes < len ? board->torn_bytes : len;
}

static int flash_program(void *ctx, int number, uint32_t offset, const uint8_t *src, size_t len)
{
    ram_board_t *board = ctx;
    uint32_t sectors;
    uint8_t *dst = partition(board, number, &sectors) + offset;
    journal_add(&board->journal, "program %d %u ", number, offset);
    journal_add_bytes(&board->journal, src, len);
    size_t powered = powered_bytes(board, len);
    for (size_t i = 0; i < powered; i++) {
        dst[i] &= src[i];
    }
    return board->is_cut ? HOST_IO : HOST_OK;
}

static int flash_erase(void *ctx, int number, uint32_t sector)
{
    ram_board_t *board = ctx;
    uint32_t sectors;
    journal_add(&board->journal, "erase %d %u\n", number, sector);
    memset(partition(board, number, &sectors) + sector * BOARD_SECTOR_BYTES, 0xFF, powered_bytes(board, BOARD_SECTOR_BYTES));
    return board->is_cut ? HOST_IO : HOST_OK;
}

static int flash_sync(void *ctx, int number)
{
    ram_board_t *board = ctx;
    journal_add(&board->journal, "sync %d\n", number);
    return board->is_cut ? HOST_IO : HOST_OK;
}

static int link_start(void *ctx)
{
    journal_add(&((ram_board_t *)ctx)->journal, "link start\n");
    return HOST_OK;
}

static int link_stop(void *ctx)
{
    journal_add(&((ram_board_t *)ctx)->journal, "link stop\n");
    return HOST_OK;
}

static int link_state(void *ctx)
{
    return ((ram_board_t *)ctx)->link;
}

static int link_rssi(void *ctx)
{
    (void)ctx;
    return -60;
}

static int net_open(void *ctx, const char *host, size_t host_len, uint16_t port, int flags)
{
    ram_board_t *board = ctx;
    journal_add(&board->journal, "open %.*s %u %d\n", (int)host_len, host, port, flags);
    if (board->is_cut || board->link != PLATFORM_LINK_UP) {
        return HOST_CLOSED;
    }
    broker_open(&board->broker);
    return board->socket = ++board->sockets;
}

static int net_state(void *ctx, int socket)
{
    ram_board_t *board = ctx;
    if (socket != board->socket || board->is_cut || board->link != PLATFORM_LINK_UP) {
        return HOST_CLOSED;
    }
    if (board->open_status < 0) {
        return board->open_status;
    }
    if (board->polls_to_open > 0) {
        board->polls_to_open--;
        return 0;
    }
    return board->broker.is_closed && board->broker.out_len == 0 ? HOST_CLOSED : 1;
}

static int net_send(void *ctx, int socket, const uint8_t *src, size_t len)
{
    ram_board_t *board = ctx;
    size_t taken = len < board->send_limit ? len : board->send_limit;
    journal_add(&board->journal, "send %d (%zu) ", socket, len);
    journal_add_bytes(&board->journal, src, taken);
    if (net_state(ctx, socket) != 1) {
        return HOST_CLOSED;
    }
    broker_receive(&board->broker, src, taken);
    return (int)taken;
}

static int net_recv(void *ctx, int socket, uint8_t *dst, size_t cap)
{
    ram_board_t *board = ctx;
    if (net_state(ctx, socket) != 1) {
        return HOST_CLOSED;
    }
    size_t len = broker_take(&board->broker, dst, cap < board->recv_limit ? cap : board->recv_limit);
    journal_add(&board->journal, "recv %d %zu of %zu\n", socket, len, cap);
    return (int)len;
}

static int net_close(void *ctx, int socket)
{
    ram_board_t *board = ctx;
    journal_add(&board->journal, "close %d\n", socket);
    board->socket = 0;
    return HOST_OK;
}

static int64_t clock_monotonic(void *ctx)
{
    return ((ram_board_t *)ctx)->now_ms;
}

static int64_t clock_wall(void *ctx)
{
    return ((ram_board_t *)ctx)->wall_ms;
}

static void clock_idle(void *ctx, int64_t max_ms)
{
    ((ram_board_t *)ctx)->now_ms += max_ms;
}

static int sys_random(void *ctx, uint8_t *dst, size_t len)
{
    ram_board_t *board = ctx;
    for (size_t i = 0; i < len; i++) {
        dst[i] = (uint8_t)random_next(&board->random);
    }
    journal_add(&board->journal, "random %zu\n", len);
    return HOST_OK;
}

static void sys_log(void *ctx, int level, const char *tag, const char *text, size_t len)
{
    journal_add(&((ram_board_t *)ctx)->journal, "log %d %s: %.*s\n", level, tag, (int)len, text);
}

static int sys_memory(void *ctx, int what)
{
    (void)ctx, (void)what;
    return 0; /* unknown: the engines need different amounts */
}

static int sys_digest(void *ctx, const uint8_t *src, size_t len, uint8_t dst[32])
{
    (void)ctx;
    memset(dst, 0, 32);
    guest_put_u32(dst, crc32_end(crc32_update(CRC32_START, src, len)));
    return HOST_OK;
}

static int sys_watchdog(void *ctx, int seconds)
{
    if (seconds > 0) {
        journal_add(&((ram_board_t *)ctx)->journal, "watchdog %d\n", seconds);
    }
    return HOST_OK;
}

static int sys_sleep(void *ctx, int ms)
{
    ram_board_t *board = ctx;
    journal_add(&board->journal, "sleep %d\n", ms);
    board->is_leaving = true;
    return HOST_OK;
}

static void sys_restart(void *ctx, int reason)
{
    ram_board_t *board = ctx;
    journal_add(&board->journal, "restart %d\n", reason);
    board->is_leaving = true;
}

static int sys_reset_reason(void *ctx)
{
    return ((ram_board_t *)ctx)->reset_reason;
}

/* Writes the configuration: config_image.h. */
static void write_config(ram_board_t *board)
{
    static const char *const entries[][2] = {
        { "mqtt.host", "broker.example" },
        { "mqtt.port", "1883" },
        { "mqtt.clientId", "d1" },
        { "mqtt.user", "u" },
        { "mqtt.password", "p" },
        { "mqtt.keepAliveSeconds", "30" },
        { "mqtt.window", "4" },
        { "app.unit", "celsius" },
    };
    uint32_t sectors;
    config_writer_t writer;
    uint8_t *image = partition(board, PLATFORM_PARTITION_CONFIG, &sectors);
    config_writer_begin(&writer, image, sectors * BOARD_SECTOR_BYTES / CONFIG_IMAGE_HALVES);
    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
        config_writer_add(&writer, entries[i][0], entries[i][1]);
    }
    config_writer_seal(&writer, 1);
}

void ram_board_init(ram_board_t *board, uint32_t seed)
{
    memset(board, 0, sizeof(*board));
    memset(board->flash, 0xFF, sizeof(board->flash));
    board->random.state = seed;
    board->now_ms = 1000;
    board->wall_ms = -1;
    board->port = (platform_t){
        .link = { board, link_start, link_stop, link_state, link_rssi },
        .net = { board, net_open, net_state, net_send, net_recv, net_close },
        .flash = { board, flash_geometry, flash_read, flash_program, flash_erase, flash_sync },
        .clock = { board, clock_monotonic, clock_wall, clock_idle },
        .sys = { board, sys_random, sys_log, sys_memory, sys_digest, sys_watchdog, sys_sleep, sys_restart, sys_reset_reason },
    };
    write_config(board);
    ram_board_power_on(board, PLATFORM_RESET_POWER_ON);
}

void ram_board_power_on(ram_board_t *board, int reset_reason)
{
    board->reset_reason = reset_reason;
    board->is_cut = false;
    board->is_leaving = false;
    board->writes_to_cut = 0;
    board->link = PLATFORM_LINK_UP;
    board->socket = 0;
    board->open_status = HOST_OK;
    board->send_limit = SIZE_MAX;
    board->recv_limit = SIZE_MAX;
}

void ram_board_erase_store(ram_board_t *board)
{
    memset(board->flash, 0xFF, BOARD_STORE_SECTORS * BOARD_SECTOR_BYTES);
}
