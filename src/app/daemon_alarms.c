/*
 * The alarms of the daemon: everything that happens goes to the watch, every
 * change that comes out goes to the feed, the history and the hook; and the
 * requests of operators. See daemon.h.
 *
 * A replay's drones are never watched. Nor are those that come through another
 * daemon: that one watches them, and what it says is offered on (daemon_relayed.c).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/alarm_setup.h"
#include "app/daemon.h"
#include "app/zone_setup.h"
#include "base/log.h"
#include "base/mem.h"

#define DAY_MS (24 * 3600 * 1000LL)

static const enum log_level levels[LEVEL_COUNT] = {
	[LEVEL_UNKNOWN] = LOG_NOTICE, [LEVEL_WATCH] = LOG_NOTICE,
	[LEVEL_WARNING] = LOG_WARNING, [LEVEL_CRITICAL] = LOG_ERROR,
};

static struct watch_now now(const struct daemon *d)
{
	return (struct watch_now){ .ms = d->now_ms, .mono_ms = d->now_mono_ms };
}

static size_t number(const struct daemon *d, const struct drone *drone)
{
	return (size_t)(drone - d->fleet.drones);
}

static int find_level(const char *name)
{
	int level = LEVEL_WATCH;

	while (level < LEVEL_CRITICAL && strcmp(alarm_level_names[level], name) != 0)
		level++;
	return level;
}

/* A daemon without the fences it was given would watch as if there were none. */
static int open_zones(struct daemon *d, struct err *err)
{
	struct buf notes = BUF_INIT;
	int result = zone_setup(d->config, &d->zones, &notes, err);
	char *save = NULL;

	for (char *l = notes.len ? strtok_r(notes.data, "\n", &save) : NULL; l; l = strtok_r(NULL, "\n", &save))
		log_warning("%s", l);
	buf_free(&notes);
	return result;
}

int alarms_check(const struct config *c, struct err *err)
{
	struct buf notes = BUF_INIT;
	struct zone_set *zones = NULL;
	struct rule_set rules;
	int result = alarm_setup_rules(c, &rules, err);

	if (result == -1)
		return -1;
	rule_set_clear(&rules);
	result = zone_setup(c, &zones, &notes, err);
	zone_set_free(&zones);
	buf_free(&notes);
	return result;
}

int alarms_open(struct daemon *d, struct err *err)
{
	const struct config *c = d->config;
	struct watch_settings settings = {
		.stale_s = c->stale_s, .lost_s = c->lost_s, .site = c->name,
	};
	struct notify_options options = {
		.run = c->notify_run,
		.level = find_level(c->notify_level),
		.timeout_ms = (int64_t)(c->notify_timeout_s * 1000),
		.at_once = (size_t)c->notify_at_once,
		.per_minute = c->notify_per_minute,
		.where = config_where(c, "notify", "", "run"),
	};
	struct rule_set rules;

	if (alarm_setup_rules(c, &rules, err) == -1 || open_zones(d, err) == -1)
		return -1;
	d->watch = watch_new(&settings, &rules);
	watch_zones(d->watch, d->zones);
	d->notify = notify_new(&options);
	d->alarms_day = d->now_ms / DAY_MS;
	for (size_t i = 0; i < d->source_count; i++)
		alarms_source(d, &d->sources[i]);
	return 0;
}

void alarms_close(struct daemon *d)
{
	notify_free(&d->notify);
	watch_free(&d->watch);
	zone_set_free(&d->zones);
	buf_free(&d->alarm_list);
	free(d->plans);
	free(d->relayed);
}

/* ---- what goes in ---- */

static bool is_watched(const struct daemon *d, const struct drone *drone)
{
	const struct source *s;

	if (drone->source == NO_SOURCE)
		return false;
	s = &d->sources[drone->source];
	return s->kind_known && s->kind != KIND_REPLAY && s->kind != KIND_DAEMON;
}

void alarms_sample(struct daemon *d, const struct drone *drone)
{
	size_t i = number(d, drone);

	if (i >= d->plan_cap || d->plans[i] == PLAN_NEVER)
		plan_fetch_want(d, drone);
	if (!is_watched(d, drone))
		return;
	watch_sample(d->watch, &d->fleet, i, now(d));
}

void alarms_source(struct daemon *d, const struct source *s)
{
	struct watch_source told = {
		.up = s->state == SOURCE_UP,
		.heard = s->state != SOURCE_NEVER,
		.replay = s->kind == KIND_REPLAY,
		.clock_known = s->clock.known,
		.offset_ms = source_clock_offset(&s->clock),
	};

	str_copy(told.name, sizeof(told.name), source_label(s));
	watch_source(d->watch, s->index, &told, now(d));
}

static void happened(struct daemon *d, enum happening what, const struct drone *drone, int source,
    const char *text)
{
	watch_happening(d->watch, &d->fleet, what, drone ? number(d, drone) : WATCH_NO_DRONE, source,
	    text, now(d));
}

void alarms_progress(struct daemon *d, const struct progress *cm)
{
	const struct drone *drone = fleet_find(&d->fleet, cm->drone);
	char text[TEXT_SIZE];

	if (!drone || !is_watched(d, drone))
		return;
	snprintf(text, sizeof(text), "%s of %s%s%.300s", cm->cmd, *cm->by ? cm->by : "somebody",
	    *cm->text ? ": " : "", cm->text);
	str_trim_utf8(text);
	switch (cm->stage) {
	case STAGE_TIMEOUT:
		happened(d, HAPPENING_COMMAND_UNKNOWN, drone, NO_SOURCE, text);
		break;
	case STAGE_FAILED:
		/* Somebody meant it so: the newer command took its place. */
		if (!str_starts(cm->text, "replaced by "))
			happened(d, HAPPENING_COMMAND_FAILED, drone, NO_SOURCE, text);
		break;
	case STAGE_ACCEPTED:
	case STAGE_DONE:
		happened(d, HAPPENING_COMMAND_DONE, drone, NO_SOURCE, text);
		break;
	default:
		break;
	}
}

void alarms_reject(struct daemon *d, const struct source *s, const char *why)
{
	if (s->kind != KIND_REPLAY)
		happened(d, HAPPENING_REJECT, NULL, s->index, why);
}

void alarms_history(struct daemon *d, bool out, const char *why)
{
	happened(d, out ? HAPPENING_HISTORY_OUT : HAPPENING_HISTORY_BACK, NULL, NO_SOURCE, why);
}

/* ---- what comes out ---- */

static void tell(struct daemon *d, const struct alarm *al)
{
	alarm_list_changed(d);
	daemon_publish(d, TOPIC_AL, al->drone, al);
	if (!history_put_alarm(d->history, al, d->now_ms))
		d->alarms_unlogged = true;
	notify_put(d->notify, al);
	log_line(al->state == ALARM_RAISED ? levels[al->level] : LOG_NOTICE, "alarm %s of %s %s%s%s: %s",
	    al->rule, *al->drone ? al->drone : "the site", alarm_state_names[al->state],
	    *al->by ? " by " : "", al->by, al->text);
}

void alarms_tell(struct daemon *d)
{
	struct watch_alarm a;

	while (watch_next(d->watch, &a))
		tell(d, &a.al);
}

void alarms_store_again(struct daemon *d)
{
	size_t count;
	struct watch_alarm *list = watch_standing(d->watch, now(d), &count);

	d->alarms_unlogged = false;
	for (size_t i = 0; i < count && !d->alarms_unlogged; i++)
		d->alarms_unlogged = !history_put_alarm(d->history, &list[i].al, d->now_ms);
	free(list);
}

int64_t alarms_tick(struct daemon *d)
{
	int64_t next = watch_tick(d->watch, &d->fleet, now(d)), hook, plans = plan_fetch_tick(d);
	int64_t relayed = relayed_tick(d);
	char text[TEXT_SIZE];

	alarms_tell(d);
	hook = notify_tick(d->notify, d->now_mono_ms);
	while (notify_trouble(d->notify, d->now_mono_ms, text))
		daemon_event(d, "", SEVERITY_WARNING, "%s", text);
	/* Each day's file says what stands. */
	if (d->now_ms / DAY_MS != d->alarms_day) {
		d->alarms_day = d->now_ms / DAY_MS;
		alarms_store_again(d);
	}
	next = plans < next ? plans : next;
	next = hook < next ? hook : next;
	return relayed < next ? relayed : next;
}

void alarms_restore(struct daemon *d, const struct history_past *past)
{
	struct alarm *rows = xcalloc(past->alarm_count + 1, sizeof(*rows));
	size_t n = 0;

	for (size_t i = 0; i < past->alarm_count; i++) {
		const struct alarm *al = &past->alarms[i];

		/* What another daemon says of its drones it will say again. */
		if (*al->source && strcmp(al->source, d->config->name) != 0)
			continue;
		rows[n++] = *al;
	}
	watch_restore(d->watch, rows, n);
	if (n)
		log_notice("%zu alarm%s of the run before stand%s", n, n == 1 ? "" : "s", n == 1 ? "s" : "");
	free(rows);
}

/* ---- what operators ask ---- */

static enum code check_by(const struct request *req, struct err *err)
{
	if (*req->by)
		return CODE_OK;
	err_set(err, "by is empty: alarms are answered by somebody");
	return CODE_BAD_ARGS;
}

static enum code serve_ack(struct daemon *d, const struct request *req, struct err *err)
{
	size_t count;

	if ((*req->id != '\0') + (*req->drone != '\0') + req->all != 1) {
		err_set(err, "ack takes one of id, drone and all");
		return CODE_BAD_ARGS;
	}
	if (*req->drone && !fleet_find(&d->fleet, req->drone)) {
		err_set(err, "there is no drone %s", req->drone);
		return CODE_UNKNOWN_DRONE;
	}
	if (!*req->id) {
		count = watch_ack_all(d->watch, *req->drone ? req->drone : NULL, req->by, now(d));
		if (req->all)
			count += relayed_ack_all(d, req);
	} else {
		if (watch_ack(d->watch, req->id, req->by, now(d), err) == -1)
			return CODE_BAD_ARGS;
		count = 1;
	}
	reply_begin(&d->reply, 1);
	wire_put_text(&d->reply, "count");
	wire_put_uint(&d->reply, count);
	return CODE_OK;
}

static void reply_alarm(struct daemon *d, const char *id)
{
	struct watch_alarm a;
	bool found = watch_find(d->watch, id, now(d), &a);

	reply_begin(&d->reply, 1);
	wire_put_text(&d->reply, "alarm");
	if (!found) { /* it ended with its shelving */
		wire_put_nil(&d->reply);
		return;
	}
	message_encode(&d->reply, TOPIC_AL, &a.al);
}

/* For good, as long as nobody is there: more than a change of the alarm, so everybody
 * reads it. */
static enum code serve_out(struct daemon *d, const struct request *req, struct err *err)
{
	struct watch_alarm a;

	if (req->until != KEY_NONE || !isnan(req->minutes)) {
		err_set(err, "out of service has no end: say out, or until, or minutes");
		return CODE_BAD_ARGS;
	}
	if (watch_out(d->watch, &d->fleet, req->id, req->why, req->by, now(d), err) == -1)
		return CODE_BAD_ARGS;
	if (watch_find(d->watch, req->id, now(d), &a))
		daemon_event(d, a.al.drone, SEVERITY_NOTICE, "%.64s took the alarm %s of %s out of service: %.300s",
		    a.al.by, a.al.rule, a.subject, a.al.why);
	reply_alarm(d, req->id);
	return CODE_OK;
}

static enum code serve_shelve(struct daemon *d, const struct request *req, struct err *err)
{
	double ms = req->minutes * 60000;
	int64_t until;

	if (req->out)
		return serve_out(d, req, err);
	if ((req->until == KEY_NONE) == isnan(req->minutes)) {
		err_set(err, "shelving needs an end: until, or minutes");
		return CODE_BAD_ARGS;
	}
	if (req->until != KEY_NONE)
		until = (int64_t)req->until;
	else
		until = d->now_ms + (ms < 0 ? 0 : ms > 1e12 ? (int64_t)1e12 : (int64_t)ms);
	if (watch_shelve(d->watch, req->id, until, req->why, req->by, now(d), err) == -1)
		return CODE_BAD_ARGS;
	reply_alarm(d, req->id);
	return CODE_OK;
}

static enum code serve_unshelve(struct daemon *d, const struct request *req, struct err *err)
{
	if (watch_unshelve(d->watch, req->id, req->by, now(d), err) == -1)
		return CODE_BAD_ARGS;
	reply_alarm(d, req->id);
	return CODE_OK;
}

void alarms_request(struct daemon *d, const struct request *req, struct server_envelope *envelope)
{
	static enum code (*const handlers[OP_COUNT])(struct daemon *, const struct request *,
	    struct err *) = {
		[OP_ACK] = serve_ack, [OP_SHELVE] = serve_shelve, [OP_UNSHELVE] = serve_unshelve,
	};
	enum code code = CODE_OK;
	struct err err;

	if (req->op == OP_ALARMS) {
		alarm_list_reply(d, req);
	} else {
		code = check_by(req, &err);
		/* The reply comes when theirs does. */
		if (code == CODE_OK && relayed_request(d, req, envelope))
			return;
		if (code == CODE_OK)
			code = handlers[req->op](d, req, &err);
	}
	if (code != CODE_OK) {
		buf_clear(&d->reply);
		reply_error(&d->reply, code, err.text);
	}
	server_reply(d->server, envelope, &d->reply);
	alarms_tell(d);
}
