/*
 * Why Wi-Fi went, in words that say what to do.
 */
#ifndef WASMOTE_WIFI_REASON_H
#define WASMOTE_WIFI_REASON_H

#include <stdint.h>

/** Words for a reason of WIFI_EVENT_STA_DISCONNECTED (wifi_err_reason_t). "the access point ended it" for the many others. */
const char *wifi_reason_text(uint8_t reason);

#endif
