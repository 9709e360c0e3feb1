#include "clock_rules.h"

int64_t clock_rules_wall_ms(int64_t seconds, int64_t microseconds)
{
    return seconds < CLOCK_EARLIEST_S ? -1 : seconds * 1000 + microseconds / 1000;
}

tls_gate_t clock_rules_tls_gate(bool is_clock_set, bool may_go_undated, int64_t opened_ms, int64_t now_ms)
{
    if (is_clock_set) {
        return TLS_GATE_GO;
    }
    if (now_ms - opened_ms < CLOCK_TLS_WAIT_MS) {
        return TLS_GATE_WAIT;
    }
    return may_go_undated ? TLS_GATE_GO_UNDATED : TLS_GATE_GIVE_UP;
}

int clock_rules_wait_ms(int64_t asked_ms, int watchdog_seconds)
{
    const int64_t longest_ms = watchdog_seconds * INT64_C(500);
    return (int)(asked_ms < 0 ? 0 : asked_ms < longest_ms ? asked_ms : longest_ms);
}
