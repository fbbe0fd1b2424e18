/*
 * The list of alarms, asked for by every screen every few seconds. Thousands of
 * them cost some ten milliseconds to tell, in which commands wait: so the list of all is
 * written once for those who ask while nothing has changed. See daemon.h.
 */
#include <stdlib.h>
#include <string.h>

#include "app/daemon.h"

/* How long one that has ended is still listed. */
#define ENDED_MS (3600 * 1000)
/* A list longer than this is cut. */
#define LIST_BYTES_MAX (BODY_MAX - 65536)
/* Not used for longer, for what chatters and what stands long changes by the clock. */
#define KEPT_MS 250

static struct watch_now now(const struct daemon *d)
{
	return (struct watch_now){ .ms = d->now_ms, .mono_ms = d->now_mono_ms };
}

static bool is_wanted(const struct request *req, const struct alarm *al)
{
	return (!*req->drone || strcmp(req->drone, al->drone) == 0) &&
	    (!*req->state || strcmp(req->state, alarm_state_names[al->state]) == 0) &&
	    (req->since == KEY_NONE || al->time >= req->since);
}

struct list {
	struct buf bytes;
	size_t count;
	bool more;
};

static void list_add(struct list *l, const struct request *req,
    const struct watch_alarm *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!is_wanted(req, &rows[i].al))
			continue;
		l->more = l->more || l->bytes.len > LIST_BYTES_MAX;
		if (l->more)
			return;
		message_encode(&l->bytes, TOPIC_AL, &rows[i].al);
		l->count++;
	}
}

static void put_ids(struct buf *b, const char *key, const struct watch_alarm *rows, size_t count,
    bool (*is)(const struct watch_alarm *a))
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		n += is(&rows[i]);
	wire_put_text(b, key);
	wire_put_array(b, n);
	for (size_t i = 0; i < count; i++) {
		if (is(&rows[i]))
			wire_put_text(b, rows[i].al.id);
	}
}

static bool is_chattering(const struct watch_alarm *a)
{
	return a->chattering;
}

static bool is_standing(const struct watch_alarm *a)
{
	return a->standing;
}

static void put_rules(struct buf *b, const struct watch *w)
{
	struct watch_group groups[RULES_MAX];
	size_t n = watch_groups(w, groups);

	wire_put_text(b, "rules");
	wire_put_array(b, n);
	for (size_t i = 0; i < n; i++) {
		wire_put_array(b, 4);
		wire_put_text(b, groups[i].rule);
		wire_put_text(b, alarm_level_names[groups[i].level]);
		wire_put_uint(b, groups[i].count);
		wire_put_uint(b, groups[i].unacked);
	}
}

static void write_list(struct daemon *d, const struct request *req)
{
	size_t standing_count, ended_count;
	struct watch_alarm *standing = watch_standing(d->watch, now(d), &standing_count);
	struct watch_alarm *ended = watch_ended(d->watch, ENDED_MS, now(d), &ended_count);
	struct list l = { BUF_INIT, 0, false };
	struct buf *b = &d->reply;

	standing = relayed_add(d, standing, &standing_count);
	list_add(&l, req, standing, standing_count);
	list_add(&l, req, ended, ended_count);
	reply_begin(b, 7);
	wire_put_text(b, "time");
	wire_put_int(b, d->now_ms);
	wire_put_text(b, "alarms");
	wire_put_array(b, l.count);
	buf_add(b, l.bytes.data, l.bytes.len);
	wire_put_text(b, "more");
	wire_put_bool(b, l.more);
	wire_put_text(b, "flood");
	wire_put_bool(b, watch_counts(d->watch, now(d)).flood);
	put_ids(b, "chattering", standing, standing_count, is_chattering);
	put_ids(b, "standing", standing, standing_count, is_standing);
	put_rules(b, d->watch);
	buf_free(&l.bytes);
	free(standing);
	free(ended);
}

void alarm_list_changed(struct daemon *d)
{
	buf_clear(&d->alarm_list);
}

void alarm_list_reply(struct daemon *d, const struct request *req)
{
	bool all = !*req->drone && !*req->state && req->since == KEY_NONE;

	if (all && d->alarm_list.len && d->now_mono_ms - d->alarm_list_mono_ms < KEPT_MS) {
		buf_add(&d->reply, d->alarm_list.data, d->alarm_list.len);
		return;
	}
	write_list(d, req);
	if (!all)
		return;
	buf_clear(&d->alarm_list);
	buf_add(&d->alarm_list, d->reply.data, d->reply.len);
	d->alarm_list_mono_ms = d->now_mono_ms;
}
