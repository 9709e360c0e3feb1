#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_BYTES = 1024, TEXT_BYTES = 768 };

static const world_t *s_world;
static int s_max_level = PLATFORM_LOG_WARNING;

void sim_log_start(const world_t *world, int max_level)
{
    s_world = world;
    s_max_level = max_level;
}

void sim_log_text(void *ctx, int level, const char *tag, const char *text, size_t len)
{
    (void)ctx;
    if (level > s_max_level) {
        return;
    }
    const int64_t now = s_world == NULL ? 0 : world_now(s_world);
    char line[LINE_BYTES];
    int used =
        snprintf(line, sizeof line, "%c (%lld.%03d) %.32s: ", "EWID"[level & 3], (long long)(now / 1000), (int)(now % 1000), tag);
    for (size_t i = 0; i < len && used < LINE_BYTES - 8; i++) {
        const unsigned char byte = (unsigned char)text[i];
        if (byte < 0x20 || byte == 0x7f) {
            used += snprintf(line + used, 8, "\\x%02x", byte);
        } else {
            line[used++] = (char)byte;
        }
    }
    line[used++] = '\n';
    /* One write per line; a log that cannot be written must not stop the board. */
    const ssize_t ignored = write(STDERR_FILENO, line, (size_t)used);
    (void)ignored;
}

void sim_log(int level, const char *tag, const char *format, ...)
{
    char text[TEXT_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    sim_log_text(NULL, level, tag, text, strlen(text));
}
