/*
 * Alarms of drones that come through another daemon. That one watches them; its
 * alarms pass through here as they come on its feed, are listed with our own,
 * and what operators answer to them is handed on to it. See daemon.h.
 *
 * At the first word of such a daemon, and when it is back, its list is asked
 * for, since what stands was said before.
 */
#include <stdlib.h>
#include <string.h>

#include "app/daemon.h"
#include "base/mem.h"

#define RELAYED_MAX WATCH_ALARMS_MAX
#define LIST_TIMEOUT_MS 5000
#define LIST_RETRY_MS 5000
#define ANSWER_TIMEOUT_MS 3000

static struct relayed *find(struct daemon *d, const char *id)
{
	for (size_t i = 0; i < d->relayed_count; i++) {
		if (strcmp(d->relayed[i].al.id, id) == 0)
			return &d->relayed[i];
	}
	return NULL;
}

static void drop(struct daemon *d, struct relayed *r)
{
	*r = d->relayed[--d->relayed_count];
	alarm_list_changed(d);
}

void relayed_take(struct daemon *d, const struct source *s, const struct alarm *al)
{
	alarm_list_changed(d);
	struct relayed *r;

	if (s->kind != KIND_DAEMON)
		return;
	r = find(d, al->id);
	if (r && r->source != s->index)
		return; /* the first to say so is asked */
	if (al->state == ALARM_CLEARED) {
		if (r)
			drop(d, r);
		return;
	}
	if (!r) {
		if (d->relayed_count == RELAYED_MAX)
			return;
		mem_grow(d->relayed, d->relayed_count, d->relayed_cap);
		r = &d->relayed[d->relayed_count++];
	}
	*r = (struct relayed){ .al = *al, .source = s->index };
}

static void listed(void *user, enum client_result result, const void *body, size_t len, void *context)
{
	struct source *s = user;
	struct daemon *d = context;
	const wire_value *list;
	struct reply reply;
	struct reject why;
	struct alarm al;
	struct err err;

	if (result == CLIENT_LATE || result == CLIENT_GONE)
		return;
	s->relaying = false;
	s->relay_at_ms = d->now_mono_ms + LIST_RETRY_MS;
	if (result != CLIENT_ANSWERED || reply_parse(&d->answer_doc, body, len, &reply, &err) == -1)
		return;
	s->relay_wanted = false; /* one that does not know the op will not learn it */
	if (reply.code != CODE_OK)
		return;
	for (size_t i = d->relayed_count; i-- > 0;) {
		if (d->relayed[i].source == s->index)
			drop(d, &d->relayed[i]);
	}
	list = wire_key(reply.body, "alarms");
	for (size_t i = 0; i < wire_count(list) && wire_is_array(list); i++) {
		if (message_read(wire_at(list, i), TOPIC_AL, &al, &why) == 0)
			relayed_take(d, s, &al);
	}
}

int64_t relayed_tick(struct daemon *d)
{
	struct request req = { .op = OP_ALARMS, .since = KEY_NONE };
	int64_t next = INT64_MAX;

	for (size_t i = 0; i < d->source_count; i++) {
		struct source *s = &d->sources[i];
		struct buf body = BUF_INIT;

		if (s->kind != KIND_DAEMON || !s->relay_wanted || s->relaying || s->state != SOURCE_UP)
			continue;
		if (d->now_mono_ms >= s->relay_at_ms) {
			request_encode(&body, &req);
			s->relaying = client_request(s->client, &body, d->now_mono_ms + LIST_TIMEOUT_MS,
					  listed, s) == 0;
			buf_free(&body);
			s->relay_at_ms = d->now_mono_ms + LIST_RETRY_MS;
		}
		next = s->relay_at_ms < next ? s->relay_at_ms : next;
	}
	return next;
}

struct watch_alarm *relayed_add(const struct daemon *d, struct watch_alarm *list, size_t *count)
{
	if (!d->relayed_count)
		return list;
	list = xreallocarray(list, *count + d->relayed_count, sizeof(*list));
	for (size_t i = 0; i < d->relayed_count; i++)
		list[(*count)++] = (struct watch_alarm){ .al = d->relayed[i].al, .of = OF_DRONE };
	watch_sort(list, *count);
	return list;
}

static bool waits(const struct alarm *al)
{
	return al->state == ALARM_RAISED || al->state == ALARM_RETURNED;
}

static void forget_answer(void *user, enum client_result result, const void *body, size_t len,
    void *context)
{
	(void)user;
	(void)result;
	(void)body;
	(void)len;
	(void)context;
}

size_t relayed_ack_all(struct daemon *d, const struct request *req)
{
	struct buf body = BUF_INIT;
	size_t n = 0;

	request_encode(&body, req);
	for (size_t i = 0; i < d->source_count; i++) {
		struct source *s = &d->sources[i];

		if (s->kind != KIND_DAEMON ||
		    client_request(s->client, &body, d->now_mono_ms + ANSWER_TIMEOUT_MS, forget_answer, NULL) == -1)
			continue;
		for (size_t k = 0; k < d->relayed_count; k++)
			n += d->relayed[k].source == s->index && waits(&d->relayed[k].al);
	}
	buf_free(&body);
	return n;
}

bool relayed_request(struct daemon *d, const struct request *req, struct server_envelope *envelope)
{
	const struct drone *drone = *req->drone ? fleet_find(&d->fleet, req->drone) : NULL;
	/* What another daemon says never stands in the way of our own. */
	bool own = *req->id && watch_find(d->watch, req->id, (struct watch_now){ d->now_ms, d->now_mono_ms }, NULL);
	const struct relayed *r = *req->id && !own ? find(d, req->id) : NULL;
	int source = r ? r->source : drone ? drone->source : NO_SOURCE;

	if (source == NO_SOURCE || d->sources[source].kind != KIND_DAEMON)
		return false;
	control_hand_on(d, &d->sources[source], req, ANSWER_TIMEOUT_MS, envelope);
	return true;
}
