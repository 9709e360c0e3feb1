#include "control.h"

#include <stdio.h>
#include <string.h>

enum { MAX_WORDS = 4, MAX_OFF_MS = 3600000 };

#define MAX_STEP_MS INT64_C(31536000000)     /* a year */
#define MAX_WALL_MS INT64_C(253402300799999) /* the end of year 9999 */

typedef struct {
    world_t *world;
    char *words[MAX_WORDS];
    int count;
    char *error;
} command_t;

static control_t expected(const command_t *command, const char *usage)
{
    snprintf(command->error, CONTROL_ERROR_BYTES, "command '%.24s': found '%.40s', expected %s", command->words[0],
             command->count > 1 ? command->words[1] : "nothing", usage);
    return CONTROL_INVALID;
}

static bool number(const char *text, int64_t max, int64_t *out)
{
    int64_t value = 0;
    if (text == NULL || *text == '\0') {
        return false;
    }
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9' || value > max / 10) {
            return false;
        }
        value = value * 10 + (*text - '0');
    }
    *out = value;
    return value <= max;
}

static bool is_word(const char *text, const char *word)
{
    return text != NULL && strcmp(text, word) == 0;
}

static control_t link_command(command_t *command)
{
    const bool is_down = is_word(command->words[1], "down");
    if (command->count != 2 || (!is_down && !is_word(command->words[1], "up"))) {
        return expected(command, "link down|up");
    }
    WORLD_SET(command->world->link_is_cut, is_down);
    return CONTROL_NONE;
}

static control_t power_command(command_t *command)
{
    const bool is_off = is_word(command->words[1], "off");
    if (command->count != 2 || (!is_off && !is_word(command->words[1], "on"))) {
        return expected(command, "power off|on");
    }
    return is_off ? CONTROL_POWER_OFF : CONTROL_POWER_ON;
}

/* clean|torn [offMs] from word `at` on. */
static bool cut_arguments(const command_t *command, int at, bool *is_torn, int64_t *off_ms)
{
    *off_ms = 0;
    *is_torn = is_word(command->words[at], "torn");
    if (!*is_torn && !is_word(command->words[at], "clean")) {
        return false;
    }
    return command->count == at + 1 || (command->count == at + 2 && number(command->words[at + 1], MAX_OFF_MS, off_ms));
}

static control_t cut_command(command_t *command)
{
    bool is_torn;
    int64_t off_ms;
    if (!cut_arguments(command, 1, &is_torn, &off_ms)) {
        return expected(command, "power-cut clean|torn [offMs]");
    }
    WORLD_SET(command->world->cut_off_ms, (int32_t)off_ms);
    WORLD_SET(command->world->cut_is_torn, is_torn);
    WORLD_SET(command->world->cut_after, is_torn);
    return is_torn ? CONTROL_CUT_TORN : CONTROL_CUT_CLEAN;
}

static control_t cut_after_command(command_t *command)
{
    bool is_torn;
    int64_t off_ms;
    int64_t after = 0;
    if (!number(command->words[1], INT32_MAX, &after) || after == 0 || !cut_arguments(command, 2, &is_torn, &off_ms)) {
        return expected(command, "power-cut-after N clean|torn [offMs], N from 1");
    }
    WORLD_SET(command->world->cut_off_ms, (int32_t)off_ms);
    WORLD_SET(command->world->cut_is_torn, is_torn);
    WORLD_SET(command->world->cut_after, (int32_t)after);
    return CONTROL_NONE;
}

static control_t gpio_command(command_t *command)
{
    int64_t pin;
    int64_t level;
    if (command->count != 3 || !number(command->words[1], WORLD_PINS - 1, &pin) || !number(command->words[2], 1, &level)) {
        return expected(command, "gpio PIN 0|1, PIN 0..47");
    }
    if (WORLD_GET(command->world->gpio_level[pin]) != (int32_t)level) {
        WORLD_SET(command->world->gpio_level[pin], (int32_t)level);
        WORLD_ADD(command->world->gpio_edges[pin], 1);
    }
    return CONTROL_NONE;
}

static control_t adc_command(command_t *command)
{
    int64_t channel;
    int64_t millivolts;
    if (command->count != 3 || !number(command->words[1], WORLD_ADC_CHANNELS - 1, &channel)
        || !number(command->words[2], 1000000, &millivolts)) {
        return expected(command, "adc CHANNEL MV, CHANNEL 0..7");
    }
    WORLD_SET(command->world->adc_millivolts[channel], (int32_t)millivolts);
    return CONTROL_NONE;
}

static control_t clock_command(command_t *command)
{
    world_t *world = command->world;
    int64_t ms;
    if (command->count == 2 && command->words[1][0] == '+' && number(command->words[1] + 1, MAX_STEP_MS, &ms)) {
        if (!world->is_stepped) {
            return expected(command, "--clock stepped for that");
        }
        WORLD_ADD(world->granted_ms, ms);
        return CONTROL_NONE;
    }
    if (command->count != 3 || !is_word(command->words[1], "wall")) {
        return expected(command, "clock +MS, or clock wall MS|unset");
    }
    if (is_word(command->words[2], "unset")) {
        WORLD_SET(world->wall_is_set, 0);
        return CONTROL_NONE;
    }
    if (!number(command->words[2], MAX_WALL_MS, &ms)) {
        return expected(command, "clock wall MS|unset");
    }
    WORLD_SET(world->wall_offset_ms, ms - world_now(world));
    WORLD_SET(world->wall_is_set, 1);
    return CONTROL_NONE;
}

static control_t status_command(command_t *command)
{
    return command->count == 1 ? CONTROL_STATUS : expected(command, "status");
}

static control_t quit_command(command_t *command)
{
    return command->count == 1 ? CONTROL_QUIT : expected(command, "quit");
}

static const struct {
    const char *name;
    control_t (*run)(command_t *command);
} s_commands[] = {
    { "link", link_command }, { "power", power_command }, { "power-cut", cut_command }, { "power-cut-after", cut_after_command },
    { "gpio", gpio_command }, { "adc", adc_command },     { "clock", clock_command },   { "status", status_command },
    { "quit", quit_command },
};

/* A path may hold blanks, so it is all that stands behind the word. */
static control_t swap_command(world_t *world, const char *path, char *error)
{
    const size_t len = strlen(path);
    if (len == 0 || len >= WORLD_PATH_BYTES) {
        snprintf(error, CONTROL_ERROR_BYTES, "command 'swap': found a path of %zu bytes, expected 1..%d", len,
                 WORLD_PATH_BYTES - 1);
        return CONTROL_INVALID;
    }
    memcpy(world->app_path, path, len + 1);
    return CONTROL_SWAP;
}

control_t control_apply(world_t *world, char *line, char error[CONTROL_ERROR_BYTES])
{
    if (strncmp(line, "swap ", 5) == 0) {
        return swap_command(world, line + 5, error);
    }
    command_t command = { .world = world, .error = error };
    char *rest = NULL;
    for (char *word = strtok_r(line, " \t\r", &rest); word != NULL; word = strtok_r(NULL, " \t\r", &rest)) {
        if (command.count == MAX_WORDS) {
            return expected(&command, "fewer words");
        }
        command.words[command.count++] = word;
    }
    if (command.count == 0) {
        return CONTROL_NONE;
    }
    for (size_t i = 0; i < sizeof s_commands / sizeof s_commands[0]; i++) {
        if (strcmp(command.words[0], s_commands[i].name) == 0) {
            return s_commands[i].run(&command);
        }
    }
    snprintf(error, CONTROL_ERROR_BYTES,
             "found command '%.24s', expected link, power, power-cut, power-cut-after, gpio, adc, clock, status, swap or quit",
             command.words[0]);
    return CONTROL_INVALID;
}
