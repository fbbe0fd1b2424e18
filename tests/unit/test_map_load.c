/* Shapefiles: what is read, what is said of bad ones, levels, names found. */
#include "unit.h"

#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <shapefil.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "map/catalogue.h"
#include "map/geometry.h"
#include "map/layer.h"
#include "map/places.h"
#include "map/raster.h"

static char dir[] = "/tmp/odyssey-map.XXXXXX";

static const char *file(const char *name)
{
	static char path[4][256];
	static int next;

	next = (next + 1) % 4;
	snprintf(path[next], sizeof(path[next]), "%s/%s", dir, name);
	return path[next];
}

static void write_text(const char *name, const char *text)
{
	FILE *f = fopen(file(name), "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

struct made {
	SHPHandle shp;
	DBFHandle dbf;
	int count;
};

/* With columns NAME and, if asked, others of text or number. */
static struct made make(const char *stem, int type, const char *cpg)
{
	struct made m = { .shp = SHPCreate(file(stem), type), .dbf = DBFCreateEx(file(stem), cpg) };

	assert_non_null(m.shp);
	assert_non_null(m.dbf);
	DBFAddField(m.dbf, "NAME", FTString, 20, 0);
	DBFAddField(m.dbf, "Population", FTDouble, 12, 1);
	return m;
}

static void add(struct made *m, int type, int count, const double *x, const double *y,
    const char *name, double population)
{
	SHPObject *o = SHPCreateSimpleObject(type, count, (double *)x, (double *)y, NULL);

	SHPWriteObject(m->shp, -1, o);
	SHPDestroyObject(o);
	DBFWriteStringAttribute(m->dbf, m->count, 0, name);
	DBFWriteDoubleAttribute(m->dbf, m->count, 1, population);
	m->count++;
}

static void done(struct made *m)
{
	SHPClose(m->shp);
	DBFClose(m->dbf);
}

static struct map_layer *load(const char *name, enum map_kind kind, struct err *err)
{
	struct map_layer_desc desc = { .name = "test", .file = file(name), .kind = kind,
		.zoom_min = NAN, .zoom_max = NAN };

	return map_load(&desc, err);
}

static const double square_x[] = { 9, 10, 10, 9 }, square_y[] = { 47, 47, 48, 48 };

static void test_layers(void **state)
{
	struct map_layer *layer;
	struct made m = make("plain", SHPT_POLYGON, "UTF-8");
	struct err err;

	(void)state;
	add(&m, SHPT_POLYGON, 4, square_x, square_y, "Square", 5);
	add(&m, SHPT_NULL, 0, NULL, NULL, "empty", 5);
	done(&m);
	layer = load("plain.shp", MAP_LAND, &err);
	assert_non_null(layer);
	assert_int_equal(layer->features, 1);
	assert_int_equal(layer->vertices, 5); /* closed */
	assert_int_equal(layer->name_count, 1);
	assert_string_equal(layer->names[0].text, "Square");
	assert_true(layer->filled && layer->geometry->areas);
	assert_string_equal(layer->warning, "");
	assert_string_equal(layer->credit, "");
	assert_true(fabs(mercator_lat(layer->names[0].at.y) - 47.5) < 0.01);
	map_layer_free(&layer);
	assert_null(layer);

	write_text("CREDIT", "\xc2\xa9 Somebody\x1b[2J\nand more");
	m = make("z", SHPT_ARCZ, NULL);
	add(&m, SHPT_ARCZ, 4, square_x, square_y, "Way", NAN);
	done(&m);
	layer = load("z.shp", MAP_ROAD, &err);
	assert_int_equal(layer->vertices, 4);
	assert_string_equal(layer->credit, "\xc2\xa9 Somebody?[2J");
	map_layer_free(&layer);
	unlink(file("CREDIT"));
}

static void test_bad_records(void **state)
{
	static const double nan_x[] = { 9, NAN, 10, 9 }, far_x[] = { 9, 500, 10, 9 },
	                    pole_y[] = { 47, 95, 47, 47 }, inf_y[] = { 47, INFINITY, 47, 47 };
	struct made m = make("bad", SHPT_ARC, NULL);
	struct map_layer *layer;
	struct err err;

	(void)state;
	add(&m, SHPT_ARC, 4, square_x, square_y, "good", 1);
	add(&m, SHPT_ARC, 4, nan_x, square_y, "nan", 1);
	add(&m, SHPT_ARC, 4, far_x, square_y, "far", 1);
	add(&m, SHPT_ARC, 4, square_x, pole_y, "pole", 1);
	add(&m, SHPT_ARC, 4, square_x, inf_y, "inf", 1);
	done(&m);
	layer = load("bad.shp", MAP_ROAD, &err);
	assert_non_null(layer);
	assert_int_equal(layer->features, 1);
	assert_int_equal(layer->skipped, 4);
	assert_non_null(strstr(layer->warning, "4 of 5 records cannot be drawn"));
	assert_non_null(strstr(layer->warning, "record 2 has coordinates that are nowhere on Earth"));
	map_layer_free(&layer);
}

/* The step from one side of the world to the other is no line across it. */
static void test_date_line(void **state)
{
	static const double x[] = { 178, 179, -179, -178 }, y[] = { 50, 51, 53, 54 };
	struct made m = make("around", SHPT_ARC, NULL);
	struct map_raster r = { 0 };
	struct map_layer *layer;
	struct map_view v;
	struct err err;

	(void)state;
	add(&m, SHPT_ARC, 4, x, y, "", 1);
	done(&m);
	layer = load("around.shp", MAP_COAST, &err);
	assert_int_equal(layer->vertices, 6);
	map_view_init(&v, MAP_BRAILLE, 80, 24, 2);
	map_view_look(&v, (struct geo_point){ 52, 0 }, 1);
	map_raster_draw(&r, (const struct map_layer *const *)&layer, 1, &v);
	for (int i = 0; i < 80 * 24; i++)
		assert_int_equal(r.cells[i].dots, 0);
	map_view_look(&v, (struct geo_point){ 52, 180 }, 3);
	map_raster_draw(&r, (const struct map_layer *const *)&layer, 1, &v);
	assert_int_not_equal(map_raster_cell(&r, 40, 12)->dots | map_raster_cell(&r, 40, 11)->dots |
	        map_raster_cell(&r, 39, 12)->dots, 0);
	map_raster_clear(&r);
	map_layer_free(&layer);
}

static void truncate_to(const char *name, long size)
{
	assert_int_equal(truncate(file(name), size), 0);
}

static void test_bad_files(void **state)
{
	static const double metres_x[] = { 535000, 536000, 536000, 535000 },
	                    metres_y[] = { 5220000, 5220000, 5221000, 5221000 };
	static const struct {
		const char *legend, *file, *says;
	} cases[] = {
		{ "not there", "none.shp", "there is no such file" },
		{ "a folder", "folder.shp", "is not a file" },
		{ "a pipe", "pipe.shp", "is not a file" },
		{ "no .shx", "alone.shp", "no .shx beside it" },
		{ "text", "text.shp", "not a shapefile" },
		{ "empty", "empty.shp", "not a shapefile" },
		{ "metres without .prj", "metres.shp", "are no degrees and no .prj" },
		{ "a .prj that is none", "nonsense.shp", "names no coordinate system that PROJ knows" },
		{ "cut off", "cut.shp", "none of its 1 records can be drawn: record 1 is damaged" },
		{ "surfaces", "patch.shp", "of type 31, which cannot be drawn" },
	};
	struct map_layer *layer;
	struct made m;
	struct err err;

	(void)state;
	mkdir(file("folder.shp"), 0700);
	mkfifo(file("pipe.shp"), 0600);
	m = make("alone", SHPT_ARC, NULL);
	done(&m);
	unlink(file("alone.shx"));
	write_text("text.shp", "not a shapefile at all, but long enough for a header, one hopes, is it?"
	    "........................................");
	write_text("text.shx", "");
	write_text("empty.shp", "");
	write_text("empty.shx", "");
	m = make("metres", SHPT_ARC, NULL);
	add(&m, SHPT_ARC, 4, metres_x, metres_y, "a", 1);
	done(&m);
	m = make("nonsense", SHPT_ARC, NULL);
	add(&m, SHPT_ARC, 4, metres_x, metres_y, "a", 1);
	done(&m);
	write_text("nonsense.prj", "PROJCS[\"nonsense\x1b[2J");
	m = make("cut", SHPT_ARC, NULL);
	add(&m, SHPT_ARC, 4, square_x, square_y, "a", 1);
	done(&m);
	truncate_to("cut.shp", 120);
	m = make("patch", SHPT_MULTIPATCH, NULL);
	done(&m);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		layer = load(cases[i].file, MAP_ROAD, &err);
		CHECK(cases[i].legend, !layer);
		if (!strstr(err.text, cases[i].says) || strchr(err.text, 27) ||
		    !strstr(err.text, cases[i].file))
			fail_msg("%s: %s", cases[i].legend, err.text);
	}
}

static void test_projected(void **state)
{
	/* UTM 32 N; by cs2cs these are 47.1298 N 9.4616 E and so on. */
	static const double x[] = { 535000, 536000, 536000, 535000 },
	                    y[] = { 5220000, 5220000, 5221000, 5221000 };
	struct made m = make("utm", SHPT_ARC, NULL);
	struct map_layer *layer;
	struct err err;

	(void)state;
	add(&m, SHPT_ARC, 4, x, y, "utm", 1);
	done(&m);
	write_text("utm.prj", "PROJCS[\"WGS_1984_UTM_Zone_32N\",GEOGCS[\"GCS_WGS_1984\",DATUM["
	    "\"D_WGS_1984\",SPHEROID[\"WGS_1984\",6378137.0,298.257223563]],PRIMEM[\"Greenwich\",0.0],"
	    "UNIT[\"Degree\",0.0174532925199433]],PROJECTION[\"Transverse_Mercator\"],PARAMETER["
	    "\"False_Easting\",500000.0],PARAMETER[\"False_Northing\",0.0],PARAMETER["
	    "\"Central_Meridian\",9.0],PARAMETER[\"Scale_Factor\",0.9996],PARAMETER["
	    "\"Latitude_Of_Origin\",0.0],UNIT[\"Meter\",1.0]]");
	layer = load("utm.shp", MAP_ROAD, &err);
	if (!layer)
		fail_msg("%s", err.text);
	assert_true(fabs(mercator_lon(layer->box.x0) - 9.4615) < 0.001);
	assert_true(fabs(mercator_lat(layer->box.y1) - 47.1323) < 0.001);
	map_layer_free(&layer);
}

static void test_encodings(void **state)
{
	static const struct {
		const char *legend, *cpg, *raw, *name;
	} cases[] = {
		{ "UTF-8", "UTF-8", "Z\xc3\xbcrich", "Zürich" },
		{ "Latin 1, said", "ISO-8859-1", "Z\xfcrich", "Zürich" },
		{ "Latin 1, by number", "88591", "Z\xfcrich", "Zürich" },
		{ "said Latin 1, is UTF-8", "ISO-8859-1", "Z\xc3\xbcrich", "Zürich" },
		{ "said UTF-8, is not", "UTF-8", "Z\xfcrich", "Z?rich" },
		{ "nothing said", NULL, "Z\xfcrich", "Zürich" },
		{ "Cyrillic", "1251", "\xcc\xee\xf1\xea\xe2\xe0", "Москва" },
		{ "Shift-JIS of dBASE", "LDID/19", "\x93\x8c\x8b\x9e", "東京" },
		{ "unknown", "no such thing", "Z\xfcrich", "Zürich" },
		{ "an order to iconv", "UTF-16//TRANSLIT", "Z\xfcrich", "Zürich" },
		{ "cut within a character", "UTF-8", "0123456789012345678\xc3", "0123456789012345678" },
		{ "drives the terminal", "UTF-8", "a\x1b[2Jb\xc2\x9b", "a?[2Jb?" },
		{ "blanks", "UTF-8", "  a b  ", "a b" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		static const double x = 9, y = 47;
		struct made m = make("names", SHPT_POINT, cases[i].cpg);
		struct map_layer *layer;
		struct err err;

		add(&m, SHPT_POINT, 1, &x, &y, cases[i].raw, 1);
		done(&m);
		layer = load("names.shp", MAP_PLACE, &err);
		CHECK(cases[i].legend, layer && layer->name_count == 1);
		if (strcmp(layer->names[0].text, cases[i].name))
			fail_msg("%s: %s, not %s", cases[i].legend, layer->names[0].text, cases[i].name);
		map_layer_free(&layer);
	}
}

/* shapelib prints errors and reads numbers by the locale unless told otherwise. */
static void test_quiet(void **state)
{
	static const double x = 9, y = 47;
	struct made m = make("count", SHPT_POINT, NULL);
	int saved = dup(STDERR_FILENO), quiet = open(file("stderr"), O_CREAT | O_RDWR, 0600);
	struct map_layer *layer;
	struct stat st;
	struct err err;

	(void)state;
	add(&m, SHPT_POINT, 1, &x, &y, "town", 12000.5); /* with a comma: 12, a hamlet */
	done(&m);
	dup2(quiet, STDERR_FILENO);
	setlocale(LC_ALL, "de_DE.UTF-8");
	layer = load("count.shp", MAP_PLACE, &err);
	assert_null(load("none.shp", MAP_ROAD, &err));
	assert_null(load("text.shp", MAP_ROAD, &err));
	assert_null(load("nonsense.shp", MAP_ROAD, &err));
	setlocale(LC_ALL, "C");
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	fstat(quiet, &st);
	close(quiet);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(layer->names[0].rank, 7);
	map_layer_free(&layer);
}

static void test_stop(void **state)
{
	atomic_bool stop = true;
	struct map_layer_desc desc = { .name = "x", .file = file("plain.shp"), .kind = MAP_LAND,
		.zoom_min = NAN, .zoom_max = NAN, .stop = &stop };
	struct err err;

	(void)state;
	assert_null(map_load(&desc, &err));
	assert_non_null(strstr(err.text, "given up"));
}

static void test_zooms(void **state)
{
	struct map_layer_desc desc = { .name = "x", .file = file("z.shp"), .kind = MAP_ROAD,
		.colour = "pink", .zoom_min = 3, .zoom_max = 12 };
	struct map_raster r = { 0 };
	struct map_layer *layer;
	struct map_view v;
	struct err err;

	(void)state;
	layer = map_load(&desc, &err);
	assert_string_equal(layer->colour, "pink");
	map_view_init(&v, MAP_BRAILLE, 80, 24, 2);
	for (double zoom = 2.5; zoom < 14; zoom += 1) {
		map_view_look(&v, (struct geo_point){ 47.5, 9.5 }, zoom);
		map_raster_draw(&r, (const struct map_layer *const *)&layer, 1, &v);
		assert_int_equal(r.drawn != 0, zoom < 12);
		if (zoom < 3)
			for (int i = 0; i < 80 * 24; i++)
				assert_int_equal(r.cells[i].dots, 0);
	}
	map_raster_clear(&r);
	map_layer_free(&layer);
}

/* 1.2 million vertices in 4,000 lines: coarser levels, each good for a redraw. */
static void test_levels(void **state)
{
	struct made m = make("big", SHPT_ARC, NULL);
	double x[300], y[300];
	struct map_layer *layer;
	struct err err;

	(void)state;
	for (int i = 0; i < 4000; i++) {
		for (int k = 0; k < 300; k++) {
			x[k] = (i % 80) * 4 - 160 + k * 0.01;
			y[k] = (i / 80) * 2 - 50 + (k % 7) * 0.001;
		}
		add(&m, SHPT_ARC, 300, x, y, "", 1);
	}
	done(&m);
	layer = load("big.shp", MAP_COAST, &err);
	assert_int_equal(layer->vertices, 1200000);
	assert_true(layer->geometry->level_count > 1);
	for (int i = 0; i + 1 < layer->geometry->level_count; i++) {
		const struct map_level *level = &layer->geometry->levels[i];

		assert_true(level->point_count < 400000);
		assert_true(level->zoom_max < layer->geometry->levels[i + 1].zoom_max);
		assert_ptr_equal(map_geometry_at(layer->geometry, level->zoom_max), level);
	}
	assert_int_equal(map_geometry_at(layer->geometry, 20)->point_count, 1200000);
	map_layer_free(&layer);
}

static void test_places(void **state)
{
	static const struct {
		const char *name;
		double lat, lon, population;
	} towns[] = {
		{ "Zürich", 47.37, 8.54, 400000 }, { "Zurzach", 47.59, 8.29, 4000 },
		{ "Zug", 47.17, 8.52, 30000 }, { "Vaduz", 47.14, 9.52, 5000 },
		{ "Zug", 30, 8, 100 }, { "Ålesund", 62.47, 6.15, 50000 },
	};
	static const struct {
		const char *prefix, *found[4];
	} cases[] = {
		{ "zur", { "Zürich", "Zurzach" } },
		{ "ZÜ", { "Zürich", "Zug", "Zurzach" } },
		{ "z", { "Zürich", "Zug", "Zurzach" } }, /* one Zug: the bigger */
		{ "alesund", { "Ålesund" } },
		{ "vaduz ", { NULL } },
		{ "q", { NULL } },
	};
	struct made m = make("towns", SHPT_POINT, "UTF-8");
	const struct map_layer *layers[2] = { NULL };
	struct map_layer *layer;
	struct map_place places[3];
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(towns); i++)
		add(&m, SHPT_POINT, 1, &towns[i].lon, &towns[i].lat, towns[i].name, towns[i].population);
	done(&m);
	layers[1] = layer = load("towns.shp", MAP_PLACE, &err);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t n = map_places_find(layers, 2, cases[i].prefix, places, 3), k = 0;

		for (; cases[i].found[k]; k++) {
			CHECK(cases[i].prefix, k < n);
			if (strcmp(places[k].text, cases[i].found[k]))
				fail_msg("%s: %s, not %s", cases[i].prefix, places[k].text, cases[i].found[k]);
		}
		CHECK(cases[i].prefix, n == k);
	}
	map_places_find(layers, 2, "zug", places, 1);
	assert_true(fabs(places[0].at.lat - 47.17) < 1e-6 && places[0].layer == 1);
	map_layer_free(&layer);
}

static void test_catalogue(void **state)
{
	static const struct {
		const char *legend, *text, *says; /* NULL: is right */
	} cases[] = {
		{ "right", "# name\n\na land - 7.5 x/land.shp\nb road 3 - /b.shp", NULL },
		{ "kind", "a laund - - x.shp\n", "layers:1: there is no kind of layer \"laund\"; perhaps land" },
		{ "zoom", "\na land x - x.shp\n", "layers:2: from and to are zooms" },
		{ "short", "a land x.shp\n", "layers:1: a layer is written as" },
		{ "long", "a land - - x.shp more\n", "layers:1: a layer is written as" },
	};
	struct map_catalogue c;
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int rc;

		write_text("layers", cases[i].text);
		rc = map_catalogue_read(&c, dir, &err);
		CHECK(cases[i].legend, (rc == 0) == !cases[i].says);
		if (cases[i].says && !strstr(err.text, cases[i].says))
			fail_msg("%s: %s", cases[i].legend, err.text);
		map_catalogue_clear(&c);
	}
	write_text("layers", cases[0].text);
	assert_int_equal(map_catalogue_read(&c, dir, &err), 0);
	assert_int_equal(c.count, 2);
	assert_true(isnan(c.layers[0].zoom_min) && c.layers[0].zoom_max == 7.5);
	assert_string_equal(c.layers[0].file, file("x/land.shp"));
	assert_string_equal(c.layers[1].file, "/b.shp");
	map_catalogue_clear(&c);
	assert_int_equal(map_catalogue_read(&c, "/nonexistent", &err), -1);
}

static int enter(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int leave(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layers),
		cmocka_unit_test(test_bad_records),
		cmocka_unit_test(test_date_line),
		cmocka_unit_test(test_bad_files),
		cmocka_unit_test(test_projected),
		cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_quiet),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_zooms),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_catalogue),
	};

	return cmocka_run_group_tests_name("map_load", tests, enter, leave);
}
