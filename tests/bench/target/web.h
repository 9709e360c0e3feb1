/*
 * The web server of a cloud: answers every request with the same, which is embedded (modules.h: web); without it there is none.
 */
#ifndef WASMOTE_BENCH_WEB_H
#define WASMOTE_BENCH_WEB_H

/** Answers a request that has come whole. */
void web_turn(void);

#endif
