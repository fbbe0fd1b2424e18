/* Missions, fences and rally points as they come and go. */
#include "unit.h"

#include <math.h>

#include "base/mem.h"
#include "hex.h"
#include "proto/plan.h"

#define LAT "a3 6c6174"
#define LON "a3 6c6f6e"
#define HEIGHT "a6 686569676874"
#define SPEED "a5 7370656564"
#define HOLD "a4 686f6c64"
#define HERE LAT "30" LON "0b" /* lat 48, lon 11 */

static void test_items(void **state)
{
	static const struct {
		const char *legend, *hex;
		const char *err; /* NULL: good */
		size_t count;
	} cases[] = {
		{ "no items", "90", NULL, 0 },
		{ "the least", "91 83" HERE HEIGHT "14", NULL, 1 },
		{ "all of it", "91 85" HERE HEIGHT "14" SPEED "05" HOLD "0a", NULL, 1 },
		{ "speed and hold nil", "91 85" HERE HEIGHT "14" SPEED "c0" HOLD "c0", NULL, 1 },
		{ "a new key", "91 84" HERE HEIGHT "14 a1 78 91 01", NULL, 1 },
		{ "floats", "91 83" LAT "cb 4048119999999999" LON "ca 41300000" HEIGHT "14", NULL, 1 },
		{ "a map", "80", "items must be an array", 0 },
		{ "nil", "c0", "items must be an array", 0 },
		{ "an item that is no map", "92 83" HERE HEIGHT "14 05", "item 2", 0 },
		{ "no lat", "91 82" LON "0b" HEIGHT "14", "item 1: lat is missing", 0 },
		{ "height nil", "91 83" HERE HEIGHT "c0", "item 1: height is missing", 0 },
		{ "lat text", "91 83" LAT "a1 31" LON "0b" HEIGHT "14", "item 1: lat", 0 },
		{ "lat NAN", "91 83" LAT "cb 7ff8000000000000" LON "0b" HEIGHT "14", "item 1: lat", 0 },
		{ "lat 91", "91 83" LAT "5b" LON "0b" HEIGHT "14", "item 1: 91", 0 },
		{ "lon 181", "91 83" LAT "30" LON "cc b5" HEIGHT "14", "item 1: 48.0000000, 181", 0 },
		{ "speed 0", "91 84" HERE HEIGHT "14" SPEED "00", "item 1: speed", 0 },
		{ "speed 301", "91 84" HERE HEIGHT "14" SPEED "cd 012d", "item 1: speed", 0 },
		{ "hold negative", "91 84" HERE HEIGHT "14" HOLD "ff", "item 1: hold", 0 },
		{ "height out of reach", "91 83" HERE HEIGHT "cd 2711", "item 1: a height", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b = hex_buf(cases[i].hex);
		struct wire_doc doc;
		struct reject why;
		struct mission m;
		struct err err = { "" };
		int ret;

		wire_doc_init(&doc);
		ret = mission_read(wire_parse(&doc, b.data, b.len, &why), &m, &err);
		CHECK(cases[i].legend, ret == (cases[i].err ? -1 : 0));
		if (cases[i].err && strncmp(err.text, cases[i].err, strlen(cases[i].err)) != 0)
			fail_msg("%s: said \"%s\"", cases[i].legend, err.text);
		if (!cases[i].err)
			CHECK(cases[i].legend, m.count == cases[i].count);
		mission_clear(&m);
		wire_doc_clear(&doc);
		buf_free(&b);
	}
}

static void test_too_many_items(void **state)
{
	struct buf b = BUF_INIT;
	struct wire_doc doc;
	struct reject why;
	struct mission m;
	struct err err;

	(void)state;
	wire_put_array(&b, MISSION_ITEMS_MAX + 1);
	for (int i = 0; i <= MISSION_ITEMS_MAX; i++)
		wire_put_nil(&b);
	wire_doc_init(&doc);
	assert_int_equal(mission_read(wire_parse(&doc, b.data, b.len, &why), &m, &err), -1);
	assert_non_null(strstr(err.text, "65535"));
	mission_clear(&m);
	wire_doc_clear(&doc);
	buf_free(&b);
}

/* A plan reply from its bytes, and its bytes again. */
static int read_plan(const char *hex, struct plan *p, struct err *err)
{
	struct buf b = hex_buf(hex);
	struct wire_doc doc;
	struct reject why;
	int ret;

	wire_doc_init(&doc);
	ret = plan_read(wire_parse(&doc, b.data, b.len, &why), p, err);
	wire_doc_clear(&doc);
	buf_free(&b);
	return ret;
}

#define REV "a3 726576"
#define FENCE "a5 66656e6365"
#define RALLY "a5 72616c6c79"
#define KIND "a4 6b696e64"
#define IN "a2 696e"
#define POINTS "a6 706f696e7473"
#define CENTER "a6 63656e746572"
#define RADIUS "a6 726164697573"
#define FLOOR "a5 666c6f6f72"
#define CEILING "a7 6365696c696e67"
#define MISSION "a7 6d697373696f6e"

static void test_plans(void **state)
{
	static const struct {
		const char *legend, *hex, *err;
	} cases[] = {
		{ "only a rev", "81" REV "05", NULL },
		{ "nothing known but the rev", "84" REV "05" MISSION "c0" FENCE "c0" RALLY "c0", NULL },
		{ "polygon", "82" REV "05" FENCE "91 82" KIND IN POINTS "93 92 01 02 92 03 04 92 05 06",
		    NULL },
		{ "circle", "82" REV "05" FENCE "91 83" KIND IN CENTER "92 01 02" RADIUS "64", NULL },
		{ "polygon with its center nil", "82" REV "05" FENCE "91 84" KIND IN CENTER "c0" RADIUS
		    "c0" POINTS "91 92 01 02", NULL },
		{ "a kind of a later version", "82" REV "05" FENCE "91 82" KIND "a1 78" POINTS "90",
		    NULL },
		{ "rally", "82" REV "05" RALLY "91 93 01 02 03", NULL },
		{ "no rev", "80", "rev" },
		{ "no map", "c0", "rev" },
		{ "negative rev", "81" REV "ff", "rev" },
		{ "fence that is no map", "82" REV "05" FENCE "91 05", "fence 1" },
		{ "fence without kind", "82" REV "05" FENCE "91 81" POINTS "90", "fence 1" },
		{ "fence without a shape", "82" REV "05" FENCE "91 81" KIND IN, "fence 1" },
		{ "circle without radius", "82" REV "05" FENCE "91 82" KIND IN CENTER "92 01 02",
		    "fence 1" },
		{ "radius infinite", "82" REV "05" FENCE "91 83" KIND IN CENTER "92 01 02" RADIUS
		    "cb 7ff0000000000000", "fence 1" },
		{ "point off the earth", "82" REV "05" FENCE "91 82" KIND IN POINTS "92 92 01 02 92 5b 02",
		    "fence 1: point 2" },
		{ "point of one number", "82" REV "05" FENCE "91 82" KIND IN POINTS "91 91 01",
		    "fence 1: point 1" },
		{ "second fence bad", "82" REV "05" FENCE "92 82" KIND IN POINTS "90 80", "fence 2" },
		{ "rally off the earth", "82" REV "05" RALLY "91 93 5b 02 03", "rally point 1" },
		{ "mission with a bad item", "82" REV "05" MISSION "91 80", "item 1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct plan p, again;
		struct err err = { "" };
		int ret = read_plan(cases[i].hex, &p, &err);

		CHECK(cases[i].legend, ret == (cases[i].err ? -1 : 0));
		if (cases[i].err && !strstr(err.text, cases[i].err))
			fail_msg("%s: said \"%s\"", cases[i].legend, err.text);
		if (ret == 0) {
			struct buf b = BUF_INIT, c = BUF_INIT;
			struct wire_doc doc;
			struct reject why;

			wire_put_map(&b, PLAN_PAIRS);
			plan_write_pairs(&b, &p);
			wire_doc_init(&doc);
			CHECK(cases[i].legend, plan_read(wire_parse(&doc, b.data, b.len, &why),
			    &again, &err) == 0);
			wire_put_map(&c, PLAN_PAIRS);
			plan_write_pairs(&c, &again);
			CHECK(cases[i].legend, b.len == c.len && memcmp(b.data, c.data, b.len) == 0);
			plan_clear(&again);
			wire_doc_clear(&doc);
			buf_free(&b);
			buf_free(&c);
		}
		plan_clear(&p);
	}
}

static void test_unknown_heights(void **state)
{
	struct plan p;
	struct err err;

	(void)state;
	assert_int_equal(read_plan("83" REV "05" FENCE "91 84" KIND IN POINTS "90" FLOOR
	    "cb 7ff0000000000000" CEILING "c0" RALLY "91 92 01 02", &p, &err), 0);
	assert_true(isnan(p.fences[0].floor)); /* infinite is no height either */
	assert_true(isnan(p.fences[0].ceiling));
	assert_true(isnan(p.fences[0].radius));
	assert_true(isnan(p.rallies[0].height));
	plan_clear(&p);
}

static void test_copy(void **state)
{
	struct mission_item items[] = { { 48, 11, 20, NAN, 0 }, { 48.1, 11.1, 30, 5, 10 } };
	struct mission m = { items, 2 }, copy = mission_copy(&m), none = { 0 }, empty;
	struct buf b = BUF_INIT;

	(void)state;
	items[0].lat = 0;
	assert_true(copy.count == 2 && copy.items[0].lat == 48 && copy.items[1].hold == 10);
	mission_write(&b, &copy);
	assert_int_equal((unsigned char)b.data[0], 0x92);
	assert_int_equal((unsigned char)b.data[1], 0x83); /* unknown speed, no hold: left out */
	empty = mission_copy(&none);
	assert_int_equal(empty.count, 0);
	mission_clear(&copy);
	mission_clear(&empty);
	assert_null(copy.items);
	buf_free(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_items),
		cmocka_unit_test(test_too_many_items),
		cmocka_unit_test(test_plans),
		cmocka_unit_test(test_unknown_heights),
		cmocka_unit_test(test_copy),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
