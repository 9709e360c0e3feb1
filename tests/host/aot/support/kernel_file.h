/*
 * Kernels that were compiled into the test program, as the files that they were made from.
 */
#ifndef KERNEL_FILE_H
#define KERNEL_FILE_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint8_t *bytes;
    size_t len;
} kernel_file_t;

/** Reads a test's kernel ("edge_kernel") or one of the product ("full-plain"). Ends the test program when it is missing. */
kernel_file_t kernel_file_read(const char *name);

/** Returns the size of linear memory in the kernel's manifest. */
uint32_t kernel_file_memory_bytes(const kernel_file_t *file);

void kernel_file_free(kernel_file_t *file);

#endif
