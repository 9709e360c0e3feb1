#include "gpio.h"

#include <string.h>

#include "events.h"
#include "log.h"

static const char *TAG = "io";

void sim_gpio_init(sim_gpio_t *gpio, world_t *world)
{
    gpio->world = world;
    memset(gpio->mode, GPIO_INPUT, sizeof gpio->mode);
    memset(gpio->output, -1, sizeof gpio->output);
}

static bool has_pin(int pin)
{
    return pin >= 0 && pin < WORLD_PINS;
}

int sim_gpio_mode(void *ctx, int pin, int mode)
{
    sim_gpio_t *gpio = ctx;
    if (!has_pin(pin)) {
        return HOST_INVALID;
    }
    gpio->mode[pin] = (int8_t)mode;
    return HOST_OK;
}

int sim_gpio_write(void *ctx, int pin, int level)
{
    sim_gpio_t *gpio = ctx;
    if (!has_pin(pin) || gpio->mode[pin] != GPIO_OUTPUT) {
        return HOST_INVALID;
    }
    if (gpio->output[pin] != level) {
        event_t event;
        event_begin(&event, "gpio");
        event_number(&event, "pin", pin);
        event_number(&event, "level", level);
        event_emit(&event);
    }
    gpio->output[pin] = (int8_t)level;
    return HOST_OK;
}

int sim_gpio_read(void *ctx, int pin)
{
    const sim_gpio_t *gpio = ctx;
    if (!has_pin(pin)) {
        return HOST_INVALID;
    }
    if (gpio->mode[pin] == GPIO_OUTPUT) {
        return gpio->output[pin] > 0;
    }
    const int32_t level = WORLD_GET(gpio->world->gpio_level[pin]);
    return level >= 0 ? level : gpio->mode[pin] == GPIO_PULL_UP;
}

int sim_gpio_edge_count(void *ctx, int pin)
{
    const sim_gpio_t *gpio = ctx;
    return has_pin(pin) ? __atomic_exchange_n(&gpio->world->gpio_edges[pin], 0, __ATOMIC_ACQ_REL) : HOST_INVALID;
}

int sim_pwm_write(void *ctx, int pin, int hertz, int duty_permille)
{
    (void)ctx;
    if (!has_pin(pin)) {
        return HOST_INVALID;
    }
    sim_log(PLATFORM_LOG_INFO, TAG, "pwm %d: %d Hz, %d permille", pin, hertz, duty_permille);
    return HOST_OK;
}

int sim_i2c_transfer(void *ctx, int bus, int address, const uint8_t *tx, size_t tx_len, uint8_t *rx, size_t rx_cap)
{
    (void)ctx, (void)bus, (void)address, (void)tx, (void)tx_len, (void)rx, (void)rx_cap;
    return HOST_UNSUPPORTED;
}

int sim_spi_transfer(void *ctx, int bus, const uint8_t *tx, uint8_t *rx, size_t len)
{
    (void)ctx, (void)bus, (void)tx, (void)rx, (void)len;
    return HOST_UNSUPPORTED;
}

int sim_uart_write(void *ctx, int port, const uint8_t *src, size_t len)
{
    (void)ctx, (void)port, (void)src, (void)len;
    return HOST_UNSUPPORTED;
}

int sim_uart_read(void *ctx, int port, uint8_t *dst, size_t cap)
{
    (void)ctx, (void)port, (void)dst, (void)cap;
    return HOST_UNSUPPORTED;
}
