/*
 * Pins and buses of the simulated board. Outputs are shown as events (PWM in the log), inputs come from commands. A PC has no I2C, SPI or
 * UART of ours: those answer UNSUPPORTED.
 */
#ifndef WASMOTE_SIM_GPIO_H
#define WASMOTE_SIM_GPIO_H

#include "platform.h"
#include "world.h"

typedef struct {
    world_t *world;
    int8_t mode[WORLD_PINS];   /* GPIO_* */
    int8_t output[WORLD_PINS]; /* level last written, -1 none yet */
} sim_gpio_t;

/* Modes as in assembly/sdk/syscalls.ts: ioGpioMode. */
enum { GPIO_INPUT = 0, GPIO_PULL_UP = 1, GPIO_PULL_DOWN = 2, GPIO_OUTPUT = 3 };

void sim_gpio_init(sim_gpio_t *gpio, world_t *world);

/** The functions of platform_io_t; ctx is the sim_gpio_t. INVALID: the board has no such pin, or it is not an output. */
int sim_gpio_mode(void *ctx, int pin, int mode);
int sim_gpio_write(void *ctx, int pin, int level);
int sim_gpio_read(void *ctx, int pin);
int sim_gpio_edge_count(void *ctx, int pin);
int sim_pwm_write(void *ctx, int pin, int hertz, int duty_permille);
int sim_i2c_transfer(void *ctx, int bus, int address, const uint8_t *tx, size_t tx_len, uint8_t *rx, size_t rx_cap);
int sim_spi_transfer(void *ctx, int bus, const uint8_t *tx, uint8_t *rx, size_t len);
int sim_uart_write(void *ctx, int port, const uint8_t *src, size_t len);
int sim_uart_read(void *ctx, int port, uint8_t *dst, size_t cap);

#endif
