/*
 * Sessions of the kernel as it runs on a board, compiled ahead of time, against a broker that counts: identifiers of many
 * messages, and what arrives over broken links and power cuts in the flash, both ways. SESSION_SEED=n repeats a run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "guest_memory.h"
#include "script.h"

enum { DEFAULT_SEED = 311, MESSAGES = 1000, BREAKS = 50, CUTS = 20, OPERATIONS_MAX = 8, TURNS_MAX = 2000000 };
/* Three times as many as there are identifiers. */
enum { WRAPPING = 200000 };
/* Values of assembly/sdk/flags.ts, and of a unit of flash that no cut may complete. */
enum { FLAG_OFFLINE = 0x01, FLAG_QOS_1 = 0x02, STORED = 1, QUEUED = 2, RECEIPT_BYTES = 8, TORN_BYTES = 8 };
enum { STATS_BYTES = 128, STORED_AT = 2 * 4, DELIVERED_AT = 3 * 4, WAITING_AT = 6 * 4, IN_FLIGHT_AT = 7 * 4, ONLINE = 5 };

static const broker_rules_t RULES = {
    .packets = 1 << PACKET_CONNECT | 1 << PACKET_PUBLISH | 1 << PACKET_PUBACK | 1 << PACKET_PUBREC | 1 << PACKET_PUBREL
               | 1 << PACKET_PUBCOMP | 1 << PACKET_SUBSCRIBE | 1 << PACKET_PINGREQ | 1 << PACKET_DISCONNECT,
    .qos = 2,
};

static device_t s_device;
static kernel_file_t s_kernel;
static random_t s_random;
/* Numbers in the order they arrived. */
static uint32_t s_got[4 * MESSAGES];
static size_t s_got_count;
static int s_breaks;
static int s_cuts;

static uint32_t number_of(const uint8_t *text, size_t len)
{
    uint32_t number = 0;
    for (size_t i = 0; i < len; i++) {
        number = number * 10 + text[i] - '0';
    }
    return number;
}

static void note(void *ctx, const uint8_t *payload, size_t len)
{
    (void)ctx;
    assert_true(s_got_count < sizeof(s_got) / sizeof(s_got[0]));
    s_got[s_got_count++] = number_of(payload, len);
}

static size_t distinct(void)
{
    static uint8_t is_there[MESSAGES];
    size_t count = 0;
    memset(is_there, 0, sizeof(is_there));
    for (size_t i = 0; i < s_got_count; i++) {
        count += !is_there[s_got[i]];
        is_there[s_got[i]] = 1;
    }
    return count;
}

static int32_t publish(uint32_t number, uint32_t flags)
{
    char text[12];
    const int len = snprintf(text, sizeof(text), "%u", number);
    device_call_t call = device_call(&s_device);
    device_put_bytes(&call, "out", 3);
    device_put_bytes(&call, text, (size_t)len);
    device_put_number(&call, flags);
    device_put_number(&call, 0);
    device_put_room(&call, RECEIPT_BYTES);
    return device_syscall(&call, "publish");
}

static uint32_t stat_at(size_t at)
{
    device_call_t call = device_call(&s_device);
    device_put_room(&call, STATS_BYTES);
    assert_true(device_syscall(&call, "stats") > 0);
    return guest_get_u32(s_device.app + at);
}

static void start_client(uint8_t qos)
{
    device_call_t start = device_call(&s_device);
    device_put_number(&start, 0);
    device_syscall(&start, "client_start");
    device_call_t subscribe = device_call(&s_device);
    device_put_bytes(&subscribe, "in", 2);
    device_put_number(&subscribe, qos);
    device_syscall(&subscribe, "subscribe");
}

static void begin(const char *kernel, uint8_t qos)
{
    const char *seed = getenv("SESSION_SEED");
    s_random.state = seed ? (uint32_t)strtoul(seed, NULL, 10) : DEFAULT_SEED;
    s_kernel = kernel_file_read(kernel);
    device_init(&s_device, &engine_aot, &s_kernel, s_random.state);
    s_device.board.broker.keeps_session = true;
    s_device.board.broker.rules = &RULES;
    s_got_count = 0;
    s_breaks = 0;
    s_cuts = 0;
    start_client(qos);
}

static void turn(void)
{
    device_step(&s_device);
    s_device.board.now_ms += stat_at(0) == ONLINE ? 1 : 1000;
    assert_false(s_device.runtime->has_kernel_trapped);
    journal_clear(&s_device.board.journal);
}

/* A link that breaks, or power that is to fail in one of the next writes to flash: spread over the messages. */
static void strike(size_t done, uint8_t qos)
{
    ram_board_t *board = &s_device.board;
    if (board->is_cut) {
        device_reset(&s_device, PLATFORM_RESET_POWER_ON);
        start_client(qos);
        s_cuts++;
        return;
    }
    if (stat_at(0) != ONLINE || !random_once_in(&s_random, 4)) {
        return;
    }
    if (s_breaks < BREAKS && done * BREAKS >= (size_t)s_breaks * MESSAGES) {
        board->broker.is_closed = true;
        board->broker.out_len = 0; /* what was on its way is lost */
        s_breaks++;
    } else if (s_cuts < CUTS && done * CUTS >= (size_t)s_cuts * MESSAGES) {
        if (done == MESSAGES) { /* nothing is written any more */
            board->is_cut = true;
        } else if (board->writes_to_cut == 0) {
            board->torn_bytes = random_once_in(&s_random, 2) ? TORN_BYTES : 0;
            board->writes_to_cut = 1 + (int)random_below(&s_random, OPERATIONS_MAX);
        }
    }
}

/* Each number once with QoS 2; with QoS 1 at least once, first times in order. */
static void expect_all(uint8_t qos)
{
    size_t next = 0;
    for (size_t i = 0; i < s_got_count; i++) {
        if (s_got[i] == next) {
            next++;
        } else if (qos == 2 || s_got[i] > next) {
            fail_msg("QoS %d: message %zu to arrive is %u, expected %zu", qos, i, s_got[i], next);
        }
    }
    assert_int_equal(next, MESSAGES);
    assert_int_equal(s_breaks, BREAKS);
    assert_int_equal(s_cuts, CUTS);
    assert_int_equal(s_device.board.broker.bad_ids, 0);
}

static void sends(uint8_t qos)
{
    begin("full-plain", qos);
    s_device.board.broker.on_message = note;
    uint32_t sent = 0;
    for (int turns = 0; turns < TURNS_MAX; turns++) {
        if (sent < MESSAGES && !s_device.board.is_cut) {
            publish(sent, FLAG_OFFLINE | (uint32_t)qos << 1);
        }
        turn();
        strike(sent, qos);
        sent = stat_at(STORED_AT); /* what a cut left of a call is what the store says */
        if (sent == MESSAGES && stat_at(WAITING_AT) == 0 && s_breaks == BREAKS && s_cuts == CUTS) {
            break;
        }
    }
    expect_all(qos);
    assert_int_equal(stat_at(DELIVERED_AT), MESSAGES);
}

/* Takes what waits for the app: a message counts once the kernel knows that it was handled. */
static void receive(void)
{
    enum { EVENT_HEADER_BYTES = 16, PAYLOAD_LEN_AT = 4, TOPIC_BYTES = 2, ROOM = 12 };
    for (;;) {
        device_call_t next = device_call(&s_device);
        device_put_room(&next, EVENT_HEADER_BYTES);
        if (device_syscall(&next, "event_next") != 1) {
            return;
        }
        const uint32_t len = guest_get_u32(s_device.app + PAYLOAD_LEN_AT);
        device_call_t read = device_call(&s_device);
        device_put_number(&read, TOPIC_BYTES);
        device_put_room(&read, ROOM);
        assert_int_equal(device_syscall(&read, "event_read"), len);
        const uint32_t number = number_of(s_device.app, len);
        device_call_t done = device_call(&s_device);
        device_put_number(&done, 0);
        if (device_syscall(&done, "event_done") < 0 || s_device.board.is_cut) {
            return;
        }
        assert_true(s_got_count < sizeof(s_got) / sizeof(s_got[0]));
        s_got[s_got_count++] = number;
    }
}

static void receives(uint8_t qos)
{
    begin("full-plain", qos);
    uint32_t sent = 0;
    size_t done = 0;
    for (int turns = 0; turns < TURNS_MAX && (done < MESSAGES || s_breaks < BREAKS || s_cuts < CUTS); turns++) {
        sent += sent < MESSAGES && stat_at(0) == ONLINE && broker_deliver(&s_device.board.broker, sent, qos);
        turn();
        if (!s_device.board.is_cut) {
            receive();
        }
        done = distinct();
        strike(done, qos);
    }
    expect_all(qos);
}

static void qos_1_is_sent_at_least_once_over_breaks_and_cuts(void **state)
{
    (void)state;
    sends(1);
}

static void qos_2_is_sent_exactly_once_over_breaks_and_cuts(void **state)
{
    (void)state;
    sends(2);
}

static void qos_1_is_received_at_least_once_over_breaks_and_cuts(void **state)
{
    (void)state;
    receives(1);
}

static void qos_2_is_received_exactly_once_over_breaks_and_cuts(void **state)
{
    (void)state;
    receives(2);
}

/* Acknowledgements come in groups, newest first, so that identifiers in use are met at the wrap. */
static void identifiers_wrap_and_none_is_0_or_in_use_twice(void **state)
{
    (void)state;
    begin("minimal-plain", 0);
    broker_t *broker = &s_device.board.broker;
    broker->ack = BROKER_ACK_HOLD;
    for (int sent = 0; sent < WRAPPING || stat_at(IN_FLIGHT_AT) > 0;) {
        while (sent < WRAPPING && publish((uint32_t)sent, FLAG_QOS_1) == QUEUED) {
            sent++;
        }
        turn();
        if (broker->held_count > 2 || sent == WRAPPING) {
            broker_release(broker, true);
        }
    }
    assert_int_equal(broker->publishes, WRAPPING);
    assert_int_equal(broker->bad_ids, 0);
    assert_int_equal(broker->wraps, WRAPPING / 65535);
    assert_int_equal(broker->connects, 1);
    print_message("%d messages, %d wraps\n", WRAPPING, broker->wraps);
}

static int free_device(void **state)
{
    (void)state;
    device_free(&s_device);
    kernel_file_free(&s_kernel);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(qos_1_is_sent_at_least_once_over_breaks_and_cuts, free_device),
        cmocka_unit_test_teardown(qos_2_is_sent_exactly_once_over_breaks_and_cuts, free_device),
        cmocka_unit_test_teardown(qos_1_is_received_at_least_once_over_breaks_and_cuts, free_device),
        cmocka_unit_test_teardown(qos_2_is_received_exactly_once_over_breaks_and_cuts, free_device),
        cmocka_unit_test_teardown(identifiers_wrap_and_none_is_0_or_in_use_twice, free_device),
    };
    return cmocka_run_group_tests_name("host/aot/session", tests, NULL, NULL);
}
