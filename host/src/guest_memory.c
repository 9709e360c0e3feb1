#include "guest_memory.h"

#include <string.h>

const char *signature_args(const char *signature)
{
    return strchr(signature, '(') + 1;
}

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
        uint64_t address = (uint32_t)call->args[i];
        uint64_t len = (uint32_t)call->args[i + 1];
        if (address + len > call->memory_bytes) {
            return "pointer outside memory";
        }
    }
    return NULL;
}

uint8_t *guest_memory_at(const engine_call_t *call, size_t index)
{
    return call->memory + (uint32_t)call->args[index];
}

int32_t guest_i32(const engine_call_t *call, size_t index)
{
    return (int32_t)(uint32_t)call->args[index];
}

const char *guest_return(engine_call_t *call, int32_t result)
{
    call->result = (uint32_t)result;
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
