#include "console.h"

#include <string.h>

/* The 16550 of QEMU's `virt`: a byte written to the first register is sent, once the line status says that there is room. */
static volatile uint8_t *const s_uart = (volatile uint8_t *)0x10000000;
enum { TRANSMIT = 0, LINE_STATUS = 5, LINE_STATUS_ROOM = 0x20 };

_Noreturn void machine_exit(int code);

static void write_bytes(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        while (!(s_uart[LINE_STATUS] & LINE_STATUS_ROOM)) {
        }
        s_uart[TRANSMIT] = (uint8_t)text[i];
    }
}

void console_text(const char *tag, const char *text, size_t len)
{
    write_bytes(tag, strlen(tag));
    write_bytes(" ", 1);
    write_bytes(text, len);
    write_bytes("\n", 1);
}

void console_figure(const char *name, uint32_t value)
{
    char digits[10];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    write_bytes("figure ", 7);
    console_text(name, digits + at, sizeof digits - at);
}

_Noreturn void console_fail(const char *why)
{
    console_text("failed", why, strlen(why));
    machine_exit(1);
}
