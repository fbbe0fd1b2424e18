/*
 * What was known last of a drone that is not heard any more, and what follows
 * from it: pure functions of its last sample and of the time since.
 *
 * The ghost is dead reckoning: the last position moved on along the last course
 * at the last speed. The circle is how far it can have come at the fastest it
 * was lately seen to fly (not known of one that only hovered), whatever it does; both end where its charge ends, as
 * far as that is known. What the vehicle does by itself without a link no field
 * of the protocol tells, so it is never claimed.
 */
#ifndef UI_LAST_KNOWN_H
#define UI_LAST_KNOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/geo.h"
#include "ui/model.h"

struct last_known {
	double age_s;           /* since its last sample */
	bool placed;            /* there is a position */
	double position_age_s;  /* of it; larger than age_s where it lost its fix before */
	struct geo_point at;
	double speed, course, climb, height; /* m/s, deg, m/s, m above home; NAN: not known */
	double battery, link;   /* %; NAN */
	bool maybe_air;         /* not known to be on the ground */

	double drain;           /* % a second at the end; NAN */
	double endurance_s;     /* from its last sample on; NAN: not known */
	double left_s;          /* of that now; below 0: gone since; NAN */
	double fastest;         /* m/s it can be expected to fly; NAN */

	bool ghost_known;
	struct geo_point ghost; /* where it would be now, going on as it did */
	double radius_m;        /* it cannot be further from `at`; NAN: not known */

	bool home_known;
	double home_m, home_s;  /* from where it was last, at the fastest; NAN */
};

void last_known(const struct ui_drone *d, struct last_known *out);
/* Draws ghost and circle: it may have moved, and has a position. */
bool last_known_moves(const struct last_known *k);

/* The card's lines, in order of what matters; each a label and a text. How
 * many there are is returned, at most max. */
struct last_known_line {
	const char *label;
	char text[160];
	bool warn;
};
#define LAST_KNOWN_LINES 8
int last_known_lines(const struct ui_drone *d, const struct last_known *k,
    struct last_known_line *lines, int max);

#endif
