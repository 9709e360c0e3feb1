/*
 * Power cuts at every program and every erase of a whole history: download, switch, first start, confirmation, another download,
 * a trial that fails, and the way back. Whatever is cut, the next start runs the old app or the new one, and the history goes on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "cell.h"

enum { PARTS = 3, PART_BYTES = 70, GIVE_UP = 60 };

static cell_t s_cell;
static signed_package_t s_good[PARTS]; /* counters 1, 2, 3: the last is never confirmed */
static int s_cuts;
static int s_operations;

static slot_track_t *track(void)
{
    return &s_cell.update.state.track[PACKAGE_APP];
}

/* Index of the package that runs, -1: the embedded app; anything else would be a board without an app. */
static int running(void)
{
    for (int i = 0; i < PARTS; i++) {
        if (cell_runs(&s_cell, &s_good[i])) {
            return i;
        }
    }
    assert_true(cell_runs_embedded(&s_cell));
    return -1;
}

/* False: the power failed. Nothing else keeps a good package from being installed, wherever an earlier attempt was broken off. */
static bool install(int i)
{
    const int status = cell_install(&s_cell, &s_good[i], PART_BYTES);
    assert_true(status >= 0 || s_cell.board.is_cut);
    return status >= 0;
}

/* Brings the board to where package `i` is confirmed. False: the power failed. */
static bool confirm(int i)
{
    for (int attempt = 0; attempt < GIVE_UP; attempt++) {
        if (track()->confirmed != SLOT_NONE && track()->counter == (uint32_t)i + 1) {
            return true;
        }
        if (track()->trial == SLOT_NONE && !install(i)) {
            return false;
        }
        cell_round(&s_cell);
        if (s_cell.board.is_cut) {
            return false;
        }
        assert_int_equal(running(), i);
        if (update_confirm(&s_cell.update, false) < 0 || update_told(&s_cell.update, PACKAGE_APP) < 0) {
            return false;
        }
    }
    fail_msg("package %d is never confirmed", i);
    return false;
}

/* Brings the last package to its trial, and lets it fail. False: the power failed. */
static bool fall_back(void)
{
    for (int attempt = 0; attempt < GIVE_UP; attempt++) {
        if (track()->failures > 0) {
            assert_int_equal(running(), PARTS - 2);
            return true;
        }
        if (track()->trial == SLOT_NONE && !install(PARTS - 1)) {
            return false;
        }
        cell_round(&s_cell);
        s_cell.board.fake.now_ms += UPDATE_TRIAL_MS;
        cell_round(&s_cell);
        if (s_cell.board.is_cut) {
            return false;
        }
    }
    fail_msg("the last package never fails");
    return false;
}

static bool live(void)
{
    for (int i = 0; i < PARTS - 1; i++) {
        if (track()->counter <= (uint32_t)i && !confirm(i)) {
            return false;
        }
    }
    return fall_back();
}

/* Lives with the power failing in operation cut_at (0: never), then with a second cut, then to the end. */
static void live_through(int cut_at, cut_kind_t kind, int second)
{
    const int cuts[] = { cut_at, second, 0 };
    bool is_done = false;
    cell_init(&s_cell);
    for (int life = 0; life < 3 && !is_done; life++) {
        s_cell.board.operations = 0;
        const int reason = life % 2 ? PLATFORM_RESET_BROWNOUT : PLATFORM_RESET_POWER_ON;
        update_board_power_on(&s_cell.board, reason);
        s_cell.board.cut_kind = kind;
        assert_int_equal(cell_start(&s_cell, reason), HOST_OK);
        running(); /* the old one or the new one */
        s_cell.board.cut_at = cuts[life];
        is_done = live();
        s_cuts += s_cell.board.is_cut;
        s_operations = s_cell.board.operations;
        cell_stop(&s_cell);
        assert_int_equal(s_cell.board.twice, 0);
        assert_int_equal(s_cell.board.unverified_maps, 0);
    }
    assert_true(is_done);
    cell_boot(&s_cell, PLATFORM_RESET_RESTART);
    assert_int_equal(running(), PARTS - 2);
    assert_int_equal(track()->counter, PARTS - 1);
}

static int prepare(void **state)
{
    static const size_t sizes[PARTS] = { 300, 900, CELL_CAPACITY };
    (void)state;
    for (int i = 0; i < PARTS; i++) {
        signer_app(&s_good[i], "app_quiet", (uint32_t)i + 1, sizes[i]);
    }
    return 0;
}

static void each_cut_alone(void **state)
{
    (void)state;
    live_through(0, CUT_CLEAN, 0);
    const int operations = s_operations;
    assert_true(operations > 60);
    s_cuts = 0;
    for (int kind = 0; kind < CUT_KINDS; kind++) {
        for (int cut_at = 1; cut_at <= operations; cut_at++) {
            live_through(cut_at, (cut_kind_t)kind, 0);
        }
    }
    print_message("%d operations, %d cuts\n", operations, s_cuts);
    assert_true(s_cuts >= CUT_KINDS * operations);
}

static void two_cuts_in_a_row(void **state)
{
    (void)state;
    live_through(0, CUT_CLEAN, 0);
    const int operations = s_operations;
    s_cuts = 0;
    for (int cut_at = 1; cut_at <= operations; cut_at += 1) {
        for (int second = 1; second <= 12; second++) {
            live_through(cut_at, (cut_kind_t)((cut_at + second) % CUT_KINDS), second);
        }
    }
    print_message("%d cuts\n", s_cuts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_cut_alone),
        cmocka_unit_test(two_cuts_in_a_row),
    };
    return cmocka_run_group_tests(tests, prepare, NULL);
}
