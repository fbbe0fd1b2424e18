/*
 * odyssey send: one command to one or more drones, confirmed where it must be.
 *
 * hold, rtl and land to named drones go out after one question for the clock;
 * nothing else stands before them.
 */
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "app/attach.h"
#include "app/commands.h"
#include "app/roster_fetch.h"
#include "app/send_advice.h"
#include "app/send_args.h"
#include "app/send_run.h"
#include "base/clock.h"
#include "base/mem.h"

/* What was shown longer ago is looked up again before it is sent (the state of
 * a drone may have changed). */
#define PREVIEW_MS 15000
/* A daemon waits answer_s for its source; then its own answer travels. */
#define ANSWER_SLACK_MS 2000
/* How long hold, rtl and land wait for the clock. */
#define SAFE_HELLO_MS 1000

struct send {
	struct app *app;
	struct attach at;
	struct send_line line;
	struct hello hello;
	struct send_target *targets;
	size_t count;
	struct send_over *over; /* of each target; NULL where nothing was asked */
	double timeout_s, expires_s;
	long long number; /* --count; -1 where not given */
};

/* What is known of the targets' flight; unknown stays unknown. */
static void look_up(struct send *s, const struct roster_view *r)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct roster_drone *d = roster_view_find(r, s->targets[i].id);
		bool fresh = d && d->freshness == FRESH;

		s->targets[i].maybe_in_air = !fresh || sample_maybe_in_air(&d->sample);
		s->targets[i].surely_in_air = fresh && sample_flag(&d->sample, FLAG_IN_AIR);
	}
}

/* hold, rtl and land to named drones. */
static bool nothing_before(const struct send *s)
{
	return command_table[s->line.cmd].several == SEVERAL_AT_ONCE && send_all_named(&s->line);
}

static const char *reason_given(const struct send *s)
{
	const char *reason = args_get(&s->app->args, "reason");

	return reason ? reason : "";
}

/* Who is meant, and in which state: 0, EXIT_FAILED or EXIT_USAGE. */
static int find_targets(struct send *s, struct err *err)
{
	const char **ids;
	struct roster_view r;
	int result;

	free(s->targets);
	free(s->over);
	s->targets = NULL;
	s->over = NULL;
	if (nothing_before(s))
		return send_expand(&s->line, NULL, &s->targets, &s->count, err) == -1 ? EXIT_USAGE : 0;
	if (roster_fetch(&s->at, &s->app->config, &s->hello, &r, err) == -1)
		return EXIT_FAILED;
	ids = xcalloc(r.count + 1, sizeof(*ids));
	for (size_t i = 0; i < r.count; i++)
		ids[i] = r.drones[i].id;
	result = send_expand(&s->line, ids, &s->targets, &s->count, err) == -1 ? EXIT_USAGE : 0;
	look_up(s, &r);
	if (result == 0 && send_advice(&s->at, &s->app->config, &s->hello, &r, &s->line, s->targets,
			       s->count, reason_given(s), &s->over, err) == -1)
		result = EXIT_USAGE;
	free(ids);
	roster_view_clear(&r);
	return result;
}

/* A line typed after the question was shown; false on end of input or Ctrl-C. */
static bool read_answer(struct send *s, char *line, size_t size)
{
	struct pollfd items[2] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = s->at.signals, .events = POLLIN },
	};
	size_t len = 0;

	while (poll(items, 2, -1) >= 0 && !(items[1].revents & POLLIN)) {
		char c;

		if (read(STDIN_FILENO, &c, 1) != 1)
			return false;
		if (c == '\n') {
			line[len] = '\0';
			return true;
		}
		if (len < size - 1)
			line[len++] = c;
	}
	return false;
}

static const char *state_words(const struct send_target *t)
{
	return t->surely_in_air ? "in the air" : t->maybe_in_air ? "perhaps in the air" : "on the ground";
}

static void show(const struct send *s, const struct send_need *need)
{
	const char *name = command_table[s->line.cmd].name;

	fprintf(stderr, "%s%s for ", name, need->yes ? " is dangerous:" : "");
	for (size_t i = 0; i < s->count && i < 12; i++) {
		fprintf(stderr, "%s%s", i ? ", " : "", s->targets[i].id);
		if (need->yes)
			fprintf(stderr, " (%s)", state_words(&s->targets[i]));
	}
	if (s->count > 12)
		fprintf(stderr, " and %zu more", s->count - 12);
	if (s->line.args.items.count)
		fprintf(stderr, ", %zu points", s->line.args.items.count);
	fprintf(stderr, ".\n");
}

/* 0 to send, 1 to look again, -1 with a sentence not to. */
static int confirm(struct send *s, const struct send_need *need, struct err *err)
{
	const char *name = command_table[s->line.cmd].name;
	bool yes = need->yes && !args_has(&s->app->args, "yes");
	bool number = need->count && s->number < 0;
	int64_t shown_ms, typed;
	char line[32];

	if (need->count && s->number >= 0 && s->number != (long long)s->count)
		return err_set(err, "--count %lld, but these are %zu drones; nothing was sent",
		    s->number, s->count);
	if (!yes && !number)
		return 0;
	if (!isatty(STDIN_FILENO)) {
		if (number)
			return err_set(err, "%s is for %zu drones; repeat it with --count %zu%s", name,
			    s->count, s->count, yes ? " --yes" : "");
		return err_set(err, "%s is dangerous for %s, which is %s; repeat it with --yes", name,
		    s->targets[0].id, state_words(&s->targets[0]));
	}
	show(s, need);
	fflush(stderr);
	/* Nothing typed before the question counts as its answer. */
	tcflush(STDIN_FILENO, TCIFLUSH);
	if (number)
		fprintf(stderr, "Type their number to send it: ");
	else
		fprintf(stderr, "Send it? [y/N] ");
	fflush(stderr);
	shown_ms = clock_mono_ms();
	if (!read_answer(s, line, sizeof(line)))
		return err_set(err, "not confirmed; nothing was sent");
	if (number ? !str_int(line, 0, INT64_MAX, &typed) || typed != (int64_t)s->count :
		     strcmp(line, "y") != 0 && strcmp(line, "yes") != 0)
		return err_set(err, "not confirmed; nothing was sent");
	if (clock_mono_ms() - shown_ms > PREVIEW_MS) {
		fprintf(stderr, "That took over 15 s; the drones may have changed. Once more:\n");
		return 1;
	}
	return 0;
}

/* Who is there, and its clock. One who is there but says nothing is sent the
 * safe three all the same, by our own clock. */
static int greet(struct send *s, struct err *err)
{
	int result;

	if (nothing_before(s))
		s->at.timeout_ms = SAFE_HELLO_MS;
	result = attach_hello(&s->at, &s->hello, err);
	s->at.timeout_ms = ATTACH_TIMEOUT_MS;
	if (result == -1 && s->at.reached && nothing_before(s)) {
		fprintf(stderr, "odyssey send: %s; sending it by our own clock\n", err->text);
		s->hello = (struct hello){ .kind = KIND_UNKNOWN };
		return 0;
	}
	return result;
}

static int prepare(struct send *s, struct err *err)
{
	struct send_need need;
	int again, code;

	if (greet(s, err) == -1)
		return EXIT_FAILED;
	if (s->hello.kind == KIND_REPLAY) {
		err_set(err, "%s is a replay, which takes no commands", s->hello.source);
		return EXIT_FAILED;
	}
	do {
		code = find_targets(s, err);
		if (code != 0)
			return code;
		if (send_need(&s->line, s->targets, s->count, &need, err) == -1)
			return EXIT_USAGE;
		again = confirm(s, &need, err);
	} while (again == 1);
	return again == -1 ? EXIT_USAGE : 0;
}

static int run(struct send *s)
{
	struct send_run run = {
		.at = &s->at,
		.line = &s->line,
		.targets = s->targets,
		.count = s->count,
		.over = s->over,
		.reason = reason_given(s),
		.wait = args_has(&s->app->args, "wait"),
		.json = args_has(&s->app->args, "json"),
		.offset_ms = s->hello.offset_ms,
		.expires_ms = (int64_t)(s->expires_s * 1000),
		.answer_ms = (int64_t)(s->app->config.answer_s * 1000) + ANSWER_SLACK_MS,
		.timeout_ms = isnan(s->timeout_s) ? INT64_MAX : (int64_t)(s->timeout_s * 1000),
	};

	if (run.timeout_ms < run.answer_ms)
		run.answer_ms = run.timeout_ms;
	return send_run(&run);
}

static int read_flags(struct send *s, struct err *err)
{
	const struct args *args = &s->app->args;

	s->timeout_s = NAN;
	s->expires_s = s->app->config.expires_s;
	s->number = -1;
	if (args_number(args, "timeout", 0.1, 86400, &s->timeout_s, err) == -1 ||
	    args_int(args, "count", 1, INT64_MAX, &s->number, err) == -1)
		return -1;
	return send_line_read(&s->line, args->operand_count, args->operands, err);
}

int cmd_send(struct app *app)
{
	struct send s = { .app = app, .at = { .signals = -1 } };
	struct err err;
	int code;

	if (read_flags(&s, &err) == -1 || attach_open(&s.at, app, &err) == -1) {
		code = app_usage_error("send", &err);
	} else {
		if (s.line.notes.len)
			fputs(s.line.notes.data, stderr);
		code = prepare(&s, &err);
		if (code == EXIT_USAGE)
			app_usage_error("send", &err);
		else if (code == EXIT_FAILED)
			app_failure("send", &err);
		else
			code = run(&s);
	}
	attach_close(&s.at);
	send_line_clear(&s.line);
	free(s.targets);
	free(s.over);
	return code;
}
