/*
 * The serial port of the board, and how it ends. Every line is written whole.
 */
#ifndef WASMOTE_BENCH_CONSOLE_H
#define WASMOTE_BENCH_CONSOLE_H

#include <stddef.h>
#include <stdint.h>

/** Writes one line: what it is, and text of any bytes. */
void console_text(const char *tag, const char *text, size_t len);

/** Writes one figure, as `figure <name> <value>`: what toolchain/bench reads. */
void console_figure(const char *name, uint32_t value);

/** Says why the run is worth nothing, and ends the machine with code 1. */
_Noreturn void console_fail(const char *why);

#endif
