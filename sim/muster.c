/* Making the fleet of swarm.h: who is in it, where, and when each has its turn. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "swarm.h"

#define SPACING_M 30.0            /* between neighbouring homes, about */
#define GOLDEN_ANGLE 137.50776405 /* deg */

/* Whoever sorts: drones by phase, then by number. */
struct phase {
	double us;
	unsigned drone;
};

static int by_phase(const void *a, const void *b)
{
	const struct phase *x = a, *y = b;

	if (x->us != y->us)
		return x->us < y->us ? -1 : 1;
	return (x->drone > y->drone) - (x->drone < y->drone);
}

/* Drone i is sampled i/n of a period after the first, whatever the rate; its
 * flight steps are that instant and whole rounds from it. */
static void make_timetable(struct swarm *sw)
{
	unsigned n = sw->settings.drones;
	struct phase *phases = xcalloc(n, sizeof(*phases));
	double period_us = 1e6 / sw->settings.rate_hz;

	sw->every = (unsigned)ceil(FLIGHT_HZ / sw->settings.rate_hz - 1e-9);
	sw->every = sw->every ? sw->every : 1;
	sw->round_us = period_us / sw->every;
	sw->order = xcalloc(n, sizeof(*sw->order));
	sw->phase_us = xcalloc(n, sizeof(*sw->phase_us));
	sw->sampled_in = xcalloc(n, sizeof(*sw->sampled_in));
	for (unsigned i = 0; i < n; i++) {
		double instant = period_us * i / n;
		unsigned round = (unsigned)(instant / sw->round_us);

		round = round < sw->every ? round : sw->every - 1;
		sw->sampled_in[i] = round;
		sw->phase_us[i] = instant - round * sw->round_us;
		phases[i] = (struct phase){ sw->phase_us[i], i };
	}
	qsort(phases, n, sizeof(*phases), by_phase);
	for (unsigned j = 0; j < n; j++)
		sw->order[j] = phases[j].drone;
	free(phases);
}

/* Homes on a sunflower's spiral: even spacing, any number. */
static struct geo_point home_of(const struct swarm *sw, unsigned i)
{
	struct geo_point p = geo_direct(sw->settings.home, fmod(GOLDEN_ANGLE * i, 360),
	    SPACING_M * sqrt(i));

	return (struct geo_point){ round(p.lat * 1e7) / 1e7, round(p.lon * 1e7) / 1e7 };
}

static void make_drone(struct swarm *sw, unsigned i, int width, struct rng *rng)
{
	static const enum model_kind mix[] = { MODEL_QUAD, MODEL_WING, MODEL_QUAD, MODEL_VTOL };
	const struct swarm_settings *set = &sw->settings;
	struct drone *d = &sw->drones[i];
	char id[2 * ID_SIZE];
	enum model_kind kind = set->model == MODEL_COUNT ? mix[i % ARRAY_LEN(mix)] : set->model;
	/* The first few set out at once, the others over the next minutes. */
	double first_s = i < 4 ? 2 + 3.0 * i : rng_between(rng, 5, 240);

	snprintf(id, sizeof(id), "%s%0*u", set->prefix, width, i + 1);
	drone_init(d, id, kind, home_of(sw, i), set->ground, set->seed, i);
	backlog_init(&d->backlog, (size_t)(set->backfill_mb * 1048576 / set->drones));
	work_init(&d->work, first_s, i, set->seed);
	d->boot = sw->boot;
	d->idle = d->commanded = set->idle;
	if (!set->idle)
		d->vehicle.battery.charge = i < 4 ? 0.95 : rng_between(rng, 0.6, 1);
	d->stepped_us = 0;
	strmap_set(&sw->ids, d->id, i);
}

static int make_faults(struct swarm *sw, struct err *err)
{
	for (size_t i = 0; i < sw->settings.fault_count; i++) {
		const struct fault_spec *spec = &sw->settings.faults[i];
		size_t only = strmap_get(&sw->ids, spec->drone);

		if (*spec->drone && only == STRMAP_NONE)
			return err_set(err, "--fault %s: there is no drone %s; they are %s to %s",
			    fault_table[spec->kind].name, spec->drone, sw->drones[0].id,
			    sw->drones[sw->settings.drones - 1].id);
		if (*spec->drone) {
			sw->drones[only].faults.value[spec->kind] = spec->value;
		} else if (spec->kind == FAULT_SKEW) {
			sw->skew_ms = (int64_t)spec->value;
		} else {
			for (unsigned d = 0; d < sw->settings.drones; d++)
				sw->drones[d].faults.value[spec->kind] = spec->value;
		}
	}
	return 0;
}

int swarm_new(struct swarm **swarm, const struct swarm_settings *settings, swarm_publish *publish,
    void *context, struct err *err)
{
	struct swarm *sw = xcalloc(1, sizeof(*sw));
	struct rng rng;
	int width = snprintf(NULL, 0, "%u", settings->drones);

	*swarm = sw;
	sw->settings = *settings;
	sw->publish = publish;
	sw->context = context;
	sw->boot = (uint32_t)(settings->start_ms / 1000);
	width = width < 2 ? 2 : width;
	if (strlen(settings->prefix) + (size_t)width > ID_MAX) {
		err_set(err, "--prefix %s is too long: an id has at most %d characters, %d of them digits here",
		    settings->prefix, ID_MAX, width);
		swarm_free(swarm);
		return -1;
	}
	rng_init(&rng, settings->seed, 0);
	sw->wind = wind_of_day(&rng);
	work_site_init(&sw->site, settings->home, &rng);
	sw->drones = xcalloc(settings->drones, sizeof(*sw->drones));
	for (unsigned i = 0; i < settings->drones; i++)
		make_drone(sw, i, width, &rng);
	make_timetable(sw);
	if (make_faults(sw, err) == -1) {
		swarm_free(swarm);
		return -1;
	}
	sw->settings.faults = NULL;
	return 0;
}

void swarm_free(struct swarm **swarm)
{
	struct swarm *sw = *swarm;

	if (!sw)
		return;
	for (unsigned i = 0; sw->drones && i < sw->settings.drones; i++)
		drone_clear(&sw->drones[i]);
	free(sw->drones);
	strmap_clear(&sw->ids);
	logbook_clear(&sw->logbook);
	free(sw->order);
	free(sw->phase_us);
	free(sw->sampled_in);
	buf_free(&sw->body);
	buf_free(&sw->topic);
	buf_free(&sw->picture);
	free(sw);
	*swarm = NULL;
}
