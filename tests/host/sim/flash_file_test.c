/* flash_file: NOR rules, durability, and every place in which power can fail. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "flash_file.h"
#include "scratch.h"

enum { STORE = PLATFORM_PARTITION_STORE, CONFIG = PLATFORM_PARTITION_CONFIG, SECTOR = FLASH_SECTOR_BYTES };

static char s_path[SCRATCH_PATH_BYTES];
static world_t *s_world;
static flash_file_t *s_flash;

static void reopen(bool reset)
{
    if (s_flash != NULL) {
        flash_file_close(s_flash);
    }
    assert_int_equal(flash_file_open(s_path, reset, s_world, &s_flash), HOST_OK);
}

static int set_up(void **state)
{
    (void)state;
    scratch_path(s_path, "flash.img");
    s_world = world_create(true, 1);
    s_flash = NULL;
    reopen(false);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    flash_file_close(s_flash);
    world_destroy(s_world);
    unlink(s_path);
    return 0;
}

static void expect(int partition, uint32_t offset, const uint8_t *bytes, size_t len)
{
    uint8_t found[SECTOR];
    assert_int_equal(flash_file_read(s_flash, partition, offset, found, len), HOST_OK);
    assert_memory_equal(found, bytes, len);
}

static void is_erased_and_of_the_table_s_size(void **state)
{
    (void)state;
    static const uint32_t sectors[PLATFORM_PARTITION_COUNT] = { 128, 4, 4, 32, 32, 2, 4, 4 };
    uint8_t erased[SECTOR];
    memset(erased, 0xff, sizeof erased);
    for (int partition = 0; partition < PLATFORM_PARTITION_COUNT; partition++) {
        platform_flash_geometry_t geometry;
        assert_int_equal(flash_file_geometry(s_flash, partition, &geometry), HOST_OK);
        assert_int_equal(geometry.sector_bytes, SECTOR);
        assert_int_equal(geometry.sector_count, sectors[partition]);
        assert_int_equal(geometry.program_bytes, 16);
        expect(partition, 0, erased, SECTOR);
        expect(partition, (sectors[partition] - 1) * SECTOR, erased, SECTOR);
    }
}

static void partitions_do_not_overlap(void **state)
{
    (void)state;
    for (int partition = 0; partition < PLATFORM_PARTITION_COUNT; partition++) {
        platform_flash_geometry_t geometry;
        uint8_t unit[16];
        flash_file_geometry(s_flash, partition, &geometry);
        memset(unit, partition + 1, sizeof unit);
        assert_int_equal(flash_file_program(s_flash, partition, 0, unit, 16), HOST_OK);
        assert_int_equal(flash_file_program(s_flash, partition, geometry.sector_count * SECTOR - 16, unit, 16), HOST_OK);
    }
    for (int partition = 0; partition < PLATFORM_PARTITION_COUNT; partition++) {
        uint8_t unit[16];
        memset(unit, partition + 1, sizeof unit);
        expect(partition, 0, unit, 16);
    }
}

static void refuses_a_unit_twice_until_its_erase(void **state)
{
    (void)state;
    static const uint8_t zeros[32];
    uint8_t unit[32];
    char said[512];
    memset(unit, 0xf0, sizeof unit);
    assert_int_equal(flash_file_program(s_flash, STORE, 16, unit, 16), HOST_OK);
    const int handle = capture_begin(STDOUT_FILENO);
    assert_int_equal(flash_file_program(s_flash, STORE, 0, zeros, 32), HOST_IO);
    capture_end(STDOUT_FILENO, handle, said, sizeof said);
    assert_string_equal(said,
                        "{\"event\":\"error\",\"message\":\"flash: unit at 0x368010 programmed twice without an erase\"}\n");
    expect(STORE, 16, unit, 16);
    memset(unit, 0xff, 16);
    expect(STORE, 0, unit, 16); /* nothing half-done */
    assert_int_equal(flash_file_erase(s_flash, STORE, 0), HOST_OK);
    assert_int_equal(flash_file_program(s_flash, STORE, 0, zeros, 32), HOST_OK);
    expect(STORE, 0, zeros, 32);
}

static void remembers_a_unit_programmed_with_ones(void **state)
{
    (void)state;
    uint8_t ones[16];
    memset(ones, 0xff, sizeof ones);
    assert_int_equal(flash_file_program(s_flash, STORE, 4096, ones, 16), HOST_OK);
    reopen(false);
    const int handle = capture_begin(STDOUT_FILENO);
    const int again = flash_file_program(s_flash, STORE, 4096, ones, 16);
    char said[512];
    capture_end(STDOUT_FILENO, handle, said, sizeof said);
    assert_int_equal(again, HOST_IO);
    assert_int_equal(flash_file_program(s_flash, STORE, 4096 + 16, ones, 16), HOST_OK);
}

static void counts_erases_and_programs_across_openings(void **state)
{
    (void)state;
    static const uint8_t zeros[16];
    for (int i = 0; i < 3; i++) {
        assert_int_equal(flash_file_erase(s_flash, STORE, 127), HOST_OK);
        assert_int_equal(flash_file_program(s_flash, STORE, 127 * SECTOR, zeros, 16), HOST_OK);
        reopen(false);
    }
    assert_int_equal(flash_file_erase_count(s_flash, STORE, 127), 3);
    assert_int_equal(flash_file_erase_count(s_flash, STORE, 126), 0);
    assert_int_equal(flash_file_erases(s_flash), 3);
    assert_int_equal(flash_file_programs(s_flash), 3);
    assert_int_equal(flash_file_sync(s_flash, STORE), HOST_OK);
}

static void reset_keeps_the_configuration_alone(void **state)
{
    (void)state;
    uint8_t unit[16];
    uint8_t erased[16];
    memset(unit, 0x42, sizeof unit);
    memset(erased, 0xff, sizeof erased);
    flash_file_program(s_flash, STORE, 0, unit, 16);
    flash_file_program(s_flash, CONFIG, 0, unit, 16);
    flash_file_erase(s_flash, STORE, 5);
    reopen(true);
    expect(STORE, 0, erased, 16);
    expect(CONFIG, 0, unit, 16);
    assert_int_equal(flash_file_erases(s_flash), 0);
    assert_int_equal(flash_file_program(s_flash, STORE, 0, unit, 16), HOST_OK);
}

static void takes_a_configuration_written_beforehand(void **state)
{
    (void)state;
    static uint8_t early[FLASH_CONFIG_OFFSET + 32];
    uint8_t erased[16];
    memset(erased, 0xff, sizeof erased);
    memset(early + FLASH_CONFIG_OFFSET, 0x42, 32);
    flash_file_close(s_flash);
    s_flash = NULL;
    scratch_write(s_path, early, sizeof early);
    reopen(false);
    expect(CONFIG, 0, early + FLASH_CONFIG_OFFSET, 32);
    expect(CONFIG, 32, erased, 16);
    expect(PLATFORM_PARTITION_APP_A, 0, erased, 16);
}

static void takes_a_whole_image_as_it_is(void **state)
{
    (void)state;
    uint8_t *image = malloc(FLASH_PART_BYTES);
    memset(image, 0x37, FLASH_PART_BYTES);
    flash_file_close(s_flash);
    s_flash = NULL;
    scratch_write(s_path, image, FLASH_PART_BYTES);
    reopen(false);
    expect(STORE, 0, image, SECTOR);
    assert_int_equal(flash_file_erases(s_flash), 0);
    free(image);
}

static void tells_why_it_cannot_open(void **state)
{
    (void)state;
    flash_file_t *none;
    assert_int_equal(flash_file_open("/proc/nowhere/flash.img", false, s_world, &none), HOST_IO);
    assert_int_equal(errno, ENOENT);
}

/* Ten operations; after each the state of the first sectors is known. Ends early when the power fails. */
enum { OPERATIONS = 10, OPERATION_BYTES = 64 };

static void pattern(int operation, uint8_t bytes[OPERATION_BYTES])
{
    for (int i = 0; i < OPERATION_BYTES; i++) {
        bytes[i] = (uint8_t)(operation * 37 + i * 11);
    }
}

static void run_operations(void)
{
    for (int i = 0; i < OPERATIONS; i++) {
        uint8_t bytes[OPERATION_BYTES];
        pattern(i, bytes);
        if (i % 5 == 4) {
            assert_int_equal(flash_file_erase(s_flash, STORE, (uint32_t)(i / 5)), HOST_OK);
        } else {
            assert_int_equal(
                flash_file_program(s_flash, STORE, (uint32_t)(i / 5 * SECTOR + i % 5 * OPERATION_BYTES), bytes, OPERATION_BYTES),
                HOST_OK);
        }
    }
}

/* What the two sectors hold when `done` operations are. */
static void model(int done, uint8_t sectors[2 * SECTOR])
{
    memset(sectors, 0xff, 2 * SECTOR);
    for (int i = 0; i < done; i++) {
        uint8_t *sector = sectors + i / 5 * SECTOR;
        if (i % 5 == 4) {
            memset(sector, 0xff, SECTOR);
        } else {
            pattern(i, sector + i % 5 * OPERATION_BYTES);
        }
    }
}

/* Runs the operations in a process of their own, with the power failing in the n-th. */
static void run_with_cut(int n, bool is_torn, uint64_t seed, uint8_t found[2 * SECTOR])
{
    reopen(true);
    s_world->cut_after = n;
    s_world->cut_is_torn = is_torn;
    s_world->tear_state = seed;
    const pid_t pid = fork();
    if (pid == 0) {
        run_operations();
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), n <= OPERATIONS ? BOARD_EXIT_POWER_CUT : 0);
    reopen(false);
    flash_file_read(s_flash, STORE, 0, found, SECTOR);
    flash_file_read(s_flash, STORE, SECTOR, found + SECTOR, SECTOR);
}

static void clean_cut_leaves_whole_operations(void **state)
{
    (void)state;
    static uint8_t found[2 * SECTOR];
    static uint8_t expected[2 * SECTOR];
    for (int n = 1; n <= OPERATIONS + 1; n++) {
        run_with_cut(n, false, 1, found);
        model(n < OPERATIONS ? n : OPERATIONS, expected);
        assert_memory_equal(found, expected, sizeof found);
    }
}

/* Every bit is that of before or of after, and a program is not whole; what an erase left out may have been blank anyhow. */
static void torn_cut_leaves_a_part(void **state)
{
    (void)state;
    static uint8_t found[2 * SECTOR];
    static uint8_t before[2 * SECTOR];
    static uint8_t after[2 * SECTOR];
    int parts = 0;
    for (int n = 1; n <= OPERATIONS; n++) {
        for (uint64_t seed = 1; seed <= 8; seed++) {
            run_with_cut(n, true, seed, found);
            model(n - 1, before);
            model(n, after);
            for (size_t i = 0; i < sizeof found; i++) {
                if (((found[i] ^ before[i]) & (found[i] ^ after[i])) != 0) {
                    fail_msg("operation %d, seed %d, byte %zu: 0x%02x is neither old nor new", n, (int)seed, i, found[i]);
                }
            }
            if (n % 5 != 0) {
                assert_memory_not_equal(found, after, sizeof found);
            }
            parts += memcmp(found, before, sizeof found) != 0;
        }
    }
    assert_true(parts > OPERATIONS * 8 / 2);
}

static void same_seed_tears_alike(void **state)
{
    (void)state;
    static uint8_t first[2 * SECTOR];
    static uint8_t second[2 * SECTOR];
    run_with_cut(3, true, 99, first);
    run_with_cut(3, true, 99, second);
    assert_memory_equal(first, second, sizeof first);
    run_with_cut(3, true, 100, second);
    assert_memory_not_equal(first, second, sizeof first);
}

static void a_torn_erase_can_be_repeated(void **state)
{
    (void)state;
    static uint8_t found[2 * SECTOR];
    uint8_t erased[SECTOR];
    uint8_t unit[16] = { 0 };
    memset(erased, 0xff, sizeof erased);
    run_with_cut(5, true, 3, found);
    s_world->cut_after = 0;
    assert_int_equal(flash_file_erase(s_flash, STORE, 0), HOST_OK);
    expect(STORE, 0, erased, SECTOR);
    assert_int_equal(flash_file_program(s_flash, STORE, 0, unit, 16), HOST_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(is_erased_and_of_the_table_s_size),
        TEST(partitions_do_not_overlap),
        TEST(refuses_a_unit_twice_until_its_erase),
        TEST(remembers_a_unit_programmed_with_ones),
        TEST(counts_erases_and_programs_across_openings),
        TEST(reset_keeps_the_configuration_alone),
        TEST(takes_a_configuration_written_beforehand),
        TEST(takes_a_whole_image_as_it_is),
        TEST(tells_why_it_cannot_open),
        TEST(clean_cut_leaves_whole_operations),
        TEST(torn_cut_leaves_a_part),
        TEST(same_seed_tears_alike),
        TEST(a_torn_erase_can_be_repeated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
