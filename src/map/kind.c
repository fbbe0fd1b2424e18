/* Kinds of map layer: see kind.h. */
#include "map/kind.h"

#include <stddef.h>
#include <string.h>

#include "map/view.h"

#define ALWAYS { MAP_ZOOM_MIN, MAP_ZOOM_MIN, MAP_ZOOM_MIN }

const struct map_kind_desc map_kinds[MAP_KINDS] = {
	[MAP_LAND] = {
		.name = "land", .colour = "land", .priority = 10, .zoom_min = ALWAYS,
		.filled = true, .labelled = true, .label_zoom = 0.5,
		.help = "land areas, filled, or outlined if not filled; names of countries",
	},
	[MAP_WATER] = {
		.name = "water", .colour = "water", .priority = 30, .zoom_min = ALWAYS,
		.filled = true, .outlined = true, .labelled = true, .label_zoom = 4,
		.help = "lakes and wide rivers, filled",
	},
	[MAP_GREEN] = {
		.name = "green", .colour = "green", .priority = 20, .zoom_min = { 9, 9, 9 },
		.filled = true, .labelled = true, .label_zoom = 14,
		.help = "woods, parks and fields, filled without an outline",
	},
	[MAP_BUILDING] = {
		.name = "building", .colour = "building", .priority = 40, .zoom_min = { 14, 14, 14 },
		.outlined = true, .labelled = true, .label_zoom = 17,
		.help = "outlines of buildings",
	},
	[MAP_RIVER] = {
		.name = "river", .colour = "water", .priority = 35, .zoom_min = { 11, 3, 1 },
		.outlined = true, .labelled = true, .label_zoom = 8,
		.help = "rivers and streams as lines",
	},
	[MAP_COAST] = {
		.name = "coast", .colour = "coast", .priority = 60, .zoom_min = ALWAYS,
		.outlined = true,
		.help = "coast lines",
	},
	[MAP_RAIL] = {
		.name = "rail", .colour = "rail", .priority = 55, .zoom_min = { 12, 9, 8 },
		.outlined = true, .dashed = true,
		.help = "railways, dashed",
	},
	[MAP_ROAD] = {
		.name = "road", .colour = "road", .priority = 50, .zoom_min = { 13, 10, 6 },
		.outlined = true, .labelled = true, .label_zoom = 13.5,
		.help = "roads; paths from zoom 13, streets from 10, main roads from 6",
	},
	[MAP_BORDER] = {
		.name = "border", .colour = "border", .priority = 65, .zoom_min = { 0, 0, 0 },
		.outlined = true, .dashed = true,
		.help = "borders, dashed",
	},
	[MAP_OTHER] = {
		.name = "other", .colour = "other", .priority = 45, .zoom_min = ALWAYS,
		.outlined = true, .labelled = true, .label_zoom = 8,
		.help = "anything else: points, lines and outlines",
	},
	[MAP_PLACE] = {
		.name = "place", .colour = "place", .priority = 70, .zoom_min = ALWAYS,
		.labelled = true, .label_zoom = MAP_ZOOM_MIN,
		.help = "cities, towns and villages by name",
	},
};

const char *const map_kind_names[] = { "land", "water", "green", "building", "river", "coast",
	"rail", "road", "border", "other", "place", NULL };

enum map_kind map_kind_find(const char *name)
{
	enum map_kind kind = 0;

	while (kind < MAP_KINDS && strcmp(map_kinds[kind].name, name))
		kind++;
	return kind;
}
