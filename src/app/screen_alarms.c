/* Alarms at the screen: the list asked for, and what operators say to it. */
#include "app/screen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define AGAIN_MS 10000 /* the list: what chatters and what stands long is in it alone */

/* Of a list of ids, those of alarms we know. */
static void mark(struct model *m, const wire_value *ids, size_t member)
{
	for (size_t i = 0; i < m->alarm_count; i++)
		*(bool *)((char *)&m->alarms[i] + member) = false;
	for (size_t i = 0; i < wire_count(ids); i++) {
		char id[COMMAND_ID_SIZE];
		const char *text;
		struct ui_alarm *a;
		size_t len;

		if (!wire_get_text(wire_at(ids, i), &text, &len) ||
		    !str_copy_n(id, sizeof(id), text, len))
			continue;
		a = model_find_alarm(m, id);
		if (a)
			*(bool *)((char *)a + member) = true;
	}
}

static void list_answered(
    void *user, enum client_result result, const void *body, size_t len, void *context)
{
	struct screen *s = user;
	struct model *m = s->live;
	const wire_value *reply = screen_answer(s, result, body, len), *list;
	bool more = false;

	(void)context;
	if (result != CLIENT_LATE && result != CLIENT_GONE)
		s->alarms_open = false;
	if (!reply || result == CLIENT_LATE)
		return; /* a source that keeps none refuses */
	list = wire_key(reply, "alarms");
	for (size_t i = 0; i < wire_count(list); i++) {
		union message al;
		struct reject why;

		if (message_read(wire_at(list, i), TOPIC_AL, &al, &why) != 0)
			continue;
		screen_own_listed(s, TOPIC_AL, &al);
		model_alarms_entry(m, &al.al);
	}
	wire_get_bool(wire_key(reply, "more"), &more);
	model_alarms_end(m, !more);
	mark(m, wire_key(reply, "chattering"), offsetof(struct ui_alarm, chattering));
	mark(m, wire_key(reply, "standing"), offsetof(struct ui_alarm, standing_long));
	s->ui.dirty = true;
}

void screen_alarms_tick(struct screen *s, bool now)
{
	if (s->live->kind != KIND_DAEMON ||
	    (!now && (s->alarms_open || s->now_mono - s->alarms_mono < AGAIN_MS)))
		return;
	s->alarms_mono = s->now_mono;
	model_alarms_begin(s->live);
	s->alarms_open =
	    screen_ask(s, &(struct request){ .op = OP_ALARMS, .since = KEY_NONE }, list_answered, s);
}

/* What was asked for, until its answer. */
struct saying {
	struct screen *screen;
	enum op op;
	size_t open, failed, done; /* requests of one wish */
	char text[200];            /* what is said if all went well */
	char why[200];             /* the first that did not */
};

static void tell(struct saying *y)
{
	if (y->open)
		return;
	if (y->failed)
		ui_say(&y->screen->ui, ROLE_ERROR, "%s%s",
		    y->done ? "not all: " : "", y->why);
	else if (*y->text)
		ui_say(&y->screen->ui, ROLE_TEXT, "%s", y->text);
	free(y);
}

static void answered(
    void *user, enum client_result result, const void *body, size_t len, void *context)
{
	struct saying *y = user;
	struct reply reply;
	struct err err;

	(void)context;
	/* One that is late is told of by the alarm itself. */
	if (result == CLIENT_TIMEOUT) {
		ui_say(&y->screen->ui, ROLE_WARN,
		    "no answer yet: whether it is taken is not known; the list will tell");
		return;
	}
	y->open--;
	if (result == CLIENT_GONE) {
		if (!y->open)
			free(y);
		return;
	}
	if (reply_parse(&y->screen->doc, body, len, &reply, &err) == -1) {
		y->failed++;
		str_copy(y->why, sizeof(y->why), "the answer cannot be read");
	} else if (reply.code != CODE_OK) {
		y->failed++;
		str_copy(y->why, sizeof(y->why), reply.text);
	} else {
		y->done++;
	}
	tell(y);
}

static void say(struct saying *y, struct request *req)
{
	str_copy(req->by, sizeof(req->by), y->screen->ui.by);
	if (screen_ask(y->screen, req, answered, y)) {
		y->open++;
	} else {
		y->failed++;
		str_copy(y->why, sizeof(y->why), "there is no link: it was not sent");
	}
}

static bool is_meant(const struct alarm_wish *w, const struct ui_alarm *a)
{
	const struct alarm *al = &a->alarm;

	if (*w->id)
		return strcmp(w->id, al->id) == 0;
	if (w->out)
		return strcmp(w->drone, *al->drone ? al->drone : "site") == 0 && a->number <= w->up_to &&
		       (alarm_stands(al) || alarm_unacked(al) || al->state == ALARM_SHELVED);
	return alarm_unacked(al) && a->number <= w->up_to &&
	       (!*w->rule || strcmp(w->rule, al->rule) == 0) &&
	       (!*w->drone || strcmp(w->drone, *al->drone ? al->drone : "site") == 0);
}

void screen_alarms_do(struct screen *s, const struct ui_request *r)
{
	static const enum op ops[] = {
		[REQUEST_ACK] = OP_ACK,
		[REQUEST_SHELVE] = OP_SHELVE,
		[REQUEST_UNSHELVE] = OP_UNSHELVE,
	};
	static const char *const words[OP_COUNT] = {
		[OP_ACK] = "acknowledged",
		[OP_SHELVE] = "shelved",
		[OP_UNSHELVE] = "taken back",
	};
	struct saying *y = xcalloc(1, sizeof(*y));
	const struct model *m = s->live;
	const char *word = r->wish.out ? "out of service" : words[ops[r->kind]];
	size_t n = 0;

	y->screen = s;
	y->op = ops[r->kind];
	/* One each: what came after the operator looked is not among them. */
	y->open = 1;
	for (size_t i = 0; i < m->alarm_count; i++) {
		const struct alarm *al = &m->alarms[i].alarm;
		struct request req = { .op = y->op, .until = KEY_NONE, .minutes = NAN };

		if (!is_meant(&r->wish, &m->alarms[i]))
			continue;
		str_copy(req.id, sizeof(req.id), al->id);
		if (y->op == OP_SHELVE) {
			req.out = r->wish.out;
			req.minutes = req.out ? NAN : r->wish.minutes;
			str_copy(req.why, sizeof(req.why), r->wish.why);
		}
		say(y, &req);
		if (!n++)
			snprintf(y->text, sizeof(y->text), "%s: %s %.120s", word,
			    *al->drone ? al->drone : "site", al->text);
	}
	if (n > 1)
		snprintf(y->text, sizeof(y->text), "%zu alarms %s", n, word);
	if (!n)
		ui_say(&s->ui, ROLE_DIM, "none of them asks for it any more");
	str_trim_utf8(y->text);
	y->open--;
	tell(y);
}
