#include "board.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "runtime.h"
#include "surroundings.h"
#include "update_psa.h"

enum { STORED = 1, ROUNDS_MAX = 400000 };

#define FACTORY "1.0"
#define DEAF "3.0" /* a firmware that gets no link */

board_t board;

static board_config_t s_config;
static platform_t s_platform;
static update_t s_update;
static update_port_t s_port;
static boot_loader_t s_loader;
static runtime_t *s_runtime;
static uint32_t s_number;   /* of the last reading */
static bool s_must_confirm; /* of a boot loader that is late */

static void fault(const char *format, ...)
{
    va_list args;
    if (board.why[0] == '\0') {
        va_start(args, format);
        vsnprintf(board.why, sizeof(board.why), format, args);
        va_end(args);
    }
}

/* What the app asks before each reading: its number. */
static int io_adc_millivolts(void *ctx, int channel)
{
    (void)ctx, (void)channel;
    if (s_number + 1 >= CLOUD_READINGS_MAX) {
        fault("it never comes to an end");
        return 1;
    }
    return (int)++s_number;
}

static void on_syscall(void *ctx, const char *name, int32_t result, const uint8_t *out, size_t out_len)
{
    (void)ctx, (void)out, (void)out_len;
    if (strcmp(name, "stream_publish") == 0 && result == STORED && !nor.is_off) {
        board.accepted += !board.is_accepted[s_number];
        board.is_accepted[s_number] = true;
    }
}

static void on_app_stopped(void *ctx, const char *export_name, const char *reason, int32_t restart_ms)
{
    (void)ctx, (void)export_name, (void)reason, (void)restart_ms;
    update_app_stopped(&s_update);
}

static int map(void *ctx, int partition, const uint8_t **bytes)
{
    (void)ctx;
    *bytes = nor.bytes[partition];
    return NOR_SECTOR_BYTES;
}

static void unmap(void *ctx, int partition)
{
    (void)ctx, (void)partition;
}

/* Thousands of lives see the same few signatures: what was found good once is not calculated again. */
static int verify(void *ctx, const uint8_t key[PACKAGE_KEY_BYTES], const uint8_t digest[PACKAGE_DIGEST_BYTES],
                  const uint8_t signature[PACKAGE_SIGNATURE_BYTES])
{
    enum { KNOWN = 8, PAIR_BYTES = PACKAGE_DIGEST_BYTES + PACKAGE_SIGNATURE_BYTES };
    static uint8_t s_known[KNOWN][PAIR_BYTES];
    static int s_next;
    uint8_t pair[PAIR_BYTES];
    memcpy(pair, digest, PACKAGE_DIGEST_BYTES);
    memcpy(pair + PACKAGE_DIGEST_BYTES, signature, PACKAGE_SIGNATURE_BYTES);
    for (int i = 0; i < KNOWN; i++) {
        if (memcmp(s_known[i], pair, sizeof(pair)) == 0) {
            return HOST_OK;
        }
    }
    const int status = update_psa.verify(ctx, key, digest, signature);
    if (status == HOST_OK) {
        memcpy(s_known[s_next++ % KNOWN], pair, sizeof(pair));
    }
    return status;
}

/* Its work is done in the next round. */
static int confirm_late(void *ctx)
{
    (void)ctx;
    s_must_confirm = true;
    return HOST_OK;
}

/* The linker puts this in the place of slot_log_append(), and that behind __real_. */
int __wrap_slot_log_append(slot_log_t *log, const slot_state_t *state);
int __real_slot_log_append(slot_log_t *log, const slot_state_t *state);

int __wrap_slot_log_append(slot_log_t *log, const slot_state_t *state)
{
    if (s_config.broken == BROKEN_LOG) {
        nor_port.erase(NULL, PLATFORM_PARTITION_SLOTS, 0);
        nor_port.erase(NULL, PLATFORM_PARTITION_SLOTS, 1);
        log->next_at = log->sector_bytes;
    }
    return __real_slot_log_append(log, state);
}

void board_make(const board_config_t *config)
{
    s_config = *config;
    surroundings = (surroundings_t){ .reset_reason = PLATFORM_RESET_POWER_ON, .is_traced = config->is_traced };
    s_platform = surroundings_port();
    s_platform.io.adc_millivolts = io_adc_millivolts;
    nor_init();
    memcpy(nor.bytes[PLATFORM_PARTITION_CONFIG], config->config, config->config_len);
    boot_loader_flash(&nor_port, &update_psa, NOR_OTADATA, FACTORY);
    nor.is_lying = config->broken == BROKEN_FLASH;
    nor.operations = 0;
}

static bool runs(const cloud_package_t *package)
{
    size_t len;
    const uint8_t *app = update_app(&s_update, &len);
    return app && len == package->len - PACKAGE_HEAD_BYTES && memcmp(app, package->bytes + PACKAGE_HEAD_BYTES, len) == 0;
}

/* The old one runs, or the new one; never none, and never one that was left behind. */
static void check_what_runs(void)
{
    size_t len;
    const uint8_t *app = update_app(&s_update, &len);
    const bool is_first = app == s_config.app;
    const bool is_second = runs(&cloud.packages[STAGE_SECOND]);
    const bool is_new_app = cloud.stage < STAGE_FIRMWARE && runs(&cloud.packages[cloud.stage]);
    const bool is_old_app = cloud.stage == STAGE_SECOND && !board.has_second ? is_first : is_second;
    if (!is_new_app && !is_old_app) {
        fault("stage %d: %s", (int)cloud.stage, !app ? "no app runs" : is_first ? "the first app runs" : "another app runs");
    }
    const bool is_new = strcmp(s_loader.version, "2.0") == 0;
    const bool is_old = strcmp(s_loader.version, FACTORY) == 0;
    const bool is_deaf = strcmp(s_loader.version, DEAF) == 0;
    if (!is_new && !(is_old && cloud.stage <= STAGE_FIRMWARE && !board.has_firmware) && !(is_deaf && cloud.stage == STAGE_DEAF)) {
        fault("stage %d: firmware %s runs", (int)cloud.stage, s_loader.version);
    }
}

static void note_confirmed(void)
{
    const slot_track_t *app = &s_update.state.track[PACKAGE_APP];
    const slot_track_t *firmware = &s_update.state.track[PACKAGE_FIRMWARE];
    board.has_second = board.has_second || (app->counter > 0 && !nor.is_off);
    board.has_firmware = board.has_firmware || (firmware->counter > 0 && !nor.is_off);
}

/* Power on: the boot loader. False: it found no firmware. */
static bool boot(void)
{
    board.boots++;
    nor_power_on();
    surroundings_power_on();
    const int status = boot_loader_start(&s_loader, &nor_port, &update_psa, NOR_OTADATA);
    surroundings.is_deaf = strcmp(s_loader.version, DEAF) == 0;
    return status == HOST_OK || nor.is_off;
}

static void open_updates(void)
{
    s_port = (update_port_t){ .map = { NULL, map, unmap }, .crypto = update_psa, .boot = boot_loader_port(&s_loader) };
    s_port.crypto.verify = verify;
    s_must_confirm = false;
    if (s_config.broken == BROKEN_CONFIRM) {
        s_port.boot.confirm = confirm_late;
    }
    const update_config_t config = {
        .platform = &s_platform,
        .port = &s_port,
        .keys = { s_config.key },
        .name = "first",
        .firmware_version = s_loader.version,
        .embedded = s_config.app,
        .embedded_len = s_config.app_len,
    };
    update_open(&s_update, &config);
}

static int start_modules(void)
{
    static const runtime_observer_t observer = { .syscall = on_syscall, .app_stopped = on_app_stopped };
    runtime_config_t config = {
        .platform = &s_platform,
        .kernel_engine = s_config.engine,
        .kernel_bytes = s_config.kernel,
        .kernel_len = s_config.kernel_len,
        .observer = &observer,
        .update = &s_update,
    };
    config.app_bytes = update_app(&s_update, &config.app_len);
    s_runtime = NULL;
    return runtime_create(&config, &s_runtime);
}

/* Whether the outbox is whole: all that was accepted has come, in its order. */
static bool is_done(void)
{
    uint32_t delivered = 0;
    uint32_t highest = 0;
    if (cloud.stage < STAGE_END) {
        return false;
    }
    for (uint32_t i = 0; i < cloud.arrival_count; i++) {
        const uint32_t number = cloud.arrivals[i];
        if (!board.is_accepted[number]) {
            continue; /* the power failed before it was said to be stored */
        }
        if (number < highest) {
            fault("reading %u came behind %u", (unsigned)number, (unsigned)highest);
        }
        highest = number;
        delivered++;
    }
    return delivered == board.accepted;
}

/* Lives until a reset, or the end. True: the end, or a fault. */
static bool run_rounds(uint32_t *rounds)
{
    while (!nor.is_off && surroundings.restart < 0 && board.why[0] == '\0') {
        if (++*rounds > ROUNDS_MAX) {
            fault("stage %d never ends; %u of %u readings came; last: %s", (int)cloud.stage, (unsigned)cloud.arrival_count,
                  (unsigned)board.accepted, cloud.last_state);
        }
        int wait_ms = runtime_step(s_runtime);
        if (wait_ms < 0 && !nor.is_off) {
            fault("stage %d: the kernel trapped", (int)cloud.stage);
        }
        const int update_ms = update_round(&s_update, s_runtime);
        note_confirmed();
        if (s_must_confirm) {
            s_must_confirm = false;
            boot_loader_port(&s_loader).confirm(&s_loader);
        }
        if (nor.is_twice) {
            fault("a unit was programmed twice");
        }
        if (!nor.is_off && is_done()) {
            return true;
        }
        wait_ms = update_ms < wait_ms ? update_ms : wait_ms;
        surroundings_idle(wait_ms);
    }
    return board.why[0] != '\0';
}

void board_live(void)
{
    uint32_t rounds = 0;
    bool is_over = false;
    while (!is_over) {
        if (!boot()) {
            fault("no firmware boots");
        }
        if (!nor.is_off) {
            open_updates();
        }
        if (!nor.is_off && board.why[0] == '\0') {
            check_what_runs();
        }
        if (!nor.is_off && board.why[0] == '\0') {
            if (start_modules() < 0 && !nor.is_off) {
                fault("the kernel does not start");
            }
            is_over = s_runtime && run_rounds(&rounds);
            runtime_destroy(s_runtime);
        }
        is_over = is_over || board.why[0] != '\0';
        board.restarts += surroundings.restart >= 0 && !nor.is_off;
        surroundings.reset_reason = nor.is_off ? PLATFORM_RESET_POWER_ON : surroundings.restart;
        surroundings.now_ms += 300;
    }
}
