#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "row_cases.h"

static void arguments_out_of_range_stay_outside(void **state)
{
    (void)state;
    static const row_case_t cases[] = {
        { "net_open", { 0, 9, 1883, 0 }, PORT_ANSWER, true },
        { "net_open", { 0, 253, 65535, PLATFORM_NET_TLS }, PORT_ANSWER, true },
        { "net_open", { 0, 0, 1883, 0 }, HOST_INVALID, false },
        { "net_open", { 0, 254, 1883, 0 }, HOST_INVALID, false },
        { "net_open", { 0, 9, 0, 0 }, HOST_INVALID, false },
        { "net_open", { 0, 9, 65536, 0 }, HOST_INVALID, false },
        { "net_open", { 0, 9, 1883, 2 }, HOST_INVALID, false },
        { "net_state", { 0 }, PORT_ANSWER, true },
        { "net_state", { 0xFFFFFFFF }, HOST_INVALID, false },
        { "net_send", { 0, 8, 4 }, PORT_ANSWER, true },
        { "net_send", { 0, 8, 0 }, 0, false },
        { "net_send", { 0xFFFFFFFF, 8, 4 }, HOST_INVALID, false },
        { "net_recv", { 0, 8, 4 }, PORT_ANSWER, true },
        { "net_recv", { 0, 8, 0 }, 0, false },
        { "net_recv", { 0xFFFFFFFF, 8, 4 }, HOST_INVALID, false },
        { "net_close", { 1 }, PORT_ANSWER, true },
        { "net_close", { 0x80000000 }, HOST_INVALID, false },
    };
    TRY_ROWS(kernel_row, cases);
}

static void the_link_rows_go_straight_through(void **state)
{
    (void)state;
    static const row_case_t cases[] = {
        { "link_start", { 0 }, PORT_ANSWER, true },
        { "link_stop", { 0 }, PORT_ANSWER, true },
        { "link_state", { 0 }, PORT_ANSWER, true },
        { "link_rssi", { 0 }, PORT_ANSWER, true },
    };
    TRY_ROWS(kernel_row, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_out_of_range_stay_outside),
        cmocka_unit_test(the_link_rows_go_straight_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
