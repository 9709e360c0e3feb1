#include "script_app.h"

#include <string.h>

#include "guest_memory.h"
#include "test_device.h"

enum { PAYLOAD_MAX = 600, RECEIPT_BYTES = 8, STATS_BYTES = 128, FLAGS_ALL = 0x3F };
/* Values of assembly/sdk/flags.ts. */
enum { FLAG_OFFLINE = 0x01, FLAG_QOS_1 = 0x02, FLAG_QOS_2 = 0x04, STORED = 1, QUEUED = 2 };

static const char *const s_names[] = {
    "a/b",
    "sensors/temperature",
    "door",
    "devices/d1/x",
    "a//b",
    "",
    "+/x",
    "cmd/#",
    "#/a",
    "cmd/+/go",
    "$SYS/x",
    "\xC3\x28",
    "long/0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234",
};

/* Schemas (ARCHITECTURE.md), and for each what a value of it takes: f and d float and double, i and l integers, t text, b bool. */
static const struct {
    const char *tokens;
    size_t len;
    const char *values;
} s_schemas[] = {
    { "", 0, "" },
    { "\x0A\x0Btemperature\x06\x07"
      "battery",
      22, "fi" },
    { "\x0B\x01"
      "d\x08\x01"
      "l\x09\x01"
      "u",
      9, "dll" },
    { "\x0C\x01t\x01\x02on", 7, "tb" },
    { "\x0D\x01o\x0A\x01x\x0E\x0F\x01"
      "a\x03\x04",
      11, "fi" },
    { "\x0D\x01o\x0A\x01x", 6, "f" },
    { "\x77\x01x", 3, "i" },
};
enum { SCHEMAS = sizeof(s_schemas) / sizeof(s_schemas[0]), NAMES = sizeof(s_names) / sizeof(s_names[0]) };

static const char *pick_name(random_t *random)
{
    return s_names[random_below(random, random_once_in(random, 4) ? NAMES : 4)];
}

/* Mostly small, sometimes over what fits the exchange buffer. */
static size_t pick_len(random_t *random)
{
    return random_below(random, random_once_in(random, 8) ? PAYLOAD_MAX : 100);
}

static uint32_t pick_flags(random_t *random)
{
    static const uint8_t usual[] = {
        FLAG_OFFLINE | FLAG_QOS_1, FLAG_QOS_1, 0, FLAG_OFFLINE, FLAG_OFFLINE | FLAG_QOS_2, FLAG_QOS_2
    };
    return random_once_in(random, 8) ? random_below(random, FLAGS_ALL + 9) : usual[random_below(random, sizeof(usual))];
}

static uint32_t pick_ttl(random_t *random)
{
    return random_once_in(random, 3) ? random_below(random, 100) - 1 : 0;
}

static const uint8_t *pick_bytes(random_t *random, size_t len)
{
    static uint8_t bytes[PAYLOAD_MAX];
    bool is_text = !random_once_in(random, 3);
    for (size_t i = 0; i < len; i++) {
        bytes[i] = is_text ? (uint8_t)(' ' + random_below(random, 95)) : (uint8_t)random_next(random);
    }
    return bytes;
}

static void count_answer(device_t *device, int32_t answer)
{
    device->stored += answer == STORED;
    device->queued += answer == QUEUED;
}

void script_publish(device_t *device, random_t *random)
{
    device_call_t call = device_call(device);
    const char *topic = pick_name(random);
    size_t len = pick_len(random);
    device_put_bytes(&call, topic, strlen(topic));
    device_put_bytes(&call, pick_bytes(random, len), len);
    device_put_number(&call, pick_flags(random));
    device_put_number(&call, pick_ttl(random));
    device_put_room(&call, random_once_in(random, 20) ? 4 : RECEIPT_BYTES);
    count_answer(device, device_syscall(&call, "publish"));
}

void script_publish_in_parts(device_t *device, random_t *random)
{
    device_call_t begin = device_call(device);
    const char *topic = pick_name(random);
    uint32_t total = random_below(random, random_once_in(random, 6) ? 8000 : 1500);
    device_put_bytes(&begin, topic, strlen(topic));
    device_put_number(&begin, total);
    device_put_number(&begin, pick_flags(random));
    device_put_number(&begin, pick_ttl(random));
    int32_t handle = device_syscall(&begin, "publish_begin");
    for (uint32_t left = random_once_in(random, 8) ? total + 1 : total; left > 0;) {
        device_call_t write = device_call(device);
        size_t len = 1 + random_below(random, left < 500 ? left : 500);
        device_put_number(&write, (uint32_t)handle);
        device_put_bytes(&write, pick_bytes(random, len), len);
        if (device_syscall(&write, "publish_write") < 0) {
            break;
        }
        left -= (uint32_t)len;
        if (random_once_in(random, 6)) {
            device_step(device);
        }
    }
    device_call_t end = device_call(device);
    device_put_number(&end, random_once_in(random, 10) ? 3 : (uint32_t)handle);
    if (random_once_in(random, 8)) {
        device_syscall(&end, "publish_abort");
        return;
    }
    device_put_room(&end, RECEIPT_BYTES);
    count_answer(device, device_syscall(&end, "publish_commit"));
}

void script_stream_open(device_t *device, random_t *random)
{
    device_call_t call = device_call(device);
    uint32_t schema = random_below(random, SCHEMAS);
    const char *context = random_once_in(random, 2) ? "\"tags\":[\"sensors\"]," : "";
    const char *name = pick_name(random);
    device_put_bytes(&call, name, strlen(name));
    device_put_bytes(&call, context, strlen(context));
    device_put_bytes(&call, s_schemas[schema].tokens, s_schemas[schema].len);
    device_put_number(&call, pick_flags(random));
    device_put_number(&call, pick_ttl(random));
    int32_t stream = device_syscall(&call, "stream_open");
    if (stream >= 0 && stream < DEVICE_STREAMS) {
        device->schemas[stream] = (int)schema;
    }
}

/* Packs random values of a schema; floats get any bits: NaN, infinities and the smallest numbers too. */
static size_t pack_values(random_t *random, const char *types, uint8_t *out)
{
    static const uint8_t widths[] = { ['f'] = 4, ['i'] = 4, ['d'] = 8, ['l'] = 8, ['b'] = 1 };
    size_t len = 0;
    for (; *types; types++) {
        size_t width = *types == 't' ? random_below(random, 40) : widths[(uint8_t)*types];
        if (*types == 't') {
            out[len++] = (uint8_t)width;
            out[len++] = 0;
        }
        memcpy(out + len, pick_bytes(random, width), width);
        out[len] &= *types == 'b' ? 1 : 0xFF;
        len += width;
    }
    return len;
}

void script_stream_publish(device_t *device, random_t *random)
{
    uint8_t values[64];
    device_call_t call = device_call(device);
    uint32_t stream = random_below(random, random_once_in(random, 16) ? DEVICE_STREAMS : 4);
    int schema = device->schemas[stream];
    size_t len = schema == 0 ? random_below(random, sizeof(values)) : pack_values(random, s_schemas[schema].values, values);
    if (schema == 0) {
        memcpy(values, pick_bytes(random, len), len);
    }
    device_put_number(&call, stream);
    device_put_bytes(&call, values, random_once_in(random, 20) ? len / 2 : len);
    device_put_room(&call, RECEIPT_BYTES);
    count_answer(device, device_syscall(&call, "stream_publish"));
}

void script_subscribe(device_t *device, random_t *random)
{
    device_call_t call = device_call(device);
    const char *filter = random_once_in(random, 2) ? "cmd/#" : pick_name(random);
    device_put_bytes(&call, filter, strlen(filter));
    if (random_once_in(random, 3)) {
        device_syscall(&call, "unsubscribe");
        return;
    }
    device_put_number(&call, random_below(random, 3));
    device_syscall(&call, "subscribe");
}

void script_take_event(device_t *device, random_t *random)
{
    enum { EVENT_HEADER_BYTES = 16, PAYLOAD_LEN_AT = 4, PART_BYTES = 200 };
    device_call_t next = device_call(device);
    device_put_room(&next, EVENT_HEADER_BYTES);
    if (device_syscall(&next, "event_next") != 1) {
        return;
    }
    uint32_t total = guest_get_u32(device->app + PAYLOAD_LEN_AT) + (device->app[0] | (uint32_t)device->app[1] << 8);
    for (uint32_t offset = 0; offset < total && offset < 2000; offset += PART_BYTES) {
        device_call_t read = device_call(device);
        device_put_number(&read, offset);
        device_put_room(&read, PART_BYTES);
        device_syscall(&read, "event_read");
    }
    device_call_t done = device_call(device);
    device_put_number(&done, random_below(random, 3));
    if (!random_once_in(random, 5) && device_syscall(&done, "event_done") >= 0) {
        device->events++;
    }
}

void script_client(device_t *device, random_t *random)
{
    device_call_t call = device_call(device);
    bool is_stop = random_once_in(random, 10);
    if (!is_stop) {
        device_put_number(&call, 0);
    }
    device_syscall(&call, is_stop ? "client_stop" : "client_start");
}

void script_ask(device_t *device, random_t *random)
{
    static const char *const keys[] = { "app.unit", "app.none", "mqtt.password" };
    device_call_t call = device_call(device);
    switch (random_below(random, 6)) {
    case 0:
        device_syscall(&call, "client_state");
        break;
    case 1:
        device_put_room(&call, STATS_BYTES);
        device_syscall(&call, "stats");
        break;
    case 2:
        device_put_room(&call, 16);
        device_syscall(&call, "time");
        break;
    case 3: {
        const char *key = keys[random_below(random, 3)];
        device_put_bytes(&call, key, strlen(key));
        device_put_room(&call, random_below(random, 32));
        device_syscall(&call, "config");
        break;
    }
    case 4:
        if (random_once_in(random, 20)) {
            device_put_number(&call, random_below(random, 1000) - 1);
            device_syscall(&call, "sleep");
        }
        break;
    default:
        device_syscall(&call, "reset_reason");
        break;
    }
}

void script_nonsense(device_t *device, random_t *random)
{
    size_t first = 0;
    while (link_app_imports[first].row == LINK_HOST_ROW) {
        first++;
    }
    const engine_import_t *row = &link_app_imports[first + random_below(random, SYSCALL_COUNT)];
    const char *args = signature_args(row->signature);
    device_call_t call = device_call(device);
    for (size_t i = 0; args[i] != ')'; i++) {
        if (args[i] == 'i') {
            device_put_number(&call, random_once_in(random, 2) ? random_below(random, 600) : random_next(random));
            continue;
        }
        size_t len = random_below(random, 260);
        device_put_bytes(&call, pick_bytes(random, len), len);
        i++;
    }
    device_syscall(&call, row->name);
}
