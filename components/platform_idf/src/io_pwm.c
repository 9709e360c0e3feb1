#include "driver/gpio.h"
#include "driver/ledc.h"
#include "esp_clk_tree.h"
#include "esp_log.h"
#include "esp_private/esp_gpio_reserve.h"
#include "io_idf.h"
#include "pwm_slots.h"
#include "soc/soc_caps.h"
#include "status_idf.h"

static const char *TAG = "pwm";

/* The slowest clock that a chip's LEDC may be given here: the resolution is right for every one. */
enum { CLOCK_HERTZ = 32000000 };

static pwm_slots_t s_slots;
static int s_bits[PWM_TIMERS_MAX];

static int start_timer(const pwm_slot_t *slot, int hertz, int bits)
{
    const ledc_timer_config_t config = {
        .speed_mode = LEDC_LOW_SPEED_MODE,
        .duty_resolution = (ledc_timer_bit_t)bits,
        .timer_num = (ledc_timer_t)slot->timer,
        .freq_hz = (uint32_t)hertz,
        .clk_cfg = LEDC_AUTO_CLK,
    };
    const int status = status_report(TAG, "frequency", ledc_timer_config(&config));
    s_bits[slot->timer] = bits;
    return status;
}

static int start_channel(const pwm_slot_t *slot, int pin, uint32_t duty)
{
    const ledc_channel_config_t config = {
        .gpio_num = pin,
        .speed_mode = LEDC_LOW_SPEED_MODE,
        .channel = (ledc_channel_t)slot->channel,
        .timer_sel = (ledc_timer_t)slot->timer,
        .duty = duty,
    };
    return status_report(TAG, "channel", ledc_channel_config(&config));
}

static int set_duty(const pwm_slot_t *slot, uint32_t duty)
{
    const ledc_channel_t channel = (ledc_channel_t)slot->channel;
    const int status = status_report(TAG, "duty", ledc_set_duty(LEDC_LOW_SPEED_MODE, channel, duty));
    return status < 0 ? status : status_report(TAG, "duty", ledc_update_duty(LEDC_LOW_SPEED_MODE, channel));
}

static bool has_pin(int pin)
{
    for (int i = 0; i < PWM_SLOTS_MAX; i++) {
        if (s_slots.pin[i] == pin) {
            return true;
        }
    }
    return false;
}

int io_idf_pwm_write(void *ctx, int pin, int hertz, int duty_permille)
{
    static bool s_is_ready;
    const int bits = pwm_duty_bits(CLOCK_HERTZ, (uint32_t)hertz);
    pwm_slot_t slot;
    (void)ctx;
    if (!s_is_ready) {
        pwm_slots_init(&s_slots);
        s_is_ready = true;
    }
    const bool exists = pin >= 0 && pin < SOC_GPIO_PIN_COUNT && GPIO_IS_VALID_OUTPUT_GPIO(pin);
    if (!exists || (!has_pin(pin) && esp_gpio_is_reserved(UINT64_C(1) << pin)) || bits == 0) {
        ESP_LOGE(TAG, "pin %d at %d Hz: no free output pin, or over %d Hz", pin, hertz, CLOCK_HERTZ / 2);
        return HOST_INVALID;
    }
    if (!pwm_slots_take(&s_slots, SOC_LEDC_CHANNEL_NUM, pin, hertz, &slot)) {
        ESP_LOGE(TAG, "pin %d at %d Hz: all channels or all timers are in use", pin, hertz);
        return HOST_NO_SPACE;
    }
    int status = slot.is_new_timer ? start_timer(&slot, hertz, bits) : HOST_OK;
    if (status < 0) {
        return status;
    }
    const uint32_t duty = pwm_duty(s_bits[slot.timer], duty_permille);
    return slot.is_new_channel ? start_channel(&slot, pin, duty) : set_duty(&slot, duty);
}
