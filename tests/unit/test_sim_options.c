/* The simulator's command line: what is taken, and the sentence for the rest. */
#include "unit.h"

#include "base/mem.h"
#include "options.h"

static void test_defaults(void **state)
{
	struct options o;
	struct err err;

	(void)state;
	assert_int_equal(options_parse(&o, 0, NULL, &err), 0);
	assert_int_equal(o.fleet.drones, 12);
	assert_true(o.fleet.rate_hz == 10 && o.speedup == 1 && o.fleet.backfill_mb == 256);
	assert_string_equal(o.feed, "tcp://127.0.0.1:7610");
	assert_string_equal(o.control, "tcp://127.0.0.1:7611");
	assert_string_equal(o.fleet.name, "sim");
	assert_string_equal(o.fleet.prefix, "D");
	assert_true(o.fleet.start_ms < 0 && !o.fleet.idle && !o.insecure);
	options_clear(&o);
}

static void test_everything(void **state)
{
	static char *argv[] = {
		"--drones", "40", "--rate=2.5", "--seed", "7", "--feed", "tcp://127.0.0.1:9000",
		"--home", "-33.5,151.25", "--prefix", "AU-", "--name", "south", "--model", "mixed",
		"--idle", "--speedup", "20", "--duration", "60", "--epoch", "1700000000000",
		"--backfill-mb", "16", "--fault", "drop=0.5", "--fault", "dup=0.1@AU-03",
	};
	struct options o;
	struct err err = { "" };

	(void)state;
	CHECK(err.text, options_parse(&o, ARRAY_LEN(argv), argv, &err) == 0);
	assert_true(o.fleet.drones == 40 && o.fleet.rate_hz == 2.5 && o.fleet.seed == 7);
	assert_string_equal(o.control, "tcp://127.0.0.1:9001");
	assert_true(o.fleet.home.lat == -33.5 && o.fleet.home.lon == 151.25);
	assert_true(o.fleet.model == MODEL_COUNT && o.fleet.idle && o.speedup == 20);
	assert_true(o.duration_s == 60 && o.fleet.start_ms == 1700000000000);
	assert_int_equal(o.fleet.fault_count, 2);
	assert_string_equal(o.fleet.faults[1].drone, "AU-03");
	options_clear(&o);
}

static void test_refused(void **state)
{
	static const struct { char *argv[5]; const char *says; } cases[] = {
		{ { "--drones", "0" }, "1 to 10000" },
		{ { "--drones", "many" }, "\"many\"" },
		{ { "--rate", "0" }, "0.1 to 100" },
		{ { "--home", "47.1" }, "LAT,LON" },
		{ { "--home", "47.1,x" }, "LAT,LON" },
		{ { "--home", "91,0" }, "latitude" },
		{ { "--prefix", "a b" }, "--prefix" },
		{ { "--name", "" }, "--name" },
		{ { "--model", "zeppelin" }, "quad, wing, vtol or mixed" },
		{ { "--feed", "udp://127.0.0.1:1" }, "--feed" },
		{ { "--feed", "tcp://0.0.0.0:7610" }, "--insecure" },
		{ { "--control", "tcp://*:7611" }, "--insecure" },
		{ { "--feed", "tcp://127.0.0.1:7000", "--control", "tcp://127.0.0.1:7000" }, "both" },
		{ { "--speedup", "-1" }, "0.01 to 1000" },
		{ { "--duration", "forever" }, "--duration" },
		{ { "--epoch", "now" }, "--epoch" },
		{ { "--fault", "drop" }, "KIND=VALUE" },
		{ { "--dron", "3" }, "did you mean --drones" },
		{ { "--idle=yes" }, "takes no value" },
		{ { "D01" }, "options only" },
		{ { "--seed" }, "needs a value" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *argv[5];
		struct options o;
		struct err err = { "" };
		int argc = 0;

		memcpy(argv, cases[i].argv, sizeof(argv));
		while (argc < 5 && argv[argc])
			argc++;
		CHECK(cases[i].argv[0], options_parse(&o, argc, argv, &err) == -1);
		if (!strstr(err.text, cases[i].says))
			fail_msg("%s: \"%s\" does not say \"%s\"", argv[0], err.text, cases[i].says);
		options_clear(&o);
	}
}

static void test_insecure(void **state)
{
	char *argv[] = { "--insecure", "--feed", "tcp://*:7610" };
	struct options o;
	struct err err;

	(void)state;
	assert_int_equal(options_parse(&o, 3, argv, &err), 0);
	assert_string_equal(o.control, "tcp://*:7611");
	options_clear(&o);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_everything),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_insecure),
	};

	return cmocka_run_group_tests_name("sim options", tests, NULL, NULL);
}
