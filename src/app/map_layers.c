/* Which layers the map has: see map_layers.h. */
#include "app/map_layers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "map/shapefile.h"
#include "map/view.h"
#include "ui/map_colour.h"

bool map_layers_folder(char folder[CONFIG_PATH_SIZE])
{
	static const char *const places[] = { "/../maps", "/maps", "/../share/odyssey/maps",
		"/../../maps" };
	const char *own = getenv("ODYSSEY_MAPS");
	char exe[CONFIG_PATH_SIZE - 64], list[CONFIG_PATH_SIZE + 16], *slash;
	ssize_t n;

	if (own) {
		str_copy(folder, CONFIG_PATH_SIZE, own);
		return *own != '\0';
	}
	n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	if (n <= 0)
		return false;
	exe[n] = '\0';
	slash = strrchr(exe, '/');
	if (slash)
		*slash = '\0';
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		snprintf(folder, CONFIG_PATH_SIZE, "%s%s", exe, places[i]);
		snprintf(list, sizeof(list), "%s/layers", folder);
		if (access(list, R_OK) == 0)
			return true;
	}
	return false;
}

/* Points are places; what lines and areas are nobody can tell. */
static int kind_by_geometry(const char *file, enum map_kind *kind, struct err *err)
{
	struct shapefile *f;

	if (shapefile_open(&f, file, err) == -1)
		return -1;
	*kind = shapefile_type(f) == SHAPEFILE_POINTS ? MAP_PLACE : MAP_OTHER;
	shapefile_close(&f);
	return 0;
}

int map_layers_desc(const struct config_layer *from, struct map_layer_desc *to, struct err *err)
{
	const char *near;

	*to = (struct map_layer_desc){ .zoom_min = NAN, .zoom_max = NAN };
	to->kind = map_kind_find(from->kind);
	if (*from->kind && to->kind == MAP_KINDS) {
		near = str_nearest(from->kind, map_kind_names);
		return err_set(err, "[layer %s]: there is no kind \"%.16s\"%s%s", from->name,
		    from->kind, near ? "; did you mean " : "; there are land, coast, road, ...",
		    near ? near : "");
	}
	if (*from->colour && !map_colour_known(from->colour))
		return err_set(err,
		    "[layer %s]: \"%.32s\" is no colour; one is a name, as in green, or a number "
		    "from 0 to 255",
		    from->name, from->colour);
	if (from->min_zoom > 0)
		to->zoom_min = from->min_zoom;
	if (from->max_zoom < MAP_ZOOM_MAX)
		to->zoom_max = from->max_zoom;
	if (from->min_zoom >= from->max_zoom)
		return err_set(err, "[layer %s]: min_zoom %g is not below max_zoom %g", from->name,
		    from->min_zoom, from->max_zoom);
	if (!*from->kind && kind_by_geometry(from->file, &to->kind, err) == -1)
		return -1;
	to->filled = strcmp(from->fill, "yes") == 0 ? 1 : strcmp(from->fill, "no") == 0 ? -1 : 0;
	to->name = xstrdup(from->name);
	to->file = xstrdup(from->file);
	to->colour = *from->colour ? xstrdup(from->colour) : NULL;
	return 0;
}

void map_layers_list(const struct config *config, struct map_catalogue *c,
    void (*say)(void *user, const char *text), void *user)
{
	char folder[CONFIG_PATH_SIZE];
	struct err err;

	*c = (struct map_catalogue){ 0 };
	if (!config->layer_count) {
		if (map_layers_folder(folder) && map_catalogue_read(c, folder, &err) == -1)
			say(user, err.text);
		return;
	}
	c->layers = xcalloc(config->layer_count, sizeof(*c->layers));
	for (size_t i = 0; i < config->layer_count; i++) {
		if (c->count == MAP_CATALOGUE_MAX) {
			say(user, "only the first 64 layers of the configuration are drawn");
			return;
		}
		if (map_layers_desc(&config->layers[i], &c->layers[c->count], &err) == -1)
			say(user, err.text);
		else
			c->count++;
	}
}
