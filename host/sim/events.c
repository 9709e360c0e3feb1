#include "events.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Room kept for the end of the line whatever was added. */
enum { TAIL_BYTES = 2, ESCAPE_BYTES = 6 };

static int s_fd = STDOUT_FILENO;

static void put(event_t *event, const char *bytes, size_t len)
{
    if (event->len + len <= EVENT_BYTES - TAIL_BYTES) {
        memcpy(event->line + event->len, bytes, len);
        event->len += len;
    }
}

static void put_key(event_t *event, const char *key)
{
    put(event, ",\"", 2);
    put(event, key, strlen(key));
    put(event, "\":", 2);
}

/* Length of the UTF-8 sequence at text, 0 when it is none. Source: RFC 3629, 4. */
static size_t utf8_len(const unsigned char *text)
{
    const unsigned char first = text[0];
    const size_t len = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    for (size_t i = 1; i < len; i++) {
        if ((text[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    if (len == 3 && ((first == 0xe0 && text[1] < 0xa0) || (first == 0xed && text[1] > 0x9f))) {
        return 0;
    }
    if (len == 4 && ((first == 0xf0 && text[1] < 0x90) || (first == 0xf4 && text[1] > 0x8f))) {
        return 0;
    }
    return len;
}

static size_t put_character(event_t *event, const unsigned char *text)
{
    char escape[ESCAPE_BYTES + 1];
    if (*text == '"' || *text == '\\') {
        escape[0] = '\\';
        escape[1] = (char)*text;
        put(event, escape, 2);
        return 1;
    }
    if (*text < 0x20 || *text == 0x7f) {
        snprintf(escape, sizeof escape, "\\u%04x", *text);
        put(event, escape, ESCAPE_BYTES);
        return 1;
    }
    const size_t len = utf8_len(text);
    if (len == 0) {
        put(event, "\\ufffd", ESCAPE_BYTES);
        return 1;
    }
    put(event, (const char *)text, len);
    return len;
}

void event_begin(event_t *event, const char *name)
{
    event->len = 0;
    put(event, "{\"event\":\"", 10);
    put(event, name, strlen(name));
    put(event, "\"", 1);
}

void event_text(event_t *event, const char *key, const char *text)
{
    /* All or nothing: half a text would leave the line without its closing quote. */
    if (event->len + strlen(key) + EVENT_TEXT_BYTES * ESCAPE_BYTES + ESCAPE_BYTES > EVENT_BYTES - TAIL_BYTES) {
        return;
    }
    put_key(event, key);
    put(event, "\"", 1);
    for (size_t i = 0; i < EVENT_TEXT_BYTES && text[i] != '\0';) {
        i += put_character(event, (const unsigned char *)text + i);
    }
    put(event, "\"", 1);
}

void event_number(event_t *event, const char *key, int64_t value)
{
    char digits[24];
    const int len = snprintf(digits, sizeof digits, "%lld", (long long)value);
    put_key(event, key);
    put(event, digits, (size_t)len);
}

void event_number_as_text(event_t *event, const char *key, uint64_t value)
{
    char digits[28];
    const int len = snprintf(digits, sizeof digits, "\"%llu\"", (unsigned long long)value);
    put_key(event, key);
    put(event, digits, (size_t)len);
}

void event_bool(event_t *event, const char *key, bool value)
{
    put_key(event, key);
    put(event, value ? "true" : "false", value ? 4 : 5);
}

void event_emit(event_t *event)
{
    memcpy(event->line + event->len, "}\n", TAIL_BYTES);
    const size_t len = event->len + TAIL_BYTES;
    for (size_t done = 0; done < len;) {
        const ssize_t count = write(s_fd, event->line + done, len - done);
        if (count < 0 && errno == EAGAIN) {
            struct pollfd room = { .fd = s_fd, .events = POLLOUT };
            poll(&room, 1, -1);
        } else if (count < 0 && errno != EINTR) {
            _exit(1);
        }
        done += count > 0 ? (size_t)count : 0;
    }
}

void event_error(const char *format, ...)
{
    char text[EVENT_TEXT_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    event_t event;
    event_begin(&event, "error");
    event_text(&event, "message", text);
    event_emit(&event);
}

void events_redirect(int fd)
{
    s_fd = fd;
}
