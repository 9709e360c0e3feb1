#include "replay_time.h"

#include <stdlib.h>
#include <string.h>

/* Reads exactly `count` digits and moves on. */
static bool digits(const char **text, int count, int max, int *out)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        const char c = (*text)[i];
        if (c < '0' || c > '9') {
            return false;
        }
        value = value * 10 + (c - '0');
    }
    *text += count;
    *out = value;
    return value <= max;
}

static bool separator(const char **text, const char *allowed)
{
    if (**text == '\0' || strchr(allowed, **text) == NULL) {
        return false;
    }
    (*text)++;
    return true;
}

/* Days since 1970-01-01. Source: Hinnant, chrono-compatible low-level date algorithms, days_from_civil. */
static int64_t days_of(int year, int month, int day)
{
    const int y = month <= 2 ? year - 1 : year;
    const int era = y / 400;
    const int year_of_era = y - era * 400;
    const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (int64_t)era * 146097 + day_of_era - 719468;
}

static bool is_date(int year, int month, int day)
{
    static const int lengths[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return year >= 1 && month >= 1 && day >= 1 && day <= lengths[month - 1] + (is_leap && month == 2);
}

/* What follows the seconds: a fraction, then an offset. Returns false when anything else does. */
static bool parse_tail(const char *text, int *millis, int *offset_minutes)
{
    int digit;
    *millis = 0;
    *offset_minutes = 0;
    if (separator(&text, ".")) {
        int scale = 100;
        if (!digits(&text, 1, 9, &digit)) {
            return false;
        }
        do {
            *millis += digit * scale;
            scale /= 10;
        } while (digits(&text, 1, 9, &digit));
    }
    if (*text == 'Z') {
        return text[1] == '\0';
    }
    const int sign = *text == '-' ? -1 : 1;
    if (separator(&text, "+-")) {
        int hours;
        int minutes;
        if (!digits(&text, 2, 23, &hours) || !separator(&text, ":") || !digits(&text, 2, 59, &minutes)) {
            return false;
        }
        *offset_minutes = sign * (hours * 60 + minutes);
    }
    return *text == '\0';
}

static bool parse_iso(const char *text, int64_t *at_ms)
{
    int year, month, day, hour, minute, second, millis, offset_minutes;
    if (!digits(&text, 4, 9999, &year) || !separator(&text, "-") || !digits(&text, 2, 12, &month) || !separator(&text, "-")
        || !digits(&text, 2, 31, &day) || !separator(&text, "T ") || !digits(&text, 2, 23, &hour) || !separator(&text, ":")
        || !digits(&text, 2, 59, &minute) || !separator(&text, ":") || !digits(&text, 2, 60, &second)
        || !is_date(year, month, day) || !parse_tail(text, &millis, &offset_minutes)) {
        return false;
    }
    const int64_t minutes = (days_of(year, month, day) * 24 + hour) * 60 + minute - offset_minutes;
    *at_ms = (minutes * 60 + second) * 1000 + millis;
    return true;
}

bool replay_parse_time(const char *text, int64_t *at_ms, bool *is_iso)
{
    char *end;
    const double seconds = strtod(text, &end);
    if (end != text && *end == '\0') {
        if (!(seconds >= 0 && seconds < 1e12)) {
            return false;
        }
        *at_ms = (int64_t)(seconds * 1000 + 0.5);
        *is_iso = false;
        return true;
    }
    if (!parse_iso(text, at_ms)) {
        return false;
    }
    *is_iso = true;
    return true;
}
