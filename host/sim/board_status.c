#include <string.h>
#include <time.h>

#include "board.h"
#include "events.h"

static const char *const s_fields[] = {
#define STATS_FIELD(name) #name,
#include "stats.def"
#undef STATS_FIELD
};

enum { FIELD_COUNT = sizeof s_fields / sizeof s_fields[0] };

static const char *link_name(int state)
{
    return state == PLATFORM_LINK_UP ? "up" : state == PLATFORM_LINK_CONNECTING ? "connecting" : "down";
}

/* As assembly/lib/clientState.ts. */
static const char *client_name(uint32_t state)
{
    static const char *const names[] = { "stopped", "link-down", "waiting",     "opening",     "connecting",
                                         "online",  "time-sync", "discovering", "subscribing", "auth-failed" };
    return state < sizeof names / sizeof names[0] ? names[state] : "unknown";
}

/* u32 all, but for the one that is a status. */
static int64_t field_value(int index, uint32_t value)
{
    return strcmp(s_fields[index], "lastCause") == 0 ? (int64_t)(int32_t)value : (int64_t)value;
}

/* Processor time that this start of the board has taken. */
static int64_t cpu_us(void)
{
    struct timespec taken;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &taken);
    return (int64_t)taken.tv_sec * 1000000 + taken.tv_nsec / 1000;
}

int board_tell_status(board_t *board)
{
    uint32_t fields[FIELD_COUNT] = { 0 };
    uint32_t kernel_ram = 0;
    uint32_t app_ram = 0;
    const int count = runtime_stats(board->runtime, fields, FIELD_COUNT);
    if (count < 0) {
        event_error("the kernel tells no counters: %s", host_status_name(count));
        return count;
    }
    runtime_memory(board->runtime, &kernel_ram, &app_ram);
    event_t event;
    event_begin(&event, "status");
    event_number(&event, "uptimeMs", sim_clock_uptime(board->clock));
    event_number(&event, "cpuUs", cpu_us());
    event_text(&event, "link", link_name(sim_link_state(board->link)));
    event_text(&event, "client", client_name(fields[0]));
    event_text(&event, "lastAppStop", board->last_app_stop);
    event_number(&event, "kernelRam", kernel_ram);
    event_number(&event, "appRam", app_ram);
    event_number(&event, "flashErases", (int64_t)flash_file_erases(board->flash));
    event_number(&event, "flashPrograms", (int64_t)flash_file_programs(board->flash));
    event_number(&event, "appRestarts", board->app_restarts);
    event_number(&event, "netWrites", board->net->writes);
    for (int i = 0; i < FIELD_COUNT; i++) {
        event_number(&event, s_fields[i], field_value(i, fields[i]));
    }
    event_emit(&event);
    return HOST_OK;
}
