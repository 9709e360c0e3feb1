/* Fake of ESP-IDF's esp_log.h: lines go to fake_log, for tests to read. */
#ifndef FAKE_ESP_LOG_H
#define FAKE_ESP_LOG_H

enum { FAKE_LOG_BYTES = 4096 };

extern char fake_log[FAKE_LOG_BYTES]; /* "E tag: text\n" ... since fake_log_reset() */

void fake_log_reset(void);
void fake_log_line(char level, const char *tag, const char *format, ...) __attribute__((format(printf, 3, 4)));

#define ESP_LOGE(tag, ...) fake_log_line('E', tag, __VA_ARGS__)
#define ESP_LOGW(tag, ...) fake_log_line('W', tag, __VA_ARGS__)
#define ESP_LOGI(tag, ...) fake_log_line('I', tag, __VA_ARGS__)
#define ESP_LOGD(tag, ...) fake_log_line('D', tag, __VA_ARGS__)

#endif
