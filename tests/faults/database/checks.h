/*
 * What the database and the queue say, against what an app was told.
 */
#ifndef WASMOTE_FAULTS_DATABASE_CHECKS_H
#define WASMOTE_FAULTS_DATABASE_CHECKS_H

#include "documents.h"

/** Whether a state holds in what the documents are. False with the reason in `why`. */
bool check_documents(const documents_t *state, char why[DOCUMENTS_WHY_BYTES]);

/**
 * Asks for all documents, by conditions that an index or tags answer, and has the messages delivered: one of the states must hold in
 * all of it. Returns false with the reason in `why`.
 */
bool check_all(const documents_t *before, const documents_t *after, char why[DOCUMENTS_WHY_BYTES]);

#endif
