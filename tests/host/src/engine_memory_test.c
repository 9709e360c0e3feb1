/*
 * engine_memory: small blocks share chunks, whatever is freed leaves the others alone, and all goes at once. The source is
 * compiled in, for under sanitizers the library gives each block its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdint.h>
#include <string.h>

#include "../../../host/src/engine_memory.c"
#include "heap_watch.h"

static engine_memory_t s_memory;

static int enter(void **state)
{
    (void)state;
    s_memory = (engine_memory_t){ .blocks = NULL };
    engine_memory_enter(&s_memory);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    engine_memory_release(&s_memory);
    engine_memory_enter(NULL);
    return 0;
}

static void small_blocks_share_a_chunk(void **state)
{
    (void)state;
    enum { COUNT = 100, BYTES = 12, PER_CHUNK = CHUNK_BYTES / (BYTES + sizeof(void *)) };
    int before = heap_live;
    uint8_t *blocks[COUNT];
    for (int i = 0; i < COUNT; i++) {
        blocks[i] = engine_memory_alloc(BYTES);
        for (int b = 0; b < BYTES; b++) {
            assert_int_equal(blocks[i][b], 0);
        }
        memset(blocks[i], i, BYTES);
    }
    assert_in_range(heap_live - before, COUNT * BYTES / CHUNK_BYTES, 2 + COUNT / PER_CHUNK);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(blocks[i][0], i);
        assert_int_equal(blocks[i][BYTES - 1], i);
    }
    engine_memory_release(&s_memory);
    assert_int_equal(heap_live, before);
    assert_int_equal(s_memory.bytes, 0);
}

/* The first block of a chunk begins where the chunk does: freeing it must not take the chunk. */
static void a_freed_small_block_leaves_its_chunk(void **state)
{
    (void)state;
    char *first = engine_memory_alloc(8);
    char *second = engine_memory_alloc(8);
    strcpy(second, "second");
    int before = heap_live;
    engine_memory_free(first);
    assert_int_equal(heap_live, before);
    assert_string_equal(second, "second");
}

static void the_last_small_block_is_used_again_and_zero(void **state)
{
    (void)state;
    char *kept = engine_memory_alloc(8);
    char *freed = engine_memory_alloc(16);
    memset(kept, 'k', 8);
    memset(freed, 'f', 16);
    engine_memory_free(freed);
    char *again = engine_memory_alloc(24);
    assert_ptr_equal(again, freed);
    for (int i = 0; i < 24; i++) {
        assert_int_equal(again[i], 0);
    }
    engine_memory_free(kept); /* not the last: stays until the end */
    assert_ptr_not_equal(engine_memory_alloc(8), kept);
}

static void numbers_of_eight_bytes_are_aligned(void **state)
{
    (void)state;
    for (size_t size = 4; size <= ENGINE_MEMORY_SMALL_BYTES; size += 4) {
        assert_int_equal((uintptr_t)engine_memory_alloc(size) % (size % 8 == 0 ? 8 : sizeof(void *)), 0);
    }
}

static void a_block_grows_with_what_it_holds(void **state)
{
    (void)state;
    size_t sizes[] = { 8, 40, 64, 65, 300 };
    char *block = NULL;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        const size_t old = i ? sizes[i - 1] : 0;
        block = engine_memory_realloc(block, old, sizes[i]);
        for (size_t b = 0; b < sizes[i]; b++) {
            assert_int_equal(block[b], b < old ? 'x' : 0);
        }
        memset(block, 'x', sizes[i]);
    }
    assert_null(engine_memory_realloc(block, 300, SIZE_MAX));
    assert_int_equal(block[299], 'x');
}

static void the_bytes_held_are_known(void **state)
{
    (void)state;
    char *large = engine_memory_alloc(1000);
    const size_t with_large = s_memory.bytes;
    assert_true(with_large > 1000);
    engine_memory_alloc(16);
    const size_t with_chunk = s_memory.bytes;
    assert_true(with_chunk >= with_large + FIRST_CHUNK_BYTES);
    engine_memory_alloc(16);
    assert_int_equal(s_memory.bytes, with_chunk);
    engine_memory_free(large);
    assert_int_equal(s_memory.bytes, with_chunk - with_large);
}

static void lack_of_memory_changes_nothing(void **state)
{
    (void)state;
    char *block = engine_memory_alloc(48);
    memset(block, 'x', 48);
    heap_allocations_left = 1;
    assert_null(engine_memory_alloc(48)); /* wants a chunk */
    heap_allocations_left = 1;
    assert_null(engine_memory_realloc(block, 48, 100));
    heap_allocations_left = -1;
    assert_int_equal(block[47], 'x');
    assert_non_null(engine_memory_alloc(48));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(small_blocks_share_a_chunk, enter, leave),
        cmocka_unit_test_setup_teardown(a_freed_small_block_leaves_its_chunk, enter, leave),
        cmocka_unit_test_setup_teardown(the_last_small_block_is_used_again_and_zero, enter, leave),
        cmocka_unit_test_setup_teardown(numbers_of_eight_bytes_are_aligned, enter, leave),
        cmocka_unit_test_setup_teardown(a_block_grows_with_what_it_holds, enter, leave),
        cmocka_unit_test_setup_teardown(the_bytes_held_are_known, enter, leave),
        cmocka_unit_test_setup_teardown(lack_of_memory_changes_nothing, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
