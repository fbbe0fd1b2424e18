/* The telemetry sample: every field's range, the growing array, unknowns, and
 * the fast decoder against the plain one. */
#include "unit.h"

#include <math.h>

#include "base/mem.h"
#include "base/rng.h"
#include "hex.h"
#include "proto/sample.h"

#define GOOD REJECT_COUNT

/* odyssey-protocol(7)'s table once more, written from the page. */
static const struct {
	const char *name;
	int64_t min, max;
	const char *unit;
	double scale;
} page[] = {
	{ "boot", 0, 4294967295, "s", 1 },
	{ "seq", 0, 4294967295, "", 1 },
	{ "time", 0, INT64_MAX, "s", 1e-3 },
	{ "lat", -900000000, 900000000, "deg", 1e-7 },
	{ "lon", -1800000000, 1800000000, "deg", 1e-7 },
	{ "alt", INT32_MIN, INT32_MAX, "m", 1e-2 },
	{ "height", INT32_MIN, INT32_MAX, "m", 1e-2 },
	{ "speed", 0, 65535, "m/s", 1e-2 },
	{ "climb", -32768, 32767, "m/s", 1e-2 },
	{ "course", 0, 35999, "deg", 1e-2 },
	{ "heading", 0, 35999, "deg", 1e-2 },
	{ "roll", -32768, 32767, "deg", 1e-2 },
	{ "pitch", -32768, 32767, "deg", 1e-2 },
	{ "battery", 0, 1000, "%", 1e-1 },
	{ "voltage", 0, 65535, "V", 1e-3 },
	{ "current", INT32_MIN, INT32_MAX, "A", 1e-3 },
	{ "link", 0, 100, "%", 1 },
	{ "sats", 0, 255, "", 1 },
	{ "fix", 0, 255, "", 1 },
	{ "hdop", 0, 65535, "", 1e-2 },
	{ "mode", 0, 255, "", 1 },
	{ "flags", 0, 65535, "", 1 },
	{ "waypoint", 0, 65535, "", 1 },
	{ "waypoints", 0, 65535, "", 1 },
	{ "home_lat", -900000000, 900000000, "deg", 1e-7 },
	{ "home_lon", -1800000000, 1800000000, "deg", 1e-7 },
	{ "airspeed", 0, 65535, "m/s", 1e-2 },
	{ "wind", 0, 65535, "m/s", 1e-2 },
	{ "wind_from", 0, 35999, "deg", 1e-2 },
	{ "used", 0, 4294967295, "mAh", 1 },
};

static void test_table(void **state)
{
	(void)state;
	assert_int_equal(FIELD_COUNT, ARRAY_LEN(page));
	for (int f = 0; f < FIELD_COUNT; f++) {
		const struct field_desc *d = &field_table[f];

		assert_string_equal(d->name, page[f].name);
		assert_string_equal(d->unit, page[f].unit);
		CHECK(d->name, d->scale == page[f].scale);
		CHECK(d->name, d->min == page[f].min && d->max == page[f].max);
		CHECK(d->name, field_find(d->name) == (enum field)f);
	}
	assert_int_equal(field_find("altitude"), FIELD_COUNT);
	assert_int_equal(field_find(""), FIELD_COUNT);
}

static struct sample minimal(void)
{
	struct sample s = { 0 };

	sample_set(&s, FIELD_boot, 1795252400);
	sample_set(&s, FIELD_seq, 4);
	sample_set(&s, FIELD_time, 1795252504250);
	return s;
}

/* Both decoders on the same bytes: the same verdict, the same values. */
static enum reject_reason decode(const struct buf *b, struct sample *s)
{
	struct reject why = { .reason = GOOD }, again = { .reason = GOOD };
	struct sample other;
	struct wire_doc doc;
	const wire_value *v;

	wire_doc_init(&doc);
	if (sample_decode(b->data, b->len, s, &why) == 0)
		why.reason = GOOD;
	v = wire_parse(&doc, b->data, b->len, &again);
	if (v && sample_read(v, &other, &again) == 0) {
		again.reason = GOOD;
		if (why.reason == GOOD)
			assert_memory_equal(s, &other, sizeof(other));
	}
	/* A number past int64 is of no range to one and of no type to the other. */
	if (why.reason == GOOD || again.reason == GOOD)
		assert_int_equal(why.reason, again.reason);
	wire_doc_clear(&doc);
	return why.reason;
}

/* Every field at its ends, and one past them. */
static void test_ranges_of_fields(void **state)
{
	(void)state;
	for (int f = 0; f < FIELD_COUNT; f++) {
		int64_t values[] = { page[f].min, page[f].max, page[f].min - 1, page[f].max };

		if (page[f].max < INT64_MAX)
			values[3]++;
		for (size_t i = 0; i < ARRAY_LEN(values); i++) {
			struct buf b = BUF_INIT;
			struct sample s;
			bool good = values[i] >= page[f].min && values[i] <= page[f].max;

			wire_put_array(&b, f < 3 ? 3 : (size_t)f + 1);
			for (int k = 0; k < 3 || k <= f; k++) {
				if (k == f)
					wire_put_int(&b, values[i]);
				else if (k < 3)
					wire_put_int(&b, 1);
				else
					wire_put_nil(&b);
			}
			if (decode(&b, &s) != (good ? GOOD : REJECT_RANGE))
				fail_msg("%s at %lld", page[f].name, (long long)values[i]);
			if (good)
				CHECK(page[f].name, sample_has(&s, (enum field)f) &&
				    s.raw[f] == values[i]);
			buf_free(&b);
		}
	}
}

static void test_bytes(void **state)
{
	static const struct {
		const char *legend, *hex;
		enum reject_reason want;
		uint32_t wire_count;
	} cases[] = {
		{ "the least", "93 01 02 03", GOOD, 3 },
		{ "nil at the end", "94 01 02 03 c0", GOOD, 4 },
		{ "one element past the table, any type",
		    "dc 001f 01 02 03 c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0 a1 61",
		    GOOD, 31 },
		{ "array 32", "dd 00000003 01 02 03", GOOD, 3 },
		{ "empty array", "90", REJECT_MISSING, 0 },
		{ "two elements", "92 01 02", REJECT_MISSING, 0 },
		{ "boot nil", "93 c0 02 03", REJECT_MISSING, 0 },
		{ "seq nil", "93 01 c0 03", REJECT_MISSING, 0 },
		{ "time nil", "93 01 02 c0", REJECT_MISSING, 0 },
		{ "nil alone", "c0", REJECT_SHAPE, 0 },
		{ "a map", "80", REJECT_SHAPE, 0 },
		{ "a number", "05", REJECT_SHAPE, 0 },
		{ "a text", "a3 616263", REJECT_SHAPE, 0 },
		{ "a boolean element", "94 01 02 03 c3", REJECT_TYPE, 0 },
		{ "a text element", "94 01 02 03 a1 31", REJECT_TYPE, 0 },
		{ "a binary element", "94 01 02 03 c4 01 31", REJECT_TYPE, 0 },
		{ "an array element", "94 01 02 03 91 01", REJECT_TYPE, 0 },
		{ "an ext element", "94 01 02 03 d4 01 01", REJECT_TYPE, 0 },
		{ "a float element", "94 01 02 03 ca 3f800000", REJECT_TYPE, 0 },
		{ "negative seq", "93 01 ff 03", REJECT_RANGE, 0 },
		{ "time past int64", "93 01 02 cf 8000000000000000", REJECT_RANGE, 0 },
		{ "nothing", "", REJECT_TRUNCATED, 0 },
		{ "cut", "93 01 02", REJECT_TRUNCATED, 0 },
		{ "and one byte more", "93 01 02 03 04", REJECT_TRAILING, 0 },
		{ "a sixteenth element too few in array 16", "dc 0010 01 02 03", REJECT_TRUNCATED, 0 },
		{ "elements past the table nested too deep",
		    "dc 001f 01 02 03 c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0"
		    "91 91 91 91 91 91 91 91 90", REJECT_TOO_DEEP, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b = hex_buf(cases[i].hex);
		struct sample s;

		CHECK(cases[i].legend, decode(&b, &s) == cases[i].want);
		if (cases[i].want == GOOD)
			CHECK(cases[i].legend, s.wire_count == cases[i].wire_count);
		buf_free(&b);
	}
}

static void test_reject_names_the_field(void **state)
{
	struct buf b = hex_buf("94 01 02 03 ce 389fd980"); /* lat 95 degrees */
	struct reject why;
	struct sample s;

	(void)state;
	assert_int_equal(sample_decode(b.data, b.len, &s, &why), -1);
	assert_string_equal(why.detail, "lat: 950000000 is not within -900000000 to 900000000");
	buf_free(&b);
}

/* Every known set of fields comes back; trailing unknown ones take no byte. */
static void test_round_trips(void **state)
{
	struct rng rng;

	(void)state;
	rng_init(&rng, 5, 0);
	for (int i = 0; i < 3000; i++) {
		struct sample s = minimal(), back;
		struct buf b = BUF_INIT, again = BUF_INIT;
		int last = 2;

		for (int f = 3; f < FIELD_COUNT; f++) {
			double span = (double)page[f].max - (double)page[f].min;
			double at = rng_uniform(&rng);

			if (rng_uniform(&rng) < 0.3)
				continue;
			at = at < 0.1 ? 0 : at > 0.9 ? 1 : at * at * at;
			sample_set(&s, (enum field)f, page[f].min + (int64_t)(at * span));
			last = f;
		}
		sample_encode(&b, &s);
		assert_int_equal(decode(&b, &back), GOOD);
		assert_int_equal(back.known, s.known);
		assert_memory_equal(back.raw, s.raw, sizeof(s.raw));
		assert_int_equal(back.wire_count, last + 1);
		sample_encode(&again, &back);
		assert_int_equal(again.len, b.len);
		assert_memory_equal(again.data, b.data, b.len);
		buf_free(&b);
		buf_free(&again);
	}
}

static void test_values(void **state)
{
	struct sample s = minimal();

	(void)state;
	assert_true(isnan(sample_value(&s, FIELD_lat)));
	sample_set_value(&s, FIELD_lat, 48.1372);
	assert_int_equal(s.raw[FIELD_lat], 481372000);
	assert_true(fabs(sample_value(&s, FIELD_lat) - 48.1372) < 1e-12);
	sample_set_value(&s, FIELD_lat, -48.13720004);
	assert_int_equal(s.raw[FIELD_lat], -481372000); /* rounded */
	sample_set_value(&s, FIELD_lat, 500);
	assert_int_equal(s.raw[FIELD_lat], 900000000); /* held within */
	sample_set_value(&s, FIELD_lat, -INFINITY);
	assert_int_equal(s.raw[FIELD_lat], -900000000);
	sample_set_value(&s, FIELD_course, 359.999);
	assert_int_equal(s.raw[FIELD_course], 35999);
	sample_set_value(&s, FIELD_climb, -0.004);
	assert_int_equal(s.raw[FIELD_climb], 0);
	sample_set_value(&s, FIELD_lat, NAN);
	assert_false(sample_has(&s, FIELD_lat));
	assert_true(sample_value(&s, FIELD_time) == 1795252504.25);
	sample_set_value(&s, FIELD_time, 1e30);
	assert_true(s.raw[FIELD_time] == INT64_MAX);
}

static void test_flags(void **state)
{
	struct sample s = minimal();

	(void)state;
	assert_false(sample_flag(&s, FLAG_ARMED));
	assert_true(sample_maybe_in_air(&s)); /* unknown is the dangerous case */
	sample_set(&s, FIELD_flags, FLAG_ARMED | FLAG_HOME_SET);
	assert_true(sample_flag(&s, FLAG_ARMED) && sample_flag(&s, FLAG_HOME_SET));
	assert_false(sample_flag(&s, FLAG_IN_AIR) || sample_maybe_in_air(&s));
	sample_set(&s, FIELD_flags, FLAG_IN_AIR);
	assert_true(sample_maybe_in_air(&s));
	assert_string_equal(mode_name(6), "mission");
	assert_string_equal(mode_name(11), "unknown");
	assert_string_equal(mode_name(-1), "unknown");
	assert_string_equal(fix_name(6), "RTK fixed");
	assert_string_equal(fix_name(1), "unknown");
	assert_string_equal(fix_name(7), "unknown");
}

static void test_json(void **state)
{
	struct sample s = minimal();
	struct buf b = BUF_INIT;

	(void)state;
	sample_set(&s, FIELD_lat, -5);
	sample_set(&s, FIELD_battery, 1000);
	sample_set(&s, FIELD_climb, -1);
	sample_set(&s, FIELD_sats, 14);
	sample_to_json(&b, &s, UINT64_C(1) << FIELD_time | 1 << FIELD_lat | 1 << FIELD_lon |
	    1 << FIELD_battery | 1 << FIELD_climb | 1 << FIELD_sats);
	assert_string_equal(b.data, "{\"time\":1795252504250,\"lat\":-0.0000005,\"lon\":null,"
	    "\"climb\":-0.01,\"battery\":100.0,\"sats\":14}");
	buf_clear(&b);
	sample_to_json(&b, &s, 0);
	assert_string_equal(b.data, "{}");
	buf_free(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_ranges_of_fields),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_reject_names_the_field),
		cmocka_unit_test(test_round_trips),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests_name("sample", tests, NULL, NULL);
}
