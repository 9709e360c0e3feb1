/* Firmware: offered, written, chosen by the boot loader, tried, confirmed; and each way in which that goes wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "cell.h"

static cell_t s_cell;
static signed_package_t s_package;
static signed_package_t s_other;

static slot_track_t *track(void)
{
    return &s_cell.update.state.track[PACKAGE_FIRMWARE];
}

static int begin(void **state)
{
    (void)state;
    cell_init(&s_cell);
    signer_firmware(&s_package, 2, BOOT_LOADER_GOOD);
    signer_firmware(&s_other, 3, BOOT_LOADER_GOOD);
    return cell_start(&s_cell, PLATFORM_RESET_POWER_ON);
}

static int end(void **state)
{
    (void)state;
    cell_stop(&s_cell);
    assert_int_equal(s_cell.board.twice, 0);
    return 0;
}

static void restart(int reset_reason)
{
    cell_stop(&s_cell);
    assert_int_equal(cell_start(&s_cell, reset_reason), HOST_OK);
}

static void assert_runs(const char *version, bool is_trial)
{
    char name[PACKAGE_NAME_BYTES + 1] = "";
    char found[PACKAGE_VERSION_BYTES + 1] = "";
    update_running(&s_cell.update, PACKAGE_FIRMWARE, name, found);
    assert_string_equal(found, version);
    assert_string_equal(name, "meter");
    assert_string_equal(s_cell.loader.version, version);
    assert_int_equal(update_phase(&s_cell.update, PACKAGE_FIRMWARE) == UPDATE_TRIAL, is_trial);
}

static void assert_error(const char *text)
{
    if (!strstr(s_cell.update.error, text)) {
        fail_msg("found \"%s\", expected \"%s\"", s_cell.update.error, text);
    }
}

/* Installs, and lives until the board has restarted for it. */
static void install(const signed_package_t *package)
{
    const int restarts = s_cell.board.fake.restarts;
    assert_int_equal(cell_install_firmware(&s_cell, package, 100), HOST_OK);
    assert_int_equal(cell_round(&s_cell), 0);
    assert_int_equal(s_cell.board.fake.restarts, restarts + 1);
    restart(PLATFORM_RESET_RESTART);
}

static void runs_from_the_next_start_on_and_stays_once_it_is_confirmed(void **state)
{
    (void)state;
    assert_runs(CELL_FIRMWARE, false);
    assert_int_equal(update_confirm_firmware(&s_cell.update), HOST_NOT_FOUND);
    install(&s_package);
    assert_runs("2.0", true);
    assert_int_equal(update_begin(&s_cell.update, PACKAGE_FIRMWARE, s_package.head), HOST_CLOSED);
    assert_int_equal(update_begin(&s_cell.update, PACKAGE_FIRMWARE, s_other.head), HOST_BUSY);
    assert_int_equal(update_confirm_firmware(&s_cell.update), HOST_OK);
    assert_int_equal(update_confirm_firmware(&s_cell.update), HOST_NOT_FOUND);
    assert_runs("2.0", false);
    assert_int_equal(track()->news, UPDATE_NEWS_CONFIRMED);
    assert_int_equal(track()->counter, 2);
    assert_int_equal(update_told(&s_cell.update, PACKAGE_FIRMWARE), HOST_OK);
    for (int i = 0; i < 5; i++) {
        restart(PLATFORM_RESET_WATCHDOG);
        assert_runs("2.0", false);
    }
    assert_int_equal(track()->news, UPDATE_NEWS_NONE);
    install(&s_other); /* into the slot of the one it came with */
    assert_runs("3.0", true);
    assert_int_equal(s_cell.update.firmware, SLOT_A);
}

static void any_reset_before_it_is_confirmed_brings_the_one_before_back(void **state)
{
    static const int reasons[] = { PLATFORM_RESET_WATCHDOG, PLATFORM_RESET_KERNEL_TRAP, PLATFORM_RESET_POWER_ON,
                                   PLATFORM_RESET_RESTART };
    (void)state;
    for (size_t i = 0; i < UPDATE_FAILURES_MAX; i++) {
        install(&s_package);
        assert_runs("2.0", true);
        restart(reasons[i]);
        assert_runs(CELL_FIRMWARE, false);
        assert_int_equal(track()->news, UPDATE_NEWS_FAILED);
        assert_int_equal(track()->cause, UPDATE_CAUSE_BOOT);
        assert_int_equal(track()->failures, (int)i + 1);
        assert_int_equal(track()->counter, 0);
        /* What the firmware did is not the app's fault. */
        assert_int_equal(s_cell.update.state.crashes, 0);
    }
    assert_int_equal(update_begin(&s_cell.update, PACKAGE_FIRMWARE, s_package.head), HOST_REFUSED);
    install(&s_other);
    assert_runs("3.0", true);
}

static void a_trial_ends_with_its_time(void **state)
{
    (void)state;
    install(&s_package);
    s_cell.board.fake.now_ms += UPDATE_TRIAL_MS - 1;
    const int restarts = s_cell.board.fake.restarts;
    assert_int_equal(cell_round(&s_cell), 1);
    assert_int_equal(s_cell.board.fake.restarts, restarts);
    s_cell.board.fake.now_ms += 1;
    cell_round(&s_cell);
    assert_int_equal(s_cell.board.fake.restarts, restarts + 1);
    assert_int_equal(update_confirm_firmware(&s_cell.update), HOST_NOT_FOUND); /* too late */
    restart(PLATFORM_RESET_RESTART);
    assert_runs(CELL_FIRMWARE, false);
    assert_int_equal(track()->cause, UPDATE_CAUSE_TIME);
    assert_int_equal(track()->failures, 1);
}

static void an_app_and_a_firmware_are_not_tried_together(void **state)
{
    static signed_package_t app;
    (void)state;
    signer_app(&app, "app_quiet", 1, 0);
    assert_int_equal(cell_install(&s_cell, &app, 100), HOST_OK);
    assert_int_equal(update_begin(&s_cell.update, PACKAGE_FIRMWARE, s_package.head), HOST_BUSY);
    cell_round(&s_cell);
    assert_int_equal(update_begin(&s_cell.update, PACKAGE_FIRMWARE, s_package.head), HOST_BUSY);
    assert_int_equal(update_confirm(&s_cell.update, false), HOST_OK);
    assert_int_equal(update_begin(&s_cell.update, PACKAGE_FIRMWARE, s_package.head), 0);
    signer_app(&app, "app_quiet", 2, 0);
    assert_int_equal(update_begin(&s_cell.update, PACKAGE_APP, app.head), HOST_BUSY);
    assert_int_equal(update_abort(&s_cell.update, PACKAGE_APP), HOST_OK); /* another's */
    assert_int_equal(update_phase(&s_cell.update, PACKAGE_FIRMWARE), UPDATE_LOADING);
    assert_int_equal(update_abort(&s_cell.update, PACKAGE_FIRMWARE), HOST_OK);
    install(&s_package);
    assert_int_equal(update_begin(&s_cell.update, PACKAGE_APP, app.head), HOST_BUSY);
    assert_true(s_cell.update.slot == SLOT_A); /* the app of the slot runs under the firmware on trial, too */
    restart(PLATFORM_RESET_WATCHDOG);
    assert_int_equal(cell_install(&s_cell, &app, 100), HOST_OK);
}

static void what_is_not_for_this_board_is_refused_with_its_reason(void **state)
{
    static const struct {
        signer_fields_t fields;
        int status;
        const char *text;
    } cases[] = {
        { { .key = 1 }, HOST_REFUSED, "signature: " },
        { { .name = "another" }, HOST_NOT_FOUND, "name: found another, expected meter" },
        { { .chip = 5 }, HOST_UNSUPPORTED, "chip: found 5, expected 65534" },
        { { .chip = 0xFFFF }, HOST_UNSUPPORTED, "chip: found 65535" },
        { { .size_bytes = CELL_CAPACITY + 1 }, HOST_TOO_LARGE, "size: " },
        { { .counter = 1 }, HOST_EXPIRED, "counter: found 1, expected more than 1" },
    };
    (void)state;
    track()->counter = 1;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        signer_fields_t fields = cases[i].fields;
        fields.version = "2.0";
        fields.is_firmware = true;
        fields.counter = fields.counter ? fields.counter : 2;
        fields.chip = fields.chip ? fields.chip : BOOT_LOADER_CHIP;
        signer_sign(&s_package, &fields);
        const int operations = s_cell.board.operations;
        assert_int_equal(update_begin(&s_cell.update, PACKAGE_FIRMWARE, s_package.head), cases[i].status);
        assert_error(cases[i].text);
        assert_int_equal(s_cell.board.operations, operations);
    }
    signer_firmware(&s_package, 2, BOOT_LOADER_GOOD);
    assert_int_equal(update_begin(&s_cell.update, PACKAGE_APP, s_package.head), HOST_INVALID);
    assert_error("kind: found 1, expected 0");
}

/* Signed by our key, and yet no firmware of this board: what the image says counts, too. */
static void an_image_that_is_none_is_refused_before_the_boot_loader_hears_of_it(void **state)
{
    static const struct {
        int at;
        uint8_t byte;
        const char *text;
    } cases[] = {
        { 0, 0x00, "firmware: no header of an image" },
        { 1, 0, "firmware: no header of an image" },
        { 1, 17, "firmware: no header of an image" },
        { 12, 5, "firmware: chip: found " },
        { 32, 0, "firmware: no description" },
        { 48, '9', "firmware: version: found 9.0, expected 2.0" },
        { 51, 'x', "firmware: version: found 2.0x, expected 2.0" },
        { 300, 1, "boot loader: CORRUPT" }, /* and what only the boot loader looks at */
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        signer_firmware(&s_package, 2 + (uint32_t)i, BOOT_LOADER_GOOD);
        boot_loader_image(&s_cell.board.port.crypto, "2.0", BOOT_LOADER_CHIP, BOOT_LOADER_GOOD, s_package.image);
        s_package.image[cases[i].at] = cases[i].byte;
        signer_sign(
            &s_package,
            &(signer_fields_t){ .version = "2.0", .counter = 2 + (uint32_t)i, .is_firmware = true, .chip = BOOT_LOADER_CHIP });
        const uint8_t records = s_cell.board.flash[CELL_OTADATA][0];
        assert_true(cell_install_firmware(&s_cell, &s_package, 100) < 0);
        assert_error(cases[i].text);
        assert_int_equal(s_cell.board.flash[CELL_OTADATA][0], records);
        assert_int_equal(track()->cause, UPDATE_CAUSE_IMAGE);
        assert_int_equal(update_phase(&s_cell.update, PACKAGE_FIRMWARE), UPDATE_IDLE);
        assert_int_equal(update_apply(&s_cell.update, PACKAGE_FIRMWARE), HOST_INVALID);
        restart(PLATFORM_RESET_RESTART);
        assert_runs(CELL_FIRMWARE, false);
    }
    s_package.len = 64;
    signer_sign(&s_package, &(signer_fields_t){ .version = "2.0", .counter = 90, .is_firmware = true, .chip = BOOT_LOADER_CHIP });
    assert_int_equal(cell_install_firmware(&s_cell, &s_package, 100), HOST_UNSUPPORTED);
    assert_error("firmware: 64 bytes are none");
}

static void every_changed_byte_of_an_image_is_found_and_the_old_one_runs_on(void **state)
{
    (void)state;
    for (size_t i = 0; i < s_package.len; i++) {
        cell_stop(&s_cell);
        cell_init(&s_cell);
        assert_int_equal(cell_start(&s_cell, PLATFORM_RESET_POWER_ON), HOST_OK);
        s_package.image[i] ^= (uint8_t)(1 << i % 8);
        assert_int_equal(cell_install_firmware(&s_cell, &s_package, 100), HOST_CORRUPT);
        s_package.image[i] ^= (uint8_t)(1 << i % 8);
        assert_error("digest: ");
        restart(PLATFORM_RESET_RESTART);
        assert_runs(CELL_FIRMWARE, false);
    }
}

static void every_changed_byte_of_a_head_is_refused_before_anything_is_written(void **state)
{
    (void)state;
    const int operations = s_cell.board.operations;
    for (int i = 0; i < PACKAGE_HEAD_BYTES; i++) {
        s_package.head[i] ^= (uint8_t)(1 << i % 8);
        assert_true(update_begin(&s_cell.update, PACKAGE_FIRMWARE, s_package.head) < 0);
        s_package.head[i] ^= (uint8_t)(1 << i % 8);
    }
    assert_int_equal(s_cell.board.operations, operations);
}

static void the_firmware_that_runs_is_never_written_to(void **state)
{
    (void)state;
    uint8_t own[CELL_SLOT_SECTORS * CELL_SECTOR_BYTES];
    memcpy(own, s_cell.board.flash[PLATFORM_PARTITION_FIRMWARE_A], sizeof(own));
    track()->confirmed = SLOT_B; /* whatever a damaged log says */
    assert_int_equal(update_begin(&s_cell.update, PACKAGE_FIRMWARE, s_package.head), 0);
    assert_int_equal(cell_install_firmware(&s_cell, &s_package, 100), HOST_OK);
    assert_memory_equal(s_cell.board.flash[PLATFORM_PARTITION_FIRMWARE_A], own, sizeof(own));
}

static void a_firmware_by_cable_is_taken_as_it_is(void **state)
{
    (void)state;
    install(&s_package);
    assert_int_equal(update_confirm_firmware(&s_cell.update), HOST_OK);
    cell_stop(&s_cell);
    boot_loader_flash(&s_cell.board.fake.port.flash, &s_cell.board.port.crypto, CELL_OTADATA, "9.9");
    assert_int_equal(cell_start(&s_cell, PLATFORM_RESET_POWER_ON), HOST_OK);
    assert_runs("9.9", false);
    assert_int_equal(track()->failures, 0);
    assert_int_equal(track()->counter, 2);
    /* The one that was here before lies in the other slot still, and may not come back: its counter is not above ours. */
    assert_int_equal(update_begin(&s_cell.update, PACKAGE_FIRMWARE, s_package.head), HOST_EXPIRED);
    install(&s_other);
    assert_runs("3.0", true);
    assert_int_equal(update_confirm_firmware(&s_cell.update), HOST_OK);
    /* Into the slot where the head of that one lies still: it is another that runs there. */
    cell_stop(&s_cell);
    assert_int_equal(s_cell.update.firmware, SLOT_B);
    signer_firmware(&s_package, 4, BOOT_LOADER_GOOD);
    assert_int_equal(cell_start(&s_cell, PLATFORM_RESET_POWER_ON), HOST_OK);
    install(&s_package);
    assert_int_equal(update_confirm_firmware(&s_cell.update), HOST_OK);
    assert_int_equal(s_cell.update.firmware, SLOT_A);
    cell_stop(&s_cell);
    boot_loader_flash(&s_cell.board.fake.port.flash, &s_cell.board.port.crypto, CELL_OTADATA, "9.9");
    assert_int_equal(cell_start(&s_cell, PLATFORM_RESET_POWER_ON), HOST_OK);
    assert_int_equal(update_begin(&s_cell.update, PACKAGE_FIRMWARE, s_package.head),
                     HOST_EXPIRED); /* not CLOSED: it does not run */
}

static void a_board_with_one_firmware_takes_none(void **state)
{
    (void)state;
    s_cell.board.port.boot.running = NULL;
    update_config_t config = s_cell.update.config;
    assert_int_equal(update_open(&s_cell.update, &config), HOST_OK);
    assert_int_equal(update_begin(&s_cell.update, PACKAGE_FIRMWARE, s_package.head), HOST_UNSUPPORTED);
    assert_int_equal(update_confirm_firmware(&s_cell.update), HOST_NOT_FOUND);
}

int main(void)
{
#define FIRMWARE(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        FIRMWARE(runs_from_the_next_start_on_and_stays_once_it_is_confirmed),
        FIRMWARE(any_reset_before_it_is_confirmed_brings_the_one_before_back),
        FIRMWARE(a_trial_ends_with_its_time),
        FIRMWARE(an_app_and_a_firmware_are_not_tried_together),
        FIRMWARE(what_is_not_for_this_board_is_refused_with_its_reason),
        FIRMWARE(an_image_that_is_none_is_refused_before_the_boot_loader_hears_of_it),
        FIRMWARE(every_changed_byte_of_an_image_is_found_and_the_old_one_runs_on),
        FIRMWARE(every_changed_byte_of_a_head_is_refused_before_anything_is_written),
        FIRMWARE(the_firmware_that_runs_is_never_written_to),
        FIRMWARE(a_firmware_by_cable_is_taken_as_it_is),
        FIRMWARE(a_board_with_one_firmware_takes_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
