#include "power.h"

#include "sdkconfig.h"

#if CONFIG_WASMOTE_LIGHT_SLEEP

#include "esp_pm.h"
#include "status_idf.h"

void power_init(void)
{
    const esp_pm_config_t config = {
        .max_freq_mhz = CONFIG_ESP_DEFAULT_CPU_FREQ_MHZ,
        .min_freq_mhz = CONFIG_XTAL_FREQ,
        .light_sleep_enable = true,
    };
    status_report("power", "light sleep", esp_pm_configure(&config));
}

#else

void power_init(void)
{
}

#endif
