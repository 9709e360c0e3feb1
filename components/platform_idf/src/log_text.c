#include "log_text.h"

#include <stdio.h>

void log_text_clean(const char *text, size_t len, char out[LOG_TEXT_BYTES])
{
    enum { ESCAPE_BYTES = 5 }; /* \xNN and the zero behind it */
    size_t used = 0;
    for (size_t i = 0; i < len && used + ESCAPE_BYTES <= LOG_TEXT_BYTES; i++) {
        const unsigned char byte = (unsigned char)text[i];
        if (byte < 0x20 || byte == 0x7f) {
            used += (size_t)snprintf(out + used, ESCAPE_BYTES, "\\x%02x", byte);
        } else {
            out[used++] = (char)byte;
        }
    }
    out[used] = '\0';
}
