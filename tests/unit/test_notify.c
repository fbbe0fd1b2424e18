/* Hooks that work, fail, hang, flood and cannot be run. */
#include "unit.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/notify.h"
#include "base/clock.h"
#include "base/mem.h"

static char dir[64], script[96], out[96];

static int setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/odyssey-notify-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(script, sizeof(script), "%s/hook", dir);
	snprintf(out, sizeof(out), "%s/out", dir);
	return 0;
}

static int teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

static void write_script(const char *body)
{
	FILE *f = fopen(script, "w");

	assert_non_null(f);
	fprintf(f, "#!/bin/sh\ncd '%s'\n%s\n", dir, body);
	fclose(f);
	assert_int_equal(chmod(script, 0700), 0);
}

static char *read_out(void)
{
	static char text[65536];
	FILE *f = fopen(out, "r");
	size_t n = 0;

	if (f) {
		n = fread(text, 1, sizeof(text) - 1, f);
		fclose(f);
	}
	text[n] = '\0';
	return text;
}

static struct notify *make(struct notify_options o)
{
	o.run = o.run ? o.run : script;
	o.level = o.level ? o.level : LEVEL_WATCH;
	o.timeout_ms = o.timeout_ms ? o.timeout_ms : 5000;
	o.at_once = o.at_once ? o.at_once : 4;
	return notify_new(&o);
}

static struct alarm an_alarm(const char *id, int level)
{
	struct alarm al = { .rule = "battery-low", .drone = "D01", .level = level,
		.state = ALARM_RAISED, .time = 5, .since = 4, .value = 14.5, .limit = 15,
		.text = "battery \"low\"\n", .until = KEY_NONE, .count = KEY_NONE };

	str_copy(al.id, sizeof(al.id), id);
	return al;
}

static void put(struct notify *n, const char *id, int level)
{
	struct alarm al = an_alarm(id, level);

	notify_put(n, &al);
}

/* Turns it until nothing runs or waits; false after 10 s. */
static bool turn(struct notify *n)
{
	int64_t until = clock_mono_ms() + 10000;

	while (clock_mono_ms() < until) {
		struct notify_counts c;

		notify_tick(n, clock_mono_ms());
		c = notify_counts(n);
		if (!c.waiting && !c.running)
			return true;
		usleep(1000);
	}
	return false;
}

static void no_zombie(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* ECHILD: there is no child at all */
}

static void test_nothing_to_run(void **state)
{
	struct notify_options o = { .run = "" };
	struct notify *n = notify_new(&o);
	char text[TEXT_SIZE];

	(void)state;
	assert_null(n);
	put(n, "a", LEVEL_CRITICAL);
	assert_true(notify_tick(n, 5) == INT64_MAX);
	assert_false(notify_trouble(n, 5, text));
	notify_free(&n);
}

static void test_what_it_is_given(void **state)
{
	struct notify *n;
	char text[TEXT_SIZE];

	(void)state;
	setenv("ODYSSEY_SECRET", "hidden", 1);
	setenv("LANG", "C.UTF-8", 1);
	write_script("cat > in; env | sed 's/=.*//' | sort | tr '\\n' ' ' > env;"
		     "ls -l /proc/self/fd | grep -c memfd > fds; mv in out");
	n = make((struct notify_options){ 0 });
	put(n, "a1", LEVEL_WARNING);
	assert_true(turn(n));
	assert_string_equal(read_out(),
	    "{\"id\":\"a1\",\"rule\":\"battery-low\",\"drone\":\"D01\",\"level\":\"warning\","
	    "\"state\":\"raised\",\"time\":5,\"since\":4,\"value\":14.5,\"limit\":15,"
	    "\"text\":\"battery \\\"low\\\"\\u000a\",\"by\":null}\n");
	assert_int_equal(notify_counts(n).started, 1);
	assert_int_equal(notify_counts(n).failed, 0);
	assert_false(notify_trouble(n, clock_mono_ms(), text));
	snprintf(out, sizeof(out), "%s/env", dir);
	assert_non_null(strstr(read_out(), "LANG"));
	assert_non_null(strstr(read_out(), "PATH"));
	assert_null(strstr(read_out(), "ODYSSEY"));
	/* What it reads, and no more of ours. */
	snprintf(out, sizeof(out), "%s/fds", dir);
	assert_string_equal(read_out(), "1\n");
	notify_free(&n);
	no_zombie();
}

static void test_levels(void **state)
{
	struct notify *n;

	(void)state;
	write_script("cat >> out");
	n = make((struct notify_options){ .level = LEVEL_WARNING, .at_once = 1 });
	put(n, "w", LEVEL_WATCH);
	put(n, "x", LEVEL_WARNING);
	put(n, "c", LEVEL_CRITICAL);
	put(n, "d", LEVEL_CRITICAL);
	assert_true(turn(n));
	assert_int_equal(notify_counts(n).started, 3);
	/* The most important first, then in their order. */
	assert_true(strstr(read_out(), "\"c\"") < strstr(read_out(), "\"d\""));
	assert_true(strstr(read_out(), "\"d\"") < strstr(read_out(), "\"x\""));
	notify_free(&n);
	no_zombie();
}

static void test_failures_are_said(void **state)
{
	static const struct {
		const char *legend, *body, *run, *want;
		int64_t timeout_ms;
	} cases[] = {
		{ .legend = "an exit status", .body = "exit 3", .want = "has failed: it ended with 3" },
		{ .legend = "a signal", .body = "kill -9 $$", .want = "has failed: it was ended by signal 9" },
		{ .legend = "no such program", .run = "/nonexistent/hook",
		    .want = "/nonexistent/hook, has failed: it cannot be run: No such file" },
		{ .legend = "not a program", .run = "/etc", .want = "it cannot be run: Permission denied" },
		{ .legend = "too long", .body = "sleep 60", .timeout_ms = 100,
		    .want = "it took longer than 0.1 s and was ended" },
		{ .legend = "too long, deaf to TERM", .body = "trap '' TERM; sleep 60 & wait; sleep 60",
		    .timeout_ms = 100, .want = "it took longer than 0.1 s and was ended" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct notify *n;
		char text[TEXT_SIZE];
		int64_t now;

		write_script(cases[i].body ? cases[i].body : "");
		n = make((struct notify_options){ .run = cases[i].run, .timeout_ms = cases[i].timeout_ms });
		notify_trouble(n, 0, text); /* what is seen at the start */
		put(n, "a", LEVEL_CRITICAL);
		CHECK(cases[i].legend, turn(n));
		now = clock_mono_ms();
		CHECK(cases[i].legend, notify_trouble(n, now, text));
		if (!strstr(text, cases[i].want))
			fail_msg("%s: %s", cases[i].legend, text);
		/* Once in a while, with their number. */
		put(n, "b", LEVEL_CRITICAL);
		put(n, "c", LEVEL_CRITICAL);
		CHECK(cases[i].legend, turn(n));
		CHECK(cases[i].legend, !notify_trouble(n, now + NOTIFY_SAY_EVERY_MS - 1, text));
		CHECK(cases[i].legend, notify_trouble(n, now + NOTIFY_SAY_EVERY_MS, text));
		CHECK(cases[i].legend, strstr(text, "has failed 2 times, the last time: "));
		notify_free(&n);
		no_zombie();
	}
}

/* What is found before anything runs: by odyssey check, and at the start. */
static void test_it_is_looked_at_first(void **state)
{
	static const struct {
		const char *legend, *run; /* NULL: the script */
		int mode;
		const char *head, *want; /* want NULL: it is right */
	} cases[] = {
		{ "nothing to run", "", 0, NULL, NULL },
		{ "a script", NULL, 0700, "#!/bin/sh\n", NULL },
		{ "a script, blanks and an argument", NULL, 0700, "#! \t/bin/sh -e\n", NULL },
		{ "no script at all", NULL, 0700, "", NULL },
		{ "in PATH", "true", 0, NULL, NULL },
		{ "not in PATH", "odyssey-no-such-hook", 0, NULL,
		    "there is no program odyssey-no-such-hook in PATH; name it with its directory" },
		{ "not there", "/nonexistent/hook", 0, NULL,
		    "/nonexistent/hook is not there; put it there, or name another" },
		{ "below a file", "/etc/passwd/hook", 0, NULL, "/etc/passwd/hook: Not a directory; mend that" },
		{ "a directory", "/etc/", 0, NULL, "/etc/ is a directory and no program; name one" },
		{ "a device", "/dev/null", 0, NULL, "/dev/null is no plain file and no program" },
		{ "not executable", NULL, 0600, "#!/bin/sh\n", "/hook may not be executed; chmod +x it" },
		{ "its interpreter is not there", NULL, 0700, "#!/nonexistent/sh -e\n",
		    "/hook is to be run by /nonexistent/sh, as its first line says, and that is not there" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *run = cases[i].run ? cases[i].run : script;
		struct notify_options o = { .run = run, .level = LEVEL_WATCH, .at_once = 1, .where = "a.conf:7" };
		struct err err = { "" };
		struct notify *n;
		char text[TEXT_SIZE];

		if (!cases[i].run) {
			FILE *f = fopen(script, "w");

			assert_non_null(f);
			fputs(cases[i].head, f);
			fclose(f);
			assert_int_equal(chmod(script, (mode_t)cases[i].mode), 0);
		}
		CHECK(cases[i].legend, notify_check(run, &err) == (cases[i].want ? -1 : 0));
		if (cases[i].want && !strstr(err.text, cases[i].want))
			fail_msg("%s: %s", cases[i].legend, err.text);
		/* Said at the start, once, and where it was configured. */
		n = notify_new(&o);
		CHECK(cases[i].legend, notify_trouble(n, 5, text) == !!cases[i].want);
		if (cases[i].want && (!str_starts(text, "a.conf:7: [notify] run: ") || !strstr(text, cases[i].want)))
			fail_msg("%s: %s", cases[i].legend, text);
		CHECK(cases[i].legend, !notify_trouble(n, 5, text));
		notify_free(&n);
	}
}

static void test_bounds(void **state)
{
	struct notify *n;
	char text[TEXT_SIZE];

	(void)state;
	write_script("echo x >> out; while [ ! -e go ]; do sleep 0.01; done");
	n = make((struct notify_options){ .at_once = 3 });
	put(n, "first", LEVEL_WATCH);
	put(n, "second", LEVEL_WATCH);
	put(n, "third", LEVEL_WATCH);
	notify_tick(n, clock_mono_ms());
	for (int i = 0; i < NOTIFY_QUEUE_MAX; i++)
		put(n, "w", LEVEL_WATCH);
	notify_tick(n, clock_mono_ms());
	assert_int_equal(notify_counts(n).running, 3);
	assert_int_equal(notify_counts(n).waiting, NOTIFY_QUEUE_MAX);
	assert_int_equal(notify_counts(n).dropped, 0);
	put(n, "too many", LEVEL_WATCH);
	assert_int_equal(notify_counts(n).waiting, NOTIFY_QUEUE_MAX);
	assert_int_equal(notify_counts(n).dropped, 1);
	put(n, "important", LEVEL_CRITICAL);
	assert_int_equal(notify_counts(n).waiting, NOTIFY_QUEUE_MAX);
	assert_int_equal(notify_counts(n).dropped, 2);
	assert_true(notify_trouble(n, clock_mono_ms(), text));
	assert_non_null(strstr(text, "was not told of 2 alarms, there were too many"));
	/* The end does not wait for those that run on. */
	notify_free(&n);
	no_zombie();
}

/* Four may run at once, yet none overtakes an earlier change of the same alarm,
 * however long that takes. */
static void test_one_alarm_in_order(void **state)
{
	static const int changes[] = { ALARM_RAISED, ALARM_ACKED, ALARM_RETURNED, ALARM_CLEARED };
	struct notify *n;
	char *text, *save, *line;
	size_t seen[2] = { 0, 0 };

	(void)state;
	/* The sooner it is told, the longer it takes. */
	write_script("read -r l; case $l in *raised*) sleep 0.2;; *acked*) sleep 0.1;; *returned*) sleep 0.05;; esac;"
		     "echo \"$l\" >> out");
	n = make((struct notify_options){ .at_once = 4 });
	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		for (int k = 0; k < 2; k++) {
			struct alarm al = an_alarm(k ? "b" : "a", k ? LEVEL_CRITICAL : LEVEL_WARNING);

			al.state = changes[i];
			notify_put(n, &al);
		}
	}
	/* Those of two alarms do run at once. */
	notify_tick(n, clock_mono_ms());
	assert_int_equal(notify_counts(n).running, 2);
	assert_true(turn(n));
	text = read_out();
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		size_t *k = &seen[strstr(line, "\"id\":\"b\"") != NULL];

		assert_in_range(*k, 0, 3);
		assert_non_null(strstr(line, alarm_state_names[changes[(*k)++]]));
	}
	assert_int_equal(seen[0], 4);
	assert_int_equal(seen[1], 4);
	notify_free(&n);
	no_zombie();
}

/* Killed with SIGKILL, who runs hooks can end none of them: its warden does. */
static void test_nothing_outlives_us(void **state)
{
	static const struct {
		const char *legend, *body;
	} cases[] = {
		{ "a hook and what it has started", "sleep 1000 & echo $$ > pid; mv pid out; wait" },
		{ "deaf to TERM",
		    "trap '' TERM; sleep 1000 & echo $$ > pid; mv pid out; wait; sleep 1000" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t until = clock_mono_ms() + 10000;
		pid_t us, hook = 0;

		unlink(out);
		write_script(cases[i].body);
		us = fork();
		assert_int_not_equal(us, -1);
		if (us == 0) {
			struct notify *n = make((struct notify_options){ .timeout_ms = 600000 });

			put(n, "a", LEVEL_CRITICAL);
			notify_tick(n, clock_mono_ms());
			for (;;)
				pause();
		}
		while (!hook && clock_mono_ms() < until) {
			hook = atoi(read_out());
			usleep(1000);
		}
		CHECK(cases[i].legend, hook > 0 && kill(-hook, 0) == 0);
		kill(us, SIGKILL);
		waitpid(us, NULL, 0);
		while (kill(-hook, 0) == 0 && clock_mono_ms() < until)
			usleep(1000);
		CHECK(cases[i].legend, kill(-hook, 0) == -1);
	}
}

static void test_rate(void **state)
{
	struct notify *n;
	int64_t now = 1000000;

	(void)state;
	write_script("exit 0");
	n = make((struct notify_options){ .at_once = 8, .per_minute = 6 });
	for (int i = 0; i < 20; i++)
		put(n, "a", LEVEL_WATCH);
	for (int i = 0; i < 100; i++) {
		notify_tick(n, now);
		usleep(1000);
	}
	assert_int_equal(notify_counts(n).started, 6);
	notify_tick(n, now + 10000);
	assert_int_equal(notify_counts(n).started, 7);
	notify_free(&n);
	no_zombie();
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		TEST(test_nothing_to_run), TEST(test_what_it_is_given), TEST(test_levels),
		TEST(test_failures_are_said),
		TEST(test_it_is_looked_at_first), TEST(test_bounds),
		TEST(test_one_alarm_in_order), TEST(test_nothing_outlives_us), TEST(test_rate),
	};

	return cmocka_run_group_tests_name("notify", tests, NULL, NULL);
}
