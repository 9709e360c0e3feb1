/*
 * The public keys whose updates this firmware takes: made by the build (`npm run sign -- --key-source`), NULL where there is none.
 */
#ifndef WASMOTE_UPDATE_KEYS_H
#define WASMOTE_UPDATE_KEYS_H

#include <stdint.h>

extern const uint8_t *const update_keys[2];

#endif
