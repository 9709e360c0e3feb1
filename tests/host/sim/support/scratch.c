#include "scratch.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static FILE *s_captured[3];

void scratch_path(char path[SCRATCH_PATH_BYTES], const char *name)
{
    const char *dir = getenv("TMPDIR");
    snprintf(path, SCRATCH_PATH_BYTES, "%s/wasmote-%d-%s", dir == NULL ? "/tmp" : dir, (int)getpid(), name);
    unlink(path);
}

void scratch_write(const char *path, const void *bytes, size_t len)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

int capture_begin(int fd)
{
    fflush(NULL);
    const int saved = dup(fd);
    assert_true(saved >= 0);
    s_captured[fd] = tmpfile();
    assert_non_null(s_captured[fd]);
    dup2(fileno(s_captured[fd]), fd);
    return saved;
}

void capture_end(int fd, int handle, char *text, size_t cap)
{
    fflush(NULL);
    dup2(handle, fd);
    close(handle);
    rewind(s_captured[fd]);
    text[fread(text, 1, cap - 1, s_captured[fd])] = '\0';
    fclose(s_captured[fd]);
}
