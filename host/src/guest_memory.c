#include "guest_memory.h"

#include <string.h>

size_t signature_arg_count(const char *signature)
{
    const char *args = signature_args(signature);
    return (size_t)(strchr(args, ')') - args);
}

const char *guest_memory_check(const engine_call_t *call)
{
    const char *args = signature_args(call->import->signature);
    for (size_t i = 0; args[i] != ')'; i++) {
        if (args[i] != '<' && args[i] != '>') {
            continue;
        }
        const uint32_t address = (uint32_t)call->args[i];
        const uint32_t len = (uint32_t)call->args[i + 1];
        if (address > call->memory_bytes || len > call->memory_bytes - address) { /* as in 64 bits, address + len > bytes */
            return "pointer outside memory";
        }
    }
    return NULL;
}

void guest_put_u32(uint8_t *dst, uint32_t value)
{
    dst[0] = (uint8_t)value;
    dst[1] = (uint8_t)(value >> 8);
    dst[2] = (uint8_t)(value >> 16);
    dst[3] = (uint8_t)(value >> 24);
}

uint32_t guest_get_u32(const uint8_t *src)
{
    return (uint32_t)src[0] | (uint32_t)src[1] << 8 | (uint32_t)src[2] << 16 | (uint32_t)src[3] << 24;
}
