/*
 * The configuration of this board: the one place that opens it (host/src/config_image.h), for all backends.
 */
#ifndef WASMOTE_CONFIG_IDF_H
#define WASMOTE_CONFIG_IDF_H

#include "platform.h"

enum { CONFIG_IDF_MISSING_BYTES = 200 };

/** Opens it in the flash, which must outlive it: what is wrong with it, the runtime tells. Before every other backend. */
void config_idf_init(const platform_flash_t *flash);

/** As config_image_get, _get_bool and _get_int, with a key that is terminated. */
int config_idf_get(const char *key, uint8_t *dst, size_t cap);
int config_idf_get_bool(const char *key, int fallback);
int config_idf_get_int(const char *key, int fallback, int min, int max);

/** As config_idf_get, into a terminated text: cap counts the zero. Returns its length. */
int config_idf_get_text(const char *key, char *dst, size_t cap);

/**
 * Writes, for the log, what the configuration lacks to bring the board on line, and how to give it. needs_wifi: the link is Wi-Fi.
 * Returns false, with nothing written, when it lacks nothing.
 */
bool config_idf_missing(bool needs_wifi, char text[CONFIG_IDF_MISSING_BYTES]);

#endif
