/* --fields: names, and values written as printf would. */
#include "unit.h"

#include <math.h>

#include "app/field_list.h"
#include "base/mem.h"

static const char *const others[] = { "id", "model", NULL };

static const struct {
	const char *text, *says; /* NULL: right */
	size_t count;
} lists[] = {
	{ "lat", NULL, 1 },
	{ "lat,lon,height", NULL, 3 },
	{ "id,lat,id", NULL, 3 },
	{ "", "no field \"\"", 0 },
	{ "lat,", "no field \"\"", 0 },
	{ "lat, lon", "no field \" lon\"; did you mean lon?", 0 },
	{ "modell", "did you mean model?", 0 },
	{ "heigth", "did you mean height?", 0 },
	{ "\033[2J", "\"?[2J\"", 0 },
	{ "averyveryveryveryveryveryverylongnamethatisnone", "there is no field", 0 },
};

static void test_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		struct field_list list;
		struct err err = { "" };
		int result = field_list_parse(&list, lists[i].text, others, &err);

		if (lists[i].says ? result == 0 || !strstr(err.text, lists[i].says) :
				    result == -1 || list.count != lists[i].count)
			fail_msg("\"%s\": %d, %s", lists[i].text, result, err.text);
	}
}

static void test_values_are_those_of_printf(void **state)
{
	static const int64_t raws[] = { 0, 1, 9, 10, 99, 100, 12345678, -1, -9, -10, -100, -12345678 };

	(void)state;
	for (int f = 0; f < FIELD_COUNT; f++) {
		const struct field_desc *d = &field_table[f];

		assert_true(fabs(d->scale * pow(10, d->decimals) - 1) < 1e-12);
		for (size_t i = 0; i < ARRAY_LEN(raws) + 2; i++) {
			int64_t raw = i < ARRAY_LEN(raws) ? raws[i] : i & 1 ? d->min : d->max;
			struct sample s = { 0 };
			struct buf out = BUF_INIT;
			char want[64];

			if (raw < d->min || raw > d->max)
				continue;
			sample_set(&s, FIELD_flags, FLAG_POSITION_VALID);
			sample_set(&s, (enum field)f, f == FIELD_flags ? raw | FLAG_POSITION_VALID : raw);
			if (f == FIELD_time || f == FIELD_flags)
				snprintf(want, sizeof(want), "%lld", (long long)s.raw[f]);
			else
				snprintf(want, sizeof(want), "%.*f", d->decimals, (double)raw * d->scale);
			field_write(&out, &s, (enum field)f, true);
			assert_string_equal(out.data, want);
			buf_free(&out);
		}
	}
}

static void test_unknown_and_invalid(void **state)
{
	struct sample s = { 0 };
	struct buf out = BUF_INIT;

	(void)state;
	field_write(&out, &s, FIELD_height, true);
	field_write(&out, &s, FIELD_height, false);
	sample_set(&s, FIELD_lat, 471400000);
	field_write(&out, &s, FIELD_lat, false);
	sample_set(&s, FIELD_flags, FLAG_POSITION_VALID);
	field_write(&out, &s, FIELD_lat, false);
	sample_set(&s, FIELD_climb, -3);
	field_write_short(&out, &s, FIELD_climb, 1, "m/s");
	field_write_short(&out, &s, FIELD_speed, 1, "m/s");
	assert_string_equal(out.data, "null--47.14000000.0 m/s-");
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_values_are_those_of_printf),
		cmocka_unit_test(test_unknown_and_invalid),
	};

	return cmocka_run_group_tests_name("field_list", tests, NULL, NULL);
}
