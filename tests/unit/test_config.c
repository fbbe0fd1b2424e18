/* The option table, files, environment, flags: values and sentences. */
#include "unit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/endpoint.h"
#include "base/mem.h"
#include "config/config.h"
#include "config/flags.h"

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void test_table(void **state)
{
	(void)state;
	for (const struct option_desc *o = option_table; o->section; o++) {
		struct config c;
		struct err err;
		char section[64];

		CHECK(o->key, o->help && *o->help);
		for (const struct option_desc *p = option_table; p < o; p++)
			CHECK(o->key, strcmp(p->section, o->section) || strcmp(p->key, o->key));
		/* The default is itself a proper value. */
		config_init(&c);
		snprintf(section, sizeof(section), "%s%s", o->section,
		    section_find(o->section)->a ? " x" : "");
		CHECK(o->key, config_set(&c, section, o->key, o->initial, "here", &err) == 0);
		config_clear(&c);
	}
}

static void test_sentences(void **state)
{
	static const struct {
		const char *legend, *text, *want; /* NULL: it is fine */
	} cases[] = {
		{ "empty", "", NULL },
		{ "comments", "# a\n; b\n\n", NULL },
		{ "a value", "[daemon]\nname = x\n", NULL },
		{ "indented values are no continuation", "[daemon]\n  name = x\n  feed = ipc:///tmp/f\n", NULL },
		{ "unknown option", "[daemon]\nnmae = x\n", ":2: [daemon] has no option nmae; did you mean name?" },
		{ "unknown section", "\n[deamon]\nname = x\n", ":3: there is no section [deamon]" },
		{ "no section", "name = x\n", ":1: name stands before the first [section]" },
		{ "a section not closed", "[daemon\nname = x\n", ":1: this is neither" },
		{ "no value", "[daemon]\nrubbish\n", ":2: this is neither" },
		{ "a name too many", "[fleet x]\nstale_s = 3\n", ":2: there is no section [fleet x]" },
		{ "an alarm without a name", "[alarm]\nlevel = watch\n", ":2: an alarm needs a name, as in [alarm battery_low]" },
		{ "a zone's name", "[zone a b]\nfile = x\n", ":2: a zone's name must be 1 to 32" },
		{ "a level that is none", "[alarm a]\nlevel = loud\n", ":2: level must be one of watch|warning|critical" },
		{ "a layer without a file", "\n[layer l]\nkind = land\n", ":3: [layer l] needs a file" },
		{ "number out of range", "[fleet]\nstale_s = 99999\n", ":2: stale_s must be a number within 0.5 to 3600 s" },
		{ "no number", "[fleet]\nstale_s = soon\n", "\"soon\" is not" },
		{ "not a number at all", "[fleet]\nstale_s = nan\n", "\"nan\" is not" },
		{ "bad bool", "[daemon]\ninsecure = maybe\n", ":2: insecure must be yes or no" },
		{ "bad endpoint", "[daemon]\nfeed = udp://x:1\n", ":2: the endpoint \"udp://x:1\" must begin with tcp:// or ipc://" },
		{ "bad port", "[daemon]\nfeed = tcp://x:70000\n", "port from 1 to 65535" },
		{ "bad id", "[daemon]\nname = a b\n", ":2: name must be 1 to 32 of" },
		{ "source without a name", "[source]\nfeed = tcp://x:1\n", ":2: a source needs a name" },
		{ "bad word", "[log]\nlevel = loud\n", "must be one of error|warning|notice|info|debug" },
	};
	char path[] = "/tmp/odyssey-test-XXXXXX";

	(void)state;
	close(mkstemp(path));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct config c;
		struct err err = { "" };
		int ret;

		config_init(&c);
		write_file(path, cases[i].text);
		ret = config_read_file(&c, path, &err);
		if (ret == 0)
			ret = config_finish(&c, &err);
		if (!cases[i].want && ret == -1)
			fail_msg("%s: refused: %s", cases[i].legend, err.text);
		if (cases[i].want && (ret == 0 || !strstr(err.text, cases[i].want)))
			fail_msg("%s: wanted \"%s\", got \"%s\"", cases[i].legend, cases[i].want, err.text);
		config_clear(&c);
	}
	unlink(path);
}

static void test_where_it_was_said(void **state)
{
	static const struct {
		const char *legend, *section, *name, *key, *want;
	} cases[] = {
		{ "a line", "alarm", "a", "level", ":3" },
		{ "said twice: the later", "alarm", "a", "text", ":10" },
		{ "a key not said: the section's first", "alarm", "a", "when", ":3" },
		{ "no key", "alarm", "b", NULL, ":6" },
		{ "another section's", "fleet", "", "stale_s", ":8" },
		{ "the environment's", "fleet", "", "lost_s", "ODYSSEY_FLEET_LOST_S" },
		{ "a section not said: the file", "zone", "a", "file", "" },
	};
	char path[] = "/tmp/odyssey-test-XXXXXX";
	struct config c;
	struct err err;

	(void)state;
	close(mkstemp(path));
	write_file(path, "\n[alarm a]\nlevel = watch\ntext = x\n[alarm b]\non = no\n"
			 "[fleet]\nstale_s = 3\n[alarm a]\ntext = y\n");
	config_init(&c);
	assert_string_equal(config_where(&c, "fleet", "", "stale_s"), "configuration");
	setenv("ODYSSEY_FLEET_LOST_S", "12", 1);
	assert_int_equal(config_load(&c, path, &err, &err), 0);
	unsetenv("ODYSSEY_FLEET_LOST_S");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *where = config_where(&c, cases[i].section, cases[i].name, cases[i].key);
		char want[96];

		snprintf(want, sizeof(want), "%s%s", *cases[i].want == 'O' ? "" : path, cases[i].want);
		CHECK(cases[i].legend, strcmp(where, want) == 0);
	}
	config_clear(&c);
	unlink(path);
}

static void test_sources(void **state)
{
	char path[] = "/tmp/odyssey-test-XXXXXX";
	struct config c;
	struct err err;

	(void)state;
	close(mkstemp(path));
	write_file(path, "[source b]\nfeed = tcp://127.0.0.1:7610\n[source a]\nreplay = yes\n"
			 "feed = ipc:///tmp/x\n[source b]\ncontrol = tcp://127.0.0.1:9000\n");
	config_init(&c);
	setenv("XDG_STATE_HOME", "/tmp/s", 1);
	assert_int_equal(config_read_file(&c, path, &err), 0);
	assert_int_equal(config_finish(&c, &err), 0);
	assert_int_equal(c.source_count, 2);
	assert_string_equal(c.sources[0].name, "b");
	assert_string_equal(c.sources[0].control, "tcp://127.0.0.1:9000");
	assert_string_equal(c.sources[1].control, "ipc:///tmp/x.control");
	assert_true(c.sources[1].replay);
	assert_string_equal(c.control, "tcp://127.0.0.1:7601");
	assert_string_equal(c.history_dir, "/tmp/s/odyssey/history");
	/* The line's sources replace the file's. */
	assert_int_equal(config_add_source(&c, "tcp://h:7610,tcp://h:99", true, &err), 0);
	assert_int_equal(config_add_source(&c, "tcp://h:7620", false, &err), 0);
	assert_int_equal(c.source_count, 2);
	assert_string_equal(c.sources[0].control, "tcp://h:99");
	assert_string_equal(c.sources[1].control, "tcp://h:7621");
	assert_int_equal(config_add_source(&c, "tcp://h:7620", false, &err), 0);
	assert_int_equal(config_finish(&c, &err), -1);
	assert_non_null(strstr(err.text, "the same feed"));
	config_clear(&c);
	unlink(path);
}

static void test_named_sections(void **state)
{
	char path[] = "/tmp/odyssey-test-XXXXXX";
	int fd = mkstemp(path);
	struct config c;
	struct err err;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	write_file(path, "[alarm b]\nlevel = watch\n[layer x]\nfile = a.shp\n[alarm a]\non = no\n"
			 "[alarm b]\nfor = 3x\n[alarm c]\nwhen = battery < 5\n"
			 "[alarm d]\nlatch = yes\n[alarm e]\nlatch = no\n");
	config_init(&c);
	assert_int_equal(config_read_file(&c, path, &err), 0);
	assert_int_equal(c.alarm_count, 5);
	assert_string_equal(c.alarms[0].name, "b");
	assert_string_equal(c.alarms[0].level, "watch");
	assert_string_equal(c.alarms[0].hold, "3x");
	assert_true(c.alarms[0].on);
	assert_string_equal(c.alarms[1].name, "a");
	assert_false(c.alarms[1].on);
	assert_string_equal(c.alarms[2].when, "battery < 5");
	assert_string_equal(c.alarms[4].latch, "no");
	assert_int_equal(c.layer_count, 1);
	assert_true(c.layers[0].max_zoom == 22);
	assert_ptr_equal(config_row(&c, section_find("alarm"), 4), &c.alarms[4]);
	assert_null(config_row(&c, section_find("alarm"), 5));
	config_clear(&c);
	unlink(path);
}

static void test_environment_and_safety(void **state)
{
	char dir[] = "/tmp/odyssey-test-XXXXXX", old[1024];
	struct config c;
	struct err err, warning;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_non_null(getcwd(old, sizeof(old)));
	assert_int_equal(chdir(dir), 0);
	setenv("XDG_CONFIG_HOME", dir, 1);
	write_file("odyssey.conf", "[daemon]\nname = file\n[source s-1]\nfeed = tcp://a:1\n");
	config_init(&c);
	setenv("ODYSSEY_SOURCE_S_1_FEED", "tcp://b:2", 1);
	assert_int_equal(config_load(&c, NULL, &warning, &err), 0);
	assert_string_equal(c.name, "file");
	assert_string_equal(c.sources[0].feed, "tcp://b:2");
	config_clear(&c);
	setenv("ODYSSEY_DAEMON_NAME", "environment", 1);
	config_init(&c);
	assert_int_equal(config_load(&c, NULL, &warning, &err), 0);
	assert_string_equal(c.name, "environment");
	config_clear(&c);
	setenv("ODYSSEY_DAEMON_NAME", "two words", 1);
	config_init(&c);
	assert_int_equal(config_load(&c, NULL, &warning, &err), -1);
	assert_non_null(strstr(err.text, "ODYSSEY_DAEMON_NAME: name must be"));
	config_clear(&c);
	unsetenv("ODYSSEY_DAEMON_NAME");
	/* What is run is not for the directory one happens to be in to say. */
	write_file("odyssey.conf", "[daemon]\nname = file\n[notify]\nrun = /bin/true\nat_once = 9\n");
	config_init(&c);
	assert_int_equal(config_load(&c, NULL, &warning, &err), 0);
	assert_string_equal(c.name, "file");
	assert_string_equal(c.notify_run, "");
	assert_true(c.notify_at_once == 4);
	assert_non_null(strstr(warning.text, "[notify] in ./odyssey.conf is passed over"));
	config_clear(&c);
	config_init(&c);
	assert_int_equal(config_load(&c, "odyssey.conf", &warning, &err), 0);
	assert_string_equal(c.notify_run, "/bin/true");
	assert_string_equal(warning.text, "");
	config_clear(&c);
	/* One that others may write is passed over, and that is said. */
	chmod("odyssey.conf", 0666);
	config_init(&c);
	assert_int_equal(config_load(&c, NULL, &warning, &err), 0);
	assert_string_equal(c.name, "odyssey");
	assert_non_null(strstr(warning.text, "passed over"));
	config_clear(&c);
	unlink("odyssey.conf");
	assert_int_equal(chdir(old), 0);
	rmdir(dir);
}

static const struct flag_desc flags[] = {
	{ .name = "feed", .letter = 'f', .value = "EP", .help = "x" },
	{ .name = "wait", .letter = 'w', .help = "x" },
	{ 0 },
};

static void test_flags(void **state)
{
	static const struct {
		const char *legend;
		char *argv[6];
		int operands;
		const char *feed;
		bool wait;
		const char *error;
	} cases[] = {
		{ "nothing", { NULL }, 0, NULL, false, NULL },
		{ "long with =", { "--feed=a" }, 0, "a", false, NULL },
		{ "long apart", { "--feed", "a", "x" }, 1, "a", false, NULL },
		{ "letter", { "-fa", "-w" }, 0, "a", true, NULL },
		{ "between operands", { "D01", "--wait", "goto" }, 2, NULL, true, NULL },
		{ "negative numbers are operands", { "goto", "-47.1", "-.5" }, 3, NULL, false, NULL },
		{ "after --", { "--", "--wait" }, 1, NULL, false, NULL },
		{ "a dash", { "-" }, 1, NULL, false, NULL },
		{ "last one wins", { "-f", "a", "-f", "b" }, 0, "b", false, NULL },
		{ "unknown", { "--fed" }, 0, NULL, false, "there is no option --fed; did you mean --feed?" },
		{ "unknown letter", { "-z" }, 0, NULL, false, "there is no option -z" },
		{ "value missing", { "--feed" }, 0, NULL, false, "--feed needs a value" },
		{ "value too many", { "--wait=1" }, 0, NULL, false, "--wait takes no value" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct args args;
		struct err err = { "" };
		int argc = 0, ret;

		while (cases[i].argv[argc])
			argc++;
		ret = args_parse(&args, flags, argc, (char **)cases[i].argv, &err);
		if (cases[i].error) {
			CHECK(cases[i].legend, ret == -1);
			CHECK(cases[i].legend, strstr(err.text, cases[i].error));
		} else {
			const char *feed = args_get(&args, "feed");

			CHECK(cases[i].legend, ret == 0);
			CHECK(cases[i].legend, args.operand_count == cases[i].operands);
			CHECK(cases[i].legend, args_has(&args, "wait") == cases[i].wait);
			CHECK(cases[i].legend, cases[i].feed ? feed && !strcmp(feed, cases[i].feed) : !feed);
		}
		args_clear(&args);
	}
}

static void test_endpoints(void **state)
{
	static const struct {
		const char *endpoint;
		bool bind, connect, local;
	} cases[] = {
		{ "tcp://127.0.0.1:7600", true, true, true },
		{ "tcp://[::1]:7600", true, true, true },
		{ "tcp://localhost:1", true, true, true },
		{ "tcp://0.0.0.0:7600", true, true, false },
		{ "tcp://*:7600", true, false, false },
		{ "tcp://host:0", false, false, false },
		{ "tcp://host", false, false, false },
		{ "tcp://:7600", false, false, false },
		{ "tcp://host:port", false, false, false },
		{ "tcp://a b:1", false, false, false },
		{ "ipc:///tmp/x", true, true, true },
		{ "ipc://", false, false, true },
		{ "inproc://x", false, false, false },
		{ "", false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *e = cases[i].endpoint;
		struct err err;

		CHECK(e, (endpoint_check(e, ENDPOINT_BIND, &err) == 0) == cases[i].bind);
		CHECK(e, (endpoint_check(e, ENDPOINT_CONNECT, &err) == 0) == cases[i].connect);
		CHECK(e, endpoint_is_local(e) == cases[i].local);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_sentences),
		cmocka_unit_test(test_where_it_was_said),
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_named_sections),
		cmocka_unit_test(test_environment_and_safety),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_endpoints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
