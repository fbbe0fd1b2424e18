/* A map layer from its file: see layer.h. */
#include "map/layer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "map/lod.h"
#include "map/names.h"
#include "map/rank.h"
#include "map/shapefile.h"

/* 8 bytes each, and as much again while loading. */
#define VERTICES_MAX 100000000

struct loading {
	const struct map_layer_desc *desc;
	const struct map_kind_desc *kind;
	struct map_layer *layer;
	struct map_parts parts;
	struct map_names names;
	bool areas, points;
};

static void add_record(struct loading *l, const struct shapefile_record *r)
{
	enum map_tone tone = map_tone_of(l->layer->kind, r->fclass);
	/* Of what is no place, its class says how prominent it is. */
	int rank = l->points || l->layer->kind == MAP_LAND
	    ? map_rank_of(r->scalerank, r->population, r->fclass) : 8 - 3 * (int)tone;
	uint32_t shape = (uint32_t)l->layer->features++;

	for (size_t i = 0; i < r->part_count; i++) {
		for (size_t k = r->parts[i]; k < r->parts[i + 1]; k++) {
			mercator_box_add(&l->layer->box, r->points[k]);
			map_parts_add_point(&l->parts, r->points[k]);
		}
		map_parts_end(&l->parts, shape, tone);
	}
	if (!r->name[0] || !l->kind->labelled)
		return;
	if (l->points)
		map_names_add_point(&l->names, r->name, r->points[0], rank,
		    l->layer->kind == MAP_PLACE ? map_rank_zoom(rank) : l->kind->label_zoom);
	else
		map_names_add_shape(&l->names, r->name, l->areas, r->points, r->parts, r->part_count, rank,
		    l->kind->label_zoom);
}

static int read_records(struct loading *l, struct shapefile *f, struct err *err)
{
	struct shapefile_record record;

	while (shapefile_next(f, &record)) {
		if (l->desc->stop && atomic_load_explicit(l->desc->stop, memory_order_relaxed))
			return err_set(err, "%s: reading was given up", l->layer->file);
		if (record.point_count)
			add_record(l, &record);
		if (l->parts.point_count > VERTICES_MAX)
			return err_set(err, "%s: has more than %d million vertices; simplify it (ogr2ogr "
			    "-simplify) or cut it to where you fly (ogr2ogr -clipsrc)", l->layer->file,
			    VERTICES_MAX / 1000000);
	}
	return 0;
}

/* What could be read is drawn; what could not is said. */
static int report(struct loading *l, struct shapefile *f, struct err *err)
{
	struct map_layer *layer = l->layer;
	const char *why;

	layer->skipped = shapefile_skipped(f, &why);
	layer->vertices = l->parts.point_count;
	if (layer->skipped && !layer->features)
		return shapefile_unusable(f, err);
	if (layer->skipped)
		snprintf(layer->warning, sizeof(layer->warning),
		    "%s: %zu of %zu records cannot be drawn and are left out: %s", layer->file,
		    layer->skipped, shapefile_records(f), why);
	else if (!layer->features)
		snprintf(layer->warning, sizeof(layer->warning), "%s: holds nothing", layer->file);
	else if (layer->kind == MAP_PLACE && !shapefile_has_names(f))
		snprintf(layer->warning, sizeof(layer->warning),
		    "%s: no .dbf with names beside it, so its places are not shown; copy it too",
		    layer->file);
	return 0;
}

/* The kind's zooms or the configuration's. Where features differ in tone, what
 * is asked for is where the most prominent ones begin. */
static void set_zooms(struct map_layer *layer, const struct map_layer_desc *desc, bool tones)
{
	const struct map_kind_desc *kind = &map_kinds[layer->kind];

	for (int i = 0; i < MAP_TONES; i++) {
		layer->zoom_min[i] = kind->zoom_min[tones ? i : MAP_PLAIN];
		if (!isnan(desc->zoom_min))
			layer->zoom_min[i] = desc->zoom_min +
			    (tones ? kind->zoom_min[i] - kind->zoom_min[MAP_STRONG] : 0);
	}
	layer->zoom_max = isnan(desc->zoom_max) ? INFINITY : desc->zoom_max;
}

static void read_credit(struct map_layer *layer)
{
	const char *slash = strrchr(layer->file, '/');
	char *path = xasprintf("%.*sCREDIT", slash ? (int)(slash - layer->file) + 1 : 0, layer->file);
	FILE *f = fopen(path, "r");
	char line[256];

	if (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\r\n")] = '\0';
		str_copy(layer->credit, sizeof(layer->credit), line);
		if (!utf8_valid(layer->credit, strlen(layer->credit)))
			layer->credit[0] = '\0';
		str_clean(layer->credit);
	}
	if (f)
		fclose(f);
	free(path);
}

static struct map_layer *layer_new(const struct map_layer_desc *desc)
{
	const struct map_kind_desc *kind = &map_kinds[desc->kind];
	struct map_layer *layer = xcalloc(1, sizeof(*layer));

	layer->name = xstrdup(desc->name ? desc->name : kind->name);
	layer->file = xstrdup(desc->file);
	layer->colour = xstrdup(desc->colour && desc->colour[0] ? desc->colour : kind->colour);
	layer->kind = desc->kind;
	layer->filled = desc->filled ? desc->filled > 0 : kind->filled;
	layer->box = (struct mercator_box)MERCATOR_BOX_EMPTY;
	return layer;
}

struct map_layer *map_load(const struct map_layer_desc *desc, struct err *err)
{
	struct loading l = { .desc = desc, .kind = &map_kinds[desc->kind] };
	struct shapefile *f;
	int rc;

	if (shapefile_open(&f, desc->file, err) == -1)
		return NULL;
	l.layer = layer_new(desc);
	l.points = shapefile_type(f) == SHAPEFILE_POINTS;
	l.areas = l.parts.areas = shapefile_type(f) == SHAPEFILE_AREAS;
	if (!l.areas)
		l.layer->filled = false;
	read_credit(l.layer);
	set_zooms(l.layer, desc, shapefile_has_classes(f));
	rc = read_records(&l, f, err);
	if (rc == 0)
		rc = report(&l, f, err);
	shapefile_close(&f);
	if (rc == 0) {
		map_names_finish(&l.names, l.layer);
		/* Of places only the names are drawn. */
		if (desc->kind == MAP_PLACE)
			map_parts_clear(&l.parts);
		map_parts_sort(&l.parts);
		l.layer->geometry = map_geometry_make(&l.parts, l.layer->zoom_min, desc->stop);
	} else {
		map_names_clear(&l.names);
		map_parts_clear(&l.parts);
		map_layer_free(&l.layer);
	}
	return l.layer;
}

void map_layer_free(struct map_layer **layer)
{
	if (!*layer)
		return;
	free((*layer)->name);
	free((*layer)->file);
	free((*layer)->colour);
	map_geometry_free(&(*layer)->geometry);
	free((*layer)->names);
	free((*layer)->name_blocks);
	free((void *)(*layer)->sorted);
	free((*layer)->text);
	free(*layer);
	*layer = NULL;
}
