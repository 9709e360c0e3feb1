#include "wifi_reason.h"

#include "esp_wifi_types.h"

const char *wifi_reason_text(uint8_t reason)
{
    switch (reason) {
    case WIFI_REASON_NO_AP_FOUND:
        return "no access point of that name in reach (wifi.ssid)";
    case WIFI_REASON_NO_AP_FOUND_W_COMPATIBLE_SECURITY:
    case WIFI_REASON_NO_AP_FOUND_IN_AUTHMODE_THRESHOLD:
        return "the access point's security does not fit (wifi.password)";
    case WIFI_REASON_AUTH_FAIL:
    case WIFI_REASON_4WAY_HANDSHAKE_TIMEOUT:
    case WIFI_REASON_HANDSHAKE_TIMEOUT:
    case WIFI_REASON_MIC_FAILURE:
    case WIFI_REASON_802_1X_AUTH_FAILED:
        return "the access point did not accept the password (wifi.password), or the signal is weak";
    case WIFI_REASON_BEACON_TIMEOUT:
        return "the access point went out of reach";
    case WIFI_REASON_ASSOC_TOOMANY:
        return "the access point has too many stations";
    case WIFI_REASON_AUTH_EXPIRE:
    case WIFI_REASON_ASSOC_FAIL:
    case WIFI_REASON_CONNECTION_FAIL:
    case WIFI_REASON_TIMEOUT:
        return "the access point did not answer";
    case WIFI_REASON_ASSOC_LEAVE:
    case WIFI_REASON_AUTH_LEAVE:
    case WIFI_REASON_STA_LEAVING:
        return "the board left";
    default:
        return "the access point ended it";
    }
}
