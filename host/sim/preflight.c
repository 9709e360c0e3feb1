#include "preflight.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "flash_file.h"

static int wrong(char *error, const char *option, const char *path, const char *why, const char *expected)
{
    snprintf(error, PREFLIGHT_ERROR_BYTES, "--%s: found '%.1023s' (%s), expected %s", option, path, why, expected);
    return HOST_INVALID;
}

int preflight_check(const options_t *options, world_t *world, replay_t **replay, char error[PREFLIGHT_ERROR_BYTES])
{
    char why[REPLAY_ERROR_BYTES];
    flash_file_t *flash;
    *replay = NULL;
    if (access(options->kernel_path, R_OK) != 0) {
        return wrong(error, "kernel", options->kernel_path, strerror(errno), "a module that can be read");
    }
    if (access(options->app_path, R_OK) != 0) {
        return wrong(error, "app", options->app_path, strerror(errno), "a module that can be read");
    }
    if (options->replay_path != NULL && replay_load(options->replay_path, replay, why) < 0) {
        return wrong(error, "replay", options->replay_path, why, "recorded samples as CSV");
    }
    if (flash_file_open(options->flash_path, options->resets_flash, world, &flash) < 0) {
        return wrong(error, "flash", options->flash_path, strerror(errno), "a file that can be written");
    }
    flash_file_close(flash);
    snprintf(world->app_path, WORLD_PATH_BYTES, "%s", options->app_path);
    return HOST_OK;
}
