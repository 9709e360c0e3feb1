#include "pwm_slots.h"

void pwm_slots_init(pwm_slots_t *slots)
{
    *slots = (pwm_slots_t){ 0 };
    for (int i = 0; i < PWM_SLOTS_MAX; i++) {
        slots->pin[i] = -1;
    }
}

static int channel_of(const pwm_slots_t *slots, int channels, int pin)
{
    for (int i = 0; i < channels && i < PWM_SLOTS_MAX; i++) {
        if (slots->pin[i] == pin) {
            return i;
        }
    }
    return -1;
}

static bool is_shared(const pwm_slots_t *slots, int timer, int channel)
{
    for (int i = 0; i < PWM_SLOTS_MAX; i++) {
        if (i != channel && slots->pin[i] >= 0 && slots->timer[i] == timer) {
            return true;
        }
    }
    return false;
}

/* A timer that runs at this frequency, the pin's own if it has it for itself, or a free one; -1 none. */
static int timer_for(const pwm_slots_t *slots, int channel, int hertz)
{
    for (int i = 0; i < PWM_TIMERS_MAX; i++) {
        if (slots->hertz[i] == hertz) {
            return i;
        }
    }
    for (int i = 0; i < PWM_TIMERS_MAX; i++) {
        if (!is_shared(slots, i, channel)) {
            return i;
        }
    }
    return -1;
}

bool pwm_slots_take(pwm_slots_t *slots, int channels, int pin, int hertz, pwm_slot_t *out)
{
    int channel = channel_of(slots, channels, pin);
    out->is_new_channel = channel < 0;
    channel = channel < 0 ? channel_of(slots, channels, -1) : channel;
    if (channel < 0) {
        return false;
    }
    const int timer = timer_for(slots, channel, hertz);
    if (timer < 0) {
        return false;
    }
    out->is_new_channel = out->is_new_channel || slots->timer[channel] != timer;
    out->is_new_timer = slots->hertz[timer] != hertz;
    out->channel = channel;
    out->timer = timer;
    slots->pin[channel] = pin;
    slots->timer[channel] = timer;
    slots->hertz[timer] = hertz;
    return true;
}

int pwm_duty_bits(uint32_t clock_hertz, uint32_t hertz)
{
    int bits = 0;
    while (bits < PWM_DUTY_BITS_MAX && clock_hertz >> (bits + 1) >= hertz) {
        bits++;
    }
    return bits;
}

uint32_t pwm_duty(int bits, int permille)
{
    return (((uint32_t)permille << bits) + 500) / 1000;
}
