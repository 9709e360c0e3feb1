#include "checks.h"

#include <stdio.h>
#include <string.h>

#include "board.h"

enum { FOUND_BYTES = 88, FOUND_KEY_AT = 24, FOUND_KEY_BYTES_AT = 16, BUSY_MAX = 1000, DRAIN_MS = 3000 };
/* Rows of `stats`, as in client/stats.ts. */
enum { STATS_DELIVERED = 3, STATS_WAITING = 6, STATS_CORRUPT = 15 };

static bool is_well(int32_t status, const char *what, char why[DOCUMENTS_WHY_BYTES])
{
    if (status < 0) {
        snprintf(why, DOCUMENTS_WHY_BYTES, "%s: status %d %s", what, (int)status, board.trap);
    }
    return status >= 0;
}

static int index_of(const uint8_t *key, size_t bytes)
{
    char name[DOCUMENTS_KEY_BYTES];
    for (int i = 0; i < DOCUMENT_KEYS; i++) {
        const char *known = documents_key(i, name);
        if (strlen(known) == bytes && memcmp(known, key, bytes) == 0) {
            return i;
        }
    }
    return -1;
}

/* The next result: 1 with its key's number in `key` (-1: another one), 0: there are no more, or a status. */
static int32_t next(int *key)
{
    uint8_t found[FOUND_BYTES];
    int32_t status = HOST_BUSY;
    for (int i = 0; i < BUSY_MAX && status == HOST_BUSY; i++) {
        status = CALL(db_next, OUT(found, sizeof(found)));
    }
    if (status == 1) {
        uint32_t bytes;
        memcpy(&bytes, found + FOUND_KEY_BYTES_AT, sizeof(bytes));
        *key = bytes <= FOUND_BYTES - FOUND_KEY_AT ? index_of(found + FOUND_KEY_AT, bytes) : -1;
    }
    return status;
}

static bool text_matches(const document_t *document, int key, char why[DOCUMENTS_WHY_BYTES])
{
    char members[DOCUMENTS_TEXT_BYTES];
    char wanted[2 * DOCUMENTS_TEXT_BYTES];
    char text[2 * DOCUMENTS_TEXT_BYTES] = "";
    documents_members(document, members);
    snprintf(wanted, sizeof(wanted), "{\"_tags\":[\"%s\"],%s", document->tag, members);
    const int32_t bytes = CALL(db_result, NUMBER(0), OUT(text, sizeof(text) - 1));
    if (bytes == (int32_t)strlen(wanted) && memcmp(text, wanted, (size_t)bytes) == 0) {
        return true;
    }
    snprintf(why, DOCUMENTS_WHY_BYTES, "document %d is %.150s, not %.150s", key, text, wanted);
    return false;
}

/* What a condition brings are the documents of which `matches` is true, each once. */
static bool query_matches(const documents_t *state, const char *condition, bool (*matches)(const document_t *document),
                          bool has_texts, char why[DOCUMENTS_WHY_BYTES])
{
    bool is_found[DOCUMENT_KEYS] = { false };
    int key = -1;
    int32_t status = CALL(db_query, TEXT(condition));
    while (status >= 0 && (status = next(&key)) == 1) {
        if (key < 0) {
            continue; /* what was put beside */
        }
        const document_t *document = &state->documents[key];
        if (is_found[key] || !document->is_there || !matches(document)) {
            snprintf(why, DOCUMENTS_WHY_BYTES, "%s brings document %d", condition, key);
            return false;
        }
        is_found[key] = true;
        if (has_texts && !text_matches(document, key, why)) {
            return false;
        }
    }
    for (int i = 0; i < DOCUMENT_KEYS && status >= 0; i++) {
        if (state->documents[i].is_there && matches(&state->documents[i]) && !is_found[i]) {
            snprintf(why, DOCUMENTS_WHY_BYTES, "%s does not bring document %d", condition, i);
            return false;
        }
    }
    return is_well(status, condition, why);
}

static bool is_any(const document_t *document)
{
    return document->is_there;
}

static bool is_great(const document_t *document)
{
    return document->n >= 60;
}

static bool is_small(const document_t *document)
{
    return document->n < 12;
}

static bool is_one(const document_t *document)
{
    return document->n == 91;
}

static bool is_tagged(const document_t *document)
{
    return strcmp(document->tag, "a") == 0;
}

static bool is_changed(const document_t *document)
{
    return strcmp(document->tag, "changed") == 0;
}

bool check_documents(const documents_t *state, char why[DOCUMENTS_WHY_BYTES])
{
    return query_matches(state, "{}", is_any, true, why);
}

static bool indexes_match(const documents_t *state, char why[DOCUMENTS_WHY_BYTES])
{
    return query_matches(state, "{\"n\":{\"$gte\":60}}", is_great, false, why)
           && query_matches(state, "{\"n\":{\"$lt\":12}}", is_small, false, why)
           && query_matches(state, "{\"n\":91}", is_one, false, why)
           && query_matches(state, "{\"tags\":\"a\"}", is_tagged, false, why)
           && query_matches(state, "{\"tags\":\"changed\"}", is_changed, false, why);
}

/* Messages arrive in their order, none is missing, and the counters say so. */
static bool drains(int before, int after, char why[DOCUMENTS_WHY_BYTES])
{
    int32_t stats[BOARD_STATS];
    CALL(stats, OUT(stats, sizeof(stats)));
    const int32_t waiting = stats[STATS_WAITING];
    const int32_t corrupt = stats[STATS_CORRUPT];
    board.arrived = 0;
    board.is_link_up = true;
    CALL(client_start, NUMBER(0));
    board_run(DRAIN_MS);
    CALL(stats, OUT(stats, sizeof(stats)));
    bool is_right = (waiting == before || waiting == after) && stats[STATS_WAITING] == 0 && stats[STATS_DELIVERED] == waiting
                    && board.arrived == (size_t)waiting && board.broker.bad_ids == 0 && corrupt == 0;
    for (int i = 0; i < waiting && is_right; i++) {
        char wanted[BOARD_ARRIVAL_BYTES];
        snprintf(wanted, sizeof(wanted), "message %d", i);
        is_right = strcmp(board.arrivals[i], wanted) == 0;
    }
    if (!is_right) {
        snprintf(why, DOCUMENTS_WHY_BYTES, "%d messages waited (%d or %d), %d arrived, %d delivered, %d left, %d corrupt %s",
                 (int)waiting, before, after, (int)board.arrived, (int)stats[STATS_DELIVERED], (int)stats[STATS_WAITING],
                 (int)corrupt, board.trap);
    }
    return is_right;
}

bool check_all(const documents_t *before, const documents_t *after, char why[DOCUMENTS_WHY_BYTES])
{
    const documents_t *state = check_documents(after, why) ? after : before;
    if (!check_documents(state, why) || !indexes_match(state, why) || !drains(before->messages, after->messages, why)) {
        return false;
    }
    if (board.flash.violation) {
        snprintf(why, DOCUMENTS_WHY_BYTES, "%s", board.flash.violation);
        return false;
    }
    const int32_t status = CALL(db_put, TEXT("onward"), TEXT("{\"n\":1}"), TEXT(""), NUMBER(0));
    return is_well(status == HOST_NO_SPACE ? HOST_OK : status, "onward", why);
}
