#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "boot_idf.h"
#include "esp_log.h"
#include "esp_ota_ops.h"

static flash_partition_t s_flash;
static update_boot_t s_boot;

static const esp_partition_t *partition_of(int number)
{
    return s_flash.slots[number].partition;
}

static int set_up(void **state)
{
    (void)state;
    fake_partitions_reset();
    fake_log_reset();
    flash_partition_init(&s_flash);
    fake_ota = (fake_ota_t){ .running = partition_of(PLATFORM_PARTITION_FIRMWARE_A) };
    s_boot = boot_idf_port(&s_flash);
    return 0;
}

static int running(bool *is_pending)
{
    return s_boot.running(s_boot.ctx, is_pending);
}

static void the_slot_that_runs_is_told_and_whether_a_reset_ends_it(void **state)
{
    bool is_pending = true;
    (void)state;
    assert_int_equal(s_boot.chip, 5);
    assert_string_equal(boot_idf_version(), "2.1");
    assert_int_equal(running(&is_pending), SLOT_A); /* by cable: no state */
    assert_false(is_pending);
    fake_ota.running = partition_of(PLATFORM_PARTITION_FIRMWARE_B);
    fake_ota.has_state = true;
    for (int each = ESP_OTA_IMG_NEW; each <= ESP_OTA_IMG_ABORTED; each++) {
        fake_ota.state = (esp_ota_img_states_t)each;
        assert_int_equal(running(&is_pending), SLOT_B);
        assert_int_equal(is_pending, each == ESP_OTA_IMG_PENDING_VERIFY);
    }
    fake_ota.running = partition_of(PLATFORM_PARTITION_STORE); /* as from a table of another project */
    assert_int_equal(running(&is_pending), HOST_NOT_FOUND);
    assert_int_equal(fake_ota.writes, 0);
}

static void the_other_slot_is_chosen_once_its_image_was_looked_over(void **state)
{
    (void)state;
    fake_ota.error = ESP_ERR_OTA_VALIDATE_FAILED;
    assert_int_equal(s_boot.select(s_boot.ctx, SLOT_B), HOST_CORRUPT);
    assert_null(fake_ota.chosen);
    assert_non_null(strstr(fake_log, "choosing the firmware"));
    fake_ota.error = ESP_FAIL;
    assert_int_equal(s_boot.select(s_boot.ctx, SLOT_B), HOST_IO);
    fake_ota.error = ESP_OK;
    assert_int_equal(s_boot.select(s_boot.ctx, SLOT_B), HOST_OK);
    assert_ptr_equal(fake_ota.chosen, partition_of(PLATFORM_PARTITION_FIRMWARE_B));
    assert_int_equal(s_boot.select(s_boot.ctx, SLOT_A), HOST_OK);
    assert_ptr_equal(fake_ota.chosen, partition_of(PLATFORM_PARTITION_FIRMWARE_A));
}

static void what_runs_is_confirmed(void **state)
{
    bool is_pending;
    (void)state;
    fake_ota.has_state = true;
    fake_ota.state = ESP_OTA_IMG_PENDING_VERIFY;
    fake_ota.error = ESP_FAIL;
    assert_int_equal(s_boot.confirm(s_boot.ctx), HOST_IO);
    running(&is_pending);
    assert_true(is_pending);
    fake_ota.error = ESP_OK;
    assert_int_equal(s_boot.confirm(s_boot.ctx), HOST_OK);
    running(&is_pending);
    assert_false(is_pending);
}

/* Of a kernel without updates, once in its life. */
static void a_firmware_confirms_itself_only_where_it_is_on_trial(void **state)
{
    (void)state;
    fake_ota.has_state = true;
    fake_ota.state = ESP_OTA_IMG_PENDING_VERIFY;
    boot_idf_confirm();
    assert_int_equal(fake_ota.state, ESP_OTA_IMG_VALID);
    boot_idf_confirm();
    assert_int_equal(fake_ota.writes, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_slot_that_runs_is_told_and_whether_a_reset_ends_it, set_up),
        cmocka_unit_test_setup(the_other_slot_is_chosen_once_its_image_was_looked_over, set_up),
        cmocka_unit_test_setup(what_runs_is_confirmed, set_up),
        cmocka_unit_test_setup(a_firmware_confirms_itself_only_where_it_is_on_trial, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
