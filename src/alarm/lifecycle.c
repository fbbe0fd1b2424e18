/* The life of an alarm: see lifecycle.h. */
#include "alarm/lifecycle.h"

#include "alarm/condition.h"

static bool move(struct life *l, int state)
{
	bool changed = l->state != state;

	l->state = state;
	return changed;
}

bool life_condition(struct life *l, bool holds)
{
	l->holds = holds;
	switch (l->state) {
	case ALARM_UNKNOWN:
	case ALARM_RETURNED:
		return holds && move(l, ALARM_RAISED);
	case ALARM_RAISED:
		return !holds && move(l, ALARM_RETURNED);
	case ALARM_ACKED:
		return !holds && move(l, l->latch ? ALARM_RETURNED : ALARM_CLEARED);
	default: /* shelved, out of service: unsaid; cleared: another alarm's matter */
		return false;
	}
}

bool life_ack(struct life *l)
{
	if (l->state == ALARM_RAISED)
		return move(l, ALARM_ACKED);
	return l->state == ALARM_RETURNED && move(l, ALARM_CLEARED);
}

bool life_shelve(struct life *l, int64_t until_ms, int64_t now_ms)
{
	if (l->state == ALARM_UNKNOWN || l->state == ALARM_CLEARED || l->state == ALARM_OUT || until_ms <= now_ms ||
	    until_ms - now_ms > SHELVE_MAX_MS)
		return false;
	l->shelved_until_ms = until_ms;
	l->state = ALARM_SHELVED; /* shelved anew is told, for its end is another */
	return true;
}

bool life_out(struct life *l)
{
	if (l->state == ALARM_UNKNOWN || l->state == ALARM_CLEARED)
		return false;
	l->shelved_until_ms = 0;
	return move(l, ALARM_OUT);
}

bool life_unshelve(struct life *l)
{
	if (l->state != ALARM_SHELVED && l->state != ALARM_OUT)
		return false;
	l->shelved_until_ms = 0;
	return move(l, l->holds ? ALARM_RAISED : ALARM_CLEARED);
}

bool life_clock(struct life *l, int64_t now_ms)
{
	return l->state == ALARM_SHELVED && now_ms >= l->shelved_until_ms && life_unshelve(l);
}

bool pending_step(struct pending *p, int truth, int64_t hold_ms, unsigned hold_samples, bool sample,
    int64_t now_mono_ms)
{
	if (truth == TRUTH_FALSE)
		p->count = 0;
	if (truth != TRUTH_TRUE)
		return false;
	if (p->count == 0)
		p->since_ms = now_mono_ms;
	if (sample || p->count == 0)
		p->count++;
	return hold_samples ? p->count >= hold_samples : now_mono_ms - p->since_ms >= hold_ms;
}
