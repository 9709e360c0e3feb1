/*
 * What an app does with the database: operations one after the other, and what they must leave.
 */
#ifndef WASMOTE_FAULTS_DATABASE_DOCUMENTS_H
#define WASMOTE_FAULTS_DATABASE_DOCUMENTS_H

#include <stdbool.h>
#include <stdint.h>

enum { DOCUMENTS_WHY_BYTES = 600, DOCUMENTS_KEY_BYTES = 16, DOCUMENTS_TEXT_BYTES = 160, DOCUMENT_KEYS = 23 };

typedef struct {
    bool is_there;
    int32_t n;
    int32_t put_as; /* the number that it was put with: the rest of it follows from that */
    const char *tag;
} document_t;

/** What an app was told. */
typedef struct {
    document_t documents[DOCUMENT_KEYS];
    int messages;
} documents_t;

/** Key of a document by its number, in `dst` or elsewhere. */
const char *documents_key(int key, char dst[DOCUMENTS_KEY_BYTES]);
/** Text of its members, without tags, and the end of the document. */
void documents_members(const document_t *document, char dst[DOCUMENTS_TEXT_BYTES]);

/** Overwrites documents in turn: each round comes to its checkpoints and erases elsewhere. Returns false with the reason in `why`. */
bool documents_warm_up(int round, documents_t *state, char why[DOCUMENTS_WHY_BYTES]);

/** Operations that there are. */
int documents_count(void);

/** Plays an operation from a state on, and the kernel's work behind it, as far as the power lasts. Returns false with the reason in `why`. */
bool documents_play(int operation, const documents_t *state, char why[DOCUMENTS_WHY_BYTES]);
/** What it makes of a state. */
void documents_apply(int operation, documents_t *state);

/** Starts the kernel, and does what an app does first. Returns false with the reason in `why`, and when the power fails. */
bool documents_boot(char why[DOCUMENTS_WHY_BYTES]);
/** Puts a document that no state speaks of. */
void documents_put_beside(void);

#endif
