#include "script.h"

#include <string.h>

#include "script_app.h"

/* The network's part. */

static void send_message(device_t *device, random_t *random)
{
    static const char *const topics[] = { "cmd/go", "cmd/a/b", "a/b", "cmd/go" };
    uint8_t payload[700];
    size_t len = random_below(random, random_once_in(random, 6) ? sizeof(payload) : 60);
    for (size_t i = 0; i < len; i++) {
        payload[i] = (uint8_t)random_next(random);
    }
    uint8_t flags = (uint8_t)random_below(random, random_once_in(random, 8) ? 16 : 4);
    uint16_t id = (uint16_t)random_below(random, random_once_in(random, 8) ? 2 : 50);
    broker_publish(&device->board.broker, topics[random_below(random, 4)], payload, len, flags, id);
}

static void send_nonsense(device_t *device, random_t *random)
{
    uint8_t bytes[40];
    size_t len = 1 + random_below(random, sizeof(bytes) - 1);
    for (size_t i = 0; i < len; i++) {
        bytes[i] = (uint8_t)random_next(random);
    }
    if (random_once_in(random, 2)) { /* a whole packet of some kind, its body at random */
        bytes[0] = (uint8_t)(random_below(random, 16) << 4 | (random_once_in(random, 4) ? 2 : 0));
        bytes[1] = (uint8_t)(len < 2 ? 0 : len - 2);
    }
    broker_send(&device->board.broker, bytes, len);
}

static void change_broker(device_t *device, random_t *random)
{
    broker_t *broker = &device->board.broker;
    switch (random_below(random, 5)) {
    case 0:
        broker->is_closed = true;
        break;
    case 3:
        broker->keeps_session = !random_once_in(random, 4);
        break;
    case 1:
        broker->connack_code = random_once_in(random, 6) ? (uint8_t)(1 + random_below(random, 5)) : 0;
        break;
    case 2:
        broker->ack = random_once_in(random, 2) ? BROKER_ACK : (broker_ack_t)random_below(random, BROKER_ACK_MODES);
        break;
    default:
        broker_release(broker, random_once_in(random, 2));
        break;
    }
}

static void change_network(device_t *device, random_t *random)
{
    static const size_t limits[] = { 0, 1, 7, 100, SIZE_MAX, SIZE_MAX, SIZE_MAX };
    ram_board_t *board = &device->board;
    switch (random_below(random, 5)) {
    case 0:
        board->link = random_once_in(random, 3) ? (int)random_below(random, 2) : PLATFORM_LINK_UP;
        break;
    case 1:
        board->send_limit = limits[random_below(random, 7)];
        break;
    case 2:
        board->recv_limit = limits[1 + random_below(random, 6)];
        break;
    case 3:
        board->polls_to_open = (int)random_below(random, 5);
        break;
    default:
        board->open_status = random_once_in(random, 4) ? HOST_REFUSED : HOST_OK;
        break;
    }
}

/* The board's part. */

static void run_rounds(device_t *device, random_t *random)
{
    for (uint32_t rounds = 1 + random_below(random, 4); rounds > 0; rounds--) {
        device_step(device);
        device->board.now_ms += random_below(random, 300);
    }
}

static void jump_clock(device_t *device, random_t *random)
{
    ram_board_t *board = &device->board;
    board->now_ms += random_below(random, random_once_in(random, 4) ? 7200000 : 40000);
    if (random_once_in(random, 2)) {
        board->wall_ms = random_once_in(random, 5) ? -1 : 1700000000000 + (int64_t)random_below(random, 2000000000);
    }
}

/* What an app does first. */
static void set_up_app(device_t *device, random_t *random)
{
    script_client(device, random);
    script_subscribe(device, random);
    for (int streams = 0; streams < 4; streams++) {
        script_stream_open(device, random);
    }
}

static void restart_app(device_t *device, random_t *random)
{
    const uint64_t restarts = random_below(random, 9);
    int32_t result = 0;
    int status = kernel_call(device->runtime, KERNEL_EXPORT_app_started, &restarts, 1, &result);
    journal_add(&device->board.journal, "app_started: %d %d\n", status, (int)result);
    set_up_app(device, random);
}

static void cut_power(device_t *device, random_t *random)
{
    ram_board_t *board = &device->board;
    board->writes_to_cut = (int)random_below(random, 12);
    board->torn_bytes = random_once_in(random, 2) ? 0 : random_below(random, 300);
    board->is_cut = board->writes_to_cut == 0 || random_once_in(random, 3);
}

/* One bit of the store is no longer what was written. */
static void flip_bit(device_t *device, random_t *random)
{
    uint32_t at = random_below(random, BOARD_STORE_SECTORS * BOARD_SECTOR_BYTES);
    device->board.flash[at] ^= (uint8_t)(1u << random_below(random, 8));
}

typedef struct {
    const char *name;
    uint32_t share; /* of 1000 */
    void (*happen)(device_t *device, random_t *random);
} event_t;

static const event_t s_events[] = {
    { "rounds", 320, run_rounds },
    { "publish", 160, script_publish },
    { "publish in parts", 35, script_publish_in_parts },
    { "stream open", 30, script_stream_open },
    { "stream publish", 110, script_stream_publish },
    { "subscribe", 40, script_subscribe },
    { "take event", 75, script_take_event },
    { "client", 25, script_client },
    { "ask", 30, script_ask },
    { "nonsense call", 15, script_nonsense },
    { "message", 90, send_message },
    { "nonsense from the broker", 8, send_nonsense },
    { "broker", 20, change_broker },
    { "network", 12, change_network },
    { "clock", 15, jump_clock },
    { "app restart", 6, restart_app },
    { "power", 7, cut_power },
    { "bit rot", 2, flip_bit },
};

static const event_t *pick_event(random_t *random)
{
    const event_t *event = s_events;
    for (uint32_t left = random_below(random, 1000); left >= event->share; event++) {
        left -= event->share;
    }
    return event;
}

const char *script_event(device_t *device, uint32_t seed)
{
    random_t random = { .state = seed };
    ram_board_t *board = &device->board;
    random_next(&random);
    const event_t *event = pick_event(&random);
    event->happen(device, &random);
    if (device->runtime->has_kernel_trapped) {
        device->traps++;
        device_reset(device, PLATFORM_RESET_KERNEL_TRAP);
    } else if (board->is_cut || board->is_leaving) {
        device_reset(device, board->is_cut ? PLATFORM_RESET_POWER_ON : PLATFORM_RESET_DEEP_SLEEP);
        set_up_app(device, &random);
    }
    return event->name;
}
