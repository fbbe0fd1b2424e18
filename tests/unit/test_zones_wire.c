/* Zones told by one program and taken by another: the same limits, in messages
 * of bounded size, and nothing of what is wrong. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "alarm/zones_wire.h"
#include "base/mem.h"
#include "base/rng.h"
#include "proto/control.h"

#define NONE NAN

struct drawn {
	const char *section, *drones, *name;
	enum zone_kind kind;
	double floor, ceiling;
	enum zone_above above;
	double lat, lon, size; /* of a square, deg; size 0: everywhere */
	bool hole;
	int times;
};

static struct zone_ring ring(double lat, double lon, double half)
{
	struct zone_ring r = { xcalloc(4, sizeof(*r.points)), 4 };

	r.points[0] = (struct geo_point){ lat - half, lon - half };
	r.points[1] = (struct geo_point){ lat - half, lon + half };
	r.points[2] = (struct geo_point){ lat + half, lon + half };
	r.points[3] = (struct geo_point){ lat + half, lon - half };
	return r;
}

static struct zone_set *set_of(const struct drawn *rows, size_t n)
{
	struct zone_set *set = zone_set_new();
	struct zone_time times[2] = {
		{ .from_ms = INT64_MIN, .to_ms = INT64_MAX, .days = 31, .start_s = 8 * 3600, .end_s = 17 * 3600 },
		{ .from_ms = 1700000000000, .to_ms = 1800000000000 },
	};

	for (size_t i = 0; i < n; i++) {
		struct zone_section section = { .floor = ZONE_NO_HEIGHT, .ceiling = ZONE_NO_HEIGHT };
		struct zone_ring rings[2];
		struct zone z = {
			.kind = rows[i].kind,
			.floor = { rows[i].floor, rows[i].above },
			.ceiling = { rows[i].ceiling, rows[i].above },
			.rings = rings,
			.times = times,
			.time_count = (size_t)rows[i].times,
		};
		struct err err;

		str_copy(section.name, sizeof(section.name), rows[i].section);
		str_copy(section.drones, sizeof(section.drones), rows[i].drones);
		str_copy(z.name, sizeof(z.name), rows[i].name);
		if (rows[i].size > 0) {
			rings[0] = ring(rows[i].lat, rows[i].lon, rows[i].size);
			rings[1] = ring(rows[i].lat, rows[i].lon, rows[i].size / 2);
			z.ring_count = rows[i].hole ? 2 : 1;
		}
		if (zone_set_add(set, &section, &z, 1, NULL, &err) == -1)
			fail_msg("%s: %s", rows[i].name, err.text);
		for (size_t r = 0; r < 2 && rows[i].size > 0; r++)
			free(rings[r].points);
	}
	return set;
}

static const struct drawn world[] = {
	{ "field", "", "Valley", ZONE_IN, NONE, 120, ABOVE_HOME, 47.1, 9.5, 0.05, false, 0 },
	{ "towers", "D1* X7", "Tower", ZONE_OUT, NONE, 80, ABOVE_GROUND, 47.12, 9.52, 0.001, false, 0 },
	{ "range", "", "Range", ZONE_OUT, 300, 2500, ABOVE_SEA, 47.2, 9.6, 0.02, true, 2 },
	{ "air", "", "FIR", ZONE_CEILING, NONE, 2895.6, ABOVE_STANDARD, 0, 0, 0, false, 1 },
	{ "date-line", "", "Fiji", ZONE_IN, NONE, NONE, ABOVE_HOME, -17, 179.99, 0.1, false, 0 },
	{ "shown", "", "Reserve", ZONE_INFO, NONE, NONE, ABOVE_HOME, 47, 9, 0.3, false, 0 },
};

/* Asks until it has them all, as a client does: how many answers that took, and the
 * largest of them. */
static size_t tell_all(const struct zone_set *set, const char *has, struct zones_told *told, size_t *largest)
{
	char revision[ZONES_REVISION_SIZE];
	struct buf b = BUF_INIT;
	struct wire_doc doc;
	size_t answers = 0;
	int more = 1;

	zones_wire_revision(set, revision);
	wire_doc_init(&doc);
	*largest = 0;
	while (more > 0) {
		struct reply reply;
		struct err err;

		buf_clear(&b);
		assert_int_equal(zones_wire_reply(&b, set, revision, has, told->have, &err), 0);
		assert_int_equal(reply_parse(&doc, b.data, b.len, &reply, &err), 0);
		more = zones_told_add(told, reply.body, &err);
		if (more == -1)
			fail_msg("answer %zu: %s", answers, err.text);
		*largest = b.len > *largest ? b.len : *largest;
		answers++;
	}
	wire_doc_clear(&doc);
	buf_free(&b);
	return answers;
}

static void same_verdict(const struct zone_set *a, const struct zone_set *b, const char *drone, double lat,
    double lon, double height)
{
	struct zone_fix fix = { .drone = drone, .lat = lat, .lon = lon, .height = height, .alt = height + 450,
		.home_alt = NAN, .speed = 15, .course = 40, .climb = 1, .turn = NAN };
	struct zone_verdict x, y;

	zone_check(a, NULL, NULL, &fix, 1750000000000, &x);
	zone_check(b, NULL, NULL, &fix, 1750000000000, &y);
	assert_memory_equal(&x.margin_m, &y.margin_m, sizeof(x.margin_m));
	assert_memory_equal(&x.breach_s, &y.breach_s, sizeof(x.breach_s));
	assert_memory_equal(&x.over_m, &y.over_m, sizeof(x.over_m));
	assert_memory_equal(&x.under_m, &y.under_m, sizeof(x.under_m));
	assert_int_equal(x.margin_zone.index, y.margin_zone.index);
}

static void test_they_are_the_same_zones(void **state)
{
	struct zone_set *set = set_of(world, ARRAY_LEN(world)), *theirs;
	char mine[ZONES_REVISION_SIZE], other[ZONES_REVISION_SIZE];
	struct zones_told told = { 0 };
	struct rng rng;
	struct err err;
	size_t largest;

	(void)state;
	assert_int_equal(tell_all(set, "", &told, &largest), 1);
	assert_false(told.same);
	assert_int_equal(zones_told_set(&told, &theirs, &err), 0);
	zones_told_clear(&told);
	zones_wire_revision(set, mine);
	zones_wire_revision(theirs, other);
	assert_string_equal(mine, other);
	assert_int_equal(zone_set_count(theirs), zone_set_count(set));
	assert_int_equal(zone_set_points(theirs), zone_set_points(set));
	rng_init(&rng, 7, 1);
	for (int i = 0; i < 5000; i++) {
		double height = rng_uniform(&rng) * 3000;

		same_verdict(set, theirs, i % 3 ? "D12" : "E1", 47 + rng_uniform(&rng) * 0.3,
		    9.4 + rng_uniform(&rng) * 0.3, height);
		same_verdict(set, theirs, "X7", -17.2 + rng_uniform(&rng) * 0.4,
		    geo_wrap_180(179.8 + rng_uniform(&rng) * 0.4), height);
	}
	/* Who has them is told so, and no more. */
	assert_int_equal(tell_all(set, mine, &told, &largest), 1);
	assert_true(told.same);
	assert_int_equal(told.have, 0);
	assert_in_range(largest, 1, 200);
	zones_told_clear(&told);
	zone_set_free(&set);
	zone_set_free(&theirs);
}

static void test_no_zones(void **state)
{
	struct zones_told told = { 0 };
	struct zone_set *theirs = (struct zone_set *)&told;
	struct err err;
	size_t largest;

	(void)state;
	assert_int_equal(tell_all(NULL, "", &told, &largest), 1);
	assert_false(told.same);
	assert_int_equal(zones_told_set(&told, &theirs, &err), 0);
	assert_null(theirs);
}

/* A zone of n points. */
static struct zone_set *round_zones(size_t zones, size_t n)
{
	struct zone_set *set = zone_set_new();
	struct zone_section section = { .name = "round", .kind = ZONE_OUT, .floor = ZONE_NO_HEIGHT,
		.ceiling = ZONE_NO_HEIGHT };
	struct zone *list = xcalloc(zones, sizeof(*list));
	struct zone_ring *rings = xcalloc(zones, sizeof(*rings));
	struct err err;

	for (size_t z = 0; z < zones; z++) {
		rings[z] = (struct zone_ring){ xcalloc(n, sizeof(struct geo_point)), n };
		for (size_t i = 0; i < n; i++)
			rings[z].points[i] = (struct geo_point){
				40 + (double)z * 0.01 + 0.004 * sin(2 * M_PI * (double)i / (double)n),
				9 + 0.004 * cos(2 * M_PI * (double)i / (double)n) };
		list[z] = (struct zone){ .name = "round", .floor = ZONE_NO_HEIGHT, .ceiling = ZONE_NO_HEIGHT,
			.rings = &rings[z], .ring_count = 1 };
	}
	assert_int_equal(zone_set_add_made(set, &section, list, zones, &err), 0);
	for (size_t z = 0; z < zones; z++)
		free(rings[z].points);
	free(rings);
	free(list);
	return set;
}

static void test_in_pieces(void **state)
{
	static const struct {
		const char *legend;
		size_t zones, points, answers, largest;
	} cases[] = {
		{ "100 zones of 500 points", 100, 500, 4, ZONES_REPLY_BYTES + 10000 },
		{ "many small ones", 3000, 4, 2, ZONES_REPLY_BYTES + 200 },
		{ "each larger than an answer is meant to be", 3, 30000, 3, 30000 * 20 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct zone_set *set = round_zones(cases[i].zones, cases[i].points), *theirs;
		char mine[ZONES_REVISION_SIZE], other[ZONES_REVISION_SIZE];
		struct zones_told told = { 0 };
		struct err err;
		size_t largest;

		CHECK(cases[i].legend, tell_all(set, "", &told, &largest) == cases[i].answers);
		CHECK(cases[i].legend, largest <= cases[i].largest);
		CHECK(cases[i].legend, zones_told_set(&told, &theirs, &err) == 0);
		zones_wire_revision(set, mine);
		zones_wire_revision(theirs, other);
		CHECK(cases[i].legend, strcmp(mine, other) == 0);
		zones_told_clear(&told);
		zone_set_free(&set);
		zone_set_free(&theirs);
	}
}

static void test_one_too_large_for_any_message(void **state)
{
	struct zone_set *set = round_zones(1, 250000);
	struct buf b = BUF_INIT;
	struct err err;

	(void)state;
	assert_int_equal(zones_wire_reply(&b, set, "x", "", 0, &err), -1);
	assert_string_equal(err.text, "zone \"round\" of round has 250000 points, more than a message holds; "
	    "simplify it");
	assert_int_equal(b.len, 0);
	zone_set_free(&set);
}

/* Two daemons one after the other at the same place: no mixture of theirs. */
static void test_others_meanwhile(void **state)
{
	struct zone_set *first = round_zones(100, 500), *second = set_of(world, 2), *got;
	char revisions[2][ZONES_REVISION_SIZE], found[ZONES_REVISION_SIZE];
	struct zones_told told = { 0 };
	struct buf b = BUF_INIT;
	struct wire_doc doc;
	struct reply reply;
	struct err err;
	int more = 1;

	(void)state;
	wire_doc_init(&doc);
	zones_wire_revision(first, revisions[0]);
	zones_wire_revision(second, revisions[1]);
	for (int i = 0; more > 0; i++) {
		buf_clear(&b);
		assert_int_equal(zones_wire_reply(&b, i ? second : first, revisions[i > 0], "", told.have, &err), 0);
		assert_int_equal(reply_parse(&doc, b.data, b.len, &reply, &err), 0);
		more = zones_told_add(&told, reply.body, &err);
	}
	assert_int_equal(more, 0);
	assert_int_equal(zones_told_set(&told, &got, &err), 0);
	zones_wire_revision(got, found);
	assert_string_equal(found, revisions[1]);
	zones_told_clear(&told);
	zone_set_free(&first);
	zone_set_free(&second);
	zone_set_free(&got);
	wire_doc_clear(&doc);
	buf_free(&b);
}

/* One zone with a value of one's own under a key. */
static void put_odd(struct buf *b, const char *key, void (*put)(struct buf *))
{
	static const char *const keys[] = { "section", "name", "kind", "floor", "times", "rings" };

	wire_put_map(b, ARRAY_LEN(keys));
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		wire_put_text(b, keys[i]);
		if (strcmp(keys[i], key) == 0)
			put(b);
		else if (strcmp(keys[i], "kind") == 0)
			wire_put_text(b, "out");
		else if (i < 3)
			wire_put_text(b, keys[i]);
		else if (i == 5)
			wire_put_array(b, 0);
		else
			wire_put_nil(b);
	}
}

static void put_nil(struct buf *b) { wire_put_nil(b); }
static void put_number(struct buf *b) { wire_put_uint(b, 7); }
static void put_odd_kind(struct buf *b) { wire_put_text(b, "tunnel"); }
static void put_bad_text(struct buf *b) { wire_put_text(b, "\xff\xfe"); }

static void put_odd_height(struct buf *b)
{
	wire_put_array(b, 2);
	wire_put_number(b, 10);
	wire_put_text(b, "WGS84");
}

static void put_bad_times(struct buf *b)
{
	wire_put_array(b, 1);
	wire_put_array(b, 5);
	for (int i = 0; i < 5; i++)
		wire_put_int(b, 90000);
}

static void put_points(struct buf *b, size_t n, double lat)
{
	wire_put_array(b, 1);
	wire_put_array(b, n);
	for (size_t i = 0; i < n; i++) {
		wire_put_array(b, 2);
		wire_put_number(b, lat);
		wire_put_number(b, (double)i);
	}
}

static void put_two_points(struct buf *b) { put_points(b, 2, 1); }
static void put_beyond_the_pole(struct buf *b) { put_points(b, 4, 91); }
static void put_a_ring(struct buf *b) { put_points(b, 4, 1); }

static void test_what_is_wrong_is_refused(void **state)
{
	static const struct {
		const char *legend, *key;
		void (*put)(struct buf *);
		bool right;
	} cases[] = {
		{ "an outline", "rings", put_a_ring, true },
		{ "a kind of later days is drawn", "kind", put_odd_kind, true },
		{ "no section", "section", put_nil, false },
		{ "a name that is a number", "name", put_number, false },
		{ "a name that is no UTF-8", "name", put_bad_text, false },
		{ "a kind that is a number", "kind", put_number, false },
		{ "a height above something unknown", "floor", put_odd_height, false },
		{ "a height without a reference", "floor", put_number, false },
		{ "times that are no times", "times", put_bad_times, false },
		{ "no outline at all", "rings", put_nil, false },
		{ "an outline of two points", "rings", put_two_points, false },
		{ "an outline beyond the pole", "rings", put_beyond_the_pole, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct zones_told told = { 0 };
		struct buf b = BUF_INIT;
		struct wire_doc doc;
		struct reply reply;
		struct err err;

		wire_doc_init(&doc);
		reply_begin(&b, 3);
		wire_put_text(&b, "revision");
		wire_put_text(&b, "x");
		wire_put_text(&b, "more");
		wire_put_bool(&b, false);
		wire_put_text(&b, "zones");
		wire_put_array(&b, 1);
		put_odd(&b, cases[i].key, cases[i].put);
		assert_int_equal(reply_parse(&doc, b.data, b.len, &reply, &err), 0);
		CHECK(cases[i].legend, zones_told_add(&told, reply.body, &err) == (cases[i].right ? 0 : -1));
		CHECK(cases[i].legend, cases[i].right || strstr(err.text, "cannot be read"));
		zones_told_clear(&told);
		wire_doc_clear(&doc);
		buf_free(&b);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_they_are_the_same_zones), cmocka_unit_test(test_no_zones),
		cmocka_unit_test(test_in_pieces), cmocka_unit_test(test_one_too_large_for_any_message),
		cmocka_unit_test(test_others_meanwhile), cmocka_unit_test(test_what_is_wrong_is_refused),
	};

	return cmocka_run_group_tests_name("zones_wire", tests, NULL, NULL);
}
