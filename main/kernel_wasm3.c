#include "kernel.h"

/* Names of ESP-IDF's embedded files: kernel.wasm. */
extern const uint8_t kernel_start[] __asm__("_binary_kernel_wasm_start");
extern const uint8_t kernel_end[] __asm__("_binary_kernel_wasm_end");

kernel_t kernel_embedded(void)
{
    return (kernel_t){
        .engine = &engine_wasm3,
        .engine_name = "wasm3",
        .bytes = kernel_start,
        .bytes_len = (size_t)(kernel_end - kernel_start),
    };
}
