/*
 * Kinds of map layer: how each looks unless the configuration says otherwise.
 * A new kind is a row in kind.c.
 */
#ifndef MAP_KIND_H
#define MAP_KIND_H

#include <stdbool.h>

enum map_kind {
	MAP_LAND,
	MAP_WATER,
	MAP_GREEN,
	MAP_BUILDING,
	MAP_RIVER,
	MAP_COAST,
	MAP_RAIL,
	MAP_ROAD,
	MAP_BORDER,
	MAP_OTHER,
	MAP_PLACE,
	MAP_KINDS
};

/* How much a feature stands out among its layer's: a path, a street, a main
 * road. Of a kind without such classes everything is MAP_PLAIN. */
enum map_tone {
	MAP_FAINT,
	MAP_PLAIN,
	MAP_STRONG,
	MAP_TONES
};

struct map_kind_desc {
	const char *name;   /* as written in the configuration */
	const char *colour; /* a colour's name: the theme knows what it is */
	int priority;       /* whose colour a shared cell takes: the higher one's */
	double zoom_min[MAP_TONES]; /* from where it is drawn, by tone (view.h) */
	bool filled;        /* areas are filled, not only outlined */
	bool outlined;      /* areas have an outline too */
	bool dashed;        /* lines are */
	bool labelled;      /* names are written */
	double label_zoom;  /* names from this zoom on, at the earliest */
	const char *help;
};

extern const struct map_kind_desc map_kinds[MAP_KINDS];

/* MAP_KINDS for a word that is none; NULL-ended for str_nearest(). */
enum map_kind map_kind_find(const char *name);
extern const char *const map_kind_names[];

#endif
