/* The firmware. Here, and nowhere else in it, the backends of the platform are named. */
#include "board.h"
#include "clock_idf.h"
#include "config_idf.h"
#include "esp_log.h"
#include "flash_partition.h"
#include "io_idf.h"
#include "link_idf.h"
#include "net_idf.h"
#include "power.h"
#include "sdkconfig.h"
#include "sys_idf.h"
#include "wake.h"

static const char *TAG = "main";

/* What ESP-IDF makes of the embedded file app.wasm: read from mapped flash, never copied. */
extern const uint8_t app_wasm[];
extern const uint32_t app_wasm_length;

static flash_partition_t s_flash;

static const platform_t s_platform = {
    .link = { NULL, link_idf_start, link_idf_stop, link_idf_state, link_idf_rssi },
    .net = { NULL, net_idf_open, net_idf_state, net_idf_send, net_idf_recv, net_idf_close },
    .flash = { &s_flash, flash_partition_geometry, flash_partition_read, flash_partition_program, flash_partition_erase,
               flash_partition_sync },
    .clock = { NULL, clock_idf_monotonic, clock_idf_wall, clock_idf_idle },
    .sys = { NULL, sys_idf_random, sys_idf_log, sys_idf_memory, sys_idf_digest, sys_idf_watchdog, sys_idf_sleep, sys_idf_restart,
             sys_idf_reset_reason },
    .io = { NULL, io_idf_gpio_mode, io_idf_gpio_write, io_idf_gpio_read, io_idf_edge_count, io_idf_adc_millivolts,
            io_idf_pwm_write, io_idf_i2c_transfer, io_idf_spi_transfer, io_idf_uart_write, io_idf_uart_read, io_idf_sensor },
};

#if CONFIG_WASMOTE_LINK_WIFI
static const bool s_needs_wifi = true;
#else
static const bool s_needs_wifi = false;
#endif

#if CONFIG_WASMOTE_TLS_WITHOUT_CLOCK
static const bool s_may_go_undated = true;
#else
static const bool s_may_go_undated = false;
#endif

static void tell_what_is_missing(void)
{
    char text[CONFIG_IDF_MISSING_BYTES];
    if (config_idf_missing(s_needs_wifi, text)) {
        ESP_LOGE(TAG, "%s", text);
    }
}

/* A backend that does not start is logged by itself; the board runs on without it, as it does without a network. */
void app_main(void)
{
    sys_idf_init();
    flash_partition_init(&s_flash);
    config_idf_init(&s_platform.flash);
    tell_what_is_missing();
    wake_init();
    clock_idf_init((clock_idf_inputs_t){ NULL, net_idf_prepare });
    power_init();
    link_idf_init(clock_idf_synchronise);
    net_idf_init(&s_platform.link, s_may_go_undated);
    const kernel_t kernel = kernel_embedded();
    board_run(&s_platform, &s_flash, &kernel, app_wasm, app_wasm_length);
}
