/*
 * Pins and buses of the board. One bus each of I2C, SPI and UART, wired in menuconfig (Wasmote, Wiring); what is not wired
 * answers UNSUPPORTED. Transfers on buses wait for the bus, at most IO_IDF_TRANSFER_MS.
 */
#ifndef WASMOTE_IO_IDF_H
#define WASMOTE_IO_IDF_H

#include "platform.h"

enum { IO_IDF_TRANSFER_MS = 100 };

/* Modes as in assembly/sdk/syscalls.ts: ioGpioMode. */
enum { IO_IDF_INPUT = 0, IO_IDF_PULL_UP = 1, IO_IDF_PULL_DOWN = 2, IO_IDF_OUTPUT = 3 };

/*
 * The functions of platform_io_t; ctx is not used. INVALID: the chip has no such pin, it cannot do that, or it belongs to the flash or
 * a bus; UNSUPPORTED: not wired. Each refusal is logged once per cause.
 */
int io_idf_gpio_mode(void *ctx, int pin, int mode);
int io_idf_gpio_write(void *ctx, int pin, int level);
int io_idf_gpio_read(void *ctx, int pin);

/** Edges of both directions since the last call; the first call begins to count and returns 0. */
int io_idf_edge_count(void *ctx, int pin);

/** Millivolts at a channel of ADC 1, calibrated by the chip's own factory values. UNSUPPORTED: the chip has none burnt. */
int io_idf_adc_millivolts(void *ctx, int channel);

/** Up to as many pins as the chip has channels, and as many frequencies as it has timers: NO_SPACE beyond. */
int io_idf_pwm_write(void *ctx, int pin, int hertz, int duty_permille);

/** Returns bytes read; IO: no acknowledge; TIMEOUT. */
int io_idf_i2c_transfer(void *ctx, int bus, int address, const uint8_t *tx, size_t tx_len, uint8_t *rx, size_t rx_cap);
int io_idf_spi_transfer(void *ctx, int bus, const uint8_t *tx, uint8_t *rx, size_t len);
int io_idf_uart_write(void *ctx, int port, const uint8_t *src, size_t len);
int io_idf_uart_read(void *ctx, int port, uint8_t *dst, size_t cap);

/** Sensor of assembly/sdk/board.ts: 0 the chip's temperature where it has that, 2 free memory, 3 uptime; else NOT_FOUND. */
int io_idf_sensor(void *ctx, int sensor, int32_t *out_milli);

#endif
