/* Mission files: .plan and CSV, what becomes of each kind of item, and what
 * is refused with which sentence. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "format/mission_file.h"

/* The points as text: "lat,lon,height,speed,hold" each, - for no speed. */
static void show(const struct mission_file *m, struct buf *out)
{
	for (size_t i = 0; i < m->count; i++) {
		const struct waypoint *p = &m->items[i];

		buf_printf(out, "%s%g,%g,%g,", i ? " " : "", p->lat, p->lon, p->height);
		if (isnan(p->speed))
			buf_add_str(out, "-");
		else
			buf_printf(out, "%g", p->speed);
		buf_printf(out, ",%g", p->hold);
	}
}

#define PLAN(items) "{\"fileType\":\"Plan\",\"mission\":{\"items\":[" items "]}}"
#define ITEM(command, frame, params)                                           \
	"{\"type\":\"SimpleItem\",\"command\":" #command ",\"frame\":" #frame  \
	",\"params\":[" params "]}"
#define POINT(lat, lon, alt) ITEM(16, 3, "0,0,0,null," #lat "," #lon "," #alt)

static const struct {
	const char *legend, *text, *points, *note;
} right[] = {
	{ "csv with a header", "lat,lon,height\n47.1,9.5,60\n47.2,9.6,70\n",
	    "47.1,9.5,60,-,0 47.2,9.6,70,-,0", NULL },
	{ "csv without a header", "47.1,9.5,60\n47.2,9.6,70,12\n", "47.1,9.5,60,-,0 47.2,9.6,70,-,0",
	    NULL },
	{ "csv without a header, five values", "47.1,9.5,60,12,3\n47.2,9.6,70\n",
	    "47.1,9.5,60,12,3 47.2,9.6,70,-,0", NULL },
	{ "csv, columns in another order", "hold,height,lon,lat,speed\n5,60,9.5,47.1,12\n",
	    "47.1,9.5,60,12,5", NULL },
	{ "csv, semicolons, CRLF, comment, blank line, no line end at its end",
	    "# mine\r\nlat;lon;height\r\n\r\n47.1;9.5;60\r\n 47.2 ; 9.6 ; 70",
	    "47.1,9.5,60,-,0 47.2,9.6,70,-,0", NULL },
	{ "csv, tabs and empty cells", "lat\tlon\theight\tspeed\thold\n47.1\t9.5\t60\t\t\n",
	    "47.1,9.5,60,-,0", NULL },
	{ "csv, quoted, byte order mark", "\357\273\277\"lat\",\"Lon\",\"height\"\n\"47.1\",\"9.5\",60\n",
	    "47.1,9.5,60,-,0", NULL },
	{ "plan: waypoints", PLAN(POINT(47.1, 9.5, 60) "," POINT(47.2, 9.6, 70)),
	    "47.1,9.5,60,-,0 47.2,9.6,70,-,0", NULL },
	{ "plan: hold from param 1", PLAN(ITEM(16, 3, "7,0,0,null,47.1,9.5,60")), "47.1,9.5,60,-,7",
	    NULL },
	{ "plan: frame 6 is frame 3 with integers", PLAN(ITEM(16, 6, "0,0,0,0,47.1,9.5,60")),
	    "47.1,9.5,60,-,0", NULL },
	{ "plan: loiter for a time", PLAN(ITEM(19, 3, "30,0,0,null,47.1,9.5,60")), "47.1,9.5,60,-,30",
	    NULL },
	{ "plan: speed from there on, and back to its own",
	    PLAN(POINT(1, 1, 10) "," ITEM(178, 2, "1,12,-1,0,0,0,0") "," POINT(2, 2, 20) ","
		POINT(3, 3, 30) "," ITEM(178, 2, "1,-2,-1,0,0,0,0") "," POINT(4, 4, 40)),
	    "1,1,10,-,0 2,2,20,12,0 3,3,30,12,0 4,4,40,-,0", NULL },
	{ "plan: delay adds to the hold before",
	    PLAN(ITEM(16, 3, "2,0,0,null,1,1,10") "," ITEM(93, 2, "5,-1,-1,-1,0,0,0")), "1,1,10,-,7",
	    NULL },
	{ "plan: take-off where it stands is the drone's own",
	    PLAN(ITEM(22, 3, "0,0,0,null,0,0,50") "," POINT(1, 1, 10)), "1,1,10,-,0", NULL },
	{ "plan: take-off with a position is a point",
	    PLAN(ITEM(22, 3, "0,0,0,null,47,9,50") "," POINT(1, 1, 10)), "47,9,50,-,0 1,1,10,-,0", NULL },
	{ "plan: return at its end is left out and said", PLAN(POINT(1, 1, 10) "," ITEM(20, 2, "0,0,0,0,0,0,0")),
	    "1,1,10,-,0", "item 2: return to launch is left out; send rtl" },
	{ "plan: landing at a place is a point over it",
	    PLAN(POINT(1, 1, 10) "," ITEM(21, 3, "0,0,0,null,2,2,0")), "1,1,10,-,0 2,2,10,-,0",
	    "item 2: landing is left out; send land" },
	{ "plan: camera items are passed over",
	    PLAN(ITEM(206, 2, "25,0,1,0,0,0,0") "," POINT(1, 1, 10) "," ITEM(2000, 2, "0,0,1,0,0,0,0")),
	    "1,1,10,-,0", "2 items for camera" },
	{ "plan: a survey gives its expanded items",
	    PLAN(POINT(1, 1, 10) ",{\"type\":\"ComplexItem\",\"complexItemType\":\"survey\","
				 "\"TransectStyleComplexItem\":{\"Items\":[" POINT(2, 2, 20) ","
		    ITEM(206, 2, "25,0,1,0,0,0,0") "," POINT(3, 3, 20) "]}}," POINT(4, 4, 10)),
	    "1,1,10,-,0 2,2,20,-,0 3,3,20,-,0 4,4,10,-,0", "1 items for camera" },
	{ "plan: white space before it", "\n  " PLAN(POINT(1, 1, 10)), "1,1,10,-,0", NULL },
};

static const struct {
	const char *legend, *text, *says;
} wrong[] = {
	{ "empty", "", "f: holds no point" },
	{ "header only", "lat,lon,height\n", "f: holds no point" },
	{ "not a number", "lat,lon,height\n47.1,9.5,60\n47.1,here,60\n",
	    "f:3: lon must be a number with a decimal point, and \"here\" is not" },
	{ "value missing", "lat,lon,height\n47.1,9.5\n", "f:2: height must be a number" },
	{ "column missing", "lat,lon\n47.1,9.5\n", "f:1: column \"height\" is missing" },
	{ "column unknown", "lat,lon,height,colour\n", "f:1: there is no column \"colour\"" },
	{ "column twice", "lat,lon,height,latitude\n", "f:1: column \"latitude\" is there twice" },
	{ "altitude above what", "lat,lon,alt\n", "f:1: column \"alt\" does not say above what" },
	{ "too few without a header", "47.1,9.5\n", "f:1: there are 2 values" },
	{ "latitude", "47.1,9.5,60\n95,9.5,60\n", "f:2: latitude must be within -90 to 90, and 95 is not" },
	{ "longitude", "47.1,190,60\n", "f:1: longitude must be within" },
	{ "height", "47.1,9.5,60000\n", "f:1: height must be within" },
	{ "speed 0", "47.1,9.5,60,0\n", "f:1: speed must be within 0.1 to 300 m/s" },
	{ "hold below 0", "47.1,9.5,60,1,-1\n", "f:1: hold must be within" },
	{ "nan", "lat,lon,height\nnan,9.5,60\n", "f:2: lat must be a number" },
	{ "open quote", "lat,lon,height\n\"47.1,9.5,60\n", "f:2: a quote is not closed" },
	{ "zero byte", "lat\0lon", "f: is no text" },
	{ "old list", "QGC WPL 110\n", "f:1: this is an old waypoint list" },
	{ "escape in a cell", "lat,lon,height\n\033[2J,1,1\n", "\"?[2J\" is not" },
	{ "json cut off", "{\"mission\":{\n\"items\":[", "f:2: is no JSON" },
	{ "json, but no plan", "{\"a\":1}", "f: has no mission.items" },
	{ "no items", PLAN(""), "f: holds no waypoint" },
	{ "above sea level", PLAN(POINT(1, 1, 10) "," ITEM(16, 0, "0,0,0,null,1,1,500")),
	    "f: item 2: its altitude is above mean sea level (frame 0); heights here are above home" },
	{ "above terrain", PLAN(ITEM(16, 10, "0,0,0,null,1,1,50")), "f: item 1: its altitude is above terrain" },
	{ "no frame", PLAN("{\"type\":\"SimpleItem\",\"command\":16,\"params\":[0,0,0,0,1,1,1]}"),
	    "f: item 1: its altitude is above something else" },
	{ "no position", PLAN(ITEM(16, 3, "0,0,0,null,null,null,50")), "f: item 1: has no position" },
	{ "out of range", PLAN(POINT(95, 1, 10)), "f: item 1: latitude must be within" },
	{ "jump", PLAN(POINT(1, 1, 10) "," ITEM(177, 2, "1,3,0,0,0,0,0")),
	    "f: item 2: a jump (command 177)" },
	{ "unknown command", PLAN(ITEM(4711, 3, "0,0,0,0,1,1,1")), "f: item 1: this (command 4711)" },
	{ "turns", PLAN(ITEM(18, 3, "3,0,10,0,1,1,1")), "f: item 1: loitering for turns" },
	{ "after the return", PLAN(POINT(1, 1, 10) "," ITEM(20, 2, "0,0,0,0,0,0,0") "," POINT(2, 2, 20)),
	    "f: item 3: comes after return to launch" },
	{ "take-off in the middle", PLAN(POINT(1, 1, 10) "," ITEM(22, 3, "0,0,0,0,1,1,1")),
	    "f: item 2: a take-off in mid-mission" },
	{ "speed out of range", PLAN(ITEM(178, 2, "1,4000,-1,0,0,0,0") "," POINT(1, 1, 10)),
	    "f: item 1: speed must be within" },
	{ "params short", PLAN("{\"type\":\"SimpleItem\",\"command\":16,\"frame\":3,\"params\":[1]}"),
	    "f: item 1: params must be an array of 7" },
	{ "params text", PLAN(ITEM(16, 3, "0,0,0,0,\"x\",1,1")), "f: item 1: params must be numbers" },
	{ "item no object", PLAN("5"), "f: item 1: is no item" },
	{ "structure scan", PLAN("{\"type\":\"ComplexItem\",\"complexItemType\":\"StructureScan\"}"),
	    "f: item 1: \"StructureScan\" holds no plain items" },
	{ "inside a survey", PLAN("{\"type\":\"ComplexItem\",\"TransectStyleComplexItem\":{\"Items\":["
	    POINT(1, 1, 10) "," ITEM(16, 10, "0,0,0,0,1,1,1") "]}}"),
	    "f: item 1.2: its altitude is above terrain" },
	{ "delay until a time of day", PLAN(POINT(1, 1, 10) "," ITEM(93, 2, "-1,12,0,0,0,0,0")),
	    "f: item 2: a delay until a time of day" },
};

static size_t text_len(const char *legend, const char *text)
{
	return strcmp(legend, "zero byte") == 0 ? 7 : strlen(text);
}

static void test_right(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(right); i++) {
		struct buf shown = BUF_INIT;
		struct mission_file m;
		struct err err = { "" };

		if (mission_file_parse("f", right[i].text, strlen(right[i].text), &m, &err) == -1)
			fail_msg("%s: %s", right[i].legend, err.text);
		show(&m, &shown);
		if (strcmp(shown.data, right[i].points) != 0)
			fail_msg("%s: %s", right[i].legend, shown.data);
		if (right[i].note ? !m.notes.data || !strstr(m.notes.data, right[i].note) : m.notes.len > 0)
			fail_msg("%s: notes: %s", right[i].legend, m.notes.data ? m.notes.data : "none");
		buf_free(&shown);
		mission_file_clear(&m);
	}
}

static void test_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct mission_file m;
		struct err err = { "" };

		if (mission_file_parse("f", wrong[i].text, text_len(wrong[i].legend, wrong[i].text), &m,
			&err) == 0)
			fail_msg("%s: taken", wrong[i].legend);
		if (!strstr(err.text, wrong[i].says))
			fail_msg("%s: says \"%s\"", wrong[i].legend, err.text);
		mission_file_clear(&m);
	}
}

static void test_written_is_read_again(void **state)
{
	static const struct waypoint items[] = {
		{ 47.1234567, 9.5, 60, NAN, 0 }, { 47.2, 9.6, 70.5, 12, 5 }, { 47.3, -9.7, -5, 12, 0 },
		{ 47.4, 9.8, 80, NAN, 0.5 },
	};
	static const struct mission_home home = { 47, 9, 450 };
	struct buf want = BUF_INIT;
	const struct mission_file given = { (struct waypoint *)items, ARRAY_LEN(items), 0, BUF_INIT };

	(void)state;
	show(&given, &want);
	for (int plan = 0; plan < 2; plan++) {
		struct buf text = BUF_INIT, shown = BUF_INIT;
		struct mission_file m;
		struct err err = { "" };

		if (plan)
			mission_file_write_plan(&text, items, ARRAY_LEN(items), &home);
		else
			mission_file_write_csv(&text, items, ARRAY_LEN(items));
		if (mission_file_parse("f", text.data, text.len, &m, &err) == -1)
			fail_msg("%s", err.text);
		show(&m, &shown);
		assert_string_equal(shown.data, want.data);
		assert_true(fabs(m.items[0].lat - 47.1234567) < 1e-9);
		assert_int_equal(m.notes.len, 0);
		buf_free(&text);
		buf_free(&shown);
		mission_file_clear(&m);
	}
	buf_free(&want);
}

static void test_files_that_cannot_be_read(void **state)
{
	struct mission_file m;
	struct err err;

	(void)state;
	assert_int_equal(mission_file_read("/no/such/file", &m, &err), -1);
	assert_string_equal(err.text,
	    "/no/such/file: No such file or directory; name a mission file, .plan or CSV");
	assert_int_equal(mission_file_read("/", &m, &err), -1);
	assert_string_equal(err.text, "/: is a directory; name a mission file in it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_written_is_read_again),
		cmocka_unit_test(test_files_that_cannot_be_read),
	};

	return cmocka_run_group_tests_name("mission_file", tests, NULL, NULL);
}
