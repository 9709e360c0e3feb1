#include "clock_idf.h"
#include "esp_heap_caps.h"
#include "io_idf.h"
#include "soc/soc_caps.h"
#include "status_idf.h"

/* As assembly/sdk/board.ts: Sensor. A board tells no load: a reading of it would be of the reading itself. */
enum { SENSOR_TEMPERATURE = 0, SENSOR_FREE_MEMORY = 2, SENSOR_UPTIME = 3 };

static int32_t saturate(int64_t value)
{
    return value > INT32_MAX ? INT32_MAX : (int32_t)value;
}

#if SOC_TEMP_SENSOR_SUPPORTED
#include "driver/temperature_sensor.h"

static const char *TAG = "sensor";

/* The chip's own temperature: some degrees above its surroundings. */
static int read_temperature(int32_t *out_milli)
{
    static temperature_sensor_handle_t s_sensor;
    float celsius;
    if (s_sensor == NULL) {
        const temperature_sensor_config_t config = TEMPERATURE_SENSOR_CONFIG_DEFAULT(-10, 80);
        int status = status_report(TAG, "temperature", temperature_sensor_install(&config, &s_sensor));
        if (status >= 0) {
            status = status_report(TAG, "temperature", temperature_sensor_enable(s_sensor));
        }
        if (status < 0) {
            return status;
        }
    }
    const int status = status_report(TAG, "temperature", temperature_sensor_get_celsius(s_sensor, &celsius));
    *out_milli = status < 0 ? 0 : (int32_t)(celsius * 1000);
    return status;
}
#else
static int read_temperature(int32_t *out_milli)
{
    (void)out_milli;
    return HOST_NOT_FOUND;
}
#endif

int io_idf_sensor(void *ctx, int sensor, int32_t *out_milli)
{
    (void)ctx;
    switch (sensor) {
    case SENSOR_TEMPERATURE:
        return read_temperature(out_milli);
    case SENSOR_FREE_MEMORY:
        *out_milli = saturate((int64_t)heap_caps_get_free_size(MALLOC_CAP_DEFAULT) * 1000 / (1024 * 1024));
        return HOST_OK;
    case SENSOR_UPTIME:
        *out_milli = saturate(clock_idf_uptime());
        return HOST_OK;
    default:
        return HOST_NOT_FOUND;
    }
}
