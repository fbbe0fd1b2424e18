/*
 * A zone: where drones are to stay in or out, how high they may go there, and
 * when that applies. zone_file.h reads them from files.
 *
 * One zone is one polygon with holes. Degrees, WGS 84.
 */
#ifndef FORMAT_ZONE_H
#define FORMAT_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/geo.h"

#define ZONE_NAME_SIZE 65

enum zone_kind {
	ZONE_UNSAID,  /* the file does not say; whoever uses it has to */
	ZONE_IN,      /* stay inside */
	ZONE_OUT,     /* stay out */
	ZONE_CEILING, /* not above its ceiling while over it */
	ZONE_INFO,    /* drawn, and nothing more */
	ZONE_KIND_COUNT
};
extern const char *const zone_kind_names[ZONE_KIND_COUNT + 1]; /* "unsaid", "in", "out", ... */

/* What a height is above. Heights are kept as they were given: what the
 * ground or the pressure is, no file knows. */
enum zone_above { ABOVE_GROUND, ABOVE_HOME, ABOVE_SEA, ABOVE_STANDARD, ABOVE_COUNT };
extern const char *const zone_above_names[ABOVE_COUNT + 1]; /* "AGL", "home", "AMSL", "FL" */

struct zone_height {
	double m;              /* NAN: no limit */
	enum zone_above above; /* ABOVE_STANDARD: m at 1013.25 hPa, 30.48 to a flight level */
};
#define ZONE_NO_HEIGHT ((struct zone_height){ .m = (0.0 / 0.0) })

/* When a zone applies. All of it in UTC. */
struct zone_time {
	int64_t from_ms, to_ms; /* INT64_MIN, INT64_MAX: open */
	uint8_t days;           /* bit 0 Monday ... 6 Sunday; 0: every day */
	int start_s, end_s;     /* of the day; end before start runs past midnight; both 0: all day */
};

struct zone_ring {
	struct geo_point *points; /* owned; not closed by its first; at least 3 */
	size_t count;
};

struct zone {
	char name[ZONE_NAME_SIZE];
	enum zone_kind kind;
	struct zone_height floor, ceiling;
	struct zone_ring *rings; /* owned; the outline, then holes; none: everywhere */
	size_t ring_count;
	struct zone_time *times; /* owned; applies if any does; none: always */
	size_t time_count;
	size_t line;             /* where it is in the file: line, or number from 1 */
};

void zone_clear(struct zone *z);

/* "120 m AGL", "400ft", "FL95", "2500 ft AMSL", "GND", "UNL", "60 m home": 0,
 * or -1 with what is wrong with it, without a place. A number without unit is
 * in `unit_m` metres; without a reference it is above `above`. */
int zone_height_parse(const char *text, double unit_m, enum zone_above above,
    struct zone_height *out, struct err *err);
/* "120 m AGL", "FL95", "ground", "no limit"; returns text. */
#define ZONE_HEIGHT_SIZE 32
const char *zone_height_format(struct zone_height h, char text[ZONE_HEIGHT_SIZE]);

/* "2026-01-01 to 2026-12-31, Mon Fri, 08:00 to 17:00 UTC", "always"; returns text. */
#define ZONE_TIME_SIZE 128
const char *zone_time_format(const struct zone_time *t, char text[ZONE_TIME_SIZE]);

/* True where the zone applies at that time. */
bool zone_applies(const struct zone *z, int64_t now_ms);

#endif
