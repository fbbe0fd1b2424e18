/*
 * odyssey alarms: what stands, the most important first. Answers to it are in
 * cmd_ack.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/attach.h"
#include "app/commands.h"
#include "base/clock.h"
#include "base/mem.h"
#include "format/fold.h"

static const enum style level_styles[LEVEL_COUNT] = {
	[LEVEL_UNKNOWN] = STYLE_WARN, [LEVEL_WATCH] = STYLE_PLAIN, [LEVEL_WARNING] = STYLE_WARN,
	[LEVEL_CRITICAL] = STYLE_BAD,
};

static void format_age(int64_t ms, char text[24])
{
	double s = ms > 0 ? (double)ms / 1000 : 0;

	if (s < 120)
		snprintf(text, 24, "%.0f s", s);
	else if (s < 7200)
		snprintf(text, 24, "%.0f min", s / 60);
	else if (s < 172800)
		snprintf(text, 24, "%.0f h", s / 3600);
	else
		snprintf(text, 24, "%.0f d", s / 86400);
}

/* "raised", "acked by ann", "shelved by ann, 9 min left: the pad is wet". */
static void state_cell(struct table *t, const struct alarm *al, int64_t now_ms)
{
	char left[24];

	if (al->state == ALARM_SHELVED && al->until != KEY_NONE) {
		format_age((int64_t)al->until - now_ms, left);
		table_cell(t, STYLE_DIM, "shelved by %s, %s left%s%s", *al->by ? al->by : "somebody", left,
		    *al->why ? ": " : "", al->why);
		return;
	}
	if (al->state == ALARM_OUT) {
		table_cell(t, STYLE_DIM, "out of service by %s%s%s", *al->by ? al->by : "somebody",
		    *al->why ? ": " : "", al->why);
		return;
	}
	table_cell(t, al->state == ALARM_RAISED ? STYLE_BOLD : STYLE_DIM, "%s%s%s",
	    alarm_state_names[al->state], *al->by ? " by " : "", al->by);
}

static void add_row(struct table *t, const struct alarm *al, int64_t now_ms)
{
	bool over = al->state == ALARM_CLEARED;
	char age[24];

	format_age(now_ms - (int64_t)(al->since == KEY_NONE ? al->time : al->since), age);
	table_cell(t, over ? STYLE_DIM : level_styles[al->level], "%s", alarm_level_names[al->level]);
	table_cell(t, over ? STYLE_DIM : STYLE_PLAIN, "%s", *al->drone ? al->drone : "-");
	table_cell(t, STYLE_PLAIN, "%s", al->rule);
	table_cell(t, STYLE_PLAIN, "%s", age);
	if (al->count == KEY_NONE)
		table_cell(t, STYLE_PLAIN, "-");
	else
		table_cell(t, STYLE_PLAIN, "%" PRIu64, al->count);
	state_cell(t, al, now_ms);
	table_cell(t, STYLE_PLAIN, "%s", al->id);
	table_cell(t, STYLE_PLAIN, "%s", al->text);
}

/* "chattering: F01.x F02.y", or nothing. */
static void note_ids(struct buf *out, const wire_value *ids, const char *what)
{
	const char *id;
	size_t len;

	if (!wire_count(ids))
		return;
	buf_printf(out, "%s:", what);
	for (size_t i = 0; i < wire_count(ids) && i < 20; i++) {
		if (wire_get_text(wire_at(ids, i), &id, &len))
			buf_printf(out, " %.*s", (int)len, id);
	}
	if (wire_count(ids) > 20)
		buf_printf(out, " and %zu more", wire_count(ids) - 20);
}

/* In a flood single lines are no help: what stands by rule. */
static void note_flood(struct buf *out, const wire_value *reply)
{
	const wire_value *rules = wire_key(reply, "rules");
	bool flood = false;

	if (!wire_get_bool(wire_key(reply, "flood"), &flood) || !flood)
		return;
	buf_add_str(out, "flood: more than 10 alarms in 10 minutes; what stands, by rule:");
	for (size_t i = 0; i < wire_count(rules); i++) {
		const wire_value *row = wire_at(rules, i);
		const char *name;
		uint64_t count;
		size_t len;

		if (wire_get_text(wire_at(row, 0), &name, &len) && wire_get_uint(wire_at(row, 2), &count))
			buf_printf(out, "%s %" PRIu64 " %.*s", i ? "," : "", count, (int)len, name);
	}
}

/* A line or more of what was noted, which begins anew. */
static void put_note(struct buf *out, struct buf *note, int width)
{
	if (note->len)
		fold_text(out, note->data, STYLE_PLAIN, false, width, 0, 2);
	buf_clear(note);
}

static void put_notes(struct buf *out, const wire_value *reply, int width)
{
	struct buf note = BUF_INIT;
	bool more = false;

	note_flood(&note, reply);
	put_note(out, &note, width);
	note_ids(&note, wire_key(reply, "chattering"), "chattering, more than 3 times in a minute");
	put_note(out, &note, width);
	note_ids(&note, wire_key(reply, "standing"), "standing for more than a day");
	put_note(out, &note, width);
	if (wire_get_bool(wire_key(reply, "more"), &more) && more)
		buf_add_str(&note, "there are more; --drone narrows it");
	put_note(out, &note, width);
	buf_free(&note);
}

static size_t put_alarms(const struct app *app, const wire_value *reply, struct buf *out)
{
	static const struct table_column columns[] = {
		{ "LEVEL", TABLE_LEFT }, { "DRONE", TABLE_LEFT }, { "RULE", TABLE_LEFT },
		{ "AGE", TABLE_RIGHT }, { "TIMES", TABLE_RIGHT }, { "STATE", TABLE_LEFT },
		{ "ID", TABLE_LEFT }, { "TEXT", TABLE_LEFT },
	};
	bool all = args_has(&app->args, "all"), ids = args_has(&app->args, "ids");
	bool json = args_has(&app->args, "json") && !ids;
	const wire_value *list = wire_key(reply, "alarms");
	int64_t now_ms = clock_wall_ms();
	int width = fold_width(stdout);
	struct reject why;
	struct alarm al;
	struct table t;
	size_t n = 0;

	wire_get_int(wire_key(reply, "time"), &now_ms);
	table_init(&t, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < wire_count(list); i++) {
		if (message_read(wire_at(list, i), TOPIC_AL, &al, &why) == -1 ||
		    (al.state == ALARM_CLEARED && !all))
			continue;
		n++;
		if (ids) {
			buf_printf(out, "%s\n", al.id);
		} else if (json) {
			wire_to_json(wire_at(list, i), out);
			buf_add_str(out, "\n");
		} else {
			add_row(&t, &al, now_ms);
		}
	}
	if (!json && !ids && n)
		fold_table(&t, out, table_wants_colour(stdout), width);
	if (!json && !ids)
		put_notes(out, reply, width);
	table_clear(&t);
	return n;
}

int cmd_alarms(struct app *app)
{
	struct request req = { .op = OP_ALARMS, .since = KEY_NONE };
	const char *drone = args_get(&app->args, "drone");
	struct buf body = BUF_INIT, out = BUF_INIT;
	struct attach at;
	struct answer a;
	struct err err;
	size_t n;

	if (app->args.operand_count) {
		err_set(&err, "alarms takes no operand, and \"%.40s\" is one; --drone names a drone",
		    app->args.operands[0]);
		return app_usage_error("alarms", &err);
	}
	if (drone && (!id_valid(drone, strlen(drone)))) {
		err_set(&err, "\"%.40s\" is no drone's id", drone);
		return app_usage_error("alarms", &err);
	}
	if (attach_open(&at, app, &err) == -1) {
		attach_close(&at);
		return app_usage_error("alarms", &err);
	}
	if (drone)
		str_copy(req.drone, sizeof(req.drone), drone);
	request_encode(&body, &req);
	answer_init(&a);
	if (attach_ask(&at, &body, &a, &err) == -1) {
		answer_clear(&a);
		buf_free(&body);
		attach_close(&at);
		return app_failure("alarms", &err);
	}
	n = put_alarms(app, a.reply.body, &out);
	if (out.len)
		fwrite(out.data, 1, out.len, stdout);
	if (!n && !args_has(&app->args, "json") && !args_has(&app->args, "ids"))
		fprintf(stderr, "odyssey alarms: none stands%s\n",
		    args_has(&app->args, "all") ? ", none has ended within the hour" : "");
	answer_clear(&a);
	buf_free(&body);
	buf_free(&out);
	attach_close(&at);
	return EXIT_OK;
}
