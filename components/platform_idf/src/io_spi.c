#include "driver/spi_master.h"
#include "io_idf.h"
#include "sdkconfig.h"
#include "status_idf.h"

static const char *TAG = "spi";

enum { TRANSFER_BYTES_MAX = 512 }; /* what a syscall can carry */

static spi_device_handle_t s_device;

static int open_bus(void)
{
    const spi_bus_config_t bus = {
        .mosi_io_num = CONFIG_WASMOTE_SPI_MOSI,
        .miso_io_num = CONFIG_WASMOTE_SPI_MISO,
        .sclk_io_num = CONFIG_WASMOTE_SPI_SCLK,
        .quadwp_io_num = -1,
        .quadhd_io_num = -1,
        .data4_io_num = -1,
        .data5_io_num = -1,
        .data6_io_num = -1,
        .data7_io_num = -1,
        .max_transfer_sz = TRANSFER_BYTES_MAX,
    };
    const spi_device_interface_config_t device = {
        .mode = CONFIG_WASMOTE_SPI_MODE,
        .clock_speed_hz = CONFIG_WASMOTE_SPI_HERTZ,
        .spics_io_num = CONFIG_WASMOTE_SPI_CS,
        .queue_size = 1,
    };
    const int status = status_report(TAG, "bus", spi_bus_initialize(SPI2_HOST, &bus, SPI_DMA_CH_AUTO));
    return status < 0 ? status : status_report(TAG, "device", spi_bus_add_device(SPI2_HOST, &device, &s_device));
}

/* A module's memory may be PSRAM or unaligned: the driver copies it where DMA reaches. */
int io_idf_spi_transfer(void *ctx, int bus, const uint8_t *tx, uint8_t *rx, size_t len)
{
    (void)ctx;
    if (CONFIG_WASMOTE_SPI_SCLK < 0) {
        return HOST_UNSUPPORTED;
    }
    if (bus != 0 || len == 0 || len > TRANSFER_BYTES_MAX) {
        return len > TRANSFER_BYTES_MAX ? HOST_TOO_LARGE : HOST_INVALID;
    }
    int status = s_device == NULL ? open_bus() : HOST_OK;
    if (status < 0) {
        return status;
    }
    spi_transaction_t transaction = { .length = len * 8, .tx_buffer = tx, .rx_buffer = rx };
    status = status_report(TAG, "transfer", spi_device_transmit(s_device, &transaction));
    return status < 0 ? status : (int)len;
}
