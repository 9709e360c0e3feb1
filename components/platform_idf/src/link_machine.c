#include "link_machine.h"

#include "platform.h"

enum { JITTER_PERCENT = 25, FAILURES_COUNTED = 16 /* more than the longest wait takes */ };

void link_machine_start(link_machine_t *machine)
{
    machine->is_started = true;
}

void link_machine_stop(link_machine_t *machine)
{
    *machine = (link_machine_t){ .is_started = false };
}

void link_machine_joined(link_machine_t *machine)
{
    machine->is_joined = machine->is_started;
}

void link_machine_got_address(link_machine_t *machine)
{
    machine->has_address = machine->is_started;
    machine->failures = 0;
}

void link_machine_lost_address(link_machine_t *machine)
{
    machine->has_address = false;
}

int32_t link_machine_left(link_machine_t *machine, uint32_t random)
{
    machine->is_joined = false;
    machine->has_address = false;
    if (!machine->is_started) {
        return LINK_STOPPED;
    }
    int32_t wait_ms = LINK_RETRY_FIRST_MS;
    for (uint32_t i = 0; i < machine->failures && wait_ms < LINK_RETRY_MAX_MS; i++) {
        wait_ms *= 2;
    }
    wait_ms = wait_ms < LINK_RETRY_MAX_MS ? wait_ms : LINK_RETRY_MAX_MS;
    machine->failures += machine->failures < FAILURES_COUNTED;
    const int32_t jitter_ms = wait_ms * JITTER_PERCENT / 100;
    return wait_ms - (int32_t)(random % (uint32_t)(jitter_ms + 1));
}

int link_machine_state(const link_machine_t *machine)
{
    if (!machine->is_started) {
        return PLATFORM_LINK_DOWN;
    }
    return machine->is_joined && machine->has_address ? PLATFORM_LINK_UP : PLATFORM_LINK_CONNECTING;
}
