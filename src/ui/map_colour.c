/* Colours of layers: see map_colour.h. */
#include "ui/map_colour.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "ui/canvas.h"
#include "ui/theme.h"

/* What the theme knows changes with it; plain colours do not. */
static const struct {
	const char *name;
	uint16_t role;
} colours[] = {
	{ "land", ROLE_LAND },
	{ "water", ROLE_WATER },
	{ "green", ROLE_COAST },
	{ "coast", ROLE_COAST },
	{ "building", ROLE_GRID },
	{ "rail", ROLE_ROAD },
	{ "road", ROLE_ROAD },
	{ "border", ROLE_FRONTIER },
	{ "other", ROLE_DIM },
	{ "place", ROLE_PLACE },
	{ "fence", ROLE_FENCE },
	{ "red", COLOUR_XTERM + 167 },
	{ "orange", COLOUR_XTERM + 172 },
	{ "yellow", COLOUR_XTERM + 179 },
	{ "lime", COLOUR_XTERM + 107 },
	{ "cyan", COLOUR_XTERM + 73 },
	{ "blue", COLOUR_XTERM + 68 },
	{ "purple", COLOUR_XTERM + 97 },
	{ "pink", COLOUR_XTERM + 175 },
	{ "brown", COLOUR_XTERM + 137 },
	{ "grey", COLOUR_XTERM + 244 },
	{ "white", COLOUR_XTERM + 254 },
};

static bool find(const char *name, uint16_t *role)
{
	int64_t n;

	for (size_t i = 0; i < ARRAY_LEN(colours); i++) {
		if (strcmp(colours[i].name, name) == 0) {
			*role = colours[i].role;
			return true;
		}
	}
	if (!str_int(name, 0, 255, &n))
		return false;
	*role = (uint16_t)(COLOUR_XTERM + n);
	return true;
}

bool map_colour_known(const char *name)
{
	uint16_t role;

	return find(name, &role);
}

uint16_t map_colour_of(const struct map_layer *layer)
{
	uint16_t role;

	if (layer->colour && *layer->colour && find(layer->colour, &role))
		return role;
	return find(map_kinds[layer->kind].colour, &role) ? role : ROLE_DIM;
}
