/* Where a drone will be: see path.h. */
#include "alarm/path.h"

#include <math.h>

#include "base/geo.h"

/* A turn is flown in pieces of this angle; beyond a full circle nothing new
 * comes. */
#define TURN_PIECE_DEG 12.0
/* Slower than this it stands, where no course is known. */
#define SPEED_LEAST 0.5

void path_predict(struct path *path, const struct zone_fix *fix, double turn_dps)
{
	double course = fix->course * M_PI / 180, turn = turn_dps * M_PI / 180;
	double seconds = ZONE_AHEAD_S;

	path->count = 0;
	path->reach_m = 0;
	path->piece_s = ZONE_AHEAD_S;
	path->known = !isnan(fix->speed) && (fix->speed < SPEED_LEAST || !isnan(fix->course));
	if (!path->known)
		return;
	path->at[0].x = path->at[1].x = fix->lon;
	path->at[0].y = path->at[1].y = fix->lat;
	path->count = 1;
	path->piece_s = seconds;
	if (isnan(fix->course))
		return; /* stands; it may still climb */
	if (fabs(turn_dps) * seconds > 360)
		seconds = 360 / fabs(turn_dps);
	path->count = 1 + (size_t)(fabs(turn_dps) * seconds / TURN_PIECE_DEG);
	if (path->count > PATH_PIECES_MAX)
		path->count = PATH_PIECES_MAX;
	path->piece_s = seconds / (double)path->count;
	path->reach_m = fix->speed * seconds;
	if (fabs(turn) * seconds > 1e-3)
		path->reach_m = fmin(path->reach_m, 2 * fix->speed / fabs(turn) + 1);
	for (size_t i = 1; i <= path->count; i++) {
		double t = path->piece_s * (double)i, east, north;

		if (fabs(turn) * seconds > 1e-3) {
			/* Constant turn: the integral of the direction. */
			east = fix->speed / turn * (cos(course) - cos(course + turn * t));
			north = fix->speed / turn * (sin(course + turn * t) - sin(course));
		} else {
			east = fix->speed * t * sin(course);
			north = fix->speed * t * cos(course);
		}
		path->at[i].x = fix->lon + east / path->scale.x;
		path->at[i].y = fix->lat + north / path->scale.y;
	}
}

void path_line(struct path *path, const struct zone_fix *from, const struct zone_fix *to)
{
	path->count = 1;
	path->piece_s = 1;
	path->known = true;
	path->at[0].x = from->lon;
	path->at[0].y = from->lat;
	path->at[1].x = from->lon + geo_wrap_180(to->lon - from->lon);
	path->at[1].y = to->lat;
	path->reach_m = hypot((path->at[1].x - path->at[0].x) * path->scale.x,
	    (path->at[1].y - path->at[0].y) * path->scale.y);
}

static void place_at(const struct path *path, double t, double *x, double *y)
{
	double piece = t / path->piece_s;
	size_t i = piece <= 0 ? 0 : (size_t)piece;

	if (i >= path->count)
		i = path->count - 1;
	piece -= (double)i;
	*x = path->at[i].x + (path->at[i + 1].x - path->at[i].x) * piece;
	*y = path->at[i].y + (path->at[i + 1].y - path->at[i].y) * piece;
}

double path_meets(const struct path *path, const struct outline *o, double t)
{
	double turns = outline_near(o, path->at[0].x) - path->at[0].x;

	for (size_t i = (size_t)(t / path->piece_s); i < path->count; i++) {
		double start = fmax(t, path->piece_s * (double)i);
		double end = path->piece_s * (double)(i + 1);
		double ax, ay, part;

		if (start >= end)
			continue;
		place_at(path, start, &ax, &ay);
		part = outline_meets(o, ax + turns, ay, path->at[i + 1].x + turns, path->at[i + 1].y);
		if (part <= 1)
			return start + (end - start) * part;
	}
	return INFINITY;
}

bool path_inside(const struct path *path, const struct outline *o, double t)
{
	double x, y;

	if (o->count == 0)
		return true;
	place_at(path, t, &x, &y);
	return outline_inside(o, outline_near(o, x), y);
}
