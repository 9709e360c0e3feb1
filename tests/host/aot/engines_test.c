/*
 * Both engines on one kernel that does dangerous things on request: same results, same traps at the same address, same
 * words, same memory afterwards; and where a bound decides, both agree with the bound itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "guest_memory.h"
#include "kernel_file.h"
#include "link.h"

enum { MEMORY_BYTES = 4096, STACK_BYTES = 1024, ENGINES = 2 };

/* Rows of modules/edge_kernel.wat. */
enum {
    LOADS = 0,
    STORES = 10,
    FILL = 20,
    COPY,
    LOG,
    RANDOM,
    ABORT,
    DIV_S = 30,
    REM_U,
    REM_S,
    DIV_S_64,
    TRUNC_S,
    TRUNC_U_64,
    UNREACHABLE = 40,
    INDIRECT,
    DESCEND,
    GROW,
    SIZE,
    GROW_AND_LOAD,
    ADD_A_CALL,
    SUBTRACT_AN_INDIRECT_CALL,
    ADD_A_CALL_TO_FLOATS,
    CONVERSIONS = 50, /* truncating and saturating, to i32 and i64, from f32 and f64, signed and not */
    CONVERSIONS_END = 66
};

typedef struct {
    int row;
    uint32_t width;
    uint64_t offset;
} access_t;

static const access_t s_accesses[] = {
    { LOADS, 4, 0 },        { LOADS + 1, 1, 0 },    { LOADS + 2, 2, 0 },  { LOADS + 3, 8, 0 },
    { LOADS + 4, 4, 0 },    { LOADS + 5, 8, 0 },    { LOADS + 6, 4, 40 }, { LOADS + 7, 4, 0xFFFFFFFF },
    { LOADS + 8, 4, 4092 }, { LOADS + 9, 4, 4093 }, { STORES, 4, 0 },     { STORES + 1, 1, 0 },
    { STORES + 2, 2, 0 },   { STORES + 3, 8, 0 },   { STORES + 4, 8, 0 }, { STORES + 5, 4, 40 },
};

/* Around the end of the memory, of the page, of the sign, of the address space. */
static const uint32_t s_ends[] = { 0, MEMORY_BYTES - 40, MEMORY_BYTES, 65536 - 40, 65536, 0x80000000u };
enum { AROUND = 9 };

static const engine_t *const s_engines[ENGINES] = { &engine_wasm3, &engine_aot };
static kernel_file_t s_kernel;

typedef struct {
    int status;
    int32_t result;
    char error[ENGINE_ERROR_BYTES];
    uint8_t memory[MEMORY_BYTES];
} outcome_t;

/* Random bytes are 0x5A, abort traps, every other row answers with its first length or 7. */
static const char *answer(engine_call_t *call)
{
    if (strcmp(call->import->name, "sys_abort") == 0) {
        return "aborted";
    }
    if (strcmp(call->import->name, "sys_random") == 0) {
        memset(guest_memory_at(call, 0), 0x5A, (size_t)call->args[1]);
    }
    return guest_return(call, 7);
}

static engine_import_t s_imports[64];

static engine_config_t kernel_config(const kernel_file_t *kernel)
{
    for (size_t i = 0; i < link_kernel_import_count; i++) {
        s_imports[i] = link_kernel_imports[i];
        s_imports[i].handler = answer;
    }
    return (engine_config_t){
        .bytes = kernel->bytes,
        .bytes_len = kernel->len,
        .memory_bytes = MEMORY_BYTES,
        .stack_bytes = STACK_BYTES,
        .imports = s_imports,
        .import_count = link_kernel_import_count,
        .exports = link_kernel_exports,
        .export_count = KERNEL_EXPORT_COUNT,
    };
}

static void run_on(const engine_t *engine, const uint64_t args[LINK_SYSCALL_ARGS], outcome_t *out)
{
    const engine_config_t config = kernel_config(&s_kernel);
    engine_instance_t *instance;
    uint32_t bytes;
    uint64_t result = 0;
    memset(out, 0, sizeof(*out));
    if (engine->load(&config, &instance, out->error) != HOST_OK) {
        fail_msg("load: %s", out->error);
    }
    out->status = engine->call(instance, KERNEL_EXPORT_syscall, args, LINK_SYSCALL_ARGS, &result, out->error);
    out->result = (int32_t)(uint32_t)result;
    memcpy(out->memory, engine->memory(instance, &bytes), MEMORY_BYTES);
    assert_int_equal(bytes, MEMORY_BYTES);
    engine->free(instance);
}

/* Runs one row on both engines, holds them against each other, and returns what happened. */
static const outcome_t *run(int row, uint64_t now, uint32_t a0, uint32_t a1, uint32_t a2)
{
    static outcome_t outcomes[ENGINES];
    const uint64_t args[LINK_SYSCALL_ARGS] = { (uint64_t)row, now, a0, a1, a2 };
    for (size_t i = 0; i < ENGINES; i++) {
        run_on(s_engines[i], args, &outcomes[i]);
    }
    if (memcmp(&outcomes[0], &outcomes[1], sizeof(outcomes[0])) != 0) {
        fail_msg("row %d, now %llx, %x, %x, %x: wasm3 %d %d \"%s\", ahead of time %d %d \"%s\"", row, (unsigned long long)now, a0,
                 a1, a2, outcomes[0].status, outcomes[0].result, outcomes[0].error, outcomes[1].status, outcomes[1].result,
                 outcomes[1].error);
    }
    return &outcomes[0];
}

static void expect_bound(const outcome_t *outcome, bool is_inside)
{
    assert_int_equal(outcome->status, is_inside ? HOST_OK : HOST_CORRUPT);
    if (!is_inside) {
        assert_string_equal(outcome->error, "access outside its 4096 bytes of memory: memory exhausted, or a stray pointer");
    }
}

static void every_access_ends_where_the_manifest_ends(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(s_accesses) / sizeof(s_accesses[0]); i++) {
        const access_t *access = &s_accesses[i];
        for (size_t e = 0; e < sizeof(s_ends) / sizeof(s_ends[0]); e++) {
            for (int around = -AROUND; around <= AROUND; around++) {
                uint32_t address = s_ends[e] + (uint32_t)around;
                bool is_inside = (uint64_t)address + access->offset + access->width <= MEMORY_BYTES;
                expect_bound(run(access->row, 0x0807060504030201u, address, 0, 0), is_inside);
            }
        }
    }
}

static void blocks_are_checked_whole(void **state)
{
    (void)state;
    static const uint32_t lengths[] = { 0, 1, 8, MEMORY_BYTES, 0xFFFFFFF0u };
    for (size_t e = 0; e < sizeof(s_ends) / sizeof(s_ends[0]); e++) {
        for (int around = -8; around <= 1; around++) {
            for (size_t l = 0; l < sizeof(lengths) / sizeof(lengths[0]); l++) {
                uint32_t address = s_ends[e] + (uint32_t)around;
                bool is_inside = (uint64_t)address + lengths[l] <= MEMORY_BYTES;
                expect_bound(run(FILL, 0, address, lengths[l], 0), is_inside);
                expect_bound(run(COPY, 0, address, lengths[l], 0), is_inside && lengths[l] <= MEMORY_BYTES);
                expect_bound(run(COPY, 0, 0, lengths[l], address), is_inside && lengths[l] <= MEMORY_BYTES);
            }
        }
    }
}

static void spans_are_checked_by_the_same_wall(void **state)
{
    (void)state;
    static const uint32_t lengths[] = { 0, 1, 8, 0xFFFFFFF8u };
    for (size_t e = 0; e < sizeof(s_ends) / sizeof(s_ends[0]); e++) {
        for (int around = -8; around <= 1; around++) {
            for (size_t l = 0; l < sizeof(lengths) / sizeof(lengths[0]); l++) {
                uint32_t address = s_ends[e] + (uint32_t)around;
                bool is_inside = (uint64_t)address + lengths[l] <= MEMORY_BYTES;
                const outcome_t *outcome = run(LOG, 0, address, lengths[l], 0);
                assert_string_equal(outcome->error, is_inside ? "" : "sys_log: pointer outside memory");
                assert_int_equal(outcome->result, is_inside ? 7 : 0);
                outcome = run(RANDOM, 0, address, lengths[l], 0);
                assert_string_equal(outcome->error, is_inside ? "" : "sys_random: pointer outside memory");
            }
        }
    }
    assert_string_equal(run(ABORT, 0, 0, 4, 0)->error, "sys_abort: aborted");
}

static void sums_that_have_no_result_trap_alike(void **state)
{
    (void)state;
    static const uint32_t numbers[] = { 0, 1, 2, 7, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu };
    enum { COUNT = sizeof(numbers) / sizeof(numbers[0]) };
    for (size_t a = 0; a < COUNT; a++) {
        for (size_t b = 0; b < COUNT; b++) {
            for (int row = DIV_S; row <= REM_S; row++) {
                const outcome_t *outcome = run(row, 0, numbers[a], numbers[b], 0);
                assert_int_equal(outcome->status == HOST_OK,
                                 numbers[b] != 0 && !(row == DIV_S && numbers[a] == 0x80000000u && numbers[b] == 0xFFFFFFFFu));
            }
            run(DIV_S_64, (uint64_t)numbers[a] << 32, numbers[b], 0, 0);
        }
    }
    assert_string_equal(run(DIV_S, 0, 1, 0, 0)->error, "integer divide by zero");
    assert_string_equal(run(DIV_S, 0, 0x80000000u, 0xFFFFFFFFu, 0)->error, "integer overflow");
}

static void numbers_that_do_not_convert_trap_alike(void **state)
{
    (void)state;
    static const double numbers[] = {
        0, -0.9, -1, 2147483647.5, 2147483648.0, -2147483648.9, -2147483649.0, 1.8446744073709550e19, 1.9e19
    };
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        uint64_t bits;
        memcpy(&bits, &numbers[i], sizeof(bits));
        run(TRUNC_S, bits, 0, 0, 0);
        run(TRUNC_U_64, bits, 0, 0, 0);
    }
    const uint64_t not_a_number = 0x7FF8000000000001u;
    assert_string_equal(run(TRUNC_S, not_a_number, 0, 0, 0)->error, "invalid conversion to integer");
    assert_string_equal(run(TRUNC_U_64, not_a_number, 0, 0, 0)->error, "invalid conversion to integer");
}

static uint64_t bits_of_f32(double number)
{
    float rounded = (float)number;
    uint32_t bits;
    memcpy(&bits, &rounded, sizeof(bits));
    return bits;
}

/* At each bound of each kind of integer, a step of the float to either side. */
static void every_conversion_ends_where_its_integer_ends(void **state)
{
    (void)state;
    static const double bounds[] = { 0,
                                     -1,
                                     2147483648.0,
                                     -2147483648.0,
                                     -2147483649.0,
                                     4294967296.0,
                                     9223372036854775808.0,
                                     -9223372036854775808.0,
                                     18446744073709551616.0,
                                     1e300 };
    enum { STEPS = 2 };
    int trapped = 0;
    for (int row = CONVERSIONS; row < CONVERSIONS_END; row++) {
        bool is_f32 = (row - CONVERSIONS) % 4 < 2;
        for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
            uint64_t bits;
            memcpy(&bits, &bounds[i], sizeof(bits));
            bits = is_f32 ? bits_of_f32(bounds[i]) : bits;
            for (int step = -STEPS; step <= STEPS; step++) {
                trapped += run(row, bits + (uint64_t)(int64_t)step, 0, 0, 0)->status != HOST_OK;
            }
        }
        const uint64_t not_a_number = is_f32 ? 0x7FC00001u : 0x7FF8000000000001u;
        const char *error = row < CONVERSIONS + 8 ? "invalid conversion to integer" : "";
        assert_string_equal(run(row, not_a_number, 0, 0, 0)->error, error);
    }
    assert_true(trapped > 100);
}

/* 3 a + (a - 5 + 1), 3 a - (a + 7 + 1), 1.5 a + (3 a + a + 1): the first operand is in a register when the call begins. */
static void what_a_call_finds_in_registers_is_there_behind_it(void **state)
{
    (void)state;
    assert_int_equal(run(ADD_A_CALL, 0, 100, 0, 0)->result, 396);
    assert_int_equal(run(SUBTRACT_AN_INDIRECT_CALL, 0, 100, 0, 0)->result, 192);
    assert_int_equal(run(ADD_A_CALL_TO_FLOATS, 0, 100, 0, 0)->result, 551);
}

static void wrong_ways_trap_alike(void **state)
{
    (void)state;
    assert_string_equal(run(UNREACHABLE, 0, 0, 0, 0)->error, "unreachable executed, or memory exhausted under a collector");
    assert_int_equal(run(INDIRECT, 0, 0, 0, 0)->result, 42);
    for (uint32_t element = 1; element <= 4; element++) { /* other type, null, outside twice */
        assert_string_equal(run(INDIRECT, 0, element, 0, 0)->error, "indirect call: no such function, or one of another type");
    }
    assert_int_equal(run(DESCEND, 0, 10, 0, 0)->result, 10);
    assert_string_equal(run(DESCEND, 0, 0xFFFFFFFFu, 0, 0)->error, "stack overflow: calls nested too deep");
}

static void memory_never_grows(void **state)
{
    (void)state;
    assert_int_equal(run(GROW, 0, 0, 0, 0)->result, 1);
    assert_int_equal(run(GROW, 0, 1, 0, 0)->result, -1);
    assert_int_equal(run(GROW, 0, 0xFFFFFFFFu, 0, 0)->result, -1);
    assert_int_equal(run(SIZE, 0, 0, 0, 0)->result, 1);
    assert_int_equal(run(GROW_AND_LOAD, 0, MEMORY_BYTES - 4, 0, 0)->status, HOST_OK);
    assert_string_equal(run(GROW_AND_LOAD, 0, MEMORY_BYTES, 0, 0)->error, "memory exhausted: all 4096 bytes are in use");
}

/* Rows of modules/pairs_kernel.wat: operands around the ends of memory and of the sign, with and without the jump. */
static void pairs_of_operations_do_what_the_two_do(void **state)
{
    enum { ROWS = 48 };
    static const uint32_t a[] = { 0, 5, MEMORY_BYTES - 4, MEMORY_BYTES - 3, MEMORY_BYTES, 0x7FFFFFFFu, 0xFFFFFFFCu };
    static const uint32_t b[] = { 0, 1, 4, 0xFFFFFFFFu };
    static const uint32_t c[] = { 0, 1, 20 };
    const kernel_file_t before = s_kernel;
    (void)state;
    s_kernel = kernel_file_read("pairs_kernel");
    for (int row = 0; row < ROWS; row++) {
        bool is_row = false;
        for (size_t i = 0; i < sizeof(a) / sizeof(a[0]) * sizeof(b) / sizeof(b[0]) * sizeof(c) / sizeof(c[0]); i++) {
            const outcome_t *outcome = run(row, 0, a[i % 7], b[i / 7 % 4], c[i / 28]);
            is_row = is_row || outcome->result != -1;
        }
        assert_true(is_row);
    }
    assert_int_equal(run(ROWS, 0, 0, 0, 0)->result, -1); /* there are no more */
    kernel_file_free(&s_kernel);
    s_kernel = before;
}

static int read_kernel(void **state)
{
    (void)state;
    s_kernel = kernel_file_read("edge_kernel");
    return 0;
}

static int free_kernel(void **state)
{
    (void)state;
    kernel_file_free(&s_kernel);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_access_ends_where_the_manifest_ends),
        cmocka_unit_test(blocks_are_checked_whole),
        cmocka_unit_test(spans_are_checked_by_the_same_wall),
        cmocka_unit_test(sums_that_have_no_result_trap_alike),
        cmocka_unit_test(numbers_that_do_not_convert_trap_alike),
        cmocka_unit_test(every_conversion_ends_where_its_integer_ends),
        cmocka_unit_test(what_a_call_finds_in_registers_is_there_behind_it),
        cmocka_unit_test(wrong_ways_trap_alike),
        cmocka_unit_test(memory_never_grows),
        cmocka_unit_test(pairs_of_operations_do_what_the_two_do),
    };
    return cmocka_run_group_tests_name("host/src/engine_aot and engine_wasm3", tests, read_kernel, free_kernel);
}
