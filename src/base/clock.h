/*
 * Clocks, read in one place and handed on as arguments.
 *
 * Two kinds: `ms` since 1970-01-01T00:00:00Z, which may step, for what is
 * written down; and `mono_ms` since some start, which only goes forward, for
 * ages and deadlines. Nothing below app/ and sim/ reads either by itself.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int64_t clock_wall_ms(void);
int64_t clock_mono_ms(void);
int64_t clock_mono_us(void);

#define TIME_TEXT_SIZE 32
/* "2026-11-21T09:15:04.250Z"; returns text. */
const char *time_format(int64_t ms, char text[TIME_TEXT_SIZE]);
/* "2026-11-21" of that UTC day. */
const char *time_format_day(int64_t ms, char text[TIME_TEXT_SIZE]);
/* RFC 3339 in UTC: date, or date and time to the minute, second or fraction,
 * with or without Z; or a number of ms since 1970. False if it is neither. */
bool time_parse(const char *text, int64_t *ms);
/* "15", "90s", "10m", "2h", "3d" (no unit: seconds) as ms; false otherwise. */
bool duration_parse(const char *text, int64_t *ms);

#endif
