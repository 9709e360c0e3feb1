/*
 * A table of calls to host rows, shared by the tests of import_*.c: what is out of range is refused before the port sees it.
 */
#ifndef ROW_CASES_H
#define ROW_CASES_H

#include "test_device.h"

typedef struct {
    const char *row;
    uint64_t args[LINK_ARGS_MAX];
    int32_t expected;
    bool reaches_port;
} row_case_t;

/* What the fake port answers. */
enum { PORT_ANSWER = 5 };

typedef const engine_import_t *(*find_row_fn)(const char *name);

static inline void try_rows(find_row_fn find_row, const row_case_t *cases, size_t count)
{
    static fake_platform_t board;
    static uint8_t memory[TEST_MEMORY_BYTES];
    for (size_t i = 0; i < count; i++) {
        fake_platform_init(&board);
        board.answer = PORT_ANSWER;
        guest_t guest = { .platform = &board.port, .tag = "test" };
        int32_t result = call_row(find_row(cases[i].row), &guest, memory, sizeof(memory), cases[i].args);
        if (result != cases[i].expected || (board.calls > 0) != cases[i].reaches_port) {
            fail_msg("case %zu, %s: %d, port called %d times", i, cases[i].row, (int)result, board.calls);
        }
    }
}

#define TRY_ROWS(find_row, cases) try_rows(find_row, cases, sizeof(cases) / sizeof((cases)[0]))

#endif
