#include "link_shared.h"

#include "config_idf.h"
#include "esp_log.h"
#include "esp_random.h"
#include "esp_timer.h"
#include "freertos/FreeRTOS.h"
#include "link_idf.h"
#include "status_idf.h"
#include "wake.h"

static const char *TAG = "link";

static portMUX_TYPE s_lock = portMUX_INITIALIZER_UNLOCKED;
static link_machine_t s_machine;
static void (*s_on_up)(void);
static void (*s_try_again)(void);
static esp_timer_handle_t s_timer;

static void on_timer(void *ctx)
{
    (void)ctx;
    s_try_again();
}

int link_shared_init(void (*on_up)(void), void (*try_again)(void))
{
    s_on_up = on_up;
    s_try_again = try_again;
    int status = status_report(TAG, "IP stack", esp_netif_init());
    if (status >= 0) {
        status = status_report(TAG, "event loop", esp_event_loop_create_default());
    }
    if (status >= 0) {
        const esp_timer_create_args_t timer = { .callback = on_timer, .name = "link" };
        status = status_report(TAG, "timer", esp_timer_create(&timer, &s_timer));
    }
    return status;
}

void link_shared_name(esp_netif_t *netif)
{
    char name[LINK_HOSTNAME_BYTES];
    if (config_idf_get_text("wifi.hostname", name, sizeof name) > 0) {
        status_report(TAG, "wifi.hostname", esp_netif_set_hostname(netif, name));
    }
}

void link_shared_on_ip(void *ctx, esp_event_base_t base, int32_t id, void *data)
{
    (void)ctx, (void)base;
    if (id == IP_EVENT_STA_GOT_IP || id == IP_EVENT_ETH_GOT_IP) {
        const ip_event_got_ip_t *event = data;
        ESP_LOGI(TAG, "up, address " IPSTR, IP2STR(&event->ip_info.ip));
        portENTER_CRITICAL(&s_lock);
        link_machine_got_address(&s_machine);
        portEXIT_CRITICAL(&s_lock);
        s_on_up();
    } else {
        ESP_LOGW(TAG, "address lost");
        portENTER_CRITICAL(&s_lock);
        link_machine_lost_address(&s_machine);
        portEXIT_CRITICAL(&s_lock);
    }
    wake_signal();
}

void link_shared_start(void)
{
    portENTER_CRITICAL(&s_lock);
    link_machine_start(&s_machine);
    portEXIT_CRITICAL(&s_lock);
}

void link_shared_stop(void)
{
    portENTER_CRITICAL(&s_lock);
    link_machine_stop(&s_machine);
    portEXIT_CRITICAL(&s_lock);
    esp_timer_stop(s_timer); /* INVALID_STATE when it does not run, which is what is wanted */
}

void link_shared_joined(void)
{
    portENTER_CRITICAL(&s_lock);
    link_machine_joined(&s_machine);
    portEXIT_CRITICAL(&s_lock);
}

int32_t link_shared_left(bool retries)
{
    const uint32_t random = esp_random();
    portENTER_CRITICAL(&s_lock);
    const int32_t wait_ms = link_machine_left(&s_machine, random);
    portEXIT_CRITICAL(&s_lock);
    wake_signal();
    if (retries && wait_ms != LINK_STOPPED) {
        esp_timer_stop(s_timer);
        status_report(TAG, "next attempt", esp_timer_start_once(s_timer, (uint64_t)wait_ms * 1000));
    }
    return wait_ms;
}

int link_idf_state(void *ctx)
{
    (void)ctx;
    portENTER_CRITICAL(&s_lock);
    const int state = link_machine_state(&s_machine);
    portEXIT_CRITICAL(&s_lock);
    return state;
}
