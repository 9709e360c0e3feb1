/* What is left of platform_sys_t: random numbers, digests, memory figures, and the ways a board ends. */
#ifndef WASMOTE_SIM_SYS_H
#define WASMOTE_SIM_SYS_H

#include "platform.h"
#include "world.h"

/** The functions of platform_sys_t; ctx is the world_t. The heap is the memory of this PC, cut at 2 GiB - 1. */
int sim_sys_random(void *ctx, uint8_t *dst, size_t len);
int sim_sys_memory(void *ctx, int what);
int sim_sys_digest(void *ctx, const uint8_t *src, size_t len, uint8_t dst[32]);
int sim_sys_watchdog(void *ctx, int seconds);
int sim_sys_sleep(void *ctx, int ms);
void sim_sys_restart(void *ctx, int reason);
int sim_sys_reset_reason(void *ctx);

#endif
