/*
 * The row sys_crc32 for sweeps, a third of whose time it would take byte by byte.
 */
#ifndef WASMOTE_FAULTS_STORE_FAST_CRC32_H
#define WASMOTE_FAULTS_STORE_FAST_CRC32_H

#include "engine.h"

/** Makes its tables. Returns whether it tells what the host's own does. */
bool fast_crc32_init(void);
/** As import_sys_crc32. */
const char *fast_crc32(engine_call_t *call);

#endif
