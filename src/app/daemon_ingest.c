/*
 * A feed message on its way through the daemon: checked, applied, offered
 * again as the same bytes, logged. See daemon.h.
 */
#include <string.h>

#include "app/daemon.h"
#include "base/log.h"
#include "base/mem.h"

/* Bytes of refused messages kept in a second; beyond, they are only counted. */
#define REJECT_BYTES_PER_S (1u << 20)
/* Most of one refused message that is kept. */
#define REJECT_BODY_MAX (64u << 10)

static void refuse(struct daemon *d, struct source *s, const struct link_message *m,
    const struct reject *why)
{
	struct history_reject row = {
		.source = source_label(s),
		.topic = m->topic,
		.topic_len = m->topic_len < 256 ? m->topic_len : 256,
		.body = m->body,
		.body_len = m->body_len < REJECT_BODY_MAX ? m->body_len : REJECT_BODY_MAX,
		.reason = why->reason,
		.detail = why->detail,
		.arrived_ms = d->now_ms,
	};

	s->rejected++;
	d->rejected[why->reason]++;
	alarms_reject(d, s, why->detail);
	log_info("%s: refused a message (%s): %s", row.source, reject_name(why->reason), why->detail);
	if (d->reject_second != d->now_ms / 1000) {
		d->reject_second = d->now_ms / 1000;
		d->reject_bytes = 0;
	}
	d->reject_bytes += row.topic_len + row.body_len + 64;
	if (d->reject_bytes <= REJECT_BYTES_PER_S)
		history_put_reject(d->history, &row);
}

/* Another source's drone: said once a drone, logged once, counted always. */
static void refuse_owner(struct daemon *d, struct source *s, const struct link_message *m,
    const char *id, const struct reject *why)
{
	struct drone *drone = fleet_find(&d->fleet, id);

	if (drone && drone->owner_refused_said) {
		s->rejected++;
		d->rejected[why->reason]++;
		return;
	}
	if (drone)
		drone->owner_refused_said = true;
	refuse(d, s, m, why);
	daemon_event(d, id, SEVERITY_WARNING, "source %s also offers drone %s and is refused: %s",
	    source_label(s), id, why->detail);
}

/* What the history could not take is missing again, and asked for later; false where it
 * never will. */
static bool log_sample(struct daemon *d, struct drone *drone, const struct sample *s,
    const void *body, size_t len, bool backfilled)
{
	if (history_put_sample(d->history, drone->id, s, body, len, d->now_ms, backfilled))
		return true;
	if (!history_fits(d->history, len)) {
		holes_too_long(d, drone, sample_boot(s), sample_seq(s));
		return false;
	}
	coverage_reopen(drone_coverage(drone, sample_boot(s)), sample_seq(s));
	/* No use in asking before there is room. */
	drone->ask_at_ms = d->now_mono_ms + 2000;
	d->history_full = true;
	return true;
}

static void note_holes(struct daemon *d, struct drone *drone, const struct sample *s,
    const struct applied *a)
{
	if (a->new_boot)
		drone->probe = true;
	if (a->opened)
		holes_opened(d, drone, sample_boot(s), a->hole,
		    a->new_boot ? "before the first sample received" : "dropped on the way");
	if (a->arrival == ARRIVAL_LATE)
		holes_filled(d, drone, sample_boot(s), sample_seq(s), sample_seq(s), "arrived late");
}

static int ingest_sample(struct daemon *d, struct source *s, struct link_message *m, const char *id,
    struct reject *why)
{
	struct sample sample;
	struct drone *drone;
	struct applied a;

	if (sample_decode(m->body, m->body_len, &sample, why) == -1)
		return -1;
	drone = source_claim(d, s, id, why);
	if (!drone)
		return -1;
	if (s->kind == KIND_REPLAY) {
		/* The past: shown, and nothing more. */
		drone->newest = sample;
		buf_clear(&drone->body);
		buf_add(&drone->body, m->body, m->body_len);
		drone->arrived_mono_ms = d->now_mono_ms;
		drone->arrived_ms = d->now_ms;
		feed_out_forward(d->out, m);
		return 0;
	}
	a = drone_apply(drone, &sample, m->body, m->body_len, d->now_mono_ms, d->now_ms);
	if (a.arrival == ARRIVAL_DUPLICATE)
		return 0;
	if (a.opened || a.new_boot || a.arrival == ARRIVAL_LATE)
		note_holes(d, drone, &sample, &a);
	(void)log_sample(d, drone, &sample, m->body, m->body_len, false);
	feed_out_forward(d->out, m);
	if (a.current)
		alarms_sample(d, drone);
	return 0;
}

bool ingest_backfilled(struct daemon *d, struct drone *drone, const struct sample *s,
    const void *body, size_t len)
{
	struct applied a = drone_apply_backfill(drone, s);

	if (a.arrival == ARRIVAL_DUPLICATE)
		return true;
	if (a.opened)
		holes_opened(d, drone, sample_boot(s), a.hole, "not on the feed yet");
	return log_sample(d, drone, s, body, len, true);
}

bool ingest_progress(struct daemon *d, const struct progress *cm)
{
	if (!ledger_apply(&d->ledger, cm, d->now_ms))
		return false;
	history_put_progress(d->history, cm, d->now_ms);
	alarms_progress(d, cm);
	return true;
}

/* An alarm of another daemon, kept under that one's name: what claims to be of
 * this daemon would be taken up as its own after a restart. */
static void log_alarm(struct daemon *d, const struct source *s, const struct alarm *al)
{
	struct alarm kept = *al;

	if (!*kept.source)
		str_copy(kept.source, sizeof(kept.source), s->name);
	if (s->kind == KIND_DAEMON && strcmp(kept.source, d->config->name) != 0)
		history_put_alarm(d->history, &kept, d->now_ms);
}

/* Everything but samples and heartbeats: believed if well-formed and of a
 * drone that is the source's. */
static int ingest_other(struct daemon *d, struct source *s, struct link_message *m,
    enum topic_kind kind, const char *id, struct reject *why)
{
	union message msg;
	bool live = s->kind != KIND_REPLAY;

	if (message_decode(&d->doc, kind, id, m->body, m->body_len, &msg, why) == -1)
		return -1;
	if (kind == TOPIC_HB) {
		source_heartbeat(d, s, &msg.hb);
		return 0;
	}
	if (kind != TOPIC_OR && *id && !source_claim(d, s, id, why))
		return -1;
	if (live) {
		switch (kind) {
		case TOPIC_EV:
			history_put_event(d->history, &msg.ev, d->now_ms);
			event_log_add(&d->events, &msg.ev);
			break;
		case TOPIC_CM:
			if (!ingest_progress(d, &msg.cm))
				return 0;
			break;
		case TOPIC_AL:
			log_alarm(d, s, &msg.al);
			relayed_take(d, s, &msg.al);
			break;
		case TOPIC_PL:
			plan_fetch_want(d, fleet_find(&d->fleet, id));
			break;
		case TOPIC_OR:
			history_put_order(d->history, &msg.or, d->now_ms);
			break;
		default:
			break;
		}
	}
	feed_out_forward(d->out, m);
	return 0;
}

/* Held back until the source's kind is known: a replay's samples must not get
 * into the log. */
static void hold(struct source *s, struct link_message *m)
{
	if (s->held_count == HELD_MAX)
		return; /* the hole that this leaves is asked for */
	mem_grow(s->held, s->held_count, s->held_cap);
	s->held[s->held_count] = xmalloc(sizeof(**s->held));
	link_message_move(s->held[s->held_count++], m);
}

static enum topic_kind peek_kind(const struct link_message *m)
{
	return m->topic_len > 3 && memcmp(m->topic, "hb.", 3) == 0 ? TOPIC_HB : TOPIC_UNKNOWN;
}

void ingest_message(struct daemon *d, struct source *s, struct link_message *m)
{
	enum topic_kind kind;
	char id[ID_SIZE];
	struct reject why;
	int ret;

	if (topic_parse(m->topic, m->topic_len, &kind, id, &why) == -1) {
		refuse(d, s, m, &why);
		return;
	}
	if (kind == TOPIC_UNKNOWN) {
		s->unknown_topics++;
		return;
	}
	if (m->frames != 2) {
		reject_set(&why, REJECT_FRAMES, "%d frames, not topic and body", m->frames);
		refuse(d, s, m, &why);
		return;
	}
	if (s->refused && kind != TOPIC_HB) {
		d->rejected[REJECT_REPLAY]++;
		s->rejected++;
		return;
	}
	ret = kind == TOPIC_TM ? ingest_sample(d, s, m, id, &why)
			       : ingest_other(d, s, m, kind, id, &why);
	if (ret == -1 && why.reason == REJECT_OWNER)
		refuse_owner(d, s, m, id, &why);
	else if (ret == -1)
		refuse(d, s, m, &why);
}

bool ingest_feed(struct daemon *d, struct source *s, size_t max)
{
	struct link_message m;
	size_t n = 0;

	link_message_init(&m);
	while (n < max && feed_in_receive(s->feed, &m)) {
		n++;
		s->received++;
		if (!s->kind_known && peek_kind(&m) != TOPIC_HB)
			hold(s, &m);
		else
			ingest_message(d, s, &m);
	}
	link_message_clear(&m);
	return n == max;
}
