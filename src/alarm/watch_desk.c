/* What operators do to alarms and look at: see watch.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alarm/watch_private.h"
#include "base/clock.h"
#include "base/mem.h"

static struct entry *find(struct watch *w, const char *id, struct err *err)
{
	size_t at = strmap_get(&w->by_id, id);

	if (at != STRMAP_NONE)
		return &w->entries[at];
	err_set(
	    err, "no alarm %.64s stands; it may have ended: odyssey alarms lists what does", id);
	return NULL;
}

static void signed_by(struct entry *e, const char *by)
{
	str_copy(e->alarm.al.by, sizeof(e->alarm.al.by), by);
	str_clean(e->alarm.al.by);
}

static bool ack(struct watch *w, struct entry *e, const char *by, struct watch_now now)
{
	if (!life_ack(&e->life))
		return false;
	signed_by(e, by);
	alarm_tell(w, e, now);
	return true;
}

int watch_ack(
    struct watch *w, const char *id, const char *by, struct watch_now now, struct err *err)
{
	struct entry *e = find(w, id, err);

	if (!e)
		return -1;
	if (ack(w, e, by, now))
		return 0;
	if (e->life.state == ALARM_SHELVED)
		return err_set(err, "alarm %s is shelved; unshelve it first", e->alarm.al.id);
	if (e->life.state == ALARM_OUT)
		return err_set(err, "alarm %s is out of service; unshelve it first", e->alarm.al.id);
	return err_set(err, "alarm %s was acknowledged already, by %s", e->alarm.al.id,
	    *e->alarm.al.by ? e->alarm.al.by : "somebody");
}

size_t watch_ack_all(struct watch *w, const char *drone, const char *by, struct watch_now now)
{
	size_t n = 0;

	for (size_t i = 0; i < w->entry_count; i++) {
		struct entry *e = &w->entries[i];

		if (e->used && (!drone || strcmp(e->alarm.al.drone, drone) == 0))
			n += ack(w, e, by, now);
	}
	return n;
}

int watch_shelve(struct watch *w, const char *id, int64_t until_ms, const char *why, const char *by,
    struct watch_now now, struct err *err)
{
	struct entry *e = find(w, id, err);
	char text[TIME_TEXT_SIZE];

	if (!e)
		return -1;
	if (!*why)
		return err_set(err, "say why alarm %s is shelved", e->alarm.al.id);
	if (until_ms <= now.ms)
		return err_set(err, "alarm %s cannot be shelved until %s, which is past",
		    e->alarm.al.id, time_format(until_ms, text));
	if (!life_shelve(&e->life, until_ms, now.ms))
		return err_set(err, "alarm %s can be shelved for %lld hours at most",
		    e->alarm.al.id, SHELVE_MAX_MS / 3600000);
	str_copy(e->alarm.al.why, sizeof(e->alarm.al.why), why);
	str_clean(e->alarm.al.why);
	signed_by(e, by);
	alarm_tell(w, e, now);
	return 0;
}

/* Where what it is about is there, its alarm is to be heard. */
static bool is_away(struct watch *w, const struct fleet *fleet, const struct entry *e, struct watch_now now)
{
	double age, lost;

	if (!e->attached)
		return e->alarm.of != OF_SITE;
	if (e->alarm.of != OF_DRONE)
		return e->alarm.of == OF_SOURCE && !w->sources[e->owner].now.up;
	age = watch_operand(w, fleet, e->owner, OPERAND_age_s, now);
	lost = watch_operand(w, fleet, e->owner, OPERAND_lost_s, now);
	return !(age < lost);
}

static struct subject *subject_of(struct watch *w, const struct entry *e)
{
	return e->alarm.of == OF_DRONE ? &w->tracks[e->owner].subject
	    : e->alarm.of == OF_SOURCE ? &w->sources[e->owner].subject : &w->site;
}

int watch_out(struct watch *w, const struct fleet *fleet, const char *id, const char *why,
    const char *by, struct watch_now now, struct err *err)
{
	struct entry *e = find(w, id, err);

	if (!e)
		return -1;
	if (!*why)
		return err_set(err, "say why alarm %s is taken out of service", e->alarm.al.id);
	if (e->life.state == ALARM_OUT)
		return err_set(err, "alarm %s is out of service already", e->alarm.al.id);
	if (!is_away(w, fleet, e, now))
		return err_set(err, "alarm %s is of %s, which is there: only what is away can be out of "
		    "service; shelve it for a time", e->alarm.al.id, e->alarm.subject);
	life_out(&e->life);
	if (e->attached)
		subject_of(w, e)->out = true;
	str_copy(e->alarm.al.why, sizeof(e->alarm.al.why), why);
	str_clean(e->alarm.al.why);
	signed_by(e, by);
	alarm_tell(w, e, now);
	return 0;
}

int watch_unshelve(struct watch *w, const char *id, const char *by, struct watch_now now,
    struct err *err)
{
	struct entry *e = find(w, id, err);

	if (!e)
		return -1;
	if (!life_unshelve(&e->life))
		return err_set(err, "alarm %s is neither shelved nor out of service", e->alarm.al.id);
	signed_by(e, by);
	alarm_tell(w, e, now);
	return 0;
}

/* Lists ---------------------------------------------------------------------- */

static int rank(const struct alarm *al)
{
	bool unacked = al->state == ALARM_RAISED || al->state == ALARM_RETURNED;

	return (al->state == ALARM_OUT ? 0 : al->state == ALARM_SHELVED ? 100 : 200) + al->level * 10 + unacked * 5 +
	    (al->state == ALARM_RAISED);
}

static int by_importance(const void *a, const void *b)
{
	const struct alarm *x = &((const struct watch_alarm *)a)->al;
	const struct alarm *y = &((const struct watch_alarm *)b)->al;

	if (rank(x) != rank(y))
		return rank(y) - rank(x);
	if (x->since != y->since)
		return x->since > y->since ? -1 : 1;
	return strcmp(x->id, y->id);
}

void watch_sort(struct watch_alarm *list, size_t count)
{
	qsort(list, count, sizeof(*list), by_importance);
}

static int by_importance_of(const void *a, const void *b)
{
	return by_importance(&(*(const struct entry *const *)a)->alarm,
	    &(*(const struct entry *const *)b)->alarm);
}

struct watch_alarm *watch_standing(const struct watch *w, struct watch_now now, size_t *count)
{
	const struct entry **order = xcalloc(w->used + 1, sizeof(*order));
	struct watch_alarm *list = xcalloc(w->used + 1, sizeof(*list));
	struct chatter chatter;
	size_t n = 0;

	/* Ten thousand in a flood: what is large is moved once, raises are counted once. */
	for (size_t i = 0; i < w->entry_count; i++) {
		if (w->entries[i].used)
			order[n++] = &w->entries[i];
	}
	qsort(order, n, sizeof(*order), by_importance_of);
	chatter_begin(&chatter, w, now.ms);
	for (size_t i = 0; i < n; i++)
		list[i] = alarm_picture_among(order[i], &chatter, now.ms);
	chatter_end(&chatter);
	free(order);
	*count = n;
	return list;
}

struct watch_alarm *watch_ended(const struct watch *w, int64_t within_ms, struct watch_now now,
    size_t *count)
{
	struct watch_alarm *list = xcalloc(w->ended_count + 1, sizeof(*list));
	size_t n = 0;

	for (size_t i = 1; i <= w->ended_count; i++) {
		const struct watch_alarm *a =
		    &w->ended[(w->ended_next + WATCH_ENDED_MAX - i) % WATCH_ENDED_MAX];

		if (now.ms - (int64_t)a->al.time <= within_ms)
			list[n++] = *a;
	}
	*count = n;
	return list;
}

bool watch_find(
    const struct watch *w, const char *id, struct watch_now now, struct watch_alarm *out)
{
	size_t at = strmap_get(&w->by_id, id);

	if (at != STRMAP_NONE && out)
		*out = alarm_picture(w, &w->entries[at], now.ms);
	return at != STRMAP_NONE;
}

struct watch_counts watch_counts(const struct watch *w, struct watch_now now)
{
	struct watch_counts c = { .refused = w->refused };

	for (size_t i = 0; i < w->entry_count; i++) {
		const struct entry *e = &w->entries[i];

		if (!e->used)
			continue;
		if (e->life.state == ALARM_SHELVED || e->life.state == ALARM_OUT) {
			(*(e->life.state == ALARM_OUT ? &c.out : &c.shelved))++;
			continue;
		}
		c.level[e->alarm.al.level]++;
		c.unacked += e->life.state == ALARM_RAISED || e->life.state == ALARM_RETURNED;
		c.standing += now.ms - (int64_t)e->alarm.al.since > STANDING_MS;
	}
	c.raised_10min = raises_within(w, 0, RAISES_MS, now.ms);
	c.flood = c.raised_10min > FLOOD_RAISES;
	return c;
}

static int by_weight(const void *a, const void *b)
{
	const struct watch_group *x = a, *y = b;

	if (x->level != y->level)
		return y->level - x->level;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return strcmp(x->rule, y->rule);
}

size_t watch_groups(const struct watch *w, struct watch_group groups[RULES_MAX])
{
	struct watch_group all[RULES_MAX] = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < w->entry_count; i++) {
		const struct entry *e = &w->entries[i];

		if (!e->used || e->rule < 0 || e->life.state == ALARM_SHELVED ||
		    e->life.state == ALARM_OUT)
			continue;
		all[e->rule].count++;
		all[e->rule].unacked +=
		    e->life.state == ALARM_RAISED || e->life.state == ALARM_RETURNED;
	}
	for (size_t r = 0; r < w->rules.count; r++) {
		if (all[r].count == 0)
			continue;
		all[r].rule = w->rules.rules[r].name;
		all[r].level = w->rules.rules[r].level;
		groups[n++] = all[r];
	}
	qsort(groups, n, sizeof(*groups), by_weight);
	return n;
}

void alarms_summary(const struct watch *w, char *out, size_t size)
{
	struct watch_group groups[RULES_MAX];
	size_t n = watch_groups(w, groups), len = 0;

	str_copy(out, size, "none stands");
	for (size_t i = 0; i < n && len + 1 < size; i++) {
		const struct rule *r = rule_find(&w->rules, groups[i].rule);
		int wrote;

		/* A flood is not part of itself. */
		if (condition_uses(&r->when, OPERAND_alarms_10min))
			continue;
		wrote = snprintf(out + len, size - len, "%s%zu %s", len ? ", " : "",
		    groups[i].count, groups[i].rule);

		len += wrote > 0 ? (size_t)wrote : 0;
	}
	str_trim_utf8(out);
}
