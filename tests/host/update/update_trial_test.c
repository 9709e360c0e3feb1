#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cell.h"
#include "link.h"

static cell_t s_cell;
static signed_package_t s_first;
static signed_package_t s_second;

static slot_track_t *track(void)
{
    return &s_cell.update.state.track[PACKAGE_APP];
}

/* A board that runs the first package, confirmed. */
static int start_confirmed(void **state)
{
    (void)state;
    cell_init(&s_cell);
    signer_app(&s_first, "app_quiet", 1, 0);
    signer_app(&s_second, "app_quiet", 2, 600);
    assert_int_equal(cell_start(&s_cell, PLATFORM_RESET_POWER_ON), HOST_OK);
    assert_int_equal(cell_install(&s_cell, &s_first, 100), HOST_OK);
    assert_int_equal(cell_round(&s_cell), 0);
    cell_round(&s_cell);
    assert_int_equal(update_confirm(&s_cell.update, false), HOST_OK);
    assert_int_equal(update_told(&s_cell.update, PACKAGE_APP), HOST_OK);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    cell_stop(&s_cell);
    assert_int_equal(s_cell.board.unverified_maps, 0);
    assert_int_equal(s_cell.board.twice, 0);
    return 0;
}

static void restart(int reset_reason)
{
    cell_stop(&s_cell);
    assert_int_equal(cell_start(&s_cell, reset_reason), HOST_OK);
}

static void the_new_app_runs_from_the_next_round_without_a_restart(void **state)
{
    (void)state;
    const int starts = s_cell.device.starts;
    assert_int_equal(cell_install(&s_cell, &s_second, 64), HOST_OK);
    assert_true(cell_runs(&s_cell, &s_first));
    cell_round(&s_cell);
    assert_true(cell_runs(&s_cell, &s_second));
    assert_false(s_cell.board.is_mapped[PLATFORM_PARTITION_APP_A]);
    assert_true(s_cell.board.is_mapped[PLATFORM_PARTITION_APP_B]);
    cell_round(&s_cell);
    assert_int_equal(s_cell.device.starts, starts + 1);
    assert_int_equal(update_phase(&s_cell.update, PACKAGE_APP), UPDATE_TRIAL);
    assert_int_equal(s_cell.board.fake.restart_reason, -1);
    assert_int_equal(update_confirm(&s_cell.update, false), HOST_OK);
    assert_int_equal(track()->confirmed, SLOT_B);
    assert_int_equal(track()->previous, SLOT_A);
    assert_int_equal(track()->counter, 2);
    assert_int_equal(track()->news, UPDATE_NEWS_CONFIRMED);
    assert_int_equal(update_confirm(&s_cell.update, false), HOST_NOT_FOUND);
    restart(PLATFORM_RESET_POWER_ON);
    assert_true(cell_runs(&s_cell, &s_second));
    assert_int_equal(track()->news, UPDATE_NEWS_CONFIRMED); /* until it was told */
    update_told(&s_cell.update, PACKAGE_APP);
    restart(PLATFORM_RESET_POWER_ON);
    assert_int_equal(track()->news, UPDATE_NEWS_NONE);
}

static void begin_trial(const signed_package_t *package)
{
    assert_int_equal(cell_install(&s_cell, package, 64), HOST_OK);
    cell_round(&s_cell);
    assert_true(cell_runs(&s_cell, package));
}

static void assert_fell_back(update_cause_t cause)
{
    assert_true(cell_runs(&s_cell, &s_first));
    assert_int_equal(track()->trial, SLOT_NONE);
    assert_int_equal(track()->cause, cause);
    assert_int_equal(track()->news, UPDATE_NEWS_FAILED);
    assert_int_equal(track()->failures, 1);
    assert_int_equal(track()->counter, 1);
    restart(PLATFORM_RESET_POWER_ON);
    assert_true(cell_runs(&s_cell, &s_first));
    assert_int_equal(track()->cause, cause);
}

static void a_trial_ends_with_its_time(void **state)
{
    (void)state;
    begin_trial(&s_second);
    s_cell.board.fake.now_ms += UPDATE_TRIAL_MS - 1;
    cell_round(&s_cell);
    assert_true(cell_runs(&s_cell, &s_second));
    s_cell.board.fake.now_ms += 1;
    cell_round(&s_cell);
    assert_fell_back(UPDATE_CAUSE_TIME);
}

static void a_round_asks_to_be_called_in_time(void **state)
{
    (void)state;
    begin_trial(&s_second);
    s_cell.board.fake.now_ms += UPDATE_TRIAL_MS - 40;
    assert_int_equal(update_round(&s_cell.update, s_cell.device.runtime), 40);
}

static void a_trial_ends_with_too_many_starts(void **state)
{
    (void)state;
    begin_trial(&s_second);
    for (int i = 1; i < UPDATE_TRIAL_BOOTS; i++) {
        restart(PLATFORM_RESET_WATCHDOG);
        assert_true(cell_runs(&s_cell, &s_second));
    }
    restart(PLATFORM_RESET_DEEP_SLEEP); /* which it asked for */
    assert_true(cell_runs(&s_cell, &s_second));
    restart(PLATFORM_RESET_WATCHDOG);
    assert_fell_back(UPDATE_CAUSE_RESETS);
}

static void a_trial_ends_with_too_many_traps(void **state)
{
    (void)state;
    signer_app(&s_second, "app_trap", 2, 0);
    begin_trial(&s_second);
    for (int i = 0; i < 200 && !cell_runs(&s_cell, &s_first); i++) {
        s_cell.board.fake.now_ms += 1000;
        cell_round(&s_cell);
    }
    assert_int_equal(s_cell.device.stops, UPDATE_TRIAL_STOPS);
    assert_fell_back(UPDATE_CAUSE_STOPS);
}

static void what_was_given_up_may_be_tried_again_but_not_for_ever(void **state)
{
    (void)state;
    for (int i = 0; i < UPDATE_FAILURES_MAX; i++) {
        begin_trial(&s_second);
        s_cell.board.fake.now_ms += UPDATE_TRIAL_MS;
        cell_round(&s_cell);
        assert_true(cell_runs(&s_cell, &s_first));
    }
    assert_int_equal(update_begin(&s_cell.update, PACKAGE_APP, s_second.head), HOST_REFUSED);
}

static void an_app_with_a_check_of_its_own_confirms_itself(void **state)
{
    (void)state;
    assert_int_equal(update_hold(&s_cell.update), HOST_NOT_FOUND);
    begin_trial(&s_second);
    assert_int_equal(update_hold(&s_cell.update), HOST_OK);
    assert_int_equal(update_confirm(&s_cell.update, false), HOST_BUSY);
    assert_int_equal(update_confirm(&s_cell.update, true), HOST_OK);
    assert_int_equal(track()->confirmed, SLOT_B);
}

static void a_confirmed_app_that_no_longer_checks_gives_way_to_the_one_before(void **state)
{
    (void)state;
    begin_trial(&s_second);
    update_confirm(&s_cell.update, false);
    s_cell.board.flash[PLATFORM_PARTITION_APP_B][40] ^= 1;
    restart(PLATFORM_RESET_POWER_ON);
    assert_true(cell_runs(&s_cell, &s_first));
    s_cell.board.flash[PLATFORM_PARTITION_APP_A][40] ^= 1;
    restart(PLATFORM_RESET_POWER_ON);
    assert_true(cell_runs_embedded(&s_cell));
}

static void a_board_that_crashes_again_and_again_runs_its_kernel_alone(void **state)
{
    (void)state;
    size_t len;
    for (int i = 1; i < UPDATE_CRASHES_MAX; i++) {
        restart(PLATFORM_RESET_WATCHDOG);
        assert_true(cell_runs(&s_cell, &s_first));
    }
    restart(PLATFORM_RESET_KERNEL_TRAP);
    assert_null(update_app(&s_cell.update, &len));
    assert_int_equal(len, 0);
    const int starts = s_cell.device.starts;
    const uint32_t syscalls = kernel_u32(&s_cell.device, KERNEL_SYSCALLS);
    cell_round(&s_cell);
    assert_int_equal(s_cell.device.starts, starts);
    assert_int_equal(kernel_u32(&s_cell.device, KERNEL_SYSCALLS), syscalls + 1); /* its client is started */
    assert_int_equal(kernel_u32(&s_cell.device, KERNEL_ROW), SYSCALL_client_start);
    cell_round(&s_cell);
    assert_int_equal(kernel_u32(&s_cell.device, KERNEL_SYSCALLS), syscalls + 1);
    restart(PLATFORM_RESET_WATCHDOG);
    assert_null(update_app(&s_cell.update, &len));
    restart(PLATFORM_RESET_POWER_ON); /* somebody is there: one more attempt */
    assert_true(cell_runs(&s_cell, &s_first));
    restart(PLATFORM_RESET_WATCHDOG);
    assert_null(update_app(&s_cell.update, &len));
    begin_trial(&s_second); /* and it takes an update */
    update_confirm(&s_cell.update, false);
    restart(PLATFORM_RESET_RESTART);
    assert_true(cell_runs(&s_cell, &s_second));
}

static void a_good_run_forgives_earlier_crashes(void **state)
{
    (void)state;
    for (int i = 1; i < UPDATE_CRASHES_MAX; i++) {
        restart(PLATFORM_RESET_WATCHDOG);
    }
    assert_int_equal(s_cell.update.state.crashes, UPDATE_CRASHES_MAX - 1);
    s_cell.board.fake.now_ms += UPDATE_GOOD_RUN_MS;
    cell_round(&s_cell);
    assert_int_equal(s_cell.update.state.crashes, 0);
    restart(PLATFORM_RESET_WATCHDOG);
    assert_true(cell_runs(&s_cell, &s_first));
}

static void an_app_that_only_traps_does_not_keep_the_kernel_from_connecting(void **state)
{
    (void)state;
    signer_app(&s_second, "app_trap", 2, 0);
    begin_trial(&s_second);
    assert_int_equal(update_confirm(&s_cell.update, false), HOST_OK);
    const uint32_t syscalls = kernel_u32(&s_cell.device, KERNEL_SYSCALLS);
    for (int i = 0; i < 500 && s_cell.device.stops <= UPDATE_STOPS_ALONE; i++) {
        s_cell.board.fake.now_ms += 1000;
        cell_round(&s_cell);
    }
    assert_int_equal(kernel_u32(&s_cell.device, KERNEL_ROW), SYSCALL_client_start);
    assert_true(kernel_u32(&s_cell.device, KERNEL_SYSCALLS) > syscalls);
}

/* Of the app in the slot, and nothing else that lies there: counted where the interpreter is given its bytes. */
static void no_byte_of_a_module_reaches_the_interpreter_before_it_was_verified(void **state)
{
    (void)state;
    update_board_t *board = &s_cell.board;
    update_board_watch(board);
    board->parses = 0;
    s_second.image[s_second.len - 1] ^= 1;
    assert_int_equal(cell_install(&s_cell, &s_second, 100), HOST_CORRUPT);
    cell_round(&s_cell);
    assert_int_equal(board->parses, 0); /* what does not check is never read */
    s_second.image[s_second.len - 1] ^= 1;
    assert_int_equal(cell_install(&s_cell, &s_second, 100), HOST_OK);
    assert_int_equal(board->parses, 0); /* nor is what is not chosen */
    cell_round(&s_cell);
    cell_round(&s_cell);
    assert_true(cell_runs(&s_cell, &s_second));
    assert_int_equal(board->parses, 1);
    const int verifications = board->verifications;
    restart(PLATFORM_RESET_POWER_ON); /* once more at each start: flash ages */
    cell_round(&s_cell);
    assert_int_equal(board->parses, 2);
    assert_true(board->verifications > verifications);
    board->flash[PLATFORM_PARTITION_APP_B][40] ^= 1;
    restart(PLATFORM_RESET_POWER_ON);
    cell_round(&s_cell);
    assert_true(cell_runs(&s_cell, &s_first));
    assert_int_equal(board->parses, 3); /* of the one before, and not of what is damaged */
    assert_int_equal(board->unverified_parses, 0);
    update_board_watch(NULL);
}

/* As an app that was made for a later firmware lies in its slot when a rollback brings an earlier one back. */
static void a_slot_s_app_that_needs_more_than_this_firmware_has_gives_way_to_the_embedded_one(void **state)
{
    static const signer_fields_t fields[] = {
        { .version = "9",
          .counter = 9,
          .memory_bytes = TEST_MEMORY_BYTES,
          .abi = LINK_ABI_VERSION,
          .rows = LINK_APP_ROW_COUNT + 1 },
        { .version = "9", .counter = 9, .memory_bytes = TEST_MEMORY_BYTES, .abi = LINK_ABI_VERSION + 1, .rows = 1 },
    };
    (void)state;
    uint8_t *head = s_cell.board.flash[PLATFORM_PARTITION_APP_A] + CELL_CAPACITY;
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        signer_sign(&s_first, &fields[i]);
        memcpy(head, s_first.head, PACKAGE_HEAD_BYTES);
        const int operations = s_cell.board.operations;
        restart(PLATFORM_RESET_RESTART);
        assert_true(cell_runs_embedded(&s_cell));
        assert_non_null(strstr(s_cell.board.fake.log, "this firmware has ABI 1"));
        assert_int_equal(s_cell.board.operations, operations); /* the firmware that it is for finds it as it was */
    }
    begin_trial(&s_second);
    assert_int_equal(update_confirm(&s_cell.update, false), HOST_OK);
}

static void nothing_leaks_over_many_swaps(void **state)
{
    (void)state;
    for (uint32_t counter = 2; counter < 22; counter++) {
        signer_app(&s_second, "app_quiet", counter, 500 + counter);
        begin_trial(&s_second);
        assert_int_equal(update_confirm(&s_cell.update, false), HOST_OK);
        cell_round(&s_cell);
    }
}

int main(void)
{
#define TRIAL(name) cmocka_unit_test_setup_teardown(name, start_confirmed, stop)
    const struct CMUnitTest tests[] = {
        TRIAL(the_new_app_runs_from_the_next_round_without_a_restart),
        TRIAL(a_trial_ends_with_its_time),
        TRIAL(a_round_asks_to_be_called_in_time),
        TRIAL(a_trial_ends_with_too_many_starts),
        TRIAL(a_trial_ends_with_too_many_traps),
        TRIAL(what_was_given_up_may_be_tried_again_but_not_for_ever),
        TRIAL(an_app_with_a_check_of_its_own_confirms_itself),
        TRIAL(a_confirmed_app_that_no_longer_checks_gives_way_to_the_one_before),
        TRIAL(a_board_that_crashes_again_and_again_runs_its_kernel_alone),
        TRIAL(a_good_run_forgives_earlier_crashes),
        TRIAL(an_app_that_only_traps_does_not_keep_the_kernel_from_connecting),
        TRIAL(no_byte_of_a_module_reaches_the_interpreter_before_it_was_verified),
        TRIAL(a_slot_s_app_that_needs_more_than_this_firmware_has_gives_way_to_the_embedded_one),
        TRIAL(nothing_leaks_over_many_swaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
