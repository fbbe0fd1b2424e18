/* The drones the writer knows: see roster.h. */
#include "history/roster.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

size_t roster_drone(struct roster *r, const char *id)
{
	size_t i;

	if (r->count) {
		i = r->drones[r->found].follower;
		if (strcmp(r->drones[i].info.id, id) == 0)
			return r->found = i;
		i = strmap_get(&r->ids, id);
		if (i != STRMAP_NONE) {
			r->drones[r->found].follower = (uint32_t)i;
			return r->found = i;
		}
	}
	mem_grow(r->drones, r->count, r->cap);
	i = r->count++;
	memset(&r->drones[i], 0, sizeof(r->drones[i]));
	str_copy(r->drones[i].info.id, sizeof(r->drones[i].info.id), id);
	strmap_set(&r->ids, id, i);
	return i;
}

struct roster_boot *roster_boot(struct roster_drone *d, uint32_t boot)
{
	size_t i = d->boot_count;

	/* The newest is nearly always the one. */
	while (i > 0 && d->boots[i - 1].boot > boot)
		i--;
	if (i > 0 && d->boots[i - 1].boot == boot)
		return &d->boots[i - 1];
	mem_grow(d->boots, d->boot_count, d->boot_cap);
	memmove(d->boots + i + 1, d->boots + i, (d->boot_count - i) * sizeof(*d->boots));
	d->boots[i] = (struct roster_boot){ .boot = boot };
	d->boot_count++;
	return &d->boots[i];
}

struct roster_boot *roster_find_boot(struct roster_drone *d, uint32_t boot)
{
	for (size_t i = d->boot_count; i > 0 && d->boots[i - 1].boot >= boot; i--) {
		if (d->boots[i - 1].boot == boot)
			return &d->boots[i - 1];
	}
	return NULL;
}

bool roster_store(struct roster_drone *d, uint32_t boot, uint32_t seq, int64_t arrived_ms)
{
	struct roster_boot *b = roster_boot(d, boot);
	struct range *last = b->stored.count ? &b->stored.items[b->stored.count - 1] : NULL;

	if (arrived_ms > b->newest_ms)
		b->newest_ms = arrived_ms;
	if (last && last->to != UINT32_MAX && seq == last->to + 1) {
		last->to = seq;
		return true;
	}
	if (ranges_has(&b->stored, seq))
		return false;
	ranges_add(&b->stored, seq, seq);
	return true;
}

static void clear_boot(struct roster_boot *b)
{
	ranges_clear(&b->stored);
	ranges_clear(&b->lost);
	ranges_clear(&b->open);
}

void roster_forget(struct roster *r, int64_t before_ms)
{
	for (size_t i = 0; i < r->count; i++) {
		struct roster_drone *d = &r->drones[i];
		size_t kept = 0;

		for (size_t b = 0; b < d->boot_count; b++) {
			if (d->boots[b].newest_ms < before_ms)
				clear_boot(&d->boots[b]);
			else
				d->boots[kept++] = d->boots[b];
		}
		d->boot_count = kept;
	}
}

void roster_forget_rows(struct roster *r)
{
	for (size_t i = 0; i < r->count; i++) {
		struct roster_drone *d = &r->drones[i];

		for (size_t b = 0; b < d->boot_count; b++)
			clear_boot(&d->boots[b]);
		d->boot_count = 0;
	}
}

void roster_clear(struct roster *r)
{
	roster_forget_rows(r);
	for (size_t i = 0; i < r->count; i++) {
		free(r->drones[i].boots);
		free(r->drones[i].hole);
	}
	free(r->drones);
	strmap_clear(&r->ids);
	memset(r, 0, sizeof(*r));
}
