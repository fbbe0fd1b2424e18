/*
 * Views as text beside what they looked like before: tests/golden/map/NAME.txt
 * has the characters, then for each cell whose colour it has. After a change
 * that is meant: MAP_GOLDEN=write build/tests/test_map_golden, and look.
 */
#include "unit.h"

#include <math.h>
#include <shapefil.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "map/catalogue.h"
#include "map/glyph.h"
#include "map/raster.h"
#include "map/scale_bar.h"

static char dir[] = "/tmp/odyssey-map.XXXXXX";

/* Layers of a case: "shipped", or those made here. */
struct set {
	const struct map_layer *layers[MAP_LAYERS_MAX];
	size_t count;
};

static const struct {
	const char *name, *maps;
	enum map_charset charset;
	int cols, rows;
	double lat, lon, zoom;
} cases[] = {
	{ "made", "made", MAP_BRAILLE, 48, 16, 47.5, 9.5, 5.3 },
	{ "made-block", "made", MAP_BLOCK, 48, 16, 47.5, 9.5, 5.3 },
	{ "made-ascii", "made", MAP_ASCII, 48, 16, 47.5, 9.5, 5.3 },
	{ "made-west", "made", MAP_BRAILLE, 48, 16, 47.5, 10.1, 6 },
	{ "world", "shipped", MAP_BRAILLE, 80, 24, 20, 0, -1 },
	{ "date-line", "shipped", MAP_BRAILLE, 80, 24, 60, 180, 1 },
	{ "whole", "shipped", MAP_BRAILLE, 60, 32, 0, 0, -8 },
	{ "europe", "shipped", MAP_BRAILLE, 80, 24, 48, 10, 2.6 },
	{ "valley", "shipped", MAP_BRAILLE, 80, 24, 47.141, 9.521, 11 },
	{ "vaduz", "shipped", MAP_BRAILLE, 120, 40, 47.141, 9.521, 14.2 },
	{ "vaduz-ascii", "shipped", MAP_ASCII, 80, 24, 47.141, 9.521, 14.2 },
	{ "vaduz-block", "shipped", MAP_BLOCK, 80, 24, 47.141, 9.521, 14.2 },
};

static struct set shipped, made;

static void write_shape(const char *kind, int type, int parts, const int *starts, int count,
    const double *x, const double *y, const char *name)
{
	char path[256];
	SHPHandle shp;
	DBFHandle dbf;
	SHPObject *o;

	snprintf(path, sizeof(path), "%s/%s", dir, kind);
	shp = SHPCreate(path, type);
	dbf = DBFCreateEx(path, "UTF-8");
	DBFAddField(dbf, "name", FTString, 20, 0);
	o = SHPCreateObject(type, -1, parts, starts, NULL, count, x, y, NULL, NULL);
	SHPWriteObject(shp, -1, o);
	DBFWriteStringAttribute(dbf, 0, 0, name);
	SHPDestroyObject(o);
	SHPClose(shp);
	DBFClose(dbf);
}

/* An island with a lake, a road across, a border, a town on the road. */
static void make_files(void)
{
	static const int starts[] = { 0, 5 };
	static const double land_x[] = { 9, 10, 10, 9, 9, 9.3, 9.3, 9.6, 9.6, 9.3 },
	                    land_y[] = { 47.1, 47.1, 47.9, 47.9, 47.1, 47.4, 47.6, 47.6, 47.4, 47.4 },
	                    road_x[] = { 8.8, 9.2, 9.7, 10.3 }, road_y[] = { 47.2, 47.3, 47.8, 47.7 },
	                    border_x[] = { 9.8, 9.75 }, border_y[] = { 46.5, 48.5 },
	                    town_x[] = { 9.7 }, town_y[] = { 47.8 };

	write_shape("land", SHPT_POLYGON, 2, starts, 10, land_x, land_y, "");
	write_shape("coast", SHPT_POLYGON, 2, starts, 10, land_x, land_y, "");
	write_shape("road", SHPT_ARC, 1, starts, 4, road_x, road_y, "Long Way");
	write_shape("border", SHPT_ARC, 1, starts, 2, border_x, border_y, "");
	write_shape("place", SHPT_POINT, 1, NULL, 1, town_x, town_y, "Örtchen");
}

static void load(struct set *set, const struct map_layer_desc *desc)
{
	struct err err;

	set->layers[set->count] = map_load(desc, &err);
	if (!set->layers[set->count])
		fail_msg("%s", err.text);
	set->count++;
}

static int enter(void **state)
{
	static const char *const kinds[] = { "place", "road", "land", "coast", "border" };
	struct map_catalogue c;
	struct err err;

	(void)state;
	if (!mkdtemp(dir) || map_catalogue_read(&c, "maps", &err) == -1)
		return -1;
	for (size_t i = 0; i < c.count; i++)
		load(&shipped, &c.layers[i]);
	map_catalogue_clear(&c);
	make_files();
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		char path[256];
		struct map_layer_desc desc = { .name = kinds[i], .file = path,
			.kind = map_kind_find(kinds[i]), .zoom_min = 0, .zoom_max = NAN };

		snprintf(path, sizeof(path), "%s/%s.shp", dir, kinds[i]);
		load(&made, &desc);
	}
	return 0;
}

static int leave(void **state)
{
	char command[64];

	(void)state;
	for (size_t i = 0; i < shipped.count; i++)
		map_layer_free((struct map_layer **)&shipped.layers[i]);
	for (size_t i = 0; i < made.count; i++)
		map_layer_free((struct map_layer **)&made.layers[i]);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

/* The character at a cell of a label: its nth, counted from where it begins. */
static const char *label_at(const struct map_raster *r, int col, int row, char text[8])
{
	for (size_t i = 0; i < r->label_count; i++) {
		const struct map_label *l = &r->labels[i];
		const char *p = l->text;
		size_t n = 0;

		if (l->kind == MAP_NAME_POINT && l->at_col == col && l->at_row == row)
			return "o";
		if (l->row != row || col < l->col || col >= l->col + l->width)
			continue;
		for (int skip = col - l->col; skip; skip--)
			do
				p++;
			while ((*p & 0xc0) == 0x80);
		do
			text[n++] = *p++;
		while ((*p & 0xc0) == 0x80);
		text[n] = '\0';
		return text;
	}
	return NULL;
}

/* Kinds as letters, capital for what stands out. */
static char whose(const struct set *set, const struct map_cell *c)
{
	static const char letters[] = "lwgbvcirnop", strong[] = "LWGBVCIRNOP";

	if (c->line != MAP_NONE)
		return (c->tone == MAP_STRONG ? strong : letters)[set->layers[c->line]->kind];
	if (c->fill == MAP_NONE)
		return ' ';
	return set->layers[c->fill]->kind == MAP_LAND ? '.' : ':';
}

static void draw(size_t i, struct buf *out)
{
	const struct set *set = !strcmp(cases[i].maps, "made") ? &made : &shipped;
	struct map_raster r = { 0 };
	struct map_view v;
	char text[8];

	map_view_init(&v, cases[i].charset, cases[i].cols, cases[i].rows, 2.0);
	map_view_look(&v, (struct geo_point){ cases[i].lat, cases[i].lon }, cases[i].zoom);
	map_raster_draw(&r, set->layers, set->count, &v);
	for (int row = 0; row < v.rows; row++) {
		for (int col = 0; col < v.cols; col++) {
			const char *label = label_at(&r, col, row, text);
			char glyph[MAP_GLYPH_SIZE];

			buf_add_str(out, label ? label
			    : map_glyph_text(v.charset, map_raster_cell(&r, col, row)->dots, glyph));
		}
		buf_add_str(out, "|\n");
	}
	for (int row = 0; row < v.rows; row++) {
		for (int col = 0; col < v.cols; col++) {
			char c = whose(set, map_raster_cell(&r, col, row));

			buf_add(out, &c, 1);
		}
		buf_add_str(out, "|\n");
	}
	map_raster_clear(&r);
}

static char *slurp(const char *path)
{
	struct buf b = BUF_INIT;
	char chunk[4096];
	FILE *f = fopen(path, "r");
	size_t n;

	if (!f)
		return NULL;
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(&b, chunk, n);
	fclose(f);
	return buf_detach(&b);
}

/* The first line in which two texts differ. */
static void say_difference(const char *name, const char *was, const char *is)
{
	int line = 1;

	while (*was && *was == *is) {
		line += *was == '\n';
		was++;
		is++;
	}
	fail_msg("%s: line %d differs; if that is meant: MAP_GOLDEN=write build/tests/test_map_golden",
	    name, line);
}

static void test_views(void **state)
{
	const char *mode = getenv("MAP_GOLDEN");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf out = BUF_INIT;
		char path[256], *was;

		draw(i, &out);
		snprintf(path, sizeof(path), "tests/golden/map/%s.txt", cases[i].name);
		if (mode && !strcmp(mode, "write")) {
			FILE *f = fopen(path, "w");

			assert_non_null(f);
			fwrite(out.data, 1, out.len, f);
			assert_int_equal(fclose(f), 0);
		}
		was = slurp(path);
		if (!was || strcmp(was, out.data))
			say_difference(cases[i].name, was ? was : "", out.data);
		free(was);
		buf_free(&out);
	}
}

/* Panning by whole dots moves the picture and changes nothing else of it. */
static void test_pan(void **state)
{
	struct map_raster a = { 0 }, b = { 0 };
	struct map_view v;
	int differing = 0;

	(void)state;
	map_view_init(&v, MAP_BRAILLE, 80, 24, 2.0);
	map_view_look(&v, (struct geo_point){ 47.141, 9.521 }, 14);
	map_raster_draw(&a, shipped.layers, shipped.count, &v);
	map_view_pan(&v, 2 * 5, 4 * 3);
	map_raster_draw(&b, shipped.layers, shipped.count, &v);
	for (int row = 3; row < 24; row++)
		for (int col = 5; col < 80; col++)
			differing += map_raster_cell(&a, col, row)->dots !=
			    map_raster_cell(&b, col - 5, row - 3)->dots;
	/* Lines that cross an edge are cut elsewhere, which may round differently. */
	assert_true(differing < 80 * 24 / 20);
	map_raster_clear(&a);
	map_raster_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_views),
		cmocka_unit_test(test_pan),
	};

	return cmocka_run_group_tests_name("map_golden", tests, enter, leave);
}
