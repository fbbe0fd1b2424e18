/* The slots of the timeline, from the history. */
#include "app/screen_past.h"

#include <stdlib.h>

#include "base/mem.h"

#define TIMELINE_MS 1000 /* between two fillings, while nothing else changes */

static void put_slots(struct timeline *t, const struct replay_bucket *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool critical = (b[i].alarms && b[i].level == LEVEL_CRITICAL) ||
				(b[i].events && b[i].severity <= SEVERITY_CRITICAL);

		t->slots[i] = (struct timeline_slot){ .samples = b[i].samples,
			.alarm = b[i].alarms > 0,
			.commands = (uint16_t)(b[i].commands < 1000 ? b[i].commands : 1000),
			.gap = b[i].gap,
			.recorded = b[i].recorded,
			.event = critical ? 'X'
				 : b[i].alarms || (b[i].events && b[i].severity <= SEVERITY_WARNING)
				     ? '!'
				 : b[i].events || b[i].orders ? 'i'
							      : 0 };
	}
}

void past_fill_timeline(struct screen *s)
{
	struct screen_replay *rp = s->replay;
	struct timeline *t = &s->ui.timeline;
	struct replay_bucket *buckets;
	int64_t from = s->now_ms - t->span_ms, to = s->now_ms;
	size_t n = t->wanted < 1 ? 1 : (size_t)t->wanted;
	struct err err;
	int more;

	if (rp->shown)
		timeline_window(t, &from, &to);
	/* The window was changed, and nothing of the old one is right. */
	if (t->to_ms != rp->slots_to)
		rp->slots_count = 0;
	if (rp->shown && from == rp->slots_from && to == rp->slots_to && n == rp->slots_count &&
	    s->now_mono - rp->timeline_mono < TIMELINE_MS)
		return;
	if (!rp->shown && rp->slots_count == n && s->now_mono - rp->timeline_mono < TIMELINE_MS)
		return;
	buckets = xcalloc(n, sizeof(*buckets));
	more = replay_timeline(rp->past, from, to, buckets, n, &err);
	if (more == 1)
		ui_say(&s->ui, ROLE_DIM, "the timeline's other days are being read");
	if (more != -1) {
		put_slots(t, buckets, n);
		t->slot_count = rp->slots_count = n;
		t->from_ms = rp->slots_from = from;
		t->to_ms = rp->slots_to = to;
		t->stored = true;
	} else {
		ui_say(&s->ui, ROLE_ERROR, "%s", err.text);
	}
	/* A day at a time, so that keys are heard between them. */
	rp->timeline_mono = more == 1 ? s->now_mono - TIMELINE_MS : s->now_mono;
	free(buckets);
}
