/* The fleet as it is known now: see fleet.h. */
#include "fleet/fleet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Weight of the newest interval in the smoothed rate. */
#define RATE_WEIGHT 0.1

void fleet_clear(struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->count; i++) {
		struct drone *d = &fleet->drones[i];

		for (size_t b = 0; b < d->boot_count; b++)
			coverage_clear(&d->boots[b]);
		free(d->boots);
		buf_free(&d->body);
	}
	free(fleet->drones);
	strmap_clear(&fleet->by_id);
	memset(fleet, 0, sizeof(*fleet));
}

struct drone *fleet_find(struct fleet *fleet, const char *id)
{
	size_t i;

	if (!fleet->count)
		return NULL;
	i = fleet->drones[fleet->found].follower;
	if (strcmp(fleet->drones[i].id, id) != 0) {
		i = strmap_get(&fleet->by_id, id);
		if (i == STRMAP_NONE)
			return NULL;
		fleet->drones[fleet->found].follower = (uint32_t)i;
	}
	fleet->found = i;
	return &fleet->drones[i];
}

struct drone *fleet_add(struct fleet *fleet, const char *id)
{
	struct drone *d = fleet_find(fleet, id);

	if (d)
		return d;
	if (fleet->count == FLEET_MAX)
		return NULL;
	mem_grow(fleet->drones, fleet->count, fleet->cap);
	d = &fleet->drones[fleet->count];
	memset(d, 0, sizeof(*d));
	str_copy(d->id, sizeof(d->id), id);
	d->source = NO_SOURCE;
	d->home_lat = d->home_lon = d->home_alt = NAN;
	strmap_set(&fleet->by_id, id, fleet->count++);
	return d;
}

struct coverage *drone_coverage(struct drone *drone, uint32_t boot)
{
	size_t at = drone->boot_count;

	while (at > 0 && drone->boots[at - 1].boot > boot)
		at--;
	if (at > 0 && drone->boots[at - 1].boot == boot)
		return &drone->boots[at - 1];
	if (drone->boot_count == BOOTS_MAX) {
		/* An older boot than all we keep takes the oldest one's place. */
		at = at > 0 ? at - 1 : 0;
		coverage_clear(&drone->boots[0]);
		memmove(drone->boots, drone->boots + 1, at * sizeof(*drone->boots));
	} else {
		drone->boots = xreallocarray(drone->boots, drone->boot_count + 1,
		    sizeof(*drone->boots));
		memmove(drone->boots + at + 1, drone->boots + at,
		    (drone->boot_count - at) * sizeof(*drone->boots));
		drone->boot_count++;
	}
	memset(&drone->boots[at], 0, sizeof(*drone->boots));
	drone->boots[at].boot = boot;
	return &drone->boots[at];
}

static struct applied arrive(struct drone *drone, const struct sample *s)
{
	struct coverage *c = drone_coverage(drone, sample_boot(s));
	struct applied a = { .new_boot = !c->any };

	a.arrival = coverage_arrive(c, sample_seq(s), &a.opened, &a.hole);
	return a;
}

static bool is_newer(const struct sample *s, const struct sample *than)
{
	if (!than->known)
		return true;
	if (sample_boot(s) != sample_boot(than))
		return sample_boot(s) > sample_boot(than);
	return sample_seq(s) > sample_seq(than);
}

static void count_rate(struct drone *drone, const struct sample *s)
{
	double dt = (double)(sample_time(s) - sample_time(&drone->newest)) / 1000;

	if (!drone->newest.known || sample_boot(s) != sample_boot(&drone->newest) || dt <= 0 ||
	    sample_seq(s) <= sample_seq(&drone->newest))
		return;
	dt /= sample_seq(s) - sample_seq(&drone->newest);
	drone->rate_hz = drone->rate_hz > 0
			     ? 1 / ((1 - RATE_WEIGHT) / drone->rate_hz + RATE_WEIGHT * dt)
			     : 1 / dt;
}

struct applied drone_apply(struct drone *drone, const struct sample *s, const void *body, size_t len,
    int64_t now_mono_ms, int64_t now_ms)
{
	struct applied a = arrive(drone, s);

	if (a.arrival == ARRIVAL_DUPLICATE) {
		drone->duplicates++;
		return a;
	}
	drone->samples++;
	drone->late += a.arrival == ARRIVAL_LATE;
	if (!drone->remembered && !is_newer(s, &drone->newest))
		return a;
	drone->remembered = drone->awaited = false;
	a.current = true;
	count_rate(drone, s);
	drone->newest = *s;
	buf_clear(&drone->body);
	buf_add(&drone->body, body, len);
	drone->arrived_mono_ms = now_mono_ms;
	drone->arrived_ms = now_ms;
	return a;
}

struct applied drone_apply_backfill(struct drone *drone, const struct sample *s)
{
	return arrive(drone, s);
}

static int by_id(const void *a, const void *b, void *drones)
{
	const struct drone *d = drones;

	return strcmp(d[*(const size_t *)a].id, d[*(const size_t *)b].id);
}

size_t *fleet_sorted(const struct fleet *fleet)
{
	size_t *order = xcalloc(fleet->count, sizeof(*order));

	for (size_t i = 0; i < fleet->count; i++)
		order[i] = i;
	qsort_r(order, fleet->count, sizeof(*order), by_id, fleet->drones);
	return order;
}
