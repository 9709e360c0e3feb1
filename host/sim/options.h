/* The command line of wasmote-sim. */
#ifndef WASMOTE_SIM_OPTIONS_H
#define WASMOTE_SIM_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

enum { OPTIONS_KEYS_MAX = 2, OPTIONS_KEY_BYTES = 65 };
enum { OPTIONS_ERROR_BYTES = 256, OPTIONS_HELP = 1, OPTIONS_EXIT_USAGE = 2 };

typedef struct {
    const char *kernel_path;
    const char *app_path;
    const char *flash_path;
    const char *replay_path; /* NULL: this PC's own values */
    bool resets_flash;
    bool traces; /* accepted events */
    bool has_stdin;
    bool is_stepped;
    bool syncs_flash; /* to the disk, for a crash of the PC */
    int status_ms;    /* 0: on request only */
    int log_level;    /* PLATFORM_LOG_* */
    uint64_t seed;    /* of what torn flash operations leave */
    int update_key_count;
    uint8_t update_keys[OPTIONS_KEYS_MAX][OPTIONS_KEY_BYTES]; /* public keys of updates over the air: 4, x, y */
} options_t;

extern const char options_usage[];

/** Reads the arguments. Returns OK, OPTIONS_HELP, or INVALID with error saying what was found where and what is expected. */
int options_parse(int argc, char **argv, options_t *out, char error[OPTIONS_ERROR_BYTES]);

#endif
