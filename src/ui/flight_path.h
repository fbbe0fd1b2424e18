/*
 * Flights laid over the map: where a drone was during one of them, coloured by
 * how high, how fast or how full it was, and as a profile in the detail pane.
 * The program's hook (ui.h) reads the points from the history.
 *
 * A band of the colour is also a digit, written where it changes, so that
 * nothing hangs on colour alone. Where samples are missing or the position was
 * not valid the line is broken.
 */
#ifndef UI_FLIGHT_PATH_H
#define UI_FLIGHT_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "ui/canvas.h"
#include "ui/pane_map.h"

struct ui;

#define PATHS_MAX       32
#define PATH_POINTS_MAX 4000 /* of one flight; more are thinned in time */
#define PATH_BANDS      5

enum path_value { PATH_HEIGHT, PATH_SPEED, PATH_BATTERY, PATH_VALUES };

struct path_point {
	int64_t time_ms;
	double lat, lon;          /* degrees; NAN: not known */
	double along_m;           /* flown since the first point */
	float value[PATH_VALUES]; /* m, m/s, %; NAN: not known */
	bool breaks;              /* nothing is known between the point before and this */
};

struct flight_path {
	char drone[ID_SIZE];
	char name[64]; /* the flight's id */
	int64_t from_ms, to_ms;
	struct path_point *points; /* owned; ascending time */
	size_t count, cap;
};

struct flight_paths {
	struct flight_path list[PATHS_MAX];
	size_t count;
	enum path_value colour;
	bool over_distance; /* the profile; else over time */
};

void flight_paths_clear(struct flight_paths *p);
/* A new one of that name, or the one there is, emptied; NULL where there are PATHS_MAX. */
struct flight_path *flight_paths_add(struct flight_paths *p, const char *name);
/* Appends a point; its along_m is computed. */
void flight_path_put(struct flight_path *path, const struct path_point *point);
/* The last one laid of that drone, or NULL. */
const struct flight_path *flight_paths_of(const struct flight_paths *p, const char *drone);

/* Lines, then digits and the legend over them. */
void flight_paths_draw(const struct flight_paths *p, const struct map_view *view, struct map_dots *dots);
void flight_paths_legend(
    struct canvas *c, struct rect r, const struct flight_paths *p, const struct map_view *view);
/* Height and battery over time or distance, with the playhead, into r. */
void flight_profile_draw(struct canvas *c, struct rect r, const struct flight_path *path,
    bool over_distance, int64_t at_ms);

/* ":path D07 | FLIGHT | off | colour height | over distance". */
int flight_path_line(struct ui *ui, int count, char **words, struct err *err);
const char *flight_path_candidate(struct ui *ui, int word, int n);

#endif
