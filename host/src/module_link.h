/*
 * Strict linking: the imports and exports of a module against the tables of its wall.
 */
#ifndef WASMOTE_MODULE_LINK_H
#define WASMOTE_MODULE_LINK_H

#include "module_view.h"

/** Compares every import with the rows, and counts them. OK, or INVALID with the import's name. */
int module_check_imports(module_t *module);

/** Compares the exports with what the host calls. OK, or INVALID with the export's name. */
int module_check_exports(module_t *module);

#endif
