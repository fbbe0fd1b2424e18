/* Which samples have come: see coverage.h. */
#include "fleet/coverage.h"

#include <string.h>

enum arrival coverage_arrive(struct coverage *c, uint32_t seq, bool *opened, struct range *hole)
{
	uint32_t next = c->any ? c->newest + 1 : 0;

	*opened = false;
	if (!c->any || seq > c->newest) {
		if (seq > next) {
			*hole = (struct range){ next, seq - 1 };
			*opened = true;
			ranges_add(&c->missing, next, seq - 1);
		}
		c->any = true;
		c->newest = seq;
		return ARRIVAL_NEW;
	}
	if (c->missing.count && ranges_has(&c->missing, seq)) {
		ranges_remove(&c->missing, seq, seq);
		return ARRIVAL_LATE;
	}
	if (c->lost.count && ranges_has(&c->lost, seq)) {
		ranges_remove(&c->lost, seq, seq);
		return ARRIVAL_LATE;
	}
	return ARRIVAL_DUPLICATE;
}

bool coverage_extend(struct coverage *c, uint32_t newest, struct range *hole)
{
	uint32_t next = c->any ? c->newest + 1 : 0;

	if (c->any && newest <= c->newest)
		return false;
	*hole = (struct range){ next, newest };
	ranges_add(&c->missing, next, newest);
	c->any = true;
	c->newest = newest;
	return true;
}

void coverage_reopen(struct coverage *c, uint32_t seq)
{
	ranges_add(&c->missing, seq, seq);
}

uint64_t coverage_lose(struct coverage *c, uint32_t from, uint32_t to)
{
	uint64_t lost = 0;

	for (size_t i = 0; i < c->missing.count; i++) {
		struct range r = c->missing.items[i];
		uint32_t first = r.from > from ? r.from : from, last = r.to < to ? r.to : to;

		if (first > last)
			continue;
		ranges_add(&c->lost, first, last);
		lost += (uint64_t)last - first + 1;
	}
	ranges_remove(&c->missing, from, to);
	return lost;
}

void coverage_restore(struct coverage *c, uint32_t boot, const struct ranges *stored,
    const struct ranges *lost)
{
	coverage_clear(c);
	c->boot = boot;
	if (stored->count) {
		c->any = true;
		c->newest = stored->items[stored->count - 1].to;
		ranges_missing(stored, 0, c->newest, &c->missing);
	}
	for (size_t i = 0; i < lost->count; i++) {
		struct range r = lost->items[i];

		/* What was said to be lost and came all the same is here. */
		if (c->any && r.from <= c->newest)
			coverage_lose(c, r.from, r.to < c->newest ? r.to : c->newest);
	}
}

void coverage_clear(struct coverage *c)
{
	ranges_clear(&c->missing);
	ranges_clear(&c->lost);
	memset(c, 0, sizeof(*c));
}
