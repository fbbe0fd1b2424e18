/* The names of a layer: see names.h. */
#include "map/names.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "map/label.h"
#include "map/places.h"
#include "map/view.h"

/* Cells the world is wide at zoom 0 (view.h). */
#define CELLS_AT_0 200

static void add(struct map_names *n, struct map_name name, const char *text)
{
	int width = map_text_width(text);

	if (width < 1)
		return;
	name.width = (uint8_t)(width < 255 ? width : 255);
	name.text = (const char *)n->texts.len;
	buf_add(&n->texts, text, strlen(text) + 1);
	mem_grow(n->names, n->count, n->cap);
	n->names[n->count++] = name;
}

void map_names_add_point(struct map_names *n, const char *text, struct mercator_point at, int rank,
    double zoom)
{
	add(n, (struct map_name){ .at = at, .zoom = (float)zoom, .rank = (uint8_t)rank,
	           .kind = MAP_NAME_POINT }, text);
}

/* The zoom at which so many units are cells wide. */
static double zoom_for(double units, double cells)
{
	return log2(cells * MERCATOR_WORLD / CELLS_AT_0 / fmax(units, 1));
}

static double length(const struct mercator_point *p, size_t count)
{
	double sum = 0;

	for (size_t i = 1; i < count; i++)
		sum += hypot((double)p[i].x - p[i - 1].x, (double)p[i].y - p[i - 1].y);
	return sum;
}

static struct mercator_point half_way(const struct mercator_point *p, size_t count, double whole)
{
	double left = whole / 2;

	for (size_t i = 1; i < count; i++) {
		double dx = (double)p[i].x - p[i - 1].x, dy = (double)p[i].y - p[i - 1].y;
		double d = hypot(dx, dy);

		if (d >= left && d > 0)
			return (struct mercator_point){ (uint32_t)(p[i - 1].x + dx * left / d),
				(uint32_t)(p[i - 1].y + dy * left / d) };
		left -= d;
	}
	return p[0];
}

/* Twice the area; the middle of it in *x, *y. */
static double ring_area(const struct mercator_point *p, size_t count, double *x, double *y)
{
	/* Relative to the first vertex, or small rings would drown in rounding. */
	double ox = p[0].x, oy = p[0].y, sum = 0, sx = 0, sy = 0;

	for (size_t i = 1; i < count; i++) {
		double ax = p[i - 1].x - ox, ay = p[i - 1].y - oy, bx = p[i].x - ox, by = p[i].y - oy;
		double cross = ax * by - bx * ay;

		sum += cross;
		sx += (ax + bx) * cross;
		sy += (ay + by) * cross;
	}
	*x = ox + (sum != 0 ? sx / (3 * sum) : 0);
	*y = oy + (sum != 0 ? sy / (3 * sum) : 0);
	return fabs(sum);
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The middle of the widest stretch inside the ring on the line at y; how wide
 * it is. The middle of a crescent lies outside of it. */
static double widest_at(const struct mercator_point *p, size_t count, double y, double *x)
{
	double *xs = xcalloc(count, sizeof(*xs));
	double widest = 0;
	size_t n = 0;

	for (size_t i = 1; i < count; i++) {
		double ay = p[i - 1].y, by = p[i].y;

		if ((ay <= y) == (by <= y))
			continue;
		xs[n++] = p[i - 1].x + (y - ay) / (by - ay) * ((double)p[i].x - p[i - 1].x);
	}
	qsort(xs, n, sizeof(*xs), compare_doubles);
	for (size_t i = 0; i + 1 < n; i += 2) {
		if (xs[i + 1] - xs[i] > widest) {
			widest = xs[i + 1] - xs[i];
			*x = (xs[i] + xs[i + 1]) / 2;
		}
	}
	free(xs);
	return widest;
}

void map_names_add_shape(struct map_names *n, const char *text, bool area,
    const struct mercator_point *points, const size_t *parts, size_t part_count, int rank,
    double zoom)
{
	struct map_name name = { .rank = (uint8_t)rank };
	double most = -1, x, y, extent;
	size_t best = 0, count;
	const struct mercator_point *p;

	for (size_t i = 0; i < part_count; i++) {
		size_t vertices = parts[i + 1] - parts[i];
		double size = area ? ring_area(points + parts[i], vertices, &x, &y)
		                   : length(points + parts[i], vertices);

		if (size > most) {
			most = size;
			best = i;
		}
	}
	if (most < 0)
		return;
	p = points + parts[best];
	count = parts[best + 1] - parts[best];
	if (area) {
		ring_area(p, count, &x, &y);
		extent = widest_at(p, count, y, &x);
		if (!(extent > 0))
			return;
		name.at = (struct mercator_point){ (uint32_t)x, (uint32_t)y };
		name.kind = MAP_NAME_AREA;
	} else {
		extent = 2 * most; /* streets come in short stretches: half the text is enough */
		name.at = half_way(p, count, most);
		name.kind = MAP_NAME_LINE;
	}
	name.zoom = (float)fmax(zoom, zoom_for(extent, map_text_width(text)));
	add(n, name, text);
}

static int band(const struct map_name *name)
{
	return (int)floorf(name->zoom);
}

static uint64_t order(const struct map_name *name)
{
	struct mercator_box box = { name->at.x, name->at.y, name->at.x, name->at.y };

	return mercator_box_order(&box);
}

static int compare(const void *a, const void *b)
{
	const struct map_name *x = a, *y = b;
	uint64_t ox, oy;

	if (band(x) != band(y))
		return band(x) < band(y) ? -1 : 1;
	ox = order(x);
	oy = order(y);
	if (ox != oy)
		return ox < oy ? -1 : 1;
	/* Offsets still: the order of the file. */
	return (x->text > y->text) - (x->text < y->text);
}

void map_names_finish(struct map_names *n, struct map_layer *layer)
{
	size_t blocks = (n->count + MAP_NAME_BLOCK - 1) / MAP_NAME_BLOCK;

	if (n->count)
		qsort(n->names, n->count, sizeof(*n->names), compare);
	layer->text = buf_detach(&n->texts);
	layer->names = n->names;
	layer->name_count = n->count;
	layer->name_blocks = xcalloc(blocks, sizeof(*layer->name_blocks));
	layer->name_block_count = blocks;
	for (size_t i = 0; i < n->count; i++) {
		struct map_name_block *block = &layer->name_blocks[i / MAP_NAME_BLOCK];

		if (i % MAP_NAME_BLOCK == 0)
			*block = (struct map_name_block){ .box = MERCATOR_BOX_EMPTY, .zoom = INFINITY };
		mercator_box_add(&block->box, n->names[i].at);
		block->zoom = fminf(block->zoom, n->names[i].zoom);
		n->names[i].text = layer->text + (size_t)n->names[i].text;
	}
	n->names = NULL;
	map_names_clear(n);
	map_places_index(layer);
}

void map_names_clear(struct map_names *n)
{
	free(n->names);
	buf_free(&n->texts);
	*n = (struct map_names){ 0 };
}
