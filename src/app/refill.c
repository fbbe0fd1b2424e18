/* What is here and what is to be asked for: see refill.h. */
#include "app/refill.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "proto/control.h"

#define AGAIN_MS 2000 /* doubled with each that was in vain */

static struct refill_drone *drone_of(struct refill *r, size_t drone)
{
	if (drone >= r->count) {
		size_t count = drone + 64;

		r->drones = xreallocarray(r->drones, count, sizeof(*r->drones));
		memset(r->drones + r->count, 0, (count - r->count) * sizeof(*r->drones));
		r->count = count;
	}
	return &r->drones[drone];
}

static void clear_boot(struct refill_boot *b)
{
	coverage_clear(&b->c);
	ranges_clear(&b->want);
}

void refill_clear(struct refill *r)
{
	for (size_t i = 0; i < r->count; i++) {
		for (size_t k = 0; k < r->drones[i].boot_count; k++)
			clear_boot(&r->drones[i].boots[k]);
	}
	free(r->drones);
	*r = (struct refill){ 0 };
}

static struct refill_boot *find_boot(struct refill_drone *d, uint32_t boot)
{
	for (size_t i = 0; i < d->boot_count; i++) {
		if (d->boots[i].c.boot == boot)
			return &d->boots[i];
	}
	return NULL;
}

/* NULL where it is older than all that are kept, and those are many. */
static struct refill_boot *add_boot(struct refill_drone *d, uint32_t boot)
{
	size_t at = d->boot_count;

	while (at > 0 && d->boots[at - 1].c.boot > boot)
		at--;
	if (d->boot_count == REFILL_BOOTS) {
		if (!at)
			return NULL;
		clear_boot(&d->boots[0]);
		memmove(d->boots, d->boots + 1, --d->boot_count * sizeof(d->boots[0]));
		at--;
	}
	memmove(d->boots + at + 1, d->boots + at, (d->boot_count - at) * sizeof(d->boots[0]));
	d->boot_count++;
	d->boots[at] = (struct refill_boot){ .c = { .boot = boot } };
	return &d->boots[at];
}

static uint32_t back(uint32_t from, uint32_t by)
{
	return by < from ? from - by : 0;
}

/* Of too many holes the older half is given up, and then forgotten. */
static void bound(struct refill_boot *b)
{
	if (b->c.missing.count > REFILL_HOLES) {
		uint32_t to = b->c.missing.items[REFILL_HOLES / 2].to;

		(void)coverage_lose(&b->c, 0, to);
		ranges_remove(&b->want, 0, to);
	}
	if (b->c.lost.count > REFILL_HOLES)
		ranges_remove(&b->c.lost, 0, b->c.lost.items[REFILL_HOLES / 2].to);
}

enum refill_arrival refill_arrived(struct refill *r, size_t drone, uint32_t boot, uint32_t seq,
    struct range *hole)
{
	struct refill_drone *d = drone_of(r, drone);
	struct refill_boot *b = find_boot(d, boot);
	bool opened, missed;

	*hole = (struct range){ 1, 0 };
	if (!b) {
		/* A restart that was seen has its beginning missing; else nobody was there. */
		bool seen = d->boot_count && boot > d->boots[d->boot_count - 1].c.boot;

		b = add_boot(d, boot);
		if (!b)
			return REFILL_HAD;
		b->first = seen ? 0 : seq;
	}
	if (!b->c.any && b->first) {
		(void)coverage_arrive(&b->c, seq, &opened, hole);
		(void)coverage_lose(&b->c, 0, seq);
		b->first = seq;
		*hole = (struct range){ 1, 0 };
		if (b->older)
			ranges_remove(&b->want, 0, seq);
		else if (d->wish && seq)
			ranges_add(&b->want, back(seq, d->wish), seq - 1);
		return REFILL_NEW;
	}
	missed = b->c.missing.count && ranges_has(&b->c.missing, seq);
	switch (coverage_arrive(&b->c, seq, &opened, hole)) {
	case ARRIVAL_DUPLICATE:
		*hole = (struct range){ 1, 0 };
		return REFILL_HAD;
	case ARRIVAL_LATE:
		d->tries = 0;
		break;
	case ARRIVAL_NEW:
		break;
	}
	if (b->want.count)
		ranges_remove(&b->want, seq, seq);
	if (opened)
		ranges_add(&b->want, hole->from, hole->to);
	bound(b);
	if (!opened)
		*hole = (struct range){ 1, 0 };
	return missed ? REFILL_FILLED : REFILL_NEW;
}

void refill_wish(struct refill *r, size_t drone, uint32_t samples)
{
	struct refill_drone *d = drone_of(r, drone);
	struct refill_boot *b = d->boot_count ? &d->boots[0] : NULL;
	uint32_t from;

	if (d->wish || !samples)
		return;
	d->wish = samples;
	if (!b || !b->first)
		return;
	/* What came already, as for trails, is not asked for again. */
	from = back(b->first, samples);
	for (size_t i = 0; i < b->c.lost.count; i++) {
		struct range x = b->c.lost.items[i];

		if (x.to >= from && x.from < b->first)
			ranges_add(&b->want, x.from > from ? x.from : from,
			    x.to < b->first ? x.to : b->first - 1);
	}
}

void refill_older(struct refill *r, size_t drone, uint32_t boot, uint32_t newest)
{
	struct refill_drone *d = drone_of(r, drone);
	struct refill_boot *b;

	if (!d->wish || !d->boot_count || boot >= d->boots[0].c.boot ||
	    d->boot_count == REFILL_BOOTS)
		return;
	b = add_boot(d, boot);
	b->first = newest;
	b->older = true;
	ranges_add(&b->want, back(newest, d->wish), newest);
}

bool refill_next(const struct refill *r, size_t drone, int64_t now_mono, struct refill_ask *ask)
{
	const struct refill_drone *d = drone < r->count ? &r->drones[drone] : NULL;

	if (!d || now_mono < d->ask_mono)
		return false;
	for (size_t i = d->boot_count; i-- > 0;) {
		const struct ranges *w = &d->boots[i].want;

		if (w->count) {
			struct range last = w->items[w->count - 1];

			ask->boot = d->boots[i].c.boot;
			ask->to = last.to;
			ask->from = last.to - last.from >= BACKFILL_MAX ? last.to - BACKFILL_MAX + 1
									: last.from;
			return true;
		}
	}
	return false;
}

void refill_lose(struct refill *r, size_t drone, uint32_t boot, uint32_t from, uint32_t to,
    struct ranges *lost)
{
	struct refill_boot *b = find_boot(drone_of(r, drone), boot);

	if (!b)
		return;
	for (size_t i = 0; i < b->c.missing.count; i++) {
		struct range x = b->c.missing.items[i];

		x.from = x.from > from ? x.from : from;
		x.to = x.to < to ? x.to : to;
		if (x.from <= x.to)
			ranges_add(lost, x.from, x.to);
	}
	(void)coverage_lose(&b->c, from, to);
	ranges_remove(&b->want, from, to);
}

void refill_answered(struct refill *r, size_t drone, const struct refill_ask *ask, int64_t now_mono,
    struct ranges *lost)
{
	struct refill_drone *d = drone_of(r, drone);
	struct refill_boot *b = find_boot(d, ask->boot);
	struct ranges before = { 0 };

	if (!b)
		return;
	/* Of what was before the first, one answer is the whole answer. */
	for (size_t i = 0; i < b->c.lost.count; i++)
		ranges_add(&before, b->c.lost.items[i].from, b->c.lost.items[i].to);
	for (size_t i = 0; i < before.count; i++) {
		uint32_t from = before.items[i].from > ask->from ? before.items[i].from : ask->from;
		uint32_t to = before.items[i].to < ask->to ? before.items[i].to : ask->to;

		if (from <= to)
			ranges_remove(&b->want, from, to);
	}
	ranges_clear(&before);
	/* Of a boot of which nothing came nothing is missing. */
	if (!b->c.any)
		ranges_remove(&b->want, ask->from, ask->to);
	if (!b->want.count || b->want.items[b->want.count - 1].to < ask->from)
		return;
	if (++d->tries < REFILL_TRIES) {
		d->ask_mono = now_mono + (AGAIN_MS << d->tries);
		return;
	}
	d->tries = 0;
	refill_lose(r, drone, ask->boot, ask->from, ask->to, lost);
}

bool refill_done(const struct refill *r, size_t drone)
{
	const struct refill_drone *d = drone < r->count ? &r->drones[drone] : NULL;

	for (size_t i = 0; d && i < d->boot_count; i++) {
		if (d->boots[i].want.count)
			return false;
	}
	return d && d->wish;
}

bool refill_begins(const struct refill *r, size_t drone, uint32_t *boot)
{
	const struct refill_drone *d = drone < r->count ? &r->drones[drone] : NULL;

	if (!d || !d->boot_count)
		return false;
	*boot = d->boots[0].c.boot;
	return !d->boots[0].want.count && !d->boots[0].c.lost.count && d->boots[0].c.any;
}
