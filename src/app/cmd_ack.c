/*
 * odyssey ack, shelve and unshelve: what operators answer to alarms. What is
 * named may be an alarm or, for ack, a drone.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/attach.h"
#include "app/commands.h"
#include "app/send_run.h"
#include "base/clock.h"

static int refuse(const char *command, struct err *err)
{
	return app_usage_error(command, err);
}

static int ask(struct attach *at, const struct request *req, struct answer *a, struct err *err)
{
	struct buf body = BUF_INIT;
	int ret;

	request_encode(&body, req);
	ret = attach_ask(at, &body, a, err);
	buf_free(&body);
	return ret;
}

static struct request make(enum op op)
{
	struct request req = { .op = op, .since = KEY_NONE, .until = KEY_NONE, .minutes = NAN };

	send_name_user(req.by);
	return req;
}

static int ack_one(struct attach *at, const char *what, bool json, struct err *err)
{
	struct request req = make(OP_ACK);
	struct answer a;
	uint64_t count;
	int ret;

	if (!what)
		req.all = true;
	else
		str_copy(strchr(what, '.') ? req.id : req.drone,
		    strchr(what, '.') ? sizeof(req.id) : sizeof(req.drone), what);
	answer_init(&a);
	ret = ask(at, &req, &a, err);
	if (ret == 0 && !wire_get_uint(wire_key(a.reply.body, "count"), &count))
		ret = err_set(err, "the answer of %s says no number", at->control);
	if (ret == 0 && json)
		printf("{\"acknowledged\":%" PRIu64 "}\n", count);
	else if (ret == 0)
		printf("%s: %" PRIu64 " acknowledged\n", what ? what : "all", count);
	answer_clear(&a);
	return ret;
}

int cmd_ack(struct app *app)
{
	bool all = args_has(&app->args, "all"), json = args_has(&app->args, "json");
	int n = app->args.operand_count, code = EXIT_OK;
	struct attach at;
	struct err err;

	if (all == (n > 0)) {
		err_set(&err, all ? "--all acknowledges all there are, and \"%.40s\" is one of them"
				  : "it needs an alarm, a drone or --all; odyssey alarms lists them",
		    n ? app->args.operands[0] : "");
		return refuse("ack", &err);
	}
	for (int i = 0; i < n; i++) {
		if (!*app->args.operands[i] || strlen(app->args.operands[i]) >= COMMAND_ID_SIZE) {
			err_set(&err, "\"%.70s\" is neither an alarm nor a drone", app->args.operands[i]);
			return refuse("ack", &err);
		}
	}
	if (attach_open(&at, app, &err) == -1) {
		attach_close(&at);
		return refuse("ack", &err);
	}
	for (int i = 0; i < n || (all && i == 0); i++) {
		if (ack_one(&at, all ? NULL : app->args.operands[i], json, &err) == -1)
			code = app_failure("ack", &err);
	}
	attach_close(&at);
	return code;
}

static void print_alarm(const struct answer *a, const char *id, bool json)
{
	const wire_value *al = wire_key(a->reply.body, "alarm");
	struct buf out = BUF_INIT;
	struct reject why;
	struct alarm alarm;
	char time[TIME_TEXT_SIZE];

	if (json) {
		wire_to_json(al, &out);
		printf("%s\n", out.data);
		buf_free(&out);
		return;
	}
	if (message_read(al, TOPIC_AL, &alarm, &why) == -1)
		printf("%s: it has ended\n", id);
	else if (alarm.state == ALARM_SHELVED && alarm.until != KEY_NONE)
		printf("%s: shelved until %s\n", id, time_format((int64_t)alarm.until, time));
	else if (alarm.state == ALARM_OUT)
		printf("%s: out of service until %s is heard again\n", id,
		    *alarm.drone ? alarm.drone : "its source");
	else
		printf("%s: %s\n", id, alarm_state_names[alarm.state]);
}

static int answer_one(struct attach *at, struct request *req, const char *id, bool json, struct err *err)
{
	struct answer a;
	int ret;

	str_copy(req->id, sizeof(req->id), id);
	answer_init(&a);
	ret = ask(at, req, &a, err);
	if (ret == 0)
		print_alarm(&a, req->id, json);
	answer_clear(&a);
	return ret;
}

/* Whether the request would change one in that state. */
static bool is_open_to(const struct request *req, int state)
{
	if (req->op == OP_UNSHELVE)
		return state == ALARM_SHELVED || state == ALARM_OUT;
	return state != ALARM_CLEARED && state != ALARM_UNKNOWN && state != ALARM_OUT;
}

/* All of a drone for which it makes sense. */
static int answer_drone(struct attach *at, struct request *req, const char *drone, bool json, struct err *err)
{
	struct request list = { .op = OP_ALARMS, .since = KEY_NONE };
	const wire_value *rows;
	struct answer a;
	size_t n = 0;
	int ret;

	str_copy(list.drone, sizeof(list.drone), drone);
	answer_init(&a);
	ret = ask(at, &list, &a, err);
	rows = wire_key(a.reply.body, "alarms");
	for (size_t i = 0; i < wire_count(rows) && ret == 0; i++) {
		struct reject why;
		struct alarm al;

		if (message_read(wire_at(rows, i), TOPIC_AL, &al, &why) == -1 || !is_open_to(req, al.state))
			continue;
		n++;
		ret = answer_one(at, req, al.id, json, err);
	}
	if (ret == 0 && !n)
		ret = err_set(err, "there is no drone %s with an alarm that %s", drone,
		    req->op == OP_UNSHELVE ? "is shelved or out of service" : "stands");
	answer_clear(&a);
	return ret;
}

static int answer_each(struct app *app, const char *command, struct request *req)
{
	bool json = args_has(&app->args, "json");
	int code = EXIT_OK;
	struct attach at;
	struct err err;

	if (!app->args.operand_count) {
		err_set(&err, "it needs an alarm's id, or a drone's; odyssey alarms lists them");
		return refuse(command, &err);
	}
	for (int i = 0; i < app->args.operand_count; i++) {
		if (!*app->args.operands[i] || strlen(app->args.operands[i]) >= sizeof(req->id)) {
			err_set(&err, "\"%.70s\" is neither an alarm nor a drone", app->args.operands[i]);
			return refuse(command, &err);
		}
	}
	if (attach_open(&at, app, &err) == -1) {
		attach_close(&at);
		return refuse(command, &err);
	}
	for (int i = 0; i < app->args.operand_count; i++) {
		const char *what = app->args.operands[i];

		/* An alarm's id has a dot in it, a drone's never. */
		if ((strchr(what, '.') ? answer_one : answer_drone)(&at, req, what, json, &err) == -1)
			code = app_failure(command, &err);
	}
	attach_close(&at);
	return code;
}

int cmd_shelve(struct app *app)
{
	const char *length = args_get(&app->args, "for"), *why = args_get(&app->args, "why");
	struct request req = make(OP_SHELVE);
	struct err err;
	int64_t ms = 0;

	req.out = args_has(&app->args, "out-of-service");
	if (req.out && length) {
		err_set(&err, "out of service has no end: say --for or --out-of-service");
		return refuse("shelve", &err);
	}
	if (!req.out && (!length || !duration_parse(length, &ms) || ms <= 0)) {
		err_set(&err, length ? "--for must be a time, as in 90s, 10m or 2h, and \"%.40s\" is not"
				     : "it needs an end: --for TIME, as in 90s, 10m or 2h; or, where its drone is "
				       "lost, --out-of-service", length);
		return refuse("shelve", &err);
	}
	if (!why || !*why) {
		err_set(&err, "it needs a reason for the others to read: --why TEXT");
		return refuse("shelve", &err);
	}
	if (!req.out)
		req.minutes = (double)ms / 60000;
	str_copy(req.why, sizeof(req.why), why);
	return answer_each(app, "shelve", &req);
}

int cmd_unshelve(struct app *app)
{
	struct request req = make(OP_UNSHELVE);

	return answer_each(app, "unshelve", &req);
}
