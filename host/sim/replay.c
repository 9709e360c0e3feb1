#include "replay.h"

#include <csv.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay_time.h"

enum { MAX_FIELDS = 64, TIME_COLUMN = REPLAY_COLUMNS, NO_COLUMN = -1 };

static const struct {
    const char *name;
    double scale;
} s_columns[REPLAY_COLUMNS + 1] = {
    { "adc0", 1 },          { "adc1", 1 },      { "adc2", 1 },    { "adc3", 1 },           { "adc4", 1 },
    { "adc5", 1 },          { "adc6", 1 },      { "adc7", 1 },    { "temperature", 1000 }, { "load", 1000 },
    { "freeMemory", 1000 }, { "uptime", 1000 }, { "time", 1000 },
};

typedef struct {
    int64_t at_ms;
    uint32_t has; /* one bit per column */
    int32_t values[REPLAY_COLUMNS];
} sample_t;

struct replay {
    sample_t *samples;
    size_t count;
    size_t room;
};

typedef struct {
    replay_t *replay;
    char *error;
    int status;
    int line;
    int field;
    int fields; /* in the header, 0 while it is read */
    int columns[MAX_FIELDS];
    bool is_iso;
    sample_t row;
} reader_t;

static void fail(reader_t *reader, int status, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void fail(reader_t *reader, int status, const char *format, ...)
{
    if (reader->status < 0) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reader->error, REPLAY_ERROR_BYTES, format, arguments);
    va_end(arguments);
    reader->status = status;
}

static void read_heading(reader_t *reader, const char *text)
{
    if (reader->field >= MAX_FIELDS) {
        fail(reader, HOST_INVALID, "line %d: more than %d columns", reader->line, MAX_FIELDS);
        return;
    }
    for (int column = 0; column <= TIME_COLUMN; column++) {
        if (strcmp(text, s_columns[column].name) == 0) {
            for (int i = 0; i < reader->field; i++) {
                if (reader->columns[i] == column) {
                    fail(reader, HOST_INVALID, "line %d, column %d: '%s' stands twice", reader->line, reader->field + 1, text);
                }
            }
            reader->columns[reader->field] = column;
            return;
        }
    }
    fail(reader, HOST_INVALID,
         "line %d, column %d: found '%.40s', expected time, adc0..adc7, temperature, load, freeMemory or uptime", reader->line,
         reader->field + 1, text);
}

static void read_time(reader_t *reader, const char *text)
{
    int64_t at_ms;
    bool is_iso;
    const size_t count = reader->replay->count;
    if (!replay_parse_time(text, &at_ms, &is_iso)) {
        fail(reader, HOST_INVALID, "line %d, column %d (time): found '%.40s', expected seconds or ISO 8601", reader->line,
             reader->field + 1, text);
        return;
    }
    if (count == 0) {
        reader->is_iso = is_iso;
    } else if (is_iso != reader->is_iso || at_ms < reader->replay->samples[count - 1].at_ms) {
        fail(reader, HOST_INVALID, "line %d, column %d (time): '%.40s' is %s", reader->line, reader->field + 1, text,
             is_iso != reader->is_iso ? "not written like the first row's" : "earlier than the row before");
    }
    reader->row.at_ms = at_ms;
}

static void read_value(reader_t *reader, int column, const char *text)
{
    if (*text == '\0') {
        return;
    }
    char *end;
    const double value = strtod(text, &end) * s_columns[column].scale;
    /* The comparison is false for what is not a number, too. */
    if (*end != '\0' || end == text || !(value > -2147483647.0 && value < 2147483647.0)) {
        fail(reader, HOST_INVALID, "line %d, column %d (%s): found '%.40s', expected a number", reader->line, reader->field + 1,
             s_columns[column].name, text);
        return;
    }
    reader->row.values[column] = (int32_t)(value + (value < 0 ? -0.5 : 0.5));
    reader->row.has |= 1u << column;
}

static void on_field(void *text, size_t len, void *ctx)
{
    reader_t *reader = ctx;
    (void)len; /* the parser ends each field with a zero */
    if (reader->fields == 0) {
        read_heading(reader, text);
    } else if (reader->field < reader->fields) {
        const int column = reader->columns[reader->field];
        if (column == TIME_COLUMN) {
            read_time(reader, text);
        } else {
            read_value(reader, column, text);
        }
    }
    reader->field++;
}

static void append_row(reader_t *reader)
{
    replay_t *replay = reader->replay;
    if (replay->count == replay->room) {
        const size_t room = replay->room == 0 ? 64 : replay->room * 2;
        sample_t *samples = realloc(replay->samples, room * sizeof *samples);
        if (samples == NULL) {
            fail(reader, HOST_NO_MEMORY, "line %d: out of memory", reader->line);
            return;
        }
        replay->samples = samples;
        replay->room = room;
    }
    replay->samples[replay->count++] = reader->row;
}

static void on_row(int terminator, void *ctx)
{
    reader_t *reader = ctx;
    (void)terminator;
    if (reader->status == HOST_OK && reader->fields == 0) {
        bool has_time = false;
        for (int i = 0; i < reader->field; i++) {
            has_time |= reader->columns[i] == TIME_COLUMN;
        }
        reader->fields = reader->field;
        if (!has_time) {
            fail(reader, HOST_INVALID, "line %d: no column is named time", reader->line);
        }
    } else if (reader->status == HOST_OK && reader->field != reader->fields) {
        fail(reader, HOST_INVALID, "line %d: found %d fields, expected %d", reader->line, reader->field, reader->fields);
    } else if (reader->status == HOST_OK) {
        append_row(reader);
    }
    reader->field = 0;
}

/* Fed byte by byte, so that the line number is right when a field is handed over. */
static void read_file(reader_t *reader, FILE *file)
{
    struct csv_parser parser;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0) {
        fail(reader, HOST_NO_MEMORY, "out of memory");
        return;
    }
    reader->line = 1;
    int skip = 0;
    for (int byte = getc(file); byte != EOF && reader->status == HOST_OK; byte = getc(file)) {
        static const unsigned char mark[3] = { 0xef, 0xbb, 0xbf };
        const unsigned char c = (unsigned char)byte;
        if (skip >= 0 && skip < 3 && c == mark[skip]) {
            skip++;
            continue;
        }
        skip = -1;
        if (csv_parse(&parser, &c, 1, on_field, on_row, reader) != 1) {
            fail(reader, HOST_INVALID, "line %d, column %d: a quote out of place", reader->line, reader->field + 1);
        }
        reader->line += c == '\n';
    }
    if (ferror(file)) {
        fail(reader, HOST_IO, "line %d: cannot be read on: %s", reader->line, strerror(errno));
    }
    if (csv_fini(&parser, on_field, on_row, reader) != 0) {
        fail(reader, HOST_INVALID, "line %d: a quote is not closed", reader->line);
    }
    csv_free(&parser);
    if (reader->replay->count == 0) {
        fail(reader, HOST_INVALID, "line %d: no samples, expected a header and at least one row", reader->line);
    }
}

int replay_load(const char *path, replay_t **out, char error[REPLAY_ERROR_BYTES])
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        snprintf(error, REPLAY_ERROR_BYTES, "%s", strerror(errno));
        return HOST_NOT_FOUND;
    }
    replay_t *replay = calloc(1, sizeof *replay);
    if (replay == NULL) {
        fclose(file);
        snprintf(error, REPLAY_ERROR_BYTES, "out of memory");
        return HOST_NO_MEMORY;
    }
    reader_t reader = { .replay = replay, .error = error };
    read_file(&reader, file);
    fclose(file);
    if (reader.status < 0) {
        replay_free(replay);
        return reader.status;
    }
    *out = replay;
    return HOST_OK;
}

void replay_free(replay_t *replay)
{
    if (replay != NULL) {
        free(replay->samples);
        free(replay);
    }
}

int replay_value(const replay_t *replay, int column, int64_t elapsed_ms, int32_t *out)
{
    const int64_t at_ms = replay->samples[0].at_ms + elapsed_ms;
    size_t low = 0;
    size_t high = replay->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (replay->samples[middle].at_ms <= at_ms) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    /* A row carries what the rows before it left, so one look is enough. */
    if (low == 0 || (replay->samples[low - 1].has & 1u << column) == 0) {
        return HOST_NOT_FOUND;
    }
    *out = replay->samples[low - 1].values[column];
    return HOST_OK;
}
