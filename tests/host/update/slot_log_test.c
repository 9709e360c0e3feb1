#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "update_board.h"

static update_board_t s_board;

static slot_state_t state_number(uint32_t number)
{
    slot_state_t state = { .crashes = (uint8_t)number };
    for (int kind = 0; kind < PACKAGE_KINDS; kind++) {
        state.track[kind] = (slot_track_t){ .confirmed = (uint8_t)(number % 3),
                                            .previous = (uint8_t)(number >> 1),
                                            .trial = (uint8_t)(number >> 2),
                                            .loading = (uint8_t)(number >> 3),
                                            .trial_boots = (uint8_t)(number + 5),
                                            .failures = (uint8_t)(number + 6),
                                            .cause = (uint8_t)(number + 7),
                                            .news = (uint8_t)(number + 8),
                                            .counter = number * 1000003 + (uint32_t)kind,
                                            .failed = ~number };
    }
    return state;
}

static void assert_state(const slot_state_t *found, uint32_t number)
{
    const slot_state_t expected = state_number(number);
    assert_int_equal(found->crashes, expected.crashes);
    assert_memory_equal(found->track, expected.track, sizeof(expected.track));
}

static void a_blank_board_remembers_nothing(void **state)
{
    (void)state;
    slot_log_t log;
    slot_state_t found;
    const slot_state_t nothing = { .crashes = 0 };
    update_board_init(&s_board);
    assert_int_equal(slot_log_open(&log, &s_board.fake.port.flash, &found), HOST_OK);
    assert_memory_equal(&found, &nothing, sizeof(found));
}

static void a_board_without_the_partition_says_so(void **state)
{
    (void)state;
    slot_log_t log;
    slot_state_t found;
    fake_platform_t fake;
    fake_platform_init(&fake); /* its partitions have sectors, and no such thing as an entry in them */
    assert_int_equal(slot_log_open(&log, &fake.port.flash, &found), HOST_OK);
    update_board_init(&s_board);
    s_board.is_cut = true;
    assert_int_equal(slot_log_open(&log, &s_board.fake.port.flash, &found), HOST_IO);
}

static void the_newest_entry_counts_over_both_sectors(void **state)
{
    (void)state;
    slot_log_t log;
    slot_state_t found;
    update_board_init(&s_board);
    slot_log_open(&log, &s_board.fake.port.flash, &found);
    for (uint32_t number = 1; number < 40; number++) {
        const slot_state_t next = state_number(number);
        assert_int_equal(slot_log_append(&log, &next), HOST_OK);
        slot_log_t again;
        assert_int_equal(slot_log_open(&again, &s_board.fake.port.flash, &found), HOST_OK);
        assert_state(&found, number);
        log = number % 2 ? again : log;
    }
    assert_int_equal(s_board.twice, 0);
}

/* Appends up to `count` states. Returns the number of the last that was reported as appended. */
static uint32_t append_some(slot_log_t *log, uint32_t first, uint32_t count)
{
    for (uint32_t number = first; number < first + count; number++) {
        const slot_state_t next = state_number(number);
        if (slot_log_append(log, &next) < 0) {
            return number - 1;
        }
    }
    return first + count - 1;
}

static void a_power_cut_leaves_the_old_state_or_the_new(void **state)
{
    (void)state;
    int cuts = 0;
    for (int kind = 0; kind < CUT_KINDS; kind++) {
        for (int cut_at = 1; cut_at < 30; cut_at++) {
            for (int second = 0; second < 3; second++) {
                slot_log_t log;
                slot_state_t found;
                update_board_init(&s_board);
                slot_log_open(&log, &s_board.fake.port.flash, &found);
                s_board.cut_at = cut_at;
                s_board.cut_kind = (cut_kind_t)kind;
                uint32_t last = append_some(&log, 1, 20);
                cuts += s_board.is_cut;
                update_board_power_on(&s_board, PLATFORM_RESET_POWER_ON);
                assert_int_equal(slot_log_open(&log, &s_board.fake.port.flash, &found), HOST_OK);
                assert_true(found.crashes == last || found.crashes == last + 1);
                if (last + found.crashes > 0) {
                    assert_state(&found, found.crashes);
                }
                /* A second cut soon after, then all goes on. */
                last = found.crashes;
                s_board.operations = 0;
                s_board.cut_at = second;
                last = append_some(&log, last + 1, 3);
                update_board_power_on(&s_board, PLATFORM_RESET_POWER_ON);
                assert_int_equal(slot_log_open(&log, &s_board.fake.port.flash, &found), HOST_OK);
                assert_true(found.crashes == last || found.crashes == last + 1);
                last = append_some(&log, found.crashes + 1, 7);
                assert_int_equal(slot_log_open(&log, &s_board.fake.port.flash, &found), HOST_OK);
                assert_state(&found, last);
                assert_int_equal(s_board.twice, 0);
            }
        }
    }
    assert_true(cuts > 200);
}

static void a_changed_byte_is_noticed(void **state)
{
    (void)state;
    slot_log_t log;
    slot_state_t found;
    update_board_init(&s_board);
    slot_log_open(&log, &s_board.fake.port.flash, &found);
    append_some(&log, 1, 2);
    uint8_t *newest = s_board.flash[PLATFORM_PARTITION_SLOTS] + SLOT_LOG_ENTRY_BYTES;
    for (int i = 0; i < SLOT_LOG_ENTRY_BYTES; i++) {
        for (int bit = 0; bit < 8; bit++) {
            newest[i] ^= (uint8_t)(1 << bit);
            assert_int_equal(slot_log_open(&log, &s_board.fake.port.flash, &found), HOST_OK);
            assert_state(&found, 1);
            newest[i] ^= (uint8_t)(1 << bit);
        }
    }
    slot_log_open(&log, &s_board.fake.port.flash, &found);
    assert_state(&found, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_blank_board_remembers_nothing),
        cmocka_unit_test(a_board_without_the_partition_says_so),
        cmocka_unit_test(the_newest_entry_counts_over_both_sectors),
        cmocka_unit_test(a_power_cut_leaves_the_old_state_or_the_new),
        cmocka_unit_test(a_changed_byte_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
