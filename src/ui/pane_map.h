/*
 * The map pane: what it looks at, and what is drawn over the map's raster.
 */
#ifndef UI_PANE_MAP_H
#define UI_PANE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/geo.h"
#include "map/label.h"
#include "map/raster.h"
#include "map/view.h"
#include "ui/map_dots.h"

#define MAP_MARKS 26
#define MAP_PAST  16 /* views to go back to */

struct map_pane {
	struct map_view view;
	bool placed;      /* it looks at something: the fleet was there once */
	int64_t fit_mono; /* when all was last brought into sight */
	bool moved;       /* by the user: it no longer fits by itself */
	bool follow;      /* keeps the selected drone in sight */
	bool trails, names;
	bool crosshair;
	struct geo_point cross;
	bool ruler; /* from ruler_from to the crosshair */
	struct geo_point ruler_from;
	struct map_mark {
		bool set;
		struct geo_point centre;
		double zoom;
	} marks[MAP_MARKS];
	struct map_past {
		struct geo_point centre;
		double zoom;
	} past[MAP_PAST]; /* before each jump, the newest last */
	int past_count;
	int pending; /* 'm' or '\'': the letter of a mark comes next */

	/* The layers, loaded elsewhere; borrowed. */
	const struct map_layer *const *layers;
	size_t layer_count;
	uint64_t layers_version; /* changes when they do */
	uint64_t layers_hidden;  /* by the user, a bit each by index */

	/* Kept from frame to frame. */
	struct map_raster raster;
	struct map_view raster_view;
	uint64_t raster_version;
	bool raster_valid;
	struct map_dots dots;
	struct map_grid grid;
	struct map_cluster *clusters; /* a cell each */
	size_t cluster_cap;
};

struct ui;

void map_pane_init(struct map_pane *p);
void map_pane_free(struct map_pane *p);
/* Sizes the view to the pane, follows, fits the fleet the first time. Before
 * each drawing. */
void map_pane_update(struct ui *ui);
void map_pane_fit(struct ui *ui);
/* Brings the point to the middle. */
void map_pane_centre(struct ui *ui, struct geo_point p);
/* Notes the view that is about to be left. */
void map_pane_remember(struct map_pane *p);
/* Returns to the view noted last; false where there is none. */
bool map_pane_back(struct map_pane *p);

#endif
