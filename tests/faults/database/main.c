/*
 * Cuts the power in every program and every erase of what an app does with the database, through the kernel's rows, with messages that
 * wait in the same store. At each operation it goes on in other processes, in which the power fails: in each form, and once more in
 * what follows.
 *
 *     database_sweep wasm3|aot MODULE.wasm [--percent N] [--rounds N] [--broken lazy|eager] [--only ID]
 *
 * --broken: what the module `test-broken-database` does wrong. Prints what was tried and found. Ends with 1 when something failed;
 * --broken: when nothing did.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "board.h"
#include "checks.h"
#include "documents.h"
#include "random.h"

enum {
    USAGE = 2,
    EXIT_FAULT = 3,
    ID_BYTES = 32,
    SECOND_AMONG = 11,
    HANG_S = 60,
    OPERATIONS_MAX = 250,
    ROUNDS = 4,
    ROUNDS_MAX = 24
};

static struct {
    uint32_t percent;
    const char *only;
    const char *broken;
    int rounds;
    uint32_t cases;
    uint32_t failures;
    uint32_t erases; /* among what was cut */
} s_sweep = { .percent = 100, .broken = "", .rounds = ROUNDS };

static documents_t s_state;
static char s_why[DOCUMENTS_WHY_BYTES];
static const char FORMS[] = CUT_FORM_LETTERS;

static bool is_wanted(const char *id, uint32_t hash)
{
    return s_sweep.only ? strcmp(s_sweep.only, id) == 0 : hash % 100 < s_sweep.percent;
}

/* Goes on in another process, whose end this one waits for. Returns 0 there; here 1 and its exit code, or the signal that ended it, negative. */
static int in_another(void)
{
    int status = -1;
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        alarm(HANG_S);
        return 0;
    }
    if (child < 0 || waitpid(child, &status, 0) < 0) {
        perror("database_sweep");
        exit(EXIT_FAILURE);
    }
    return WIFEXITED(status) ? 1 + WEXITSTATUS(status) : -WTERMSIG(status);
}

/* Programs and erases that an operation makes, as another process finds out. */
static uint32_t count_cuts(int operation)
{
    const int ended = in_another();
    if (ended == 0) {
        const uint32_t before = board.flash.operations;
        documents_play(operation, &s_state, s_why);
        const uint32_t cuts = board.flash.operations - before;
        _exit(cuts < OPERATIONS_MAX ? (int)cuts : OPERATIONS_MAX);
    }
    if (ended < 1 || ended > OPERATIONS_MAX) {
        fprintf(stderr, "database_sweep: operation %d: %d\n", operation, ended);
        exit(EXIT_FAILURE);
    }
    return (uint32_t)ended - 1;
}

/* Power on; it fails once more; power on. */
static bool recover(uint32_t random)
{
    nor_flash_power_on(&board.flash);
    const uint32_t second = 1 + random_below(&random, SECOND_AMONG);
    nor_flash_cut_after(&board.flash, second, (cut_form_t)random_below(&random, CUT_FORMS), random_next(&random));
    if (documents_boot(s_why)) {
        documents_put_beside();
    }
    nor_flash_power_on(&board.flash);
    return s_why[0] == '\0' && documents_boot(s_why);
}

/* In a process of its own: an operation with a cut, what follows, and what is left. Returns whether that is right. */
static bool play(int operation, uint32_t at, int form, uint32_t hash)
{
    documents_t after = s_state;
    documents_apply(operation, &after);
    nor_flash_cut_after(&board.flash, at, (cut_form_t)form, hash);
    if (!documents_play(operation, &s_state, s_why) || !board.flash.is_off) {
        snprintf(s_why + strlen(s_why), sizeof(s_why) - strlen(s_why), " (no cut)");
        return false;
    }
    return recover(hash) && check_all(&s_state, &after, s_why);
}

static bool is_enough(void)
{
    return s_sweep.broken[0] != '\0' && s_sweep.failures > 0;
}

static void cut_operation(int round, int operation)
{
    const uint32_t cuts = count_cuts(operation);
    for (uint32_t at = 1; at <= cuts; at++) {
        for (int form = 0; form < CUT_FORMS && !is_enough(); form++) {
            char id[ID_BYTES];
            snprintf(id, sizeof(id), "%d:%d:%" PRIu32 "%c", round, operation, at, FORMS[form]);
            const uint32_t hash = mixed((uint32_t)(round * documents_count() + operation), at * CUT_FORMS + (uint32_t)form);
            if (!is_wanted(id, hash)) {
                continue;
            }
            const int ended = in_another();
            if (ended == 0) {
                const bool is_right = play(operation, at, form, hash);
                if (!is_right) {
                    printf("FAILED --only %s: %s\n", id, s_why);
                }
                fflush(NULL);
                _exit(is_right ? EXIT_SUCCESS : EXIT_FAULT);
            }
            s_sweep.cases++;
            s_sweep.failures += ended != 1 + EXIT_SUCCESS;
            if (ended != 1 + EXIT_SUCCESS && ended != 1 + EXIT_FAULT) {
                printf("FAILED --only %s: ended with %d\n", id, ended);
            }
        }
    }
}

/* Plays all operations, in this process without a cut. Returns false with the reason in s_why. */
static bool sweep(int round)
{
    if (!documents_warm_up(round, &s_state, s_why)) {
        return false;
    }
    const uint32_t erases = board.flash.erases;
    for (int operation = 0; operation < documents_count() && !is_enough(); operation++) {
        cut_operation(round, operation);
        if (!documents_play(operation, &s_state, s_why)) {
            return false;
        }
        documents_apply(operation, &s_state);
        if (!check_documents(&s_state, s_why)) {
            return false;
        }
    }
    s_sweep.erases += board.flash.erases - erases;
    return true;
}

static bool read_options(int argc, char **argv)
{
    for (int i = 3; i < argc; i++) {
        if (i + 1 >= argc) {
            return false;
        }
        if (strcmp(argv[i], "--percent") == 0) {
            s_sweep.percent = (uint32_t)atoi(argv[++i]);
        } else if (strcmp(argv[i], "--rounds") == 0) {
            s_sweep.rounds = atoi(argv[++i]);
        } else if (strcmp(argv[i], "--broken") == 0) {
            s_sweep.broken = argv[++i];
        } else if (strcmp(argv[i], "--only") == 0) {
            s_sweep.only = argv[++i];
        } else {
            return false;
        }
    }
    return s_sweep.rounds <= ROUNDS_MAX;
}

int main(int argc, char **argv)
{
    if (argc < 3 || !read_options(argc, argv)) {
        fputs("database_sweep wasm3|aot MODULE.wasm [--percent N] [--rounds N] [--broken lazy|eager] [--only ID]\n", stderr);
        return USAGE;
    }
    board_make(strcmp(argv[1], "aot") == 0 ? &engine_aot : &engine_wasm3, argv[2], s_sweep.broken);
    bool is_right = documents_boot(s_why);
    for (int round = 0; round < s_sweep.rounds && is_right && !is_enough(); round++) {
        is_right = sweep(round);
    }
    if (!is_right) {
        printf("FAILED without a cut: %s\n", s_why);
        s_sweep.failures++;
    }
    printf("%d rounds of %d operations, %" PRIu32 " erases in them\n", s_sweep.rounds, documents_count(), s_sweep.erases);
    printf("database: %" PRIu32 " cases, %" PRIu32 " failures\n", s_sweep.cases, s_sweep.failures);
    const bool is_found = s_sweep.failures > 0;
    return is_found == (s_sweep.broken[0] != '\0') ? EXIT_SUCCESS : EXIT_FAILURE;
}
