#include "file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

uint8_t *file_read(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return NULL;
    }
    struct stat info;
    uint8_t *bytes = NULL;
    errno = EINVAL;
    if (fstat(fileno(file), &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0 && info.st_size <= FILE_MAX_BYTES) {
        *len = (size_t)info.st_size;
        bytes = malloc(*len);
        if (bytes != NULL && fread(bytes, 1, *len, file) != *len) {
            free(bytes);
            bytes = NULL;
            errno = EIO;
        }
    }
    const int cause = errno;
    fclose(file);
    errno = cause;
    return bytes;
}
