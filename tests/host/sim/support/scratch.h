/* Files and captured output for the tests of the simulator. */
#ifndef WASMOTE_TEST_SCRATCH_H
#define WASMOTE_TEST_SCRATCH_H

#include <stddef.h>

enum { SCRATCH_PATH_BYTES = 128 };

/** Makes the path of a file of its own for this process; the file does not exist yet. */
void scratch_path(char path[SCRATCH_PATH_BYTES], const char *name);

/** Writes text[len] into a file. */
void scratch_write(const char *path, const void *bytes, size_t len);

/** From here on what goes to a file descriptor (1 or 2) is kept. Returns a handle. */
int capture_begin(int fd);

/** Ends it and copies what came, terminated, into text[cap]. */
void capture_end(int fd, int handle, char *text, size_t cap);

#endif
