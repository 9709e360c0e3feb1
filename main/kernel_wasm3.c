#include "kernel.h"

/* What ESP-IDF makes of the embedded file kernel.wasm. */
extern const uint8_t kernel_wasm[];
extern const uint32_t kernel_wasm_length;

kernel_t kernel_embedded(void)
{
    return (kernel_t){
        .engine = &engine_wasm3,
        .engine_name = "wasm3",
        .bytes = kernel_wasm,
        .bytes_len = kernel_wasm_length,
    };
}
