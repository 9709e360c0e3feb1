#include "position.h"

#include <stdio.h>

#include "link.h"

enum { EXPORT_SHIFT = 2, ROW_SHIFT = 7, CHECK_SHIFT = 16, MODULE_MASK = 0x3, EXPORT_MASK = 0x1f, ROW_MASK = 0x1ff };

static volatile uint32_t s_default;

/* One task runs modules, so that there is one place. */
static volatile uint32_t *s_word = &s_default;

static uint32_t checked(uint32_t place)
{
    return place | (place ^ 0xffff) << CHECK_SHIFT;
}

void position_keep_at(volatile uint32_t *word)
{
    s_word = word;
    *s_word = checked(POSITION_HOST);
}

uint32_t position_enter(int module, size_t export_index)
{
    const uint32_t before = *s_word;
    *s_word = checked((uint32_t)module | (uint32_t)export_index << EXPORT_SHIFT);
    return before;
}

/* Number of a row in its table; ROW_MASK or more when it is not one of ours, as in a test. */
static uint32_t row_number(const engine_import_t *import, uint32_t place)
{
    const engine_import_t *table = (place & MODULE_MASK) == POSITION_APP ? link_app_imports : link_kernel_imports;
    return (uint32_t)(((uintptr_t)import - (uintptr_t)table) / sizeof(*import));
}

uint32_t position_enter_row(const engine_import_t *import)
{
    const uint32_t before = *s_word;
    const uint32_t place = before & 0xffff & ~(uint32_t)(ROW_MASK << ROW_SHIFT);
    const uint32_t number = row_number(import, place);
    *s_word = checked(number < ROW_MASK ? place | (number + 1) << ROW_SHIFT : place);
    return before;
}

void position_leave(uint32_t before)
{
    *s_word = before;
}

uint32_t position_now(void)
{
    return *s_word;
}

bool position_describe(uint32_t word, char text[POSITION_TEXT_BYTES])
{
    const uint32_t place = word & 0xffff;
    const uint32_t module = place & MODULE_MASK;
    const size_t export_index = place >> EXPORT_SHIFT & EXPORT_MASK;
    const size_t row = place >> ROW_SHIFT & ROW_MASK;
    const bool is_app = module == POSITION_APP;
    const size_t export_count = is_app ? APP_EXPORT_COUNT : KERNEL_EXPORT_COUNT;
    const size_t row_count = is_app ? link_app_import_count : link_kernel_import_count;
    if (word != checked(place) || module > POSITION_APP || (module != POSITION_HOST && export_index >= export_count)
        || row > row_count) {
        snprintf(text, POSITION_TEXT_BYTES, "unknown");
        return false;
    }
    if (module == POSITION_HOST) {
        snprintf(text, POSITION_TEXT_BYTES, "host");
        return true;
    }
    const engine_export_t *exports = is_app ? link_app_exports : link_kernel_exports;
    const engine_import_t *imports = is_app ? link_app_imports : link_kernel_imports;
    snprintf(text, POSITION_TEXT_BYTES, "%s %s%s%s", is_app ? "app" : "kernel", exports[export_index].name, row ? ", row " : "",
             row ? imports[row - 1].name : "");
    return true;
}
