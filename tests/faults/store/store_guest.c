#include "store_guest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest_module.h"
#include "link.h"

nor_flash_t guest_flash;
char guest_trap[ENGINE_ERROR_BYTES];
bool guest_is_traced;

static guest_state_t s_made;
static uint32_t s_exchange;
static const char *const s_row_names[] = { "make",      "mount",       "step",         "set_wall",    "put",         "remove",
                                           "touch",     "begin_batch", "commit_batch", "abort_batch", "sweep",       "purge",
                                           "flush",     "find",        "walk",         "next",        "counts",      "stats",
                                           "verify",    "set_cap",     "ms_to_expiry", "state_make",  "state_mount", "state_step",
                                           "state_put", "state_get",   "levels",       "root",        "tree_units",  "halved" };

static void die(const char *what, const char *why)
{
    fprintf(stderr, "store_sweep: %s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

static void log_text(void *ctx, int level, const char *tag, const char *text, size_t len)
{
    (void)ctx, (void)level;
    fprintf(stderr, "%s: %.*s\n", tag, (int)len, text);
}

static platform_t s_board = { .sys = { .log = log_text } };
static guest_t s_guest = { .platform = &s_board, .tag = "store" };

void guest_open(const engine_t *engine, const char *path)
{
    s_board.flash = nor_flash_port;
    s_board.flash.ctx = &guest_flash;
    module_open(engine, path, &s_guest);
}

void guest_close(void)
{
    module_close();
}

static uint8_t *memory_of_guest(void)
{
    uint32_t bytes;
    uint8_t *memory = module_memory(&bytes);
    if (bytes != GUEST_MEMORY_BYTES) {
        die("memory", "not of the size in store_guest.h");
    }
    return memory;
}

static void make(guest_row_t row, int32_t a0, int32_t a1)
{
    module_load();
    guest_trap[0] = '\0';
    s_exchange = (uint32_t)module_call(KERNEL_EXPORT_exchange, NULL, 0, guest_trap);
    if (guest_call(row, a0, a1, GUEST_ENTRIES, 0) != HOST_OK) {
        die("make", guest_trap);
    }
    guest_save(&s_made);
}

void guest_make(int variant, durability_t durability)
{
    make(ROW_MAKE, variant, (int32_t)durability);
}

void guest_make_state(int variant)
{
    make(ROW_STATE_MAKE, variant, 0);
}

void guest_reset(void)
{
    guest_restore(&s_made);
}

void guest_save(guest_state_t *state)
{
    memcpy(state->bytes, memory_of_guest(), GUEST_MEMORY_BYTES);
}

void guest_restore(const guest_state_t *state)
{
    memcpy(memory_of_guest(), state->bytes, GUEST_MEMORY_BYTES);
}

int32_t guest_call(guest_row_t row, int32_t a0, int32_t a1, int32_t a2, int32_t a3)
{
    if (guest_trap[0] != '\0') {
        return HOST_CLOSED;
    }
    const uint64_t args[LINK_SYSCALL_ARGS] = { (uint64_t)row, 0, (uint32_t)a0, (uint32_t)a1, (uint32_t)a2, (uint32_t)a3 };
    const uint32_t before = guest_flash.operations;
    const int32_t result = module_call(KERNEL_EXPORT_syscall, args, LINK_SYSCALL_ARGS, guest_trap);
    if (guest_is_traced && (row < ROW_FIND || row == ROW_VERIFY || row >= ROW_STATE_MAKE)) {
        printf("%s(%d, %d, %d, %d) = %d, %u programs and erases from %u%s\n", s_row_names[row], (int)a0, (int)a1, (int)a2,
               (int)a3, (int)result, (unsigned)(guest_flash.operations - before), (unsigned)before + 1,
               guest_flash.is_off ? ", off" : "");
    }
    return result;
}

void guest_set_time(uint32_t wall_seconds)
{
    guest_call(ROW_SET_WALL, (int32_t)wall_seconds, 0, 0, 0);
}

uint8_t *guest_key(void)
{
    return memory_of_guest() + s_exchange;
}

uint8_t *guest_value(void)
{
    return guest_key() + GUEST_KEY_BYTES;
}

uint32_t guest_expiry(void)
{
    uint32_t seconds;
    memcpy(&seconds, guest_value() + GUEST_VALUE_BYTES, sizeof(seconds));
    return seconds;
}
