/*
 * The log of the simulated board: one line on standard error per entry, `I (12.345) net: text`, the time being that of
 * the world. Callers keep secrets out of it; control characters are shown as \xNN, so that no text can forge a line.
 */
#ifndef WASMOTE_SIM_LOG_H
#define WASMOTE_SIM_LOG_H

#include "platform.h"
#include "world.h"

/** Sets the time base and the highest level shown (PLATFORM_LOG_*). Until then nothing above warnings is shown, at time 0. */
void sim_log_start(const world_t *world, int max_level);

/** Writes a line of ours, formatted as by printf. */
void sim_log(int level, const char *tag, const char *format, ...) __attribute__((format(printf, 3, 4)));

/** platform_sys_t.log: text[len] from a module. */
void sim_log_text(void *ctx, int level, const char *tag, const char *text, size_t len);

#endif
