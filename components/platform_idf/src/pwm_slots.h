/*
 * Which channel and which timer of the LEDC a PWM pin has. Pins of one frequency share a timer. No calls into ESP-IDF.
 */
#ifndef WASMOTE_PWM_SLOTS_H
#define WASMOTE_PWM_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

enum { PWM_SLOTS_MAX = 8, PWM_TIMERS_MAX = 4, PWM_DUTY_BITS_MAX = 14 };

typedef struct {
    int pin[PWM_SLOTS_MAX]; /* by channel; -1 free */
    int timer[PWM_SLOTS_MAX];
    int hertz[PWM_TIMERS_MAX]; /* 0 free */
} pwm_slots_t;

typedef struct {
    int channel;
    int timer;
    bool is_new_channel;
    bool is_new_timer; /* or one whose frequency changes */
} pwm_slot_t;

void pwm_slots_init(pwm_slots_t *slots);

/** Finds a place for a pin at a frequency: its own, or a new one. channels: of the chip. Returns false when there is none left. */
bool pwm_slots_take(pwm_slots_t *slots, int channels, int pin, int hertz, pwm_slot_t *out);

/** Bits of duty that a frequency leaves of a clock in Hz, 1..PWM_DUTY_BITS_MAX; 0: too fast. */
int pwm_duty_bits(uint32_t clock_hertz, uint32_t hertz);

/** The duty of so many bits for permille (0..1000), rounded. */
uint32_t pwm_duty(int bits, int permille);

#endif
