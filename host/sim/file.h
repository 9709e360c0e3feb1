#ifndef WASMOTE_SIM_FILE_H
#define WASMOTE_SIM_FILE_H

#include <stddef.h>
#include <stdint.h>

/** Reads a whole file of at most FILE_MAX_BYTES into memory of the caller's. Returns NULL with errno set; an empty file is EINVAL. */
uint8_t *file_read(const char *path, size_t *len);

enum { FILE_MAX_BYTES = 4 << 20 };

#endif
