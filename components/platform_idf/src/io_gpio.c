#include <inttypes.h>

#include "driver/gpio.h"
#include "esp_attr.h"
#include "esp_log.h"
#include "esp_private/esp_gpio_reserve.h"
#include "io_idf.h"
#include "soc/soc_caps.h"
#include "status_idf.h"

static const char *TAG = "gpio";

static uint64_t s_ours;    /* pins that a mode was set for */
static uint64_t s_outputs; /* of these, outputs */
static uint64_t s_counted; /* pins with an edge counter */
static uint32_t s_edges[SOC_GPIO_PIN_COUNT];

static uint64_t bit(int pin)
{
    return UINT64_C(1) << pin;
}

/* A pin that exists, and that neither the flash nor a bus has taken. */
static bool is_free(int pin)
{
    if (pin < 0 || pin >= SOC_GPIO_PIN_COUNT || !GPIO_IS_VALID_GPIO(pin)) {
        return false;
    }
    return (s_ours & bit(pin)) != 0 || !esp_gpio_is_reserved(bit(pin));
}

static int configure(int pin, int mode)
{
    const gpio_config_t config = {
        .pin_bit_mask = bit(pin),
        .mode = mode == IO_IDF_OUTPUT ? GPIO_MODE_INPUT_OUTPUT : GPIO_MODE_INPUT, /* an output that can be read back */
        .pull_up_en = mode == IO_IDF_PULL_UP ? GPIO_PULLUP_ENABLE : GPIO_PULLUP_DISABLE,
        .pull_down_en = mode == IO_IDF_PULL_DOWN ? GPIO_PULLDOWN_ENABLE : GPIO_PULLDOWN_DISABLE,
        .intr_type = GPIO_INTR_DISABLE,
    };
    return status_report(TAG, "pin", gpio_config(&config));
}

int io_idf_gpio_mode(void *ctx, int pin, int mode)
{
    (void)ctx;
    if (!is_free(pin) || (mode == IO_IDF_OUTPUT && !GPIO_IS_VALID_OUTPUT_GPIO(pin))) {
        ESP_LOGE(TAG, "pin %d: the chip has no such %s, or the flash or a bus uses it", pin,
                 mode == IO_IDF_OUTPUT ? "output" : "pin");
        return HOST_INVALID;
    }
    const int status = configure(pin, mode);
    if (status < 0) {
        return status;
    }
    s_ours |= bit(pin);
    s_outputs = mode == IO_IDF_OUTPUT ? s_outputs | bit(pin) : s_outputs & ~bit(pin);
    s_counted &= ~bit(pin); /* the new mode has no interrupt */
    return HOST_OK;
}

int io_idf_gpio_write(void *ctx, int pin, int level)
{
    (void)ctx;
    if (!is_free(pin) || (s_outputs & bit(pin)) == 0) {
        return HOST_INVALID;
    }
    return status_report(TAG, "level", gpio_set_level((gpio_num_t)pin, (uint32_t)level));
}

int io_idf_gpio_read(void *ctx, int pin)
{
    (void)ctx;
    if (!is_free(pin)) {
        return HOST_INVALID;
    }
    if ((s_ours & bit(pin)) == 0) { /* an input without a mode: as the simulator's pins begin */
        const int status = io_idf_gpio_mode(ctx, pin, IO_IDF_INPUT);
        if (status < 0) {
            return status;
        }
    }
    return gpio_get_level((gpio_num_t)pin);
}

static void IRAM_ATTR on_edge(void *ctx)
{
    __atomic_fetch_add((uint32_t *)ctx, 1, __ATOMIC_RELAXED);
}

static int start_counting(int pin)
{
    static bool s_has_service;
    int status = HOST_OK;
    if (!s_has_service) {
        status = status_report(TAG, "interrupts", gpio_install_isr_service(0));
        s_has_service = status >= 0;
    }
    if (status >= 0 && (s_ours & bit(pin)) == 0) {
        status = io_idf_gpio_mode(NULL, pin, IO_IDF_INPUT);
    }
    if (status >= 0) {
        status = status_report(TAG, "edges", gpio_set_intr_type((gpio_num_t)pin, GPIO_INTR_ANYEDGE));
    }
    if (status >= 0) {
        status = status_report(TAG, "edges", gpio_isr_handler_add((gpio_num_t)pin, on_edge, &s_edges[pin]));
    }
    if (status >= 0) {
        status = status_report(TAG, "edges", gpio_intr_enable((gpio_num_t)pin));
    }
    s_counted |= status >= 0 ? bit(pin) : 0;
    return status;
}

int io_idf_edge_count(void *ctx, int pin)
{
    (void)ctx;
    if (!is_free(pin)) {
        return HOST_INVALID;
    }
    if ((s_counted & bit(pin)) == 0) {
        const int status = start_counting(pin);
        if (status < 0) {
            return status;
        }
    }
    const uint32_t edges = __atomic_exchange_n(&s_edges[pin], 0, __ATOMIC_ACQ_REL);
    return edges > INT32_MAX ? INT32_MAX : (int)edges;
}
