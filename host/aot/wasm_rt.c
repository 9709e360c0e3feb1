/*
 * What translated code needs at run time (wasm-rt.h of wabt), for linear memories below one page: memory of exactly the
 * manifest's size, checked at every access; traps that end the newest call; nothing kept but one pointer and one counter.
 * Exceptions and tables of external references are not here: the translator does not emit them without being asked.
 */
#include <stdarg.h>

#include "aot_frame.h"
#include "engine_memory.h"
#include "wasm-rt.h"

#if WASM_RT_MEMCHECK_SIGNAL_HANDLER || !WASM_RT_USE_STACK_DEPTH_COUNT
#error "wasm-rt.h: expected explicit bounds checks and a counted call depth (host/aot/aot.cmake)"
#endif

/* The translated code hands over no context, so the newest call is kept here, for the one task that runs modules. */
static aot_frame_t *s_frame;

uint32_t wasm_rt_call_stack_depth;

void aot_frame_enter(aot_frame_t *frame, aot_context_t *context)
{
    frame->context = context;
    frame->before = s_frame;
    frame->depth_before = wasm_rt_call_stack_depth;
    context->trap = (trap_t){ .kind = TRAP_NONE };
    s_frame = frame;
    wasm_rt_call_stack_depth = 0;
}

void aot_frame_leave(aot_frame_t *frame)
{
    s_frame = frame->before;
    wasm_rt_call_stack_depth = frame->depth_before;
}

static void WASM_RT_NO_RETURN end_call(trap_kind_t kind)
{
    s_frame->context->trap.kind = kind;
    longjmp(s_frame->unwind, 1);
}

void aot_frame_trap_import(const engine_import_t *import, const char *text)
{
    s_frame->context->trap.import = import;
    s_frame->context->trap.text = text;
    end_call(TRAP_IMPORT);
}

void wasm_rt_trap(wasm_rt_trap_t code)
{
    static const uint8_t kinds[] = {
        [WASM_RT_TRAP_NONE] = TRAP_UNREACHABLE,
        [WASM_RT_TRAP_OOB] = TRAP_MEMORY,
        [WASM_RT_TRAP_INT_OVERFLOW] = TRAP_INTEGER_OVERFLOW,
        [WASM_RT_TRAP_DIV_BY_ZERO] = TRAP_DIVIDE_BY_ZERO,
        [WASM_RT_TRAP_INVALID_CONVERSION] = TRAP_CONVERSION,
        [WASM_RT_TRAP_UNREACHABLE] = TRAP_UNREACHABLE,
        [WASM_RT_TRAP_CALL_INDIRECT] = TRAP_INDIRECT_CALL,
        [WASM_RT_TRAP_UNCAUGHT_EXCEPTION] = TRAP_UNREACHABLE,
        [WASM_RT_TRAP_EXHAUSTION] = TRAP_STACK,
    };
    end_call((trap_kind_t)kinds[code]);
}

/* ESP-IDF 5 evaluates what is asserted even where nothing is (COMPILER_ASSERT_NDEBUG_EVALUATE), so this is asked. */
bool wasm_rt_is_initialized(void)
{
    return true;
}

/*
 * The number of a function type is the type itself, its values as digits to the base 5: no table, no allocation, and equal
 * types have equal numbers. 13 digits fit; toolchain/aot refuses modules with longer types.
 */
uint32_t wasm_rt_register_func_type(uint32_t params, uint32_t results, ...)
{
    enum { BASE = 5 }; /* WASM_RT_I32 .. WASM_RT_F64 as 1..4; 0 parts parameters from results */
    va_list types;
    va_start(types, results);
    uint32_t number = 1;
    for (uint32_t i = 0; i < params + results; i++) {
        number = i == params ? number * BASE : number;
        number = number * BASE + va_arg(types, wasm_rt_type_t) + 1;
    }
    va_end(types);
    return number;
}

/* A module declares pages; it gets what its manifest grants, which its bounds rest on. */
void wasm_rt_allocate_memory(wasm_rt_memory_t *memory, uint32_t initial_pages, uint32_t max_pages)
{
    aot_context_t *context = s_frame->context;
    context->memory = engine_memory_alloc(context->memory_bytes);
    if (!context->memory) {
        end_call(TRAP_NO_MEMORY);
    }
    *memory = (wasm_rt_memory_t){
        .data = context->memory,
        .pages = initial_pages,
        .max_pages = max_pages,
        .size = context->memory_bytes,
    };
}

/* Memory stays as it was granted. */
uint32_t wasm_rt_grow_memory(wasm_rt_memory_t *memory, uint32_t pages)
{
    if (pages == 0) {
        return memory->pages;
    }
    s_frame->context->trap.was_growth_refused = true;
    return UINT32_MAX;
}

void wasm_rt_free_memory(wasm_rt_memory_t *memory)
{
    engine_memory_free(memory->data);
}

void wasm_rt_allocate_funcref_table(wasm_rt_funcref_table_t *table, uint32_t elements, uint32_t max_elements)
{
    *table = (wasm_rt_funcref_table_t){
        .data = engine_memory_alloc(elements * sizeof(table->data[0])),
        .max_size = max_elements,
        .size = elements,
    };
    if (!table->data) {
        end_call(TRAP_NO_MEMORY);
    }
}

void wasm_rt_free_funcref_table(wasm_rt_funcref_table_t *table)
{
    engine_memory_free(table->data);
}
