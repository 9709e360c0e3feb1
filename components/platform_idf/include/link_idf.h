/*
 * The network link. link_wifi.c or link_ethernet.c answers, as the build chose (WASMOTE_LINK); the other is not linked.
 *
 * Keys of the configuration: wifi.ssid, wifi.password (left out: an open network), wifi.hostname (either link).
 */
#ifndef WASMOTE_LINK_IDF_H
#define WASMOTE_LINK_IDF_H

#include "platform.h"

/** Prepares the link. on_up is called, from the event task, whenever an address has come. Returns OK, or the status that keeps it down (logged). */
int link_idf_init(void (*on_up)(void));

/**
 * The functions of platform_link_t; ctx is not used: a chip has one link. start answers OK and goes on trying by itself, or
 * INVALID when the configuration lacks what it needs, which the log then tells, once.
 */
int link_idf_start(void *ctx);
int link_idf_stop(void *ctx);
int link_idf_state(void *ctx);
int link_idf_rssi(void *ctx);

#endif
