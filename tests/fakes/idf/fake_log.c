#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "esp_err.h"
#include "esp_log.h"

char fake_log[FAKE_LOG_BYTES];

void fake_log_reset(void)
{
    fake_log[0] = '\0';
}

void fake_log_line(char level, const char *tag, const char *format, ...)
{
    size_t used = strlen(fake_log);
    used += (size_t)snprintf(fake_log + used, sizeof fake_log - used, "%c %s: ", level, tag);
    va_list arguments;
    va_start(arguments, format);
    if (used < sizeof fake_log) {
        used += (size_t)vsnprintf(fake_log + used, sizeof fake_log - used, format, arguments);
    }
    va_end(arguments);
    if (used < sizeof fake_log) {
        snprintf(fake_log + used, sizeof fake_log - used, "\n");
    }
}

const char *esp_err_to_name(esp_err_t code)
{
    return code == ESP_ERR_TIMEOUT ? "ESP_ERR_TIMEOUT" : code == ESP_OK ? "ESP_OK" : "ERROR";
}
