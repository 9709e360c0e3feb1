#include "trap.h"

#include <stdio.h>

static const char *const s_texts[] = {
    [TRAP_STACK] = "stack overflow: calls nested too deep",
    [TRAP_UNREACHABLE] = "unreachable executed, or memory exhausted under a collector",
    [TRAP_DIVIDE_BY_ZERO] = "integer divide by zero",
    [TRAP_INTEGER_OVERFLOW] = "integer overflow",
    [TRAP_CONVERSION] = "invalid conversion to integer",
    [TRAP_INDIRECT_CALL] = "indirect call: no such function, or one of another type",
    [TRAP_NO_MEMORY] = "out of memory",
};

void trap_explain(const trap_t *trap, uint32_t memory_bytes, char error[ENGINE_ERROR_BYTES])
{
    unsigned bytes = memory_bytes;
    if (trap->kind == TRAP_IMPORT) {
        snprintf(error, ENGINE_ERROR_BYTES, "%s: %s", trap->import->name, trap->text);
    } else if (trap->was_growth_refused) {
        snprintf(error, ENGINE_ERROR_BYTES, "memory exhausted: all %u bytes are in use", bytes);
    } else if (trap->kind == TRAP_MEMORY) {
        snprintf(error, ENGINE_ERROR_BYTES, "access outside its %u bytes of memory: memory exhausted, or a stray pointer", bytes);
    } else {
        snprintf(error, ENGINE_ERROR_BYTES, "%s", trap->kind == TRAP_OTHER ? trap->text : s_texts[trap->kind]);
    }
}
