#include "documents.h"

#include <stdio.h>
#include <string.h>

#include "board.h"

enum { KEYS = 20, NEW_1 = KEYS, NEW_2, BRIEF };
/* Overwrites before the first round, after which the log has gone round, and before another one. */
enum { WARM_UP = 960, BETWEEN = 53 };
enum { TRIES = 60, STEP_MS = 20, WAIT_MS = 50, TTL_S = 20, PASSED_MS = 25000, SWEPT_MAX = 100 };
enum { BATCH = 20 };
enum { OFFLINE_QOS_1 = 0x03, STORED = 1 }; /* of publish: flags as in assembly/sdk/flags.ts, and its answer */

typedef enum { PUT, ADD, REMOVE, PUBLISH, EXPIRE, PURGE } kind_t;

typedef struct {
    kind_t kind;
    bool is_joined; /* with the one that follows: a batch */
    int key;
    int32_t number;
    const char *tag;
} part_t;

/* clang-format off */
static const part_t s_first[] = {
    { PUT, false, 1, 11, "a" },
    { PUBLISH, false, 0, 0, NULL },
    { ADD, false, 2, 5, NULL },
    { REMOVE, false, 3, 0, NULL },
    { PUT, true, 4, 4, "b" }, { PUT, true, NEW_1, 40, "a" }, { ADD, true, 5, 100, NULL }, { REMOVE, true, 6, 0, NULL },
    { PUT, false, NEW_2, 41, "b" },
    { PUBLISH, false, 0, 0, NULL },
    { PUT, false, BRIEF, 7, "a" },
    { ADD, false, 2, 1, NULL },
    { EXPIRE, false, BRIEF, 0, NULL },
};
static const part_t s_last[] = {
    { PUT, false, 7, 200, "long" },
    { PUBLISH, false, 0, 0, NULL },
    { REMOVE, false, 8, 0, NULL },
    { ADD, false, NEW_1, -39, NULL },
    { REMOVE, true, NEW_1, 0, NULL }, { REMOVE, false, NEW_2, 0, NULL },
    { PUT, false, 0, 90, "late" }, { PUT, false, 1, 91, "late" }, { PUT, false, 2, 92, "late" }, { PUT, false, 3, 93, "late" },
    { PUT, false, 4, 94, "late" }, { PUT, false, 5, 95, "late" }, { PUT, false, 6, 96, "late" }, { PUT, false, 7, 97, "late" },
    { PURGE, false, 0, 0, NULL },
    { PUT, false, 1, 1, "a" },
    { PUBLISH, false, 0, 0, NULL },
};
/* clang-format on */

enum { FIRST = sizeof(s_first) / sizeof(part_t), LAST = sizeof(s_last) / sizeof(part_t), PARTS = FIRST + BATCH + LAST };

/* All of them in order: between those above a batch that overwrites each key. */
static part_t part_at(int at)
{
    if (at < FIRST) {
        return s_first[at];
    }
    if (at >= FIRST + BATCH) {
        return s_last[at - FIRST - BATCH];
    }
    const int n = at - FIRST;
    return (part_t){ PUT, n < BATCH - 1, n, 60 + n, n % 2 == 0 ? "a" : "b" };
}

/* Where an operation begins: those that are joined are one. */
static int start_of(int operation)
{
    int at = 0;
    for (; operation > 0 && at < PARTS; at++) {
        operation -= !part_at(at).is_joined;
    }
    return at;
}

int documents_count(void)
{
    int count = 0;
    for (int at = 0; at < PARTS; at++) {
        count += !part_at(at).is_joined;
    }
    return count;
}

const char *documents_key(int key, char dst[DOCUMENTS_KEY_BYTES])
{
    static const char *const others[] = { "new/1", "new/2", "brief" };
    if (key >= KEYS) {
        return others[key - KEYS];
    }
    snprintf(dst, DOCUMENTS_KEY_BYTES, "key/%02d", key);
    return dst;
}

void documents_members(const document_t *document, char dst[DOCUMENTS_TEXT_BYTES])
{
    static const char filler[] = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
    snprintf(dst, DOCUMENTS_TEXT_BYTES, "\"n\":%d,\"i\":%d,\"text\":\"%.*s\"}", (int)document->n, (int)document->put_as % 3,
             (int)document->put_as % 50, filler);
}

static int32_t put(int key, const document_t *document, int32_t ttl)
{
    char name[DOCUMENTS_KEY_BYTES];
    char tags[DOCUMENTS_KEY_BYTES];
    char members[DOCUMENTS_TEXT_BYTES];
    char text[DOCUMENTS_TEXT_BYTES + 1];
    documents_members(document, members);
    snprintf(text, sizeof(text), "{%s", members);
    snprintf(tags, sizeof(tags), "[\"%s\"]", document->tag);
    return CALL(db_put, TEXT(documents_key(key, name)), TEXT(text), TEXT(tags), NUMBER(ttl));
}

static int32_t add(int key, int32_t by)
{
    char name[DOCUMENTS_KEY_BYTES];
    char patch[DOCUMENTS_TEXT_BYTES];
    snprintf(patch, sizeof(patch), "{\"$inc\":{\"n\":%d},\"$set\":{\"_tags\":[\"changed\"]}}", (int)by);
    return CALL(db_update, TEXT(documents_key(key, name)), TEXT(patch), TEXT(""));
}

static int32_t publish(int message)
{
    char text[DOCUMENTS_KEY_BYTES];
    uint8_t receipt[8];
    snprintf(text, sizeof(text), "message %d", message);
    const int32_t status = CALL(publish, TEXT("t"), TEXT(text), NUMBER(OFFLINE_QOS_1), NUMBER(0), OUT(receipt, sizeof(receipt)));
    return status == STORED ? HOST_OK : status;
}

static int32_t play_part(int at, const documents_t *state)
{
    char name[DOCUMENTS_KEY_BYTES];
    const part_t part = part_at(at);
    switch (part.kind) {
    case PUT:
        return put(part.key, &(document_t){ true, part.number, part.number, part.tag }, part.key == BRIEF ? TTL_S : 0);
    case ADD:
        return add(part.key, part.number);
    case REMOVE:
        return CALL(db_delete, TEXT(documents_key(part.key, name)));
    case PUBLISH:
        return publish(state->messages);
    case EXPIRE:
        return CALL(db_cleanup, NUMBER(SWEPT_MAX));
    default:
        return board_call(SYSCALL_db_purge, NULL, 0);
    }
}

static int32_t play_parts(int at, const documents_t *state)
{
    if (!part_at(at).is_joined) {
        return play_part(at, state);
    }
    board_call(SYSCALL_db_abort, NULL, 0);
    int32_t status = board_call(SYSCALL_db_batch_begin, NULL, 0);
    for (bool is_more = true; status >= 0 && is_more; at++) {
        is_more = part_at(at).is_joined;
        status = play_part(at, state);
    }
    return status < 0 ? status : board_call(SYSCALL_db_batch_commit, NULL, 0);
}

static bool settled(int32_t status, const char *what, char why[DOCUMENTS_WHY_BYTES])
{
    if (status >= 0 || board.flash.is_off) {
        return true;
    }
    snprintf(why, DOCUMENTS_WHY_BYTES, "%s: status %d %s", what, (int)status, board.trap);
    return false;
}

bool documents_play(int operation, const documents_t *state, char why[DOCUMENTS_WHY_BYTES])
{
    const int at = start_of(operation);
    board.now_ms += part_at(at).kind == EXPIRE ? PASSED_MS : 0;
    int32_t status = play_parts(at, state);
    for (int i = 0; i < TRIES && status == HOST_NO_SPACE && !board.flash.is_off; i++) {
        board_run(WAIT_MS);
        status = play_parts(at, state);
    }
    if (!settled(status, "operation", why)) {
        return false;
    }
    board_run(STEP_MS);
    return settled(board.trap[0] == '\0' ? HOST_OK : HOST_CLOSED, "step", why);
}

void documents_apply(int operation, documents_t *state)
{
    int at = start_of(operation);
    for (bool is_more = true; is_more; at++) {
        const part_t part = part_at(at);
        document_t *document = &state->documents[part.key];
        is_more = part.is_joined;
        if (part.kind == PUT) {
            *document = (document_t){ true, part.number, part.number, part.tag };
        } else if (part.kind == ADD) {
            document->n += part.number;
            document->tag = "changed";
        } else if (part.kind == PUBLISH) {
            state->messages++;
        } else if (part.kind == PURGE) {
            memset(state->documents, 0, sizeof(state->documents));
        } else {
            document->is_there = false;
        }
    }
}

bool documents_warm_up(int round, documents_t *state, char why[DOCUMENTS_WHY_BYTES])
{
    for (int i = 0; i < (round == 0 ? WARM_UP : BETWEEN + round); i++) {
        const document_t document = { true, i % 37, i % 37, i % 3 == 0 ? "a" : "b" };
        int32_t status = put(i % KEYS, &document, 0);
        for (int tries = 0; tries < TRIES && status == HOST_NO_SPACE; tries++) {
            board_run(WAIT_MS);
            status = put(i % KEYS, &document, 0);
        }
        if (!settled(status, "warm-up", why)) {
            return false;
        }
        state->documents[i % KEYS] = document;
        board_run(STEP_MS);
    }
    return true;
}

bool documents_boot(char why[DOCUMENTS_WHY_BYTES])
{
    const int32_t status = board_boot();
    if (status < 0 && !board.flash.is_off) {
        snprintf(why, DOCUMENTS_WHY_BYTES, "the kernel does not start: status %d %s", (int)status, board.trap);
        return false;
    }
    if (!board.flash.is_off) {
        CALL(db_index, TEXT("n"));
        board_run(WAIT_MS);
    }
    return !board.flash.is_off;
}

void documents_put_beside(void)
{
    CALL(db_put, TEXT("beside"), TEXT("{\"n\":5}"), TEXT("[\"a\"]"), NUMBER(0));
    board_run(WAIT_MS);
}
