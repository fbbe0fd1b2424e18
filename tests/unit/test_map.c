/* The map without files: projection, views, lines, areas, names, scale. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "map/dot.h"
#include "map/fill.h"
#include "map/glyph.h"
#include "map/label.h"
#include "map/line.h"
#include "map/mercator.h"
#include "map/rank.h"
#include "map/scale_bar.h"
#include "map/view.h"

static void test_mercator(void **state)
{
	/* EPSG:3857 by PROJ 9.1 (cs2cs), metres from the middle, in units of the world's
	 * 40075016.685578488 m. */
	static const struct {
		const char *legend;
		double lat, lon, east_m, north_m;
	} cases[] = {
		{ "middle", 0, 0, 0, 0 },
		{ "Vaduz", 47.141, 9.521, 1059872.8718, 5965119.3061 },
		{ "south-west", -33.9, -70.5, -7848024.1009, -4015382.3601 },
		{ "north end", MERCATOR_LAT_MAX, 180, 20037508.3428, 20037508.3428 },
	};
	const double m = MERCATOR_WORLD / 40075016.685578488;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		double x = mercator_x(cases[i].lon), y = mercator_y(cases[i].lat);

		CHECK(cases[i].legend, fabs(x / m - 20037508.3428 - cases[i].east_m) < 0.001);
		CHECK(cases[i].legend, fabs(20037508.3428 - y / m - cases[i].north_m) < 0.001);
		CHECK(cases[i].legend, fabs(mercator_lat(y) - cases[i].lat) < 1e-9);
		CHECK(cases[i].legend, fabs(mercator_lon(x) - cases[i].lon) < 1e-9);
	}
	assert_int_equal(mercator_point(90, 200).x, UINT32_MAX);
	assert_int_equal(mercator_point(90, 200).y, 0);
	assert_int_equal(mercator_point(-90, -200).y, UINT32_MAX);
	/* One degree of longitude on the equator: 111319.49 m. */
	assert_true(fabs(mercator_m_per_unit(0) * MERCATOR_WORLD / 360 - 111319.4908) < 0.001);
}

static void test_view(void **state)
{
	static const struct {
		const char *legend;
		enum map_charset charset;
		int cols, rows;
		double lat, lon, zoom;
	} cases[] = {
		{ "braille", MAP_BRAILLE, 120, 40, 47.141, 9.521, 13 },
		{ "blocks", MAP_BLOCK, 80, 24, 47.141, 9.521, 13 },
		{ "ascii", MAP_ASCII, 80, 24, -33.9, -70.5, 4 },
		{ "date line", MAP_BRAILLE, 200, 60, 10, 179.99, 9 },
		{ "closest", MAP_BRAILLE, 44, 18, 60, -179.999, MAP_ZOOM_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct geo_point at = { cases[i].lat, cases[i].lon }, back;
		struct map_view v;
		double x, y;

		map_view_init(&v, cases[i].charset, cases[i].cols, cases[i].rows, 2.0);
		map_view_look(&v, at, cases[i].zoom);
		map_view_project(&v, at, &x, &y);
		CHECK(cases[i].legend, fabs(x - map_view_dots_wide(&v) / 2.0) < 1e-3);
		CHECK(cases[i].legend, fabs(y - map_view_dots_high(&v) / 2.0) < 1e-3);
		for (double dx = -30; dx <= 30; dx += 10) {
			back = map_view_unproject(&v, x + dx, y - dx);
			map_view_project(&v, back, &x, &y);
			CHECK(cases[i].legend, fabs(back.lon) <= 180);
			x -= dx;
			y += dx;
		}
		CHECK(cases[i].legend, fabs(x - map_view_dots_wide(&v) / 2.0) < 1e-2);
		/* Cells are as wide in every character set. */
		CHECK(cases[i].legend, fabs(v.unit_x * v.dots_x * 200 * exp2(cases[i].zoom) /
		    MERCATOR_WORLD - 1) < 1e-12);
	}
}

static void test_view_scale(void **state)
{
	struct map_view v;
	struct geo_point a = { 47.141, 9.521 }, b;

	(void)state;
	map_view_init(&v, MAP_BRAILLE, 80, 24, 2.0);
	map_view_look(&v, a, 15);
	b = map_view_unproject(&v, map_view_dots_wide(&v) / 2.0 + 100, map_view_dots_high(&v) / 2.0);
	assert_true(fabs(geo_distance_m(a, b) / (100 * map_view_m_per_dot(&v, a.lat)) - 1) < 1e-6);
	assert_true(fabs(map_view_m_per_cell(&v, a.lat) / map_view_m_per_dot(&v, a.lat) - 2) < 1e-12);
}

static void test_view_moves(void **state)
{
	struct map_view v;
	struct geo_point held, p;
	double x, y;

	(void)state;
	map_view_init(&v, MAP_BRAILLE, 80, 24, 2.0);
	map_view_look(&v, (struct geo_point){ 47.141, 9.521 }, 13);
	held = map_view_unproject(&v, 30, 70);
	map_view_zoom_about(&v, 15.5, 30, 70);
	map_view_project(&v, held, &x, &y);
	assert_true(fabs(x - 30) < 1e-3 && fabs(y - 70) < 1e-3);
	map_view_pan(&v, 10, -5);
	map_view_project(&v, held, &x, &y);
	assert_true(fabs(x - 20) < 1e-3 && fabs(y - 75) < 1e-3);

	/* East across the date line a neighbour stays a neighbour. */
	map_view_look(&v, (struct geo_point){ 0, 179.9 }, 8);
	map_view_project(&v, (struct geo_point){ 0, -179.9 }, &x, &y);
	assert_true(x > 80 && x < 160);
	map_view_pan(&v, 1000, 0);
	p = map_view_centre(&v);
	assert_true(p.lon < -170 && p.lon >= -180);

	/* The view stays on the map, whatever it is told. */
	map_view_pan(&v, 0, -1e12);
	assert_true(map_view_unproject(&v, 0, 0).lat > 85.05);
	map_view_look(&v, (struct geo_point){ NAN, NAN }, NAN);
	assert_true(isfinite(v.x) && isfinite(v.y) && fabs(v.zoom - log2(80 / 200.0)) < 1e-12);
	map_view_pan(&v, INFINITY, NAN);
	assert_true(v.x >= 0 && v.x < MERCATOR_WORLD);
	map_view_init(&v, MAP_BRAILLE, 0, -3, NAN);
	assert_int_equal(v.cols * v.rows, 1);
}

static void test_view_fit(void **state)
{
	static const struct {
		const char *legend;
		struct geo_point points[3];
		size_t count;
		double lat, lon; /* centre, roughly */
		double zoom_max;
		bool fits;
	} cases[] = {
		{ "two", { { 47, 9 }, { 48, 10 } }, 2, 47.5, 9.5, 20, true },
		{ "one, no closer than asked", { { 47, 9 } }, 1, 47, 9, 14, true },
		{ "across the date line", { { 10, 179 }, { 12, -179 }, { 11, 178 } }, 3, 11, 179.5, 20, true },
		{ "not a position among them", { { NAN, 9 }, { 47, 9 }, { 47, INFINITY } }, 3, 47, 9, 14, true },
		{ "none", { { NAN, NAN } }, 1, 0, 0, 14, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct map_view v;
		double x, y;

		map_view_init(&v, MAP_BRAILLE, 80, 24, 2.0);
		CHECK(cases[i].legend, map_view_fit(&v, cases[i].points, cases[i].count, 2,
		    cases[i].zoom_max) == cases[i].fits);
		if (!cases[i].fits)
			continue;
		CHECK(cases[i].legend, v.zoom <= cases[i].zoom_max);
		CHECK(cases[i].legend, fabs(map_view_centre(&v).lat - cases[i].lat) < 0.05);
		CHECK(cases[i].legend, fabs(map_view_centre(&v).lon - cases[i].lon) < 0.05);
		for (size_t k = 0; k < cases[i].count; k++) {
			if (!isfinite(cases[i].points[k].lat + cases[i].points[k].lon))
				continue;
			map_view_project(&v, cases[i].points[k], &x, &y);
			CHECK(cases[i].legend, x > 3.9 && x < 156.1 && y > 7.9 && y < 88.1);
		}
	}
}

struct dots {
	char map[8][17];
	int count;
};

static void set(void *arg, int x, int y)
{
	struct dots *d = arg;

	assert_in_range(x, 0, 15);
	assert_in_range(y, 0, 7);
	d->map[y][x] = '#';
	d->count++;
}

static void test_line(void **state)
{
	static const struct {
		const char *legend;
		double x0, y0, x1, y1;
		int count;
	} cases[] = {
		{ "one dot", 3.2, 3.9, 3.7, 3.1, 1 },
		{ "across", 0, 0, 15, 7, 16 },
		{ "through from outside", -100, 4, 100, 4, 16 },
		{ "corner to corner and beyond", -16, -8, 32, 16, 16 },
		{ "beside", -5, -5, -5, 100, 0 },
		{ "past a corner", -10, 4, 4, -11, 0 },
		{ "right edge itself", 16, 0, 16, 8, 8 },
		{ "nowhere", NAN, 0, 5, 5, 0 },
		{ "to infinity", 0, 0, INFINITY, 5, 0 },
		{ "from very far", -1e15, 3, 1e15, 3, 16 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct dots d = { 0 };

		map_line(cases[i].x0, cases[i].y0, cases[i].x1, cases[i].y1, 16, 8, NULL, set, &d);
		if (d.count != cases[i].count)
			fail_msg("%s: %d dots, not %d", cases[i].legend, d.count, cases[i].count);
	}
}

static void test_dash(void **state)
{
	struct map_dash whole = MAP_DASHED, moved = MAP_DASHED;
	struct dots a = { 0 }, b = { 0 };

	(void)state;
	memset(a.map, '.', sizeof(a.map));
	map_line(0, 1, 15, 1, 16, 8, &whole, set, &a);
	assert_memory_equal(a.map[1], "####...####...##", 16);
	/* As the map moves, dashes stay on the ground. */
	memset(b.map, '.', sizeof(b.map));
	map_line(-7, 1, 8, 1, 16, 8, &moved, set, &b);
	map_line(8, 1, 15, 1, 16, 8, &moved, set, &b);
	assert_memory_equal(b.map[1], "####...##", 9);
}

static void span(void *arg, int row, int col, int count)
{
	char (*map)[11] = arg;

	assert_true(row >= 0 && row < 4 && col >= 0 && col + count <= 10);
	memset(&map[row][col], '#', (size_t)count);
}

static void ring(struct map_fill *f, const double *xy, size_t count)
{
	for (size_t i = 0; i + 1 < count; i++)
		map_fill_edge(f, xy[2 * i], xy[2 * i + 1], xy[2 * i + 2], xy[2 * i + 3]);
}

static void test_fill(void **state)
{
	static const struct {
		const char *legend;
		double rings[2][10]; /* 4 corners and the first again */
		int count;
		const char *rows[4];
	} cases[] = {
		{ "square", { { 2, 1, 6, 1, 6, 3, 2, 3, 2, 1 } }, 1,
		    { "..........", "..####....", "..####....", ".........." } },
		{ "with a hole", { { 1, 0, 9, 0, 9, 4, 1, 4, 1, 0 }, { 3, 1, 3, 3, 6, 3, 6, 1, 3, 1 } }, 2,
		    { ".########.", ".##...###.", ".##...###.", ".########." } },
		{ "all around", { { -50, -50, 50, -50, 50, 50, -50, 50, -50, -50 } }, 1,
		    { "##########", "##########", "##########", "##########" } },
		{ "from the left", { { -9, 2, 3, 2, 3, 9, -9, 9, -9, 2 } }, 1,
		    { "..........", "..........", "###.......", "###......." } },
		{ "to the right", { { 7, -3, 99, -3, 99, 2, 7, 2, 7, -3 } }, 1,
		    { ".......###", ".......###", "..........", ".........." } },
		{ "too thin", { { 2, 1, 8, 1, 8, 1.2, 2, 1.2, 2, 1 } }, 1,
		    { "..........", "..........", "..........", ".........." } },
	};
	struct map_fill f = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char map[4][11];

		memset(map, '.', sizeof(map));
		map_fill_begin(&f, 10, 4);
		for (int k = 0; k < cases[i].count; k++)
			ring(&f, cases[i].rings[k], 5);
		map_fill_end(&f, span, map);
		for (int row = 0; row < 4; row++) {
			map[row][10] = '\0';
			if (strcmp(map[row], cases[i].rows[row]))
				fail_msg("%s: row %d is %s, not %s", cases[i].legend, row, map[row],
				    cases[i].rows[row]);
		}
	}
	map_fill_clear(&f);
}

static void test_labels(void **state)
{
	struct map_grid g = { 0 };
	int col, row, slot;

	(void)state;
	map_grid_reset(&g, 20, 3);
	assert_int_equal(map_label_place(&g, 5, 1, 6, -1, &col, &row), 0);
	assert_true(col == 6 && row == 1);
	slot = map_label_place(&g, 5, 1, 5, -1, &col, &row);
	assert_int_equal(slot, 1); /* left of it */
	assert_true(col == 0 && row == 1);
	/* What it had before is kept, although the first is free again. */
	map_grid_reset(&g, 20, 3);
	assert_int_equal(map_label_place(&g, 10, 1, 5, 3, &col, &row), 3);
	assert_true(col == 11 && row == 2);
	/* Not beyond the edge, and nowhere at all. */
	map_grid_reset(&g, 20, 3);
	assert_int_equal(map_label_place(&g, 17, 1, 5, -1, &col, &row), 1);
	assert_int_equal(map_label_place(&g, 10, 1, 30, -1, &col, &row), -1);
	map_grid_take(&g, -5, 0, 100);
	map_grid_take(&g, 3, 99, 5);
	assert_false(map_grid_free(&g, 0, 0, 1));
	assert_true(map_grid_clear_of(&g, -8, 0, 8) && !map_grid_clear_of(&g, -8, 0, 9));
	map_grid_clear(&g);
}

static void test_width(void **state)
{
	static const struct {
		const char *text;
		int width;
	} cases[] = {
		{ "", 0 }, { "Vaduz", 5 }, { "Zürich", 6 }, { "東京", 4 }, { "Вадуц", 5 },
		{ "e\xcc\x81t\xc3\xa9", 3 }, { "cut \xe6\x9d", 5 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK(cases[i].text, map_text_width(cases[i].text) == cases[i].width);
}

static void test_glyphs(void **state)
{
	static const struct {
		const char *legend;
		enum map_charset charset;
		uint8_t dots;
		const char *text;
	} cases[] = {
		{ "none", MAP_BRAILLE, 0, " " },
		{ "all", MAP_BRAILLE, 0xff, "⣿" },
		{ "upper left", MAP_BRAILLE, 0x01, "⠁" },
		{ "upper", MAP_BLOCK, 0x01, "▀" },
		{ "lower", MAP_BLOCK, 0x02, "▄" },
		{ "both", MAP_BLOCK, 0x03, "█" },
		{ "level at the top", MAP_ASCII, 0x09, "\"" },
		{ "level in the middle", MAP_ASCII, 0x12, "-" },
		{ "level at the bottom", MAP_ASCII, 0xc0, "_" },
		{ "upright", MAP_ASCII, 0x47, "|" },
		{ "falling", MAP_ASCII, 0x03 | 0x20 | 0x80, "\\" },
		{ "rising", MAP_ASCII, 0x44 | 0x08 | 0x10, "/" },
		{ "full", MAP_ASCII, 0xff, "#" },
	};
	char text[MAP_GLYPH_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (strcmp(map_glyph_text(cases[i].charset, cases[i].dots, text), cases[i].text))
			fail_msg("%s: %s, not %s", cases[i].legend, text, cases[i].text);
	for (int dots = 0; dots < 256; dots++) {
		uint32_t c = map_glyph(MAP_ASCII, (uint8_t)dots);

		assert_true(c >= ' ' && c < 0x7f && (dots == 0) == (c == ' '));
	}
	/* Braille's own numbering. */
	assert_int_equal(map_dot_bit(0, 3), 0x40);
	assert_int_equal(map_dot_bit(1, 2), 0x20);
}

static void test_scale(void **state)
{
	static const struct {
		double zoom;
		const char *text;
	} cases[] = { { -8, "2000 km" }, { 5, "50 km" }, { 12, "500 m" }, { 20, "2 m" }, { 21, "1 m" } };
	struct map_tick ticks[MAP_TICKS_MAX];
	struct map_view v;
	int n;

	(void)state;
	map_view_init(&v, MAP_BRAILLE, 120, 40, 2.0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct map_scale_bar bar;

		map_view_look(&v, (struct geo_point){ 47.141, 9.521 }, cases[i].zoom);
		bar = map_scale_bar(&v, 16);
		if (strcmp(bar.text, cases[i].text))
			fail_msg("zoom %g: %s, not %s", cases[i].zoom, bar.text, cases[i].text);
		assert_true(bar.cells <= 16 && bar.cells > 4);
		n = map_ticks_lat(&v, 6, ticks);
		assert_in_range(n, 1, 7);
		for (int k = 1; k < n; k++)
			assert_true(ticks[k].at - ticks[k - 1].at >= 6 && ticks[k].degrees < ticks[k - 1].degrees);
		n = map_ticks_lon(&v, 14, ticks);
		assert_in_range(n, 1, 9);
		for (int k = 1; k < n; k++)
			assert_true(ticks[k].at - ticks[k - 1].at >= 13);
	}
	map_view_look(&v, (struct geo_point){ 47.141, 9.521 }, 12);
	map_ticks_lon(&v, 14, ticks);
	assert_string_equal(ticks[0].text, "9.50");
	/* Across the date line they go on on the other side. */
	map_view_look(&v, (struct geo_point){ 0, 180 }, 6);
	n = map_ticks_lon(&v, 14, ticks);
	assert_true(n > 2 && ticks[0].degrees > 170 && ticks[n - 1].degrees < -170);
}

static void test_ranks(void **state)
{
	static const struct {
		const char *legend, *fclass;
		double scalerank, population;
		int rank;
	} cases[] = {
		{ "nothing said", "", NAN, NAN, 6 },
		{ "Natural Earth", "", 2, NAN, 2 },
		{ "beyond the last", "", 99, NAN, 11 },
		{ "not a rank", "", -9, NAN, 6 },
		{ "inhabitants", "", NAN, 7e5, 3 },
		{ "word", "village", NAN, 0, 8 },
		{ "the best of them", "town", 9, 3e6, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK(cases[i].legend, map_rank_of(cases[i].scalerank, cases[i].population,
		    cases[i].fclass) == cases[i].rank);
	assert_int_equal(map_tone_of(MAP_ROAD, "motorway_link"), MAP_STRONG);
	assert_int_equal(map_tone_of(MAP_ROAD, "residential"), MAP_PLAIN);
	assert_int_equal(map_tone_of(MAP_ROAD, "track_grade3"), MAP_FAINT);
	assert_int_equal(map_tone_of(MAP_WATER, "motorway"), MAP_PLAIN);
	assert_int_equal(map_kind_find("river"), MAP_RIVER);
	assert_int_equal(map_kind_find("rivers"), MAP_KINDS);
	for (int i = 0; i < MAP_KINDS; i++)
		assert_int_equal(map_kind_find(map_kind_names[i]), i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mercator),
		cmocka_unit_test(test_view),
		cmocka_unit_test(test_view_scale),
		cmocka_unit_test(test_view_moves),
		cmocka_unit_test(test_view_fit),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_dash),
		cmocka_unit_test(test_fill),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_glyphs),
		cmocka_unit_test(test_scale),
		cmocka_unit_test(test_ranks),
	};

	return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
