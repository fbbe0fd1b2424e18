/* Alarms raised, changed, told, restored and listed: see watch.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alarm/watch_private.h"
#include "base/mem.h"

/* FNV-1a, of rule and subject together. */
static uint64_t key_of(const char *rule, const char *subject)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (const char *p = rule; *p; p++)
		h = (h ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
	h = (h ^ '.') * UINT64_C(0x100000001b3);
	for (const char *p = subject; *p; p++)
		h = (h ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
	return h ? h : 1;
}

/* "D01.mi8x3k2f": the subject, and the time in base 36, never the same twice. */
static void make_id(struct watch *w, const char *subject, int64_t now_ms, char id[COMMAND_ID_SIZE])
{
	char digits[16];
	size_t at = sizeof(digits) - 1;
	int64_t t = now_ms > w->last_id_ms ? now_ms : w->last_id_ms + 1;

	w->last_id_ms = t;
	digits[at] = '\0';
	do {
		digits[--at] = "0123456789abcdefghijklmnopqrstuvwxyz"[t % 36];
		t /= 36;
	} while (t > 0 && at > 0);
	snprintf(id, COMMAND_ID_SIZE, "%s.%s", subject, digits + at);
}

static struct entry *entry_new(struct watch *w)
{
	struct entry *e;

	if (w->used >= WATCH_ALARMS_MAX) {
		w->refused++;
		return NULL;
	}
	if (w->free != NONE) {
		e = &w->entries[w->free];
		w->free = e->next;
	} else {
		mem_grow(w->entries, w->entry_count, w->entry_cap);
		e = &w->entries[w->entry_count++];
	}
	memset(e, 0, sizeof(*e));
	e->used = true;
	e->next = NONE;
	w->used++;
	return e;
}

static uint32_t index_of(const struct watch *w, const struct entry *e)
{
	return (uint32_t)(e - w->entries);
}

static void entry_free(struct watch *w, struct entry *e)
{
	strmap_remove(&w->by_id, e->alarm.al.id);
	e->used = false;
	e->next = w->free;
	w->free = index_of(w, e);
	w->used--;
}

/* Where an alarm is linked: its subject, or NULL while none has come. */
static struct subject *owner_of(struct watch *w, const struct entry *e)
{
	if (!e->attached)
		return NULL;
	return e->alarm.of == OF_DRONE ? &w->tracks[e->owner].subject
	    : e->alarm.of == OF_SOURCE ? &w->sources[e->owner].subject : &w->site;
}

static void link_entry(struct watch *w, struct subject *s, struct entry *e)
{
	e->attached = true;
	e->owner = s->number;
	e->alarm.of = s->of;
	e->next = s->first;
	s->first = index_of(w, e);
	if (e->rule >= 0)
		s->standing |= UINT64_C(1) << e->rule;
	s->out = s->out || e->life.state == ALARM_OUT;
}

static uint32_t without(struct watch *w, uint32_t first, const struct entry *e)
{
	uint32_t *at = &first;

	while (*at != NONE && *at != index_of(w, e))
		at = &w->entries[*at].next;
	if (*at != NONE)
		*at = e->next;
	return first;
}

static void unlink_entry(struct watch *w, struct entry *e)
{
	struct subject *s = owner_of(w, e);
	size_t first;

	if (s) {
		s->first = without(w, s->first, e);
		if (e->rule >= 0)
			s->standing &= ~(UINT64_C(1) << e->rule);
		return;
	}
	first = strmap_get(&w->orphans, e->alarm.subject);
	if (first == STRMAP_NONE)
		return;
	first = without(w, (uint32_t)first, e);
	if (first == NONE)
		strmap_remove(&w->orphans, e->alarm.subject);
	else
		strmap_set(&w->orphans, e->alarm.subject, first);
}

struct entry *alarm_of(struct watch *w, const struct subject *s, int rule)
{
	for (uint32_t i = s->first; i != NONE; i = w->entries[i].next) {
		if (w->entries[i].rule == rule)
			return &w->entries[i];
	}
	return NULL;
}

/* What of an entry is worked out when it is shown. */
static struct watch_alarm picture(const struct entry *e, bool chattering, int64_t now_ms)
{
	struct watch_alarm a = e->alarm;

	a.holds = e->life.holds;
	a.al.until = e->life.state == ALARM_SHELVED ? (uint64_t)e->life.shelved_until_ms : KEY_NONE;
	a.standing = now_ms - (int64_t)a.al.since > STANDING_MS;
	a.chattering = chattering;
	return a;
}

struct watch_alarm alarm_picture(const struct watch *w, const struct entry *e, int64_t now_ms)
{
	return picture(e, raises_within(w, e->key, CHATTERING_MS, now_ms) > CHATTERING_RAISES, now_ms);
}

static int by_key(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

void chatter_begin(struct chatter *c, const struct watch *w, int64_t now_ms)
{
	size_t n = 0;

	*c = (struct chatter){ .keys = xcalloc(w->raise_count + 1, sizeof(*c->keys)) };
	for (size_t i = 1; i <= w->raise_count; i++) {
		const struct raise *r = &w->raises[(w->raise_next + RAISES_MAX - i) % RAISES_MAX];

		if (now_ms - r->ms >= CHATTERING_MS)
			break;
		c->keys[n++] = r->key;
	}
	qsort(c->keys, n, sizeof(*c->keys), by_key);
	/* Those there are too many of, one of each. */
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i; end < n && c->keys[end] == c->keys[i]; end++)
			;
		if (end - i > CHATTERING_RAISES)
			c->keys[c->count++] = c->keys[i];
	}
}

void chatter_end(struct chatter *c)
{
	free(c->keys);
}

struct watch_alarm alarm_picture_among(const struct entry *e, const struct chatter *c, int64_t now_ms)
{
	return picture(e, bsearch(&e->key, c->keys, c->count, sizeof(*c->keys), by_key) != NULL, now_ms);
}

static void remember_end(struct watch *w, const struct watch_alarm *a)
{
	if (!w->ended)
		w->ended = xcalloc(WATCH_ENDED_MAX, sizeof(*w->ended));
	w->ended[w->ended_next] = *a;
	w->ended_next = (w->ended_next + 1) % WATCH_ENDED_MAX;
	w->ended_count += w->ended_count < WATCH_ENDED_MAX;
}

void alarm_tell(struct watch *w, struct entry *e, struct watch_now now)
{
	e->alarm.al.state = e->life.state;
	e->alarm.al.time = (uint64_t)now.ms;
	mem_grow(w->told, w->told_count, w->told_cap);
	w->told[w->told_count++] = alarm_picture(w, e, now.ms);
	if (!life_ended(&e->life))
		return;
	remember_end(w, &w->told[w->told_count - 1]);
	unlink_entry(w, e);
	entry_free(w, e);
}

static void put_raise(struct watch *w, struct raise raise)
{
	w->raises[w->raise_next] = raise;
	w->raise_next = (w->raise_next + 1) % RAISES_MAX;
	w->raise_count += w->raise_count < RAISES_MAX;
}

static void note_raise(struct watch *w, const struct entry *e, int64_t now_ms)
{
	put_raise(w, (struct raise){ now_ms, e->key,
		condition_uses(&w->rules.rules[e->rule].when, OPERAND_alarms_10min) });
}

uint64_t raises_within(const struct watch *w, uint64_t key, int64_t ms, int64_t now_ms)
{
	uint64_t n = 0;

	for (size_t i = 1; i <= w->raise_count; i++) {
		const struct raise *r = &w->raises[(w->raise_next + RAISES_MAX - i) % RAISES_MAX];

		if (now_ms - r->ms >= ms)
			break;
		n += key ? r->key == key : !r->flood;
	}
	return n;
}

/* Value, limit and text as they are now. */
static void describe(struct watch *w, struct entry *e, struct view *view)
{
	const struct rule *r = &w->rules.rules[e->rule];
	struct rule_names names = view_names(view, r);
	enum operand measure = condition_measure(&r->when);

	e->alarm.al.value = measure == OPERAND_COUNT ? NAN : operands_get(&view->v, measure);
	e->alarm.al.limit = condition_limit(&r->when, &view->v);
	rule_say(r, &view->v, &names, e->alarm.al.text);
}

struct entry *alarm_raise(struct watch *w, struct subject *s, int rule, struct view *view)
{
	const struct rule *r = &w->rules.rules[rule];
	struct entry *e = entry_new(w);
	const char *subject = s->of == OF_DRONE ? view->drone->id
	    : s->of == OF_SOURCE ? view->source->now.name : w->site_name;

	if (!e)
		return NULL;
	e->rule = rule;
	e->key = key_of(r->name, subject);
	e->life.latch = r->latch;
	e->alarm.of = s->of;
	e->alarm.al.count = 1;
	e->alarm.al.until = KEY_NONE;
	str_copy(e->alarm.al.source, sizeof(e->alarm.al.source), w->site_name);
	str_copy(e->alarm.subject, sizeof(e->alarm.subject), subject);
	make_id(w, subject, view->now.ms, e->alarm.al.id);
	strmap_set(&w->by_id, e->alarm.al.id, index_of(w, e));
	str_copy(e->alarm.al.rule, sizeof(e->alarm.al.rule), r->name);
	if (s->of == OF_DRONE)
		str_copy(e->alarm.al.drone, sizeof(e->alarm.al.drone), subject);
	e->alarm.al.level = r->level;
	e->alarm.al.since = (uint64_t)view->now.ms;
	life_condition(&e->life, true);
	link_entry(w, s, e);
	note_raise(w, e, view->now.ms);
	describe(w, e, view);
	alarm_tell(w, e, view->now);
	return e;
}

void alarm_again(struct watch *w, struct entry *e, struct view *view)
{
	e->alarm.al.count++;
	e->alarm.al.by[0] = '\0';
	note_raise(w, e, view->now.ms);
	describe(w, e, view);
}

void alarms_reword(struct watch *w, struct subject *s, struct view *view)
{
	for (uint32_t i = s->first; i != NONE; i = w->entries[i].next) {
		struct entry *e = &w->entries[i];

		if (e->life.holds && e->rule >= 0 &&
		    condition_uses(&w->rules.rules[e->rule].when, OPERAND_alarms_10min))
			describe(w, e, view);
	}
}

bool watch_next(struct watch *w, struct watch_alarm *out)
{
	if (w->told_next == w->told_count) {
		w->told_next = w->told_count = 0;
		return false;
	}
	*out = w->told[w->told_next++];
	return true;
}

/* Restoring ---------------------------------------------------------------- */

static int rule_index(const struct watch *w, const char *name, enum operand_of of)
{
	const struct rule *r = rule_find(&w->rules, name);

	return r && r->of == of ? (int)(r - w->rules.rules) : -1;
}

static void restore_one(struct watch *w, const struct alarm *row)
{
	struct entry *e;
	size_t dot = strcspn(row->id, ".");
	size_t first;

	if (row->state == ALARM_CLEARED || row->state == ALARM_UNKNOWN || !*row->id ||
	    strmap_get(&w->by_id, row->id) != STRMAP_NONE)
		return;
	e = entry_new(w);
	if (!e)
		return;
	e->alarm.al = *row;
	if (row->count == KEY_NONE)
		e->alarm.al.count = 1;
	if (*row->drone)
		str_copy(e->alarm.subject, sizeof(e->alarm.subject), row->drone);
	else
		str_copy_n(e->alarm.subject, sizeof(e->alarm.subject), row->id, dot);
	e->key = key_of(row->rule, e->alarm.subject);
	e->rule = -1;
	for (int of = OF_SITE; of <= OF_DRONE && e->rule < 0; of++) {
		if ((of == OF_DRONE) == (*row->drone != '\0')) {
			e->alarm.of = of;
			e->rule = rule_index(w, row->rule, of);
		}
	}
	e->life.state = row->state;
	e->life.latch = e->rule >= 0 && w->rules.rules[e->rule].latch;
	e->life.holds = row->state != ALARM_RETURNED;
	if (row->state == ALARM_SHELVED)
		/* An end it must have. */
		e->life.shelved_until_ms =
		    row->until == KEY_NONE ? (int64_t)row->time : (int64_t)row->until;
	if ((int64_t)row->since > w->last_id_ms)
		w->last_id_ms = (int64_t)row->since;
	strmap_set(&w->by_id, e->alarm.al.id, index_of(w, e));
	if (e->rule >= 0 && e->alarm.of == OF_SITE) {
		link_entry(w, &w->site, e);
		return;
	}
	first = strmap_get(&w->orphans, e->alarm.subject);
	e->next = first == STRMAP_NONE ? NONE : (uint32_t)first;
	strmap_set(&w->orphans, e->alarm.subject, index_of(w, e));
}

static int by_time(const void *a, const void *b)
{
	int64_t x = ((const struct raise *)a)->ms, y = ((const struct raise *)b)->ms;

	return (x > y) - (x < y);
}

/* A flood is one still: what stands was raised when it says. */
static void restore_raises(struct watch *w)
{
	struct raise *all = xcalloc(w->used + 1, sizeof(*all));
	size_t n = 0;

	for (size_t i = 0; i < w->entry_count; i++) {
		const struct entry *e = &w->entries[i];

		if (e->used && e->rule >= 0)
			all[n++] = (struct raise){ (int64_t)e->alarm.al.since, e->key,
				condition_uses(&w->rules.rules[e->rule].when, OPERAND_alarms_10min) };
	}
	qsort(all, n, sizeof(*all), by_time);
	for (size_t i = n > RAISES_MAX ? n - RAISES_MAX : 0; i < n; i++)
		put_raise(w, all[i]);
	free(all);
}

void watch_restore(struct watch *w, const struct alarm *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		restore_one(w, &rows[i]);
	restore_raises(w);
}

/* Ended without anybody's doing. */
static void alarm_over(struct watch *w, struct entry *e, struct watch_now now)
{
	e->life.state = ALARM_CLEARED;
	e->life.holds = false;
	alarm_tell(w, e, now);
}

void alarms_attach(struct watch *w, struct subject *s, const char *name, struct watch_now now)
{
	size_t first = w->orphans.count ? strmap_get(&w->orphans, name) : STRMAP_NONE;
	uint32_t next;

	if (first == STRMAP_NONE)
		return;
	strmap_remove(&w->orphans, name);
	for (uint32_t i = (uint32_t)first; i != NONE; i = next) {
		struct entry *e = &w->entries[i];

		next = e->next;
		/* A rule that is no more, or of another kind of subject now, is over. */
		if (e->rule >= 0 && w->rules.rules[e->rule].of == s->of && !alarm_of(w, s, e->rule))
			link_entry(w, s, e);
		else
			alarm_over(w, e, now);
	}
}

void alarms_back(struct watch *w, struct subject *s, struct watch_now now)
{
	uint32_t next;

	s->out = false;
	for (uint32_t i = s->first; i != NONE; i = next) {
		struct entry *e = &w->entries[i];

		next = e->next;
		if (e->life.state != ALARM_OUT || !life_unshelve(&e->life))
			continue;
		e->alarm.al.by[0] = '\0';
		alarm_tell(w, e, now);
	}
}

void alarms_clock(struct watch *w, struct watch_now now)
{
	for (size_t i = 0; i < w->entry_count; i++) {
		struct entry *e = &w->entries[i];

		if (!e->used || !life_clock(&e->life, now.ms))
			continue;
		e->alarm.al.by[0] = '\0';
		alarm_tell(w, e, now);
	}
}

void alarms_clear(struct watch *w)
{
	free(w->entries);
	free(w->told);
	free(w->ended);
	strmap_clear(&w->by_id);
	strmap_clear(&w->orphans);
}
