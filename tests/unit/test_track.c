/* Tracks in four formats: what is written reads back, holes split segments. */
#include "unit.h"

#include <jansson.h>
#include <libxml/parser.h>
#include <locale.h>
#include <stdlib.h>

#include "format/track.h"

static struct sample make(uint32_t boot, uint32_t seq)
{
	struct sample s = { 0 };

	sample_set(&s, FIELD_boot, boot);
	sample_set(&s, FIELD_seq, seq);
	sample_set(&s, FIELD_time, 1700000000000 + 100 * (int64_t)seq);
	sample_set(&s, FIELD_lat, 471410000 + (int64_t)seq);
	sample_set(&s, FIELD_lon, -95209001);
	sample_set(&s, FIELD_alt, 45512);
	sample_set(&s, FIELD_flags, FLAG_POSITION_VALID);
	return s;
}

/* 0 1 2 | 5 6 | 7 has no valid position | 8 | new boot 0 1: 4 segments of points */
static char *write_track(const char *format)
{
	struct track_info info = { .name = "flight <1> & \"more\"", .drone = "D01" };
	static const uint32_t seqs[] = { 0, 1, 2, 5, 6, 7, 8 };
	struct track_writer *w;
	struct err err;
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_int_equal(track_open(&w, format, f, &info, &err), 0);
	for (size_t i = 0; i < 7; i++) {
		struct sample s = make(1, seqs[i]);

		if (seqs[i] == 7)
			sample_set(&s, FIELD_flags, 0);
		track_add(w, &s);
	}
	for (uint32_t i = 0; i < 2; i++) {
		struct sample s = make(2, i);

		track_add(w, &s);
	}
	assert_int_equal(track_close(&w, &err), 0);
	fclose(f);
	return text;
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *p = text; (p = strstr(p, what)); p++)
		n++;
	return n;
}

static void test_csv(void **state)
{
	char *text = write_track("csv");

	(void)state;
	assert_int_equal(count(text, "\r\n"), 1 + 9);
	assert_non_null(strstr(text, "drone,segment,boot,seq,time,lat,lon"));
	assert_non_null(strstr(text,
	    "D01,1,1,1,2023-11-14T22:13:20.100Z,47.1410001,-9.5209001,455.12,,"));
	assert_non_null(strstr(text, "D01,2,1,7,")); /* every sample, position or not */
	assert_non_null(strstr(text, "D01,3,2,1,"));
	free(text);
}

static void test_geojson(void **state)
{
	char *text = write_track("geojson");
	json_t *root = json_loads(text, 0, NULL), *features, *line;

	(void)state;
	assert_non_null(root);
	features = json_object_get(root, "features");
	assert_int_equal(json_array_size(features), 4);
	line = json_object_get(json_array_get(features, 0), "geometry");
	assert_string_equal(json_string_value(json_object_get(line, "type")), "LineString");
	line = json_array_get(json_object_get(line, "coordinates"), 1);
	assert_true(json_real_value(json_array_get(line, 0)) == -9.5209001);
	assert_true(json_real_value(json_array_get(line, 1)) == 47.1410001);
	assert_true(json_real_value(json_array_get(line, 2)) == 455.12);
	line = json_object_get(json_array_get(features, 2), "geometry");
	assert_string_equal(json_string_value(json_object_get(line, "type")), "Point");
	json_decref(root);
	free(text);
}

static void test_xml(void **state)
{
	static const struct {
		const char *format, *segment, *point;
	} cases[] = {
		{ "kml", "<gx:Track>", "<gx:coord>-9.5209001 47.1410001 455.12</gx:coord>" },
		{ "gpx", "<trkseg>", "<trkpt lat=\"47.1410001\" lon=\"-9.5209001\">" },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char *text = write_track(cases[i].format);
		xmlDocPtr doc = xmlReadMemory(text, (int)strlen(text), NULL, NULL, XML_PARSE_NONET);

		CHECK(cases[i].format, doc);
		CHECK(cases[i].format, count(text, cases[i].segment) == 4);
		CHECK(cases[i].format, strstr(text, cases[i].point));
		CHECK(cases[i].format, strstr(text, "2023-11-14T22:13:20.100Z"));
		CHECK(cases[i].format, strstr(text, "flight &lt;1&gt; &amp;"));
		xmlFreeDoc(doc);
		free(text);
	}
	xmlCleanupParser();
}

static void test_full_disk_is_said(void **state)
{
	FILE *f = fopen("/dev/full", "w");

	(void)state;
	if (!f)
		skip();
	for (int i = 0; track_format_names[i]; i++) {
		struct track_info info = { .name = "x", .drone = "D01" };
		struct track_writer *w;
		struct err err;

		assert_int_equal(track_open(&w, track_format_names[i], f, &info, &err), 0);
		for (uint32_t n = 0; n < 1000; n++) {
			struct sample s = make(1, n);

			track_add(w, &s);
		}
		CHECK(track_format_names[i], track_close(&w, &err) == -1);
		clearerr(f);
	}
	fclose(f);
}

static void test_unknown_format(void **state)
{
	struct track_info info = { .name = "x", .drone = "D01" };
	struct track_writer *w;
	struct err err;

	(void)state;
	assert_int_equal(track_open(&w, "shp", stdout, &info, &err), -1);
	assert_non_null(strstr(err.text, "there are csv, geojson, kml and gpx"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_geojson),
		cmocka_unit_test(test_xml),
		cmocka_unit_test(test_full_disk_is_said),
		cmocka_unit_test(test_unknown_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
