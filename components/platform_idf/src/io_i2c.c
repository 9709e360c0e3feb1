#include "driver/i2c_master.h"
#include "io_idf.h"
#include "sdkconfig.h"
#include "status_idf.h"

static const char *TAG = "i2c";

static i2c_master_bus_handle_t s_bus;
static i2c_master_dev_handle_t s_device; /* the one spoken to last */
static int s_address = -1;

static int open_bus(void)
{
    const i2c_master_bus_config_t config = {
        .i2c_port = -1, /* any that is free */
        .sda_io_num = (gpio_num_t)CONFIG_WASMOTE_I2C_SDA,
        .scl_io_num = (gpio_num_t)CONFIG_WASMOTE_I2C_SCL,
        .clk_source = I2C_CLK_SRC_DEFAULT,
        .glitch_ignore_cnt = 7, /* as the driver recommends */
        .flags.enable_internal_pullup = true,
    };
    return status_report(TAG, "bus", i2c_new_master_bus(&config, &s_bus));
}

/* Devices are made when they are spoken to; one at a time, so that their number has no limit. */
static int open_device(int address)
{
    if (address == s_address) {
        return HOST_OK;
    }
    if (s_device != NULL) {
        const int status = status_report(TAG, "device", i2c_master_bus_rm_device(s_device));
        s_device = NULL;
        s_address = -1;
        if (status < 0) {
            return status;
        }
    }
    const i2c_device_config_t config = {
        .dev_addr_length = I2C_ADDR_BIT_LEN_7,
        .device_address = (uint16_t)address,
        .scl_speed_hz = CONFIG_WASMOTE_I2C_HERTZ,
    };
    const int status = status_report(TAG, "device", i2c_master_bus_add_device(s_bus, &config, &s_device));
    s_address = status < 0 ? -1 : address;
    return status;
}

static esp_err_t transfer(const uint8_t *tx, size_t tx_len, uint8_t *rx, size_t rx_cap)
{
    if (tx_len > 0 && rx_cap > 0) {
        return i2c_master_transmit_receive(s_device, tx, tx_len, rx, rx_cap, IO_IDF_TRANSFER_MS);
    }
    if (tx_len > 0) {
        return i2c_master_transmit(s_device, tx, tx_len, IO_IDF_TRANSFER_MS);
    }
    return i2c_master_receive(s_device, rx, rx_cap, IO_IDF_TRANSFER_MS);
}

int io_idf_i2c_transfer(void *ctx, int bus, int address, const uint8_t *tx, size_t tx_len, uint8_t *rx, size_t rx_cap)
{
    (void)ctx;
    if (CONFIG_WASMOTE_I2C_SDA < 0 || CONFIG_WASMOTE_I2C_SCL < 0) {
        return HOST_UNSUPPORTED;
    }
    if (bus != 0 || (tx_len == 0 && rx_cap == 0)) {
        return HOST_INVALID;
    }
    int status = s_bus == NULL ? open_bus() : HOST_OK;
    if (status >= 0) {
        status = open_device(address);
    }
    if (status >= 0) {
        /* The driver tells a missing acknowledge as one of several codes; none but a timeout is told apart. */
        const esp_err_t code = transfer(tx, tx_len, rx, rx_cap);
        status = code == ESP_OK ? HOST_OK : code == ESP_ERR_TIMEOUT ? HOST_TIMEOUT : HOST_IO;
    }
    return status < 0 ? status : (int)rx_cap;
}
