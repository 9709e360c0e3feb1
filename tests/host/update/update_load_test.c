#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "cell.h"
#include "link.h"
#include "update_internal.h"

enum { UNIT = CELL_UNIT_BYTES, SECTOR = CELL_SECTOR_BYTES };

static cell_t s_cell;
static signed_package_t s_package;
static signed_package_t s_other;

static int boot(void **state)
{
    (void)state;
    cell_init(&s_cell);
    return cell_boot(&s_cell, PLATFORM_RESET_POWER_ON);
}

static void assert_error(const char *text)
{
    if (!strstr(s_cell.update.error, text)) {
        fail_msg("found \"%s\", expected \"%s\"", s_cell.update.error, text);
    }
}

static int offer(const signed_package_t *package)
{
    return cell_begin(&s_cell, PACKAGE_APP, package->head);
}

static void every_size_arrives_in_parts_of_any_size(void **state)
{
    static const size_t sizes[] = { 400, SECTOR * 2 - 1, SECTOR * 2, SECTOR * 2 + 1, SECTOR * 3 + 5, CELL_CAPACITY };
    static const size_t parts[] = { 1, UNIT - 1, UNIT, UNIT + 1, 100, SECTOR, SECTOR + UNIT + 3, CELL_CAPACITY };
    for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
        for (size_t p = 0; p < sizeof(parts) / sizeof(parts[0]); p++) {
            boot(state);
            signer_app(&s_package, "app_quiet", 1, sizes[s]);
            assert_int_equal(cell_install(&s_cell, &s_package, parts[p]), HOST_OK);
            assert_memory_equal(s_cell.board.flash[PLATFORM_PARTITION_APP_A], s_package.image, sizes[s]);
            assert_int_equal(s_cell.board.twice, 0);
            cell_boot(&s_cell, PLATFORM_RESET_RESTART);
            assert_true(cell_runs(&s_cell, &s_package));
        }
    }
    assert_int_equal(s_cell.board.unverified_maps, 0);
}

static void repeated_and_reordered_parts_do_no_harm(void **state)
{
    (void)state;
    signer_app(&s_package, "app_quiet", 1, 700);
    assert_int_equal(offer(&s_package), 0);
    assert_int_equal(update_write(&s_cell.update, 0, 100, s_package.image + 100, 100), HOST_INVALID); /* a gap */
    assert_int_equal(update_write(&s_cell.update, 0, 0, s_package.image, 100), 100);
    assert_int_equal(update_write(&s_cell.update, 0, 0, s_package.image, 100), 100);
    assert_int_equal(update_write(&s_cell.update, 0, 300, s_package.image + 300, 100), HOST_INVALID);
    assert_int_equal(update_write(&s_cell.update, 0, 50, s_package.image + 50, 250), 300);
    assert_int_equal(offer(&s_package), 300); /* again: nothing is lost */
    assert_int_equal(update_finish(&s_cell.update, 0), HOST_INVALID);
    assert_int_equal(update_apply(&s_cell.update, 0), HOST_INVALID);
    assert_int_equal(cell_send(&s_cell, &s_package, 300, 77), 700);
    assert_int_equal(update_write(&s_cell.update, 0, 690, s_package.image, 11), HOST_INVALID); /* past the end */
    assert_int_equal(update_write(&s_cell.update, 0, 0xFFFFFFFF, s_package.image, 2), HOST_INVALID);
    assert_int_equal(update_write(&s_cell.update, 0, 640, s_package.image + 640, 60), 700);
    assert_int_equal(cell_finish(&s_cell), HOST_OK);
    assert_int_equal(cell_finish(&s_cell), HOST_OK);
    assert_int_equal(update_apply(&s_cell.update, 0), HOST_OK);
    assert_int_equal(s_cell.board.twice, 0);
}

static void a_reset_costs_at_most_a_sector_and_what_was_under_way(void **state)
{
    signer_app(&s_package, "app_quiet", 1, 1200);
    for (uint32_t got = 0; got <= 1200; got += 50) {
        boot(state);
        offer(&s_package);
        update_write(&s_cell.update, 0, 0, s_package.image, got);
        cell_boot(&s_cell, PLATFORM_RESET_WATCHDOG);
        const int resume = offer(&s_package);
        assert_true(resume >= 0 && (uint32_t)resume <= got && (uint32_t)resume + 2 * SECTOR > got);
        assert_int_equal(cell_send(&s_cell, &s_package, (uint32_t)resume, 90), 1200);
        assert_int_equal(cell_finish(&s_cell), HOST_OK);
        assert_int_equal(s_cell.board.twice, 0);
    }
}

static void what_is_cut_short_is_never_verified(void **state)
{
    (void)state;
    signer_app(&s_package, "app_quiet", 1, 700);
    for (uint32_t got = 0; got < 700; got += 53) {
        boot(state);
        assert_int_equal(offer(&s_package), 0);
        assert_int_equal(update_write(&s_cell.update, 0, 0, s_package.image, got), got);
        assert_int_equal(update_finish(&s_cell.update, 0), HOST_INVALID);
        assert_int_equal(update_apply(&s_cell.update, 0), HOST_INVALID);
        cell_boot(&s_cell, PLATFORM_RESET_RESTART);
        assert_true(cell_runs_embedded(&s_cell));
        assert_int_equal(s_cell.board.maps, 0);
    }
}

/* The kernel's step may be in it: the design allows one erase in each. */
static void no_call_erases_more_than_one_sector(void **state)
{
    enum { PART = 64 };
    (void)state;
    signer_app(&s_package, "app_quiet", 1, CELL_CAPACITY);
    for (int resets = 0; resets < 20; resets++) {
        int erases = s_cell.board.erases;
        int at = update_begin(&s_cell.update, PACKAGE_APP, s_package.head);
        assert_true(at >= 0);
        assert_true(s_cell.board.erases <= erases + 1);
        /* Not ready yet: it is asked for again. */
        assert_int_equal(update_write(&s_cell.update, PACKAGE_APP, (uint32_t)at, s_package.image + at, PART), HOST_INVALID);
        assert_int_equal(cell_begin(&s_cell, PACKAGE_APP, s_package.head), at); /* its rounds are counted there */
        for (int i = 0; i < 9 && at < CELL_CAPACITY; i++) {
            erases = s_cell.board.erases;
            at = update_write(&s_cell.update, PACKAGE_APP, (uint32_t)at, s_package.image + at, PART);
            assert_true(at > 0 && s_cell.board.erases <= erases + 1);
        }
        if (at == CELL_CAPACITY) {
            break;
        }
        cell_boot(&s_cell, PLATFORM_RESET_WATCHDOG);
    }
    assert_int_equal(cell_finish(&s_cell), HOST_OK);
}

/* A slot that cannot be erased is no slot: said at the first write, and the download is over. */
static void a_slot_that_does_not_erase_is_told(void **state)
{
    (void)state;
    signer_app(&s_package, "app_quiet", 1, 700);
    assert_int_equal(update_begin(&s_cell.update, PACKAGE_APP, s_package.head), 0);
    s_cell.board.is_cut = true;
    assert_false(update_round_load(&s_cell.update));
    s_cell.board.is_cut = false;
    assert_int_equal(update_write(&s_cell.update, PACKAGE_APP, 0, s_package.image, 100), HOST_IO);
    assert_error("cannot be erased");
    assert_int_equal(update_phase(&s_cell.update, PACKAGE_APP), UPDATE_IDLE);
    assert_int_equal(cell_install(&s_cell, &s_package, 100), HOST_OK); /* and another attempt is a new one */
}

static void a_slot_that_held_another_package_begins_anew(void **state)
{
    (void)state;
    signer_app(&s_other, "app_quiet", 1, CELL_CAPACITY);
    signer_app(&s_package, "app_quiet", 2, CELL_CAPACITY);
    assert_int_equal(offer(&s_other), 0);
    cell_send(&s_cell, &s_other, 0, 100);
    assert_int_equal(cell_finish(&s_cell), HOST_OK);
    assert_int_equal(offer(&s_package), 0);
    update_write(&s_cell.update, 0, 0, s_package.image, 300);
    cell_boot(&s_cell, PLATFORM_RESET_WATCHDOG);
    assert_int_equal(offer(&s_package), SECTOR); /* not where the other ended */
    assert_int_equal(cell_send(&s_cell, &s_package, SECTOR, 100), CELL_CAPACITY);
    assert_int_equal(cell_finish(&s_cell), HOST_OK);
}

static void every_changed_bit_of_a_head_is_refused_before_anything_is_written(void **state)
{
    (void)state;
    signer_app(&s_package, "app_quiet", 1, 0);
    const int operations = s_cell.board.operations;
    for (int i = 0; i < PACKAGE_HEAD_BYTES; i++) {
        s_package.head[i] ^= (uint8_t)(1 << i % 8);
        assert_true(offer(&s_package) < 0);
        s_package.head[i] ^= (uint8_t)(1 << i % 8);
    }
    assert_int_equal(s_cell.board.operations, operations);
    assert_int_equal(s_cell.board.verifications, 0);
    assert_int_equal(offer(&s_package), 0);
}

static void every_changed_byte_of_an_image_is_found_before_it_is_mapped(void **state)
{
    (void)state;
    signer_app(&s_package, "app_quiet", 1, 0);
    for (size_t i = 0; i < s_package.len; i++) {
        cell_init(&s_cell);
        cell_boot(&s_cell, PLATFORM_RESET_POWER_ON);
        s_package.image[i] ^= (uint8_t)(1 << i % 8);
        assert_int_equal(cell_install(&s_cell, &s_package, 100), HOST_CORRUPT);
        s_package.image[i] ^= (uint8_t)(1 << i % 8);
        assert_error("digest: ");
        assert_int_equal(update_apply(&s_cell.update, 0), HOST_INVALID);
        assert_int_equal(s_cell.board.maps, 0);
        cell_boot(&s_cell, PLATFORM_RESET_RESTART);
        assert_true(cell_runs_embedded(&s_cell));
        assert_int_equal(s_cell.update.state.track[0].failures, 1);
    }
}

static void every_changed_byte_of_a_slot_keeps_it_from_being_run(void **state)
{
    boot(state);
    signer_app(&s_package, "app_quiet", 1, 0);
    assert_int_equal(cell_install(&s_cell, &s_package, 100), HOST_OK);
    static update_board_t installed;
    installed = s_cell.board;
    uint8_t *slot = s_cell.board.flash[PLATFORM_PARTITION_APP_A];
    for (size_t i = 0; i < s_package.len + PACKAGE_HEAD_BYTES; i++) {
        const size_t at = i < s_package.len ? i : CELL_CAPACITY + i - s_package.len;
        s_cell.board = installed;
        slot[at] ^= 0x10;
        cell_boot(&s_cell, PLATFORM_RESET_RESTART);
        assert_true(cell_runs_embedded(&s_cell));
        assert_int_equal(s_cell.update.state.track[0].cause, UPDATE_CAUSE_DAMAGED);
        assert_int_equal(s_cell.board.maps, installed.maps);
        assert_int_equal(s_cell.board.unverified_maps, 0);
    }
}

static void what_is_not_for_this_board_is_refused_with_its_reason(void **state)
{
    static const struct {
        signer_fields_t fields;
        int status;
        const char *text;
    } cases[] = {
        { { .key = 1 }, HOST_REFUSED, "signature: " },
        { { .name = "meterx" }, HOST_NOT_FOUND, "name: found meterx, expected meter" },
        { { .name = "mete" }, HOST_NOT_FOUND, "name: " },
        { { .abi = LINK_ABI_VERSION + 1 }, HOST_UNSUPPORTED, "needs ABI 2" },
        { { .rows = 1000 }, HOST_UNSUPPORTED, "with 1000 rows" },
        { { .size_bytes = CELL_CAPACITY + 1 }, HOST_TOO_LARGE, "size: " },
        { { .size_bytes = 0xFFFFFFFF }, HOST_TOO_LARGE, "size: " },
        { { .memory_bytes = 65536 }, HOST_TOO_LARGE, "memory: " },
        { { .counter = 5 }, HOST_EXPIRED, "counter: found 5, expected more than 5" },
        { { .counter = 4 }, HOST_EXPIRED, "counter: found 4" },
    };
    boot(state);
    s_cell.update.state.track[0].counter = 5;
    signer_app(&s_package, "app_quiet", 6, 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        signer_fields_t fields = cases[i].fields;
        fields.version = "2";
        fields.counter = fields.counter ? fields.counter : 6;
        fields.abi = fields.abi ? fields.abi : LINK_ABI_VERSION;
        fields.memory_bytes = fields.memory_bytes ? fields.memory_bytes : TEST_MEMORY_BYTES;
        signer_sign(&s_package, &fields);
        const int operations = s_cell.board.operations;
        assert_int_equal(offer(&s_package), cases[i].status);
        assert_error(cases[i].text);
        assert_int_equal(s_cell.board.operations, operations);
    }
    signer_sign(&s_package, &(signer_fields_t){ .version = "2", .counter = 6, .abi = LINK_ABI_VERSION, .memory_bytes = 4096 });
    assert_int_equal(offer(&s_package), 0);
}

static void either_of_two_keys_signs(void **state)
{
    boot(state);
    signer_app(&s_package, "app_quiet", 1, 0);
    signer_sign(&s_package, &(signer_fields_t){ .version = "2", .counter = 1, .abi = 1, .memory_bytes = 4096, .key = 1 });
    assert_int_equal(offer(&s_package), HOST_REFUSED);
    s_cell.update.config.keys[1] = signer_key(1);
    assert_int_equal(offer(&s_package), 0);
}

static void a_module_that_does_not_link_is_refused(void **state)
{
    static const char *const modules[] = { "bad_two_pages", "bad_data_end", "bad_imported_memory", "bad_no_memory" };
    for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
        boot(state);
        signer_app(&s_package, modules[i], 1, 0);
        assert_int_equal(cell_install(&s_cell, &s_package, 100), HOST_UNSUPPORTED);
        assert_error("module: ");
        assert_int_equal(s_cell.update.state.track[0].cause, UPDATE_CAUSE_MODULE);
    }
    test_module_t stranger;
    static const engine_import_t row = { .module = "host", .name = "no_such_row", .signature = "i(i)" };
    boot(state);
    signer_app(&s_package, "app_quiet", 1, 0);
    test_module_probe(&stranger, &row);
    test_module_sign(&stranger, &(manifest_t){ .abi = 1, .memory_bytes = TEST_MEMORY_BYTES, .fuel = 20 }, MANIFEST_APP);
    memcpy(s_package.image, stranger.bytes, stranger.len);
    s_package.len = stranger.len;
    signer_sign(&s_package, &(signer_fields_t){ .version = "2", .counter = 1, .abi = 1, .memory_bytes = TEST_MEMORY_BYTES });
    assert_int_equal(cell_install(&s_cell, &s_package, 100), HOST_UNSUPPORTED);
    assert_error("no_such_row");
}

static void the_manifest_inside_must_say_what_the_package_says(void **state)
{
    boot(state);
    signer_app(&s_package, "app_quiet", 1, 0);
    signer_sign(&s_package, &(signer_fields_t){ .version = "2", .counter = 1, .abi = 1, .memory_bytes = TEST_MEMORY_BYTES - 8 });
    assert_int_equal(cell_install(&s_cell, &s_package, 100), HOST_UNSUPPORTED);
    assert_error("manifest: differs");
}

static void what_failed_three_times_is_not_fetched_again(void **state)
{
    boot(state);
    signer_app(&s_package, "app_quiet", 1, 0);
    s_package.image[s_package.len - 1] ^= 1;
    for (int i = 0; i < UPDATE_FAILURES_MAX; i++) {
        assert_int_equal(cell_install(&s_cell, &s_package, 100), HOST_CORRUPT);
        cell_boot(&s_cell, PLATFORM_RESET_RESTART);
    }
    assert_int_equal(offer(&s_package), HOST_REFUSED);
    assert_error("failed 3 times");
    signer_app(&s_package, "app_quiet", 2, 0);
    assert_int_equal(offer(&s_package), 0);
}

static void what_runs_is_not_fetched_again_and_what_is_tried_is_not_overwritten(void **state)
{
    boot(state);
    signer_app(&s_package, "app_quiet", 1, 0);
    signer_app(&s_other, "app_quiet", 2, 500);
    assert_int_equal(cell_install(&s_cell, &s_package, 100), HOST_OK);
    assert_int_equal(offer(&s_other), HOST_BUSY);
    cell_boot(&s_cell, PLATFORM_RESET_RESTART);
    assert_int_equal(offer(&s_package), HOST_CLOSED);
    assert_int_equal(offer(&s_other), HOST_BUSY);
    assert_int_equal(update_confirm(&s_cell.update, false), HOST_OK);
    assert_int_equal(offer(&s_package), HOST_CLOSED);
    assert_int_equal(cell_install(&s_cell, &s_other, 100), HOST_OK);
    assert_memory_equal(s_cell.board.flash[PLATFORM_PARTITION_APP_B], s_other.image, s_other.len);
    assert_memory_equal(s_cell.board.flash[PLATFORM_PARTITION_APP_A], s_package.image, s_package.len);
}

static void another_offer_in_mid_download_takes_its_place(void **state)
{
    boot(state);
    signer_app(&s_package, "app_quiet", 1, 900);
    signer_app(&s_other, "app_quiet", 2, 800);
    offer(&s_package);
    cell_send(&s_cell, &s_package, 0, 333);
    update_write(&s_cell.update, 0, 0, s_package.image, 500);
    assert_int_equal(cell_install(&s_cell, &s_other, 100), HOST_OK);
    assert_memory_equal(s_cell.board.flash[PLATFORM_PARTITION_APP_A], s_other.image, s_other.len);
    assert_int_equal(s_cell.board.twice, 0);
}

static void a_board_without_key_takes_nothing(void **state)
{
    boot(state);
    signer_app(&s_package, "app_quiet", 1, 0);
    update_config_t config = s_cell.update.config;
    config.keys[0] = NULL;
    assert_int_equal(update_open(&s_cell.update, &config), HOST_OK);
    assert_int_equal(offer(&s_package), HOST_UNSUPPORTED);
    assert_true(cell_runs_embedded(&s_cell));
    assert_int_equal(update_begin(&s_cell.update, PACKAGE_KINDS, s_package.head), HOST_UNSUPPORTED);
    assert_int_equal(update_begin(&s_cell.update, -1, s_package.head), HOST_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_size_arrives_in_parts_of_any_size, boot),
        cmocka_unit_test_setup(repeated_and_reordered_parts_do_no_harm, boot),
        cmocka_unit_test_setup(a_reset_costs_at_most_a_sector_and_what_was_under_way, boot),
        cmocka_unit_test_setup(what_is_cut_short_is_never_verified, boot),
        cmocka_unit_test_setup(no_call_erases_more_than_one_sector, boot),
        cmocka_unit_test_setup(a_slot_that_does_not_erase_is_told, boot),
        cmocka_unit_test_setup(a_slot_that_held_another_package_begins_anew, boot),
        cmocka_unit_test_setup(every_changed_bit_of_a_head_is_refused_before_anything_is_written, boot),
        cmocka_unit_test(every_changed_byte_of_an_image_is_found_before_it_is_mapped),
        cmocka_unit_test(every_changed_byte_of_a_slot_keeps_it_from_being_run),
        cmocka_unit_test(what_is_not_for_this_board_is_refused_with_its_reason),
        cmocka_unit_test(either_of_two_keys_signs),
        cmocka_unit_test(a_module_that_does_not_link_is_refused),
        cmocka_unit_test(the_manifest_inside_must_say_what_the_package_says),
        cmocka_unit_test(what_failed_three_times_is_not_fetched_again),
        cmocka_unit_test(what_runs_is_not_fetched_again_and_what_is_tried_is_not_overwritten),
        cmocka_unit_test(another_offer_in_mid_download_takes_its_place),
        cmocka_unit_test(a_board_without_key_takes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
