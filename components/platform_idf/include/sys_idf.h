/*
 * What is left of platform_sys_t: random numbers, digests, memory figures, the log, and the ways a board ends and begins.
 */
#ifndef WASMOTE_SYS_IDF_H
#define WASMOTE_SYS_IDF_H

#include "platform.h"

/**
 * Reads why the board started, logs it with the place of a crash, and seeds the random numbers. First of all backends. Returns
 * OK, or IO when there is no randomness to be had.
 */
int sys_idf_init(void);

/** The functions of platform_sys_t; ctx is not used. sleep returns UNSUPPORTED on a chip without deep sleep, INVALID for 0 ms. */
int sys_idf_random(void *ctx, uint8_t *dst, size_t len);
void sys_idf_log(void *ctx, int level, const char *tag, const char *text, size_t len);
int sys_idf_memory(void *ctx, int what);
int sys_idf_digest(void *ctx, const uint8_t *src, size_t len, uint8_t dst[32]);
int sys_idf_watchdog(void *ctx, int seconds);
int sys_idf_sleep(void *ctx, int ms);
void sys_idf_restart(void *ctx, int reason);
int sys_idf_reset_reason(void *ctx);

#endif
