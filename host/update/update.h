/*
 * Updates over the air: signed packages are written into the idle slot of their kind, verified, tried, and confirmed or given
 * up (DESIGN.md). Composition roots open it before the runtime and ask it after each round; the kernel drives a download
 * through the rows of src/import_update.c. A firmware whose kernel has no updates (app_imports.def)
 * links none of it.
 */
#ifndef WASMOTE_UPDATE_H
#define WASMOTE_UPDATE_H

#include "package.h"
#include "platform.h"
#include "runtime.h"
#include "slot_log.h"
#include "update_crypto.h"

/** Slots as mapped memory. A mapping is good until it is undone, or until its partition is written to. */
typedef struct {
    void *ctx;
    int (*map)(void *ctx, int partition, const uint8_t **bytes); /* bytes of the partition, or a status */
    void (*unmap)(void *ctx, int partition);
} update_map_t;

/**
 * The boot loader: it alone chooses the firmware, and goes back by itself to the one before when a reset comes before the new one
 * was confirmed. ESP-IDF's with app rollback, or the simulator's (host/sim/boot/boot_loader.h).
 */
typedef struct {
    void *ctx;
    /** The slot of the firmware that runs (slot_t); *is_pending: a reset would end it. NOT_FOUND: the board has no such slots. */
    int (*running)(void *ctx, bool *is_pending);
    /** Looks the image in a slot over in its own way, and runs it from the next reset on. OK; CORRUPT, IO: all stays as it is. */
    int (*select)(void *ctx, int slot);
    /** What runs, stays. OK, IO. */
    int (*confirm)(void *ctx);
    uint16_t chip; /* this board's, by ESP-IDF's numbers */
} update_boot_t;

typedef struct {
    update_map_t map;
    update_crypto_t crypto;
    update_boot_t boot; /* running NULL: no updates of the firmware */
} update_port_t;

enum { UPDATE_KEYS_MAX = 2, UPDATE_ERROR_BYTES = 96 };

typedef struct {
    const platform_t *platform;
    const update_port_t *port;
    const uint8_t
        *keys[UPDATE_KEYS_MAX];   /* public keys, u8[PACKAGE_KEY_BYTES] each; NULL: none. The second is for a change of keys */
    const char *name;             /* of the app: packages of another, and firmware that carries another, are refused */
    const char *firmware_version; /* of the firmware that runs; NULL: unknown */
    const uint8_t *embedded;      /* the app that the firmware carries; NULL: none */
    size_t embedded_len;
} update_config_t;

/** Where a package stands. The same stand in assembly/kernel/update/phase.ts (compared by tests/contract). */
typedef enum {
    UPDATE_IDLE = 0,
    UPDATE_LOADING = 1,
    UPDATE_VERIFYING = 2, /* all bytes are there */
    UPDATE_VERIFIED = 3,
    UPDATE_TRIAL = 4
} update_phase_t;

/** What is left to do before the first byte can be written: one erase in each round. */
typedef enum {
    UPDATE_PREPARED,
    UPDATE_PREPARE_FIRST, /* the image's first sector is to be erased */
    UPDATE_PREPARE_HEAD,  /* then that of the head, which goes in */
    UPDATE_PREPARE_REST,  /* the sector where an earlier download goes on */
    UPDATE_PREPARE_FAILED
} update_prepare_t;

/** The package being written: one at a time, of either kind. */
typedef struct {
    update_phase_t phase; /* IDLE .. VERIFIED */
    update_prepare_t prepare;
    int partition;
    package_t package;
    uint8_t head[PACKAGE_HEAD_BYTES];
    uint32_t written;    /* bytes of the image taken in, those of `unit` included */
    uint32_t hashed;     /* bytes of the image read back */
    uint32_t checked;    /* bytes of head and image that are in the checksum */
    uint32_t crc;        /* of them, where that is the checksum */
    uint8_t unit[16];    /* the beginning of the next unit of flash */
    uint32_t unit_bytes; /* in it */
} update_load_t;

struct update {
    update_config_t config;
    slot_log_t log;
    slot_state_t state;
    update_load_t load;
    package_t running;          /* of the app that runs; of the embedded one, the name alone */
    slot_t slot;                /* it lies in */
    slot_t firmware;            /* slot of the firmware that runs, NONE: this board takes none */
    uint32_t firmware_identity; /* of its package */
    int64_t booted_ms;
    const uint8_t *app; /* NULL: none may run */
    size_t app_len;
    bool has_slots;    /* the board has the partitions and a key */
    bool is_safe;      /* the app crashed the board again and again: the kernel runs alone */
    bool must_swap;    /* state asks for another app than runs */
    bool must_give_up; /* `cause` ends the trial at the next round */
    bool must_restart; /* for another firmware */
    bool is_firmware_trial;
    update_cause_t cause;
    bool confirms_itself; /* the app on trial asked for a check of its own */
    int stops;            /* of the app, in a row */
    bool was_client_started;
    int64_t since_ms;               /* when the app that runs was started first */
    char error[UPDATE_ERROR_BYTES]; /* why the last call was refused, for people */
};

enum {
    UPDATE_TRIAL_MS = 600000, /* to be confirmed in */
    UPDATE_TRIAL_BOOTS = 3,   /* starts on trial, the first included */
    UPDATE_TRIAL_STOPS = 3,   /* traps in a row on trial */
    UPDATE_CRASHES_MAX = 5,   /* resets in a row that the confirmed app may cause before the kernel runs alone */
    UPDATE_STOPS_ALONE = 5,   /* traps in a row after which the kernel's client is started without the app's asking */
    UPDATE_GOOD_RUN_MS = 60000,
    UPDATE_FAILURES_MAX = 3 /* of one package, after which it is not taken again */
};

/**
 * Reads what the board remembers, counts this start, and chooses the app: on trial, confirmed, confirmed before, embedded; the
 * first that verifies and fits this host. OK; what the flash answered where the memory of the slots cannot be read or written,
 * with the embedded app chosen.
 */
int update_open(update_t *update, const update_config_t *config);

/** The app to run, NULL in safe mode. Good until the next update_round(). */
const uint8_t *update_app(const update_t *update, size_t *len);

/** Another embedded app, of a development loop that has swapped it in. bytes must outlive it. */
void update_embed(update_t *update, const uint8_t *bytes, size_t len);

/** Between steps of the runtime: makes a slot ready, swaps the app, ends a trial that is over. Returns ms until it wants to be asked again. */
int update_round(update_t *update, runtime_t *runtime);

/** For the runtime's observer: the app was ended. */
void update_app_stopped(update_t *update);

/**
 * Offers a package by its head. Returns the bytes of its image that are there already (0, or where to go on), or refuses with
 * the reason in error: INVALID (no package), REFUSED (not signed by a key of ours, or failed too often), NOT_FOUND (another
 * app's), UNSUPPORTED (other ABI, rows, chip, kind), TOO_LARGE, EXPIRED (its counter is not above ours), CLOSED (it runs already),
 * BUSY (a trial of either kind, or another download, is on), IO. The slot is made ready in the next rounds.
 */
int update_begin(update_t *update, int kind, const uint8_t head[PACKAGE_HEAD_BYTES]);

/**
 * Writes src[len] of the image at offset. What lies before the place reached is left out, so a repetition is harmless. Returns
 * the place reached; INVALID: nothing was begun, it is not ready yet, a gap, or past the end; IO: the download is over.
 */
int update_write(update_t *update, int kind, uint32_t offset, const uint8_t *src, size_t len);

/** Verifies what was written, a part in each call. BUSY: call again; OK; CORRUPT (digest), UNSUPPORTED (module); INVALID; IO. */
int update_finish(update_t *update, int kind);

/**
 * Compares the whole package, head and image, with a checksum that came beside it, a part in each call. BUSY: call again; OK; CORRUPT;
 * UNSUPPORTED (algorithm); INVALID (its length; nothing is verified); IO.
 */
int update_check(update_t *update, int kind, update_algorithm_t algorithm, const uint8_t *digest, size_t len);

/**
 * Switches to what was verified: an app by one entry of the log, a firmware by the boot loader's record. OK, INVALID, IO,
 * CORRUPT (what the boot loader says of a firmware). An app runs from the next round on, which restarts the board for a firmware.
 */
int update_apply(update_t *update, int kind);

/** Forgets a download. OK. */
int update_abort(update_t *update, int kind);

/** What is on trial has shown that it works. OK, NOT_FOUND (nothing is), BUSY (the app has a check of its own), IO. */
int update_confirm(update_t *update, bool is_by_app);

/** The firmware on trial has reached its server. OK, NOT_FOUND (none is on trial), IO. */
int update_confirm_firmware(update_t *update);

/** The app on trial will confirm itself. OK, NOT_FOUND (it is not on trial). */
int update_hold(update_t *update);

/** The news was delivered. OK, IO. */
int update_told(update_t *update, int kind);

/** Why a package was given up, for people; "" for none. */
const char *update_cause_text(update_cause_t cause);

/** Name and version of what runs, a firmware by the name of its app, without zeros behind them where they fill their room; of an embedded app the version is "". */
void update_running(const update_t *update, int kind, char name[PACKAGE_NAME_BYTES], char version[PACKAGE_VERSION_BYTES]);

/** Where a kind stands: UPDATE_TRIAL while one is on trial, else the download's phase. */
update_phase_t update_phase(const update_t *update, int kind);

#endif
