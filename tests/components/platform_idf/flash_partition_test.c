#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "esp_log.h"
#include "flash_partition.h"

static flash_partition_t s_flash;

static int set_up(void **state)
{
    (void)state;
    fake_partitions_reset();
    fake_log_reset();
    flash_partition_init(&s_flash);
    return 0;
}

static void geometry_is_that_of_the_table(void **state)
{
    platform_flash_geometry_t geometry;
    (void)state;
    for (int i = 0; i < PLATFORM_PARTITION_COUNT; i++) {
        assert_int_equal(flash_partition_geometry(&s_flash, i, &geometry), HOST_OK);
        assert_int_equal(geometry.sector_bytes, 4096);
        assert_int_equal(geometry.sector_count, 2);
        assert_int_equal(geometry.program_bytes, 16);
    }
    assert_string_equal(fake_log, "");
}

static void programs_clear_bits_and_erases_set_them(void **state)
{
    static const uint8_t first[16] = { 0xf0 };
    static const uint8_t second[16] = { 0x3c };
    uint8_t read[16];
    (void)state;
    assert_int_equal(flash_partition_program(&s_flash, PLATFORM_PARTITION_STORE, 4096, first, sizeof first), HOST_OK);
    assert_int_equal(flash_partition_program(&s_flash, PLATFORM_PARTITION_STORE, 4096, second, sizeof second), HOST_OK);
    assert_int_equal(flash_partition_read(&s_flash, PLATFORM_PARTITION_STORE, 4096, read, sizeof read), HOST_OK);
    assert_int_equal(read[0], 0x30);
    assert_int_equal(flash_partition_erase(&s_flash, PLATFORM_PARTITION_STORE, 1), HOST_OK);
    assert_int_equal(flash_partition_read(&s_flash, PLATFORM_PARTITION_STORE, 4096, read, sizeof read), HOST_OK);
    assert_int_equal(read[0], 0xff);
    assert_int_equal(flash_partition_sync(&s_flash, PLATFORM_PARTITION_STORE), HOST_OK);
    /* No other partition was touched. */
    assert_int_equal(flash_partition_read(&s_flash, PLATFORM_PARTITION_STATE, 0, read, sizeof read), HOST_OK);
    assert_int_equal(read[0], 0xff);
}

static void what_the_board_lacks_is_named_once_and_not_found_after(void **state)
{
    platform_flash_geometry_t geometry = { .sector_bytes = 7 };
    uint8_t byte;
    (void)state;
    fake_partitions[0].subtype = (esp_partition_subtype_t)0x99;
    flash_partition_init(&s_flash);
    assert_non_null(strstr(fake_log, "no partition store (data, 0x44): flash the partition table"));
    assert_int_equal(flash_partition_geometry(&s_flash, PLATFORM_PARTITION_STORE, &geometry), HOST_NOT_FOUND);
    assert_int_equal(geometry.sector_bytes, 7);
    assert_int_equal(flash_partition_read(&s_flash, PLATFORM_PARTITION_STORE, 0, &byte, 1), HOST_NOT_FOUND);
    assert_int_equal(flash_partition_sync(&s_flash, PLATFORM_PARTITION_STORE), HOST_NOT_FOUND);
    assert_int_equal(flash_partition_geometry(&s_flash, PLATFORM_PARTITION_STATE, &geometry), HOST_OK);
}

static void an_encrypted_partition_is_refused_but_for_reading_the_configuration(void **state)
{
    platform_flash_geometry_t geometry;
    const uint8_t *bytes;
    uint8_t byte;
    (void)state;
    for (int i = 0; i < FAKE_PARTITION_COUNT; i++) {
        fake_partitions[i].encrypted = true;
    }
    flash_partition_init(&s_flash);
    assert_non_null(strstr(fake_log, "partition store is encrypted"));
    assert_null(strstr(fake_log, "partition config"));
    assert_int_equal(flash_partition_geometry(&s_flash, PLATFORM_PARTITION_STORE, &geometry), HOST_UNSUPPORTED);
    assert_int_equal(flash_partition_erase(&s_flash, PLATFORM_PARTITION_STATE, 0), HOST_UNSUPPORTED);
    assert_int_equal(flash_partition_map(&s_flash, PLATFORM_PARTITION_APP_A, &bytes), HOST_UNSUPPORTED);
    assert_int_equal(flash_partition_read(&s_flash, PLATFORM_PARTITION_CONFIG, 0, &byte, 1), HOST_OK);
}

static void a_write_ends_the_mapping_and_a_new_one_shows_it(void **state)
{
    static const uint8_t module[16] = { 0x00, 'a', 's', 'm' };
    const uint8_t *bytes = NULL;
    (void)state;
    assert_int_equal(flash_partition_map(&s_flash, PLATFORM_PARTITION_APP_A, &bytes), FAKE_PARTITION_BYTES);
    assert_int_equal(bytes[0], 0xff);
    assert_int_equal(flash_partition_program(&s_flash, PLATFORM_PARTITION_APP_A, 0, module, sizeof module), HOST_OK);
    assert_int_equal(fake_mappings, 0);
    assert_int_equal(flash_partition_map(&s_flash, PLATFORM_PARTITION_APP_A, &bytes), FAKE_PARTITION_BYTES);
    assert_memory_equal(bytes, module, sizeof module);
    assert_int_equal(flash_partition_erase(&s_flash, PLATFORM_PARTITION_APP_A, 0), HOST_OK);
    assert_int_equal(fake_mappings, 0);
    /* Twice in a row: the one before is given up, none leaks. */
    flash_partition_map(&s_flash, PLATFORM_PARTITION_APP_A, &bytes);
    flash_partition_map(&s_flash, PLATFORM_PARTITION_APP_A, &bytes);
    assert_int_equal(bytes[0], 0xff);
    assert_int_equal(fake_mappings, 1);
    flash_partition_unmap(&s_flash, PLATFORM_PARTITION_APP_A);
    flash_partition_unmap(&s_flash, PLATFORM_PARTITION_APP_A);
    assert_int_equal(fake_mappings, 0);
}

static void a_write_elsewhere_leaves_a_mapping_alone(void **state)
{
    static const uint8_t zero[16];
    const uint8_t *bytes;
    (void)state;
    flash_partition_map(&s_flash, PLATFORM_PARTITION_APP_A, &bytes);
    assert_int_equal(flash_partition_program(&s_flash, PLATFORM_PARTITION_STORE, 0, zero, sizeof zero), HOST_OK);
    assert_int_equal(fake_mappings, 1);
    flash_partition_unmap(&s_flash, PLATFORM_PARTITION_APP_A);
}

static void failures_of_the_chip_are_statuses(void **state)
{
    const uint8_t *bytes;
    uint8_t byte;
    (void)state;
    fake_partition_error = ESP_ERR_NO_MEM;
    assert_int_equal(flash_partition_map(&s_flash, PLATFORM_PARTITION_APP_B, &bytes), HOST_NO_MEMORY);
    fake_partition_error = ESP_FAIL;
    assert_int_equal(flash_partition_read(&s_flash, PLATFORM_PARTITION_STORE, 0, &byte, 1), HOST_IO);
    assert_non_null(strstr(fake_log, "E flash: store: "));
    fake_partition_error = ESP_OK;
    fake_partitions[PLATFORM_PARTITION_STORE].readonly = true; /* the flag of a partition table */
    assert_int_equal(flash_partition_erase(&s_flash, PLATFORM_PARTITION_STORE, 0), HOST_REFUSED);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(geometry_is_that_of_the_table),
        TEST(programs_clear_bits_and_erases_set_them),
        TEST(what_the_board_lacks_is_named_once_and_not_found_after),
        TEST(an_encrypted_partition_is_refused_but_for_reading_the_configuration),
        TEST(a_write_ends_the_mapping_and_a_new_one_shows_it),
        TEST(a_write_elsewhere_leaves_a_mapping_alone),
        TEST(failures_of_the_chip_are_statuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
