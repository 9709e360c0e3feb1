#include "kernel_file.h"

#include <stdio.h>
#include <stdlib.h>

#include "manifest.h"

enum { KERNEL_MAX_BYTES = 256 * 1024 };

kernel_file_t kernel_file_read(const char *name)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/%s.wasm", AOT_KERNELS_DIR, name);
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        abort();
    }
    kernel_file_t kernel = { .bytes = malloc(KERNEL_MAX_BYTES) };
    kernel.len = fread(kernel.bytes, 1, KERNEL_MAX_BYTES, file);
    fclose(file);
    return kernel;
}

uint32_t kernel_file_memory_bytes(const kernel_file_t *file)
{
    char error[ENGINE_ERROR_BYTES];
    manifest_t manifest;
    if (manifest_read(file->bytes, file->len, MANIFEST_KERNEL, &manifest, error) < 0) {
        fprintf(stderr, "%s\n", error);
        abort();
    }
    return manifest.memory_bytes;
}

void kernel_file_free(kernel_file_t *file)
{
    free(file->bytes);
    file->bytes = NULL;
}
