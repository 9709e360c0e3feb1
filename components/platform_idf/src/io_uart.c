#include "driver/uart.h"
#include "io_idf.h"
#include "sdkconfig.h"
#include "status_idf.h"

static const char *TAG = "uart";

enum { BUFFER_BYTES = 512 };

static const uart_port_t s_uart = UART_NUM_1; /* the console has UART 0 */
static bool s_is_open;

static int open_port(void)
{
    const uart_config_t config = {
        .baud_rate = CONFIG_WASMOTE_UART_BAUD,
        .data_bits = UART_DATA_8_BITS,
        .parity = UART_PARITY_DISABLE,
        .stop_bits = UART_STOP_BITS_1,
        .flow_ctrl = UART_HW_FLOWCTRL_DISABLE,
        .source_clk = UART_SCLK_DEFAULT,
    };
    int status = status_report(TAG, "driver", uart_driver_install(s_uart, BUFFER_BYTES, BUFFER_BYTES, 0, NULL, 0));
    if (status >= 0) {
        status = status_report(TAG, "port", uart_param_config(s_uart, &config));
    }
    if (status >= 0) {
        status = status_report(
            TAG, "pins",
            uart_set_pin(s_uart, CONFIG_WASMOTE_UART_TX, CONFIG_WASMOTE_UART_RX, UART_PIN_NO_CHANGE, UART_PIN_NO_CHANGE));
    }
    s_is_open = status >= 0;
    return status;
}

/* Returns OK for a port that is wired and open. */
static int check_port(int port)
{
    if (CONFIG_WASMOTE_UART_TX < 0 && CONFIG_WASMOTE_UART_RX < 0) {
        return HOST_UNSUPPORTED;
    }
    return port != 0 ? HOST_INVALID : s_is_open ? HOST_OK : open_port();
}

int io_idf_uart_write(void *ctx, int port, const uint8_t *src, size_t len)
{
    size_t room = 0;
    (void)ctx;
    int status = check_port(port);
    if (status >= 0) {
        status = status_report(TAG, "room", uart_get_tx_buffer_free_size(s_uart, &room));
    }
    if (status < 0) {
        return status;
    }
    const size_t part = len < room ? len : room; /* more would wait */
    if (part == 0) {
        return 0;
    }
    const int written = uart_write_bytes(s_uart, src, part);
    return written < 0 ? HOST_IO : written;
}

int io_idf_uart_read(void *ctx, int port, uint8_t *dst, size_t cap)
{
    (void)ctx;
    const int status = check_port(port);
    if (status < 0) {
        return status;
    }
    const int count = uart_read_bytes(s_uart, dst, (uint32_t)cap, 0);
    return count < 0 ? HOST_IO : count;
}
