#include "meter.h"

enum { PAINT = 0x5AA5C33C, KEEP_CLEAR_BYTES = 64 };

extern uint32_t __stack_bottom[];

static uint64_t s_paused_at;
static uint64_t s_paused; /* instructions that did not count */
static uint32_t s_pauses;
static uint32_t *s_painted_end;

static uint64_t read_minstret(void)
{
    uint32_t high, low, again;
    do {
        __asm__ volatile("csrr %0, minstreth" : "=r"(high));
        __asm__ volatile("csrr %0, minstret" : "=r"(low));
        __asm__ volatile("csrr %0, minstreth" : "=r"(again));
    } while (high != again);
    return (uint64_t)high << 32 | low;
}

uint64_t meter_instructions(void)
{
    return (s_pauses ? s_paused_at : read_minstret()) - s_paused;
}

void meter_pause(void)
{
    if (s_pauses++ == 0) {
        s_paused_at = read_minstret();
    }
}

void meter_resume(void)
{
    if (--s_pauses == 0) {
        s_paused += read_minstret() - s_paused_at;
    }
}

void meter_paint_stack(void)
{
    uint32_t *const end = (uint32_t *)((uintptr_t)__builtin_frame_address(0) - KEEP_CLEAR_BYTES);
    for (volatile uint32_t *at = __stack_bottom; at < end; at++) {
        *at = PAINT;
    }
    s_painted_end = end;
}

uint32_t meter_stack_depth(void)
{
    const uint32_t *at = __stack_bottom;
    while (at < s_painted_end && *at == PAINT) {
        at++;
    }
    return (uint32_t)((uintptr_t)s_painted_end - (uintptr_t)at);
}
