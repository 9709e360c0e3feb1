#include "store_guest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fast_crc32.h"
#include "import.h"
#include "link.h"
#include "manifest.h"

enum { STACK_BYTES = 8192, MODULE_MAX_BYTES = 1 << 20, ROWS_MAX = 64 };
/* Host calls that one call of the module may make. A mount of a full partition makes some thousands. */
enum { HOST_CALLS_MAX = 2000000 };

nor_flash_t guest_flash;
char guest_trap[ENGINE_ERROR_BYTES];
bool guest_is_traced;

static const engine_t *s_engine;
static engine_instance_t *s_instance;
static uint8_t *s_module;
static size_t s_module_bytes;
static engine_import_t s_rows[ROWS_MAX];
static guest_state_t s_made;
static uint32_t s_exchange;
static uint32_t s_host_calls;
static size_t s_crc32_row;
static const char *const s_row_names[] = { "make",      "mount",       "step",         "set_wall",    "put",         "remove",
                                           "touch",     "begin_batch", "commit_batch", "abort_batch", "sweep",       "purge",
                                           "flush",     "find",        "walk",         "next",        "counts",      "stats",
                                           "verify",    "set_cap",     "ms_to_expiry", "state_make",  "state_mount", "state_step",
                                           "state_put", "state_get" };

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

/* Every import passes here: a module that never comes back is found by its calls. */
static const char *counted(engine_call_t *call)
{
    if (++s_host_calls > HOST_CALLS_MAX) {
        return "hangs";
    }
    const size_t row = (size_t)(call->import - s_rows);
    return row == s_crc32_row ? fast_crc32(call) : link_kernel_imports[row].handler(call);
}

void guest_open(const engine_t *engine, const char *path)
{
    FILE *file = fopen(path, "rb");
    s_module = malloc(MODULE_MAX_BYTES);
    if (!file || !s_module) {
        die(path, "cannot be read");
    }
    s_module_bytes = fread(s_module, 1, MODULE_MAX_BYTES, file);
    fclose(file);
    s_engine = engine;
    if (link_kernel_import_count > ROWS_MAX) {
        die("imports", "more rows than there is room for");
    }
    memcpy(s_rows, link_kernel_imports, link_kernel_import_count * sizeof(s_rows[0]));
    for (size_t i = 0; i < link_kernel_import_count; i++) {
        s_rows[i].handler = counted;
        s_crc32_row = strcmp(s_rows[i].name, "sys_crc32") == 0 ? i : s_crc32_row;
    }
    if (!fast_crc32_init()) {
        die("sys_crc32", "is not what the host's own is");
    }
    s_board.flash = nor_flash_port;
    s_board.flash.ctx = &guest_flash;
}

void guest_close(void)
{
    s_engine->free(s_instance);
    s_instance = NULL;
    free(s_module);
    s_module = NULL;
}

static uint8_t *memory_of_guest(void)
{
    uint32_t bytes;
    uint8_t *memory = s_engine->memory(s_instance, &bytes);
    if (bytes != GUEST_MEMORY_BYTES) {
        die("memory", "not of the size in store_guest.h");
    }
    return memory;
}

static void load(void)
{
    char error[ENGINE_ERROR_BYTES] = "";
    manifest_t manifest;
    if (manifest_read(s_module, s_module_bytes, MANIFEST_KERNEL, &manifest, error) < 0) {
        die("manifest", error);
    }
    const engine_config_t config = {
        .bytes = s_module,
        .bytes_len = s_module_bytes,
        .memory_bytes = manifest.memory_bytes,
        .stack_bytes = STACK_BYTES,
        .imports = s_rows,
        .import_count = link_kernel_import_count,
        .exports = link_kernel_exports,
        .export_count = KERNEL_EXPORT_COUNT,
        .user = &s_guest,
    };
    s_engine->free(s_instance);
    s_instance = NULL;
    if (s_engine->load(&config, &s_instance, error) < 0) {
        die("load", error);
    }
}

static uint64_t call_export(size_t index, const uint64_t *args, size_t count)
{
    uint64_t result = 0;
    if (s_engine->call(s_instance, index, args, count, &result, guest_trap) < 0) {
        return (uint64_t)HOST_CLOSED;
    }
    return result;
}

static void make(guest_row_t row, int32_t a0, int32_t a1)
{
    load();
    guest_trap[0] = '\0';
    s_exchange = (uint32_t)call_export(KERNEL_EXPORT_exchange, NULL, 0);
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
    s_host_calls = 0;
    const uint32_t before = guest_flash.operations;
    const int32_t result = (int32_t)(uint32_t)call_export(KERNEL_EXPORT_syscall, args, LINK_SYSCALL_ARGS);
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
