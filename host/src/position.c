#include "position.h"

#include <stdio.h>

#include "link.h"

enum { MODULE_MASK = 0x3, EXPORT_MASK = 0x1f };

static volatile uint32_t s_default;

volatile uint32_t *position_word = &s_default;

void position_keep_at(volatile uint32_t *word)
{
    position_word = word;
    *word = POSITION_HOST;
}

/* Returns the name of the row with that number, or NULL; a build may leave rows out of its table, numbers stay. */
static const char *row_name(bool is_app, size_t number)
{
    const engine_import_t *imports = is_app ? link_app_imports : link_kernel_imports;
    const size_t count = is_app ? link_app_import_count : link_kernel_import_count;
    for (size_t i = 0; i < count; i++) {
        if (imports[i].number == number) {
            return imports[i].name;
        }
    }
    return NULL;
}

bool position_describe(uint32_t word, char text[POSITION_TEXT_BYTES])
{
    const uint32_t module = word & MODULE_MASK;
    const size_t export_index = word >> POSITION_EXPORT_SHIFT & EXPORT_MASK;
    const size_t row = word >> POSITION_ROW_SHIFT;
    const bool is_app = module == POSITION_APP;
    const engine_export_t *exports = is_app ? link_app_exports : link_kernel_exports;
    const size_t export_count = is_app ? APP_EXPORT_COUNT : KERNEL_EXPORT_COUNT;
    const char *name = row ? row_name(is_app, row) : "";
    if (word == POSITION_HOST) {
        snprintf(text, POSITION_TEXT_BYTES, "host");
        return true;
    }
    if (module == POSITION_HOST || module > POSITION_APP || export_index >= export_count || !name) {
        snprintf(text, POSITION_TEXT_BYTES, "unknown");
        return false;
    }
    snprintf(text, POSITION_TEXT_BYTES, "%s %s%s%s", is_app ? "app" : "kernel", exports[export_index].name, row ? ", row " : "",
             name);
    return true;
}
