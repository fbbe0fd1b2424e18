/* The fleet: the newest wins, the old never overwrites; source clocks. */
#include "unit.h"

#include <stdlib.h>

#include "fleet/fleet.h"
#include "fleet/source_clock.h"

static struct sample make(uint32_t boot, uint32_t seq, int64_t time)
{
	struct sample s = { 0 };

	sample_set(&s, FIELD_boot, boot);
	sample_set(&s, FIELD_seq, seq);
	sample_set(&s, FIELD_time, time);
	return s;
}

static void test_newest_sample(void **state)
{
	static const struct {
		const char *legend;
		uint32_t boot, seq;
		bool current;
		enum arrival arrival;
	} steps[] = {
		{ "first", 100, 5, true, ARRIVAL_NEW },
		{ "next", 100, 6, true, ARRIVAL_NEW },
		{ "late one changes nothing", 100, 2, false, ARRIVAL_LATE },
		{ "duplicate changes nothing", 100, 6, false, ARRIVAL_DUPLICATE },
		{ "a new boot with a lower seq is newer", 200, 0, true, ARRIVAL_NEW },
		{ "the old boot's straggler is not", 100, 7, false, ARRIVAL_NEW },
		{ "an even older boot is not", 50, 1000, false, ARRIVAL_NEW },
		{ "the present boot goes on", 200, 1, true, ARRIVAL_NEW },
	};
	struct fleet fleet = { 0 };
	struct drone *d = fleet_add(&fleet, "D01");

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct sample s = make(steps[i].boot, steps[i].seq, 1000 + (int64_t)i);
		struct applied a = drone_apply(d, &s, "x", 1, (int64_t)i, (int64_t)i);

		CHECK(steps[i].legend, a.current == steps[i].current);
		CHECK(steps[i].legend, a.arrival == steps[i].arrival);
	}
	assert_int_equal(sample_boot(&d->newest), 200);
	assert_int_equal(sample_seq(&d->newest), 1);
	fleet_clear(&fleet);
}

static void test_many_boots_stay_bounded(void **state)
{
	struct fleet fleet = { 0 };
	struct drone *d = fleet_add(&fleet, "D01");

	(void)state;
	for (uint32_t boot = 1; boot <= 50; boot++) {
		struct sample s = make(boot, 3, boot);

		drone_apply(d, &s, "x", 1, boot, boot);
	}
	assert_int_equal(d->boot_count, BOOTS_MAX);
	for (size_t i = 0; i < d->boot_count; i++)
		assert_int_equal(d->boots[i].boot, 50 - BOOTS_MAX + 1 + i);
	/* Boots that come out of order keep their order. */
	drone_coverage(d, 10);
	for (size_t i = 1; i < d->boot_count; i++)
		assert_true(d->boots[i - 1].boot < d->boots[i].boot);
	fleet_clear(&fleet);
}

static void test_ids_and_order(void **state)
{
	struct fleet fleet = { 0 };
	size_t *order;

	(void)state;
	fleet_add(&fleet, "B");
	fleet_add(&fleet, "A10");
	fleet_add(&fleet, "A1");
	assert_ptr_equal(fleet_add(&fleet, "B"), fleet_find(&fleet, "B"));
	assert_null(fleet_find(&fleet, "A"));
	assert_int_equal(fleet.count, 3);
	order = fleet_sorted(&fleet);
	assert_string_equal(fleet.drones[order[0]].id, "A1");
	assert_string_equal(fleet.drones[order[1]].id, "A10");
	assert_string_equal(fleet.drones[order[2]].id, "B");
	free(order);
	fleet_clear(&fleet);
}

static void test_rate_follows_source_time(void **state)
{
	struct fleet fleet = { 0 };
	struct drone *d = fleet_add(&fleet, "D01");

	(void)state;
	for (uint32_t i = 0; i < 100; i++) {
		struct sample s = make(1, i, 1000 + 200 * (int64_t)i);

		drone_apply(d, &s, "x", 1, 0, 0);
	}
	assert_true(d->rate_hz > 4.9 && d->rate_hz < 5.1);
	fleet_clear(&fleet);
}

static void test_source_clock(void **state)
{
	struct source_clock c = { 0 };
	int64_t t = 1000000;

	(void)state;
	assert_int_equal(source_clock_offset(&c), 0);
	/* Source 5 s ahead; delays of 3 to 40 ms. The least delay tells best. */
	for (int i = 0; i < 100; i++, t += 1000)
		source_clock_add(&c, t + 5000 - (3 + (i * 7) % 38), t);
	assert_int_equal(source_clock_offset(&c), 5000 - 3);
	/* It drifts back 1 ms a second: followed within a minute. */
	for (int i = 0; i < 200; i++, t += 1000)
		source_clock_add(&c, t + 5000 - 3 - i, t);
	assert_in_range(source_clock_offset(&c), 5000 - 3 - 200, 5000 - 3 - 130);
	/* It steps an hour back: followed at once. */
	source_clock_add(&c, t - 3600000, t);
	assert_int_equal(source_clock_offset(&c), -3600000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_newest_sample),
		cmocka_unit_test(test_many_boots_stay_bounded),
		cmocka_unit_test(test_ids_and_order),
		cmocka_unit_test(test_rate_follows_source_time),
		cmocka_unit_test(test_source_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
