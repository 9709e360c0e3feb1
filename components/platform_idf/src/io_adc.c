#include "esp_adc/adc_cali.h"
#include "esp_adc/adc_cali_scheme.h"
#include "esp_adc/adc_oneshot.h"
#include "esp_log.h"
#include "io_idf.h"
#include "soc/soc_caps.h"
#include "status_idf.h"

static const char *TAG = "adc";

/* ADC 1: the radio takes ADC 2 for itself. The widest range of input: about 0 to 3.1 V. */
static const adc_unit_t s_unit = ADC_UNIT_1;
static const adc_oneshot_chan_cfg_t s_channel = { .atten = ADC_ATTEN_DB_12, .bitwidth = ADC_BITWIDTH_DEFAULT };

static adc_oneshot_unit_handle_t s_driver;
static adc_cali_handle_t s_calibration[SOC_ADC_MAX_CHANNEL_NUM];

#if ADC_CALI_SCHEME_CURVE_FITTING_SUPPORTED
static esp_err_t new_calibration(int channel, adc_cali_handle_t *out)
{
    const adc_cali_curve_fitting_config_t config = {
        .unit_id = s_unit,
        .chan = (adc_channel_t)channel,
        .atten = s_channel.atten,
        .bitwidth = s_channel.bitwidth,
    };
    return adc_cali_create_scheme_curve_fitting(&config, out);
}
#elif ADC_CALI_SCHEME_LINE_FITTING_SUPPORTED
static esp_err_t new_calibration(int channel, adc_cali_handle_t *out)
{
    const adc_cali_line_fitting_config_t config = { .unit_id = s_unit, .atten = s_channel.atten, .bitwidth = s_channel.bitwidth };
    (void)channel; /* one line fits all */
    return adc_cali_create_scheme_line_fitting(&config, out);
}
#else
static esp_err_t new_calibration(int channel, adc_cali_handle_t *out)
{
    (void)channel, (void)out;
    return ESP_ERR_NOT_SUPPORTED;
}
#endif

static int open_channel(int channel)
{
    esp_err_t code = ESP_OK;
    if (s_driver == NULL) {
        const adc_oneshot_unit_init_cfg_t config = { .unit_id = s_unit };
        code = adc_oneshot_new_unit(&config, &s_driver);
    }
    if (code == ESP_OK) {
        code = adc_oneshot_config_channel(s_driver, (adc_channel_t)channel, &s_channel);
    }
    if (code == ESP_OK) {
        code = new_calibration(channel, &s_calibration[channel]);
    }
    return status_report(TAG, "channel", code);
}

int io_idf_adc_millivolts(void *ctx, int channel)
{
    int raw;
    int millivolts;
    (void)ctx;
    if (channel < 0 || channel >= SOC_ADC_CHANNEL_NUM(0)) {
        return HOST_INVALID;
    }
    if (s_calibration[channel] == NULL) {
        const int status = open_channel(channel);
        if (status < 0) {
            return status;
        }
    }
    esp_err_t code = adc_oneshot_read(s_driver, (adc_channel_t)channel, &raw);
    if (code == ESP_OK) {
        code = adc_cali_raw_to_voltage(s_calibration[channel], raw, &millivolts);
    }
    const int status = status_report(TAG, "reading", code);
    return status < 0 ? status : millivolts;
}
