#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "platform.h"
#include "world.h"

const char options_usage[] =
    "wasmote-sim --kernel K.wasm --app A.wasm --flash F.img [options]\n"
    "  --reset-flash          erase the flash first, all but its config partition\n"
    "  --trace                an event for every reading that was accepted as STORED\n"
    "  --status-ms N          ms between status events, 0 = on request only (default 500)\n"
    "  --replay FILE.csv      recorded samples instead of this PC's\n"
    "  --log-level LEVEL      error, warning, info or debug (default info)\n"
    "  --clock real|stepped   stepped: time stands still but for `clock +MS` (default real)\n"
    "  --flash-sync WHEN      always: the flash file survives a crash of this PC too (default); never: faster, and\n"
    "                         the file still survives every reset, power cut and end of the simulator\n"
    "  --seed N               of what torn flash operations leave (default 1)\n"
    "  --update-key HEX       a public key whose updates it takes, 130 digits; twice: either\n"
    "  --no-stdin             take no commands\n"
    "Commands on standard input: link, power-cut, power-cut-after, power, gpio, adc, clock, status, swap, quit.\n"
    "Events on standard output, one JSON object a line; the log on standard error.\n";

enum {
    OPT_KERNEL = 1,
    OPT_APP,
    OPT_FLASH,
    OPT_RESET,
    OPT_TRACE,
    OPT_STATUS,
    OPT_REPLAY,
    OPT_LOG,
    OPT_CLOCK,
    OPT_FLASH_SYNC,
    OPT_SEED,
    OPT_UPDATE_KEY,
    OPT_NO_STDIN,
    OPT_HELP
};

static const struct option s_options[] = {
    { "kernel", required_argument, NULL, OPT_KERNEL },
    { "app", required_argument, NULL, OPT_APP },
    { "flash", required_argument, NULL, OPT_FLASH },
    { "reset-flash", no_argument, NULL, OPT_RESET },
    { "trace", no_argument, NULL, OPT_TRACE },
    { "status-ms", required_argument, NULL, OPT_STATUS },
    { "replay", required_argument, NULL, OPT_REPLAY },
    { "log-level", required_argument, NULL, OPT_LOG },
    { "clock", required_argument, NULL, OPT_CLOCK },
    { "flash-sync", required_argument, NULL, OPT_FLASH_SYNC },
    { "seed", required_argument, NULL, OPT_SEED },
    { "no-stdin", no_argument, NULL, OPT_NO_STDIN },
    { "update-key", required_argument, NULL, OPT_UPDATE_KEY },
    { "help", no_argument, NULL, OPT_HELP },
    { NULL, 0, NULL, 0 },
};

static bool parse_number(const char *text, uint64_t max, uint64_t *out)
{
    uint64_t value = 0;
    if (*text == '\0') {
        return false;
    }
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9' || value > (UINT64_MAX - 9) / 10) {
            return false;
        }
        value = value * 10 + (uint64_t)(*text - '0');
    }
    *out = value;
    return value <= max;
}

static int index_of(const char *text, const char *const *words, int count)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(text, words[i]) == 0) {
            return i;
        }
    }
    return -1;
}

static int wrong(char *error, const char *option, const char *expected)
{
    snprintf(error, OPTIONS_ERROR_BYTES, "--%s: found '%.80s', expected %s", option, optarg, expected);
    return HOST_INVALID;
}

static int hex_digit(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = digit == '\0' ? NULL : strchr(digits, digit);
    return found == NULL ? -1 : (int)(found - digits);
}

static int take_key(options_t *out, char *error)
{
    if (out->update_key_count == OPTIONS_KEYS_MAX) {
        return wrong(error, "update-key", "two of them at most");
    }
    uint8_t *key = out->update_keys[out->update_key_count];
    bool is_right = strlen(optarg) == 2 * OPTIONS_KEY_BYTES;
    for (size_t i = 0; i < OPTIONS_KEY_BYTES && is_right; i++) {
        const int high = hex_digit(optarg[2 * i]);
        const int low = hex_digit(optarg[2 * i + 1]);
        is_right = high >= 0 && low >= 0;
        key[i] = (uint8_t)(high * 16 + low);
    }
    out->update_key_count++;
    return is_right ? HOST_OK : wrong(error, "update-key", "130 digits of 0-9a-f");
}

/* Options that cannot be wrong. */
static void take_as_it_is(int option, options_t *out)
{
    switch (option) {
    case OPT_KERNEL:
        out->kernel_path = optarg;
        break;
    case OPT_FLASH:
        out->flash_path = optarg;
        break;
    case OPT_REPLAY:
        out->replay_path = optarg;
        break;
    case OPT_RESET:
        out->resets_flash = true;
        break;
    case OPT_TRACE:
        out->traces = true;
        break;
    default: /* OPT_NO_STDIN */
        out->has_stdin = false;
    }
}

static int take(int option, options_t *out, char *error)
{
    static const char *const levels[] = { "error", "warning", "info", "debug" };
    static const char *const clocks[] = { "real", "stepped" };
    static const char *const syncs[] = { "always", "never" };
    uint64_t number = 0;
    int choice;
    switch (option) {
    case OPT_APP:
        out->app_path = optarg;
        return strlen(optarg) < WORLD_PATH_BYTES ? HOST_OK : wrong(error, "app", "a shorter path");
    case OPT_STATUS:
        if (!parse_number(optarg, 3600000, &number)) {
            return wrong(error, "status-ms", "milliseconds, 0..3600000");
        }
        out->status_ms = (int)number;
        return HOST_OK;
    case OPT_SEED:
        return parse_number(optarg, UINT64_MAX, &out->seed) ? HOST_OK : wrong(error, "seed", "a number");
    case OPT_LOG:
        choice = index_of(optarg, levels, 4);
        out->log_level = choice;
        return choice >= 0 ? HOST_OK : wrong(error, "log-level", "error, warning, info or debug");
    case OPT_FLASH_SYNC:
        choice = index_of(optarg, syncs, 2);
        out->syncs_flash = choice == 0;
        return choice >= 0 ? HOST_OK : wrong(error, "flash-sync", "always or never");
    case OPT_UPDATE_KEY:
        return take_key(out, error);
    case OPT_CLOCK:
        choice = index_of(optarg, clocks, 2);
        out->is_stepped = choice == 1;
        return choice >= 0 ? HOST_OK : wrong(error, "clock", "real or stepped");
    default:
        take_as_it_is(option, out);
        return HOST_OK;
    }
}

static int check_required(const options_t *options, char *error)
{
    const struct {
        const char *name;
        const char *value;
        const char *expected;
    } required[] = {
        { "kernel", options->kernel_path, "the path of a kernel module" },
        { "app", options->app_path, "the path of an app module" },
        { "flash", options->flash_path, "the path of a flash image, made when missing" },
    };
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
        if (required[i].value == NULL || required[i].value[0] == '\0') {
            snprintf(error, OPTIONS_ERROR_BYTES, "--%s: found nothing, expected %s", required[i].name, required[i].expected);
            return HOST_INVALID;
        }
    }
    return HOST_OK;
}

int options_parse(int argc, char **argv, options_t *out, char error[OPTIONS_ERROR_BYTES])
{
    *out = (options_t){ .has_stdin = true, .syncs_flash = true, .status_ms = 500, .log_level = PLATFORM_LOG_INFO, .seed = 1 };
    opterr = 0;
    optind = 1;
    for (;;) {
        const int at = optind;
        const int option = getopt_long(argc, argv, "+:", s_options, NULL);
        if (option == -1) {
            break;
        }
        if (option == OPT_HELP) {
            return OPTIONS_HELP;
        }
        if (option == ':' || option == '?') {
            snprintf(error, OPTIONS_ERROR_BYTES, "argument %d: found '%.80s', expected %s", at, argv[at],
                     option == ':' ? "a value behind it" : "an option of --help");
            return HOST_INVALID;
        }
        const int status = take(option, out, error);
        if (status < 0) {
            return status;
        }
    }
    if (optind < argc) {
        snprintf(error, OPTIONS_ERROR_BYTES, "argument %d: found '%.80s', expected an option", optind, argv[optind]);
        return HOST_INVALID;
    }
    return check_required(out, error);
}
