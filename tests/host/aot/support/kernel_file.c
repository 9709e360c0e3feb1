#include "kernel_file.h"

#include <stdio.h>
#include <stdlib.h>

enum { KERNEL_MAX_BYTES = 256 * 1024 };

static FILE *open_in(const char *folder, const char *name)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/%s.wasm", folder, name);
    return fopen(path, "rb");
}

kernel_file_t kernel_file_read(const char *name)
{
    FILE *file = open_in(AOT_KERNELS_DIR, name);
    file = file ? file : open_in(PRODUCT_KERNELS_DIR, name);
    if (!file) {
        perror(name);
        abort();
    }
    kernel_file_t kernel = { .bytes = malloc(KERNEL_MAX_BYTES) };
    kernel.len = fread(kernel.bytes, 1, KERNEL_MAX_BYTES, file);
    fclose(file);
    return kernel;
}

void kernel_file_free(kernel_file_t *file)
{
    free(file->bytes);
    file->bytes = NULL;
}
