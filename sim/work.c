/* A working day: see work.h. */
#include "work.h"

#include <math.h>
#include <stdlib.h>

#include "autopilot.h"
#include "base/mem.h"
#include "proto/messages.h"

#define CHARGED 0.75     /* it sets out with so much at least */
#define STRANDED_S 180.0 /* until a crew fetches one that landed out */

void work_site_init(struct work_site *site, struct geo_point center, struct rng *rng)
{
	for (int i = 0; i < DEPOTS; i++)
		site->depots[i] = geo_direct(center, 90.0 * i + rng_between(rng, 10, 80),
		    rng_between(rng, 400, 900));
}

void work_init(struct work *w, double first_s, unsigned index, uint64_t seed)
{
	*w = (struct work){ .rest_s = first_s, .layer = 40 + 6.0 * (index % 9) };
	w->job.items = xcalloc(WORK_ITEMS_MAX, sizeof(*w->job.items));
	rng_init(&w->rng, seed, 0x30000000u + index);
}

void work_clear(struct work *w)
{
	mission_clear(&w->job);
}

static void add_item(struct work *w, const struct vehicle *v, double x, double y, double height,
    enum stop stop, double hold)
{
	struct geo_point p = geo_from_xy(&v->frame, x, y);

	if (w->job.count == WORK_ITEMS_MAX)
		return;
	w->stops[w->job.count] = (uint8_t)stop;
	/* As a person would write it: no more digits than the wire has. */
	w->job.items[w->job.count++] = (struct mission_item){
		.lat = round(p.lat * 1e7) / 1e7,
		.lon = round(p.lon * 1e7) / 1e7,
		.height = round(height),
		.speed = NAN,
		.hold = hold,
	};
}

/* Parallel strips over a field, there and back. */
static void plan_survey(struct work *w, const struct vehicle *v, const struct work_site *site)
{
	double scale = v->model->wings ? 2.5 : 1;
	double along = rng_between(&w->rng, 0, 2 * M_PI), far = rng_between(&w->rng, 150, 450) * scale;
	double length = rng_between(&w->rng, 140, 300) * scale;
	double gap = v->model->wings ? 2.2 * v->model->loiter_radius : 30;
	int strips = 4 + (int)(rng_next(&w->rng) % 4);
	double sn = sin(along), cs = cos(along);

	(void)site;
	for (int i = 0; i < strips; i++) {
		double side = (i - 0.5 * (strips - 1)) * gap;

		for (int end = 0; end < 2; end++) {
			double run = far + ((i + end) % 2 ? length : 0);

			add_item(w, v, v->home_x + run * sn + side * cs, v->home_y + run * cs - side * sn,
			    w->layer + 10, STOP_NONE, 0);
		}
	}
}

/* Round some points, with a look around at each. */
static void plan_patrol(struct work *w, const struct vehicle *v, const struct work_site *site)
{
	double scale = v->model->wings ? 2.5 : 1, start = rng_between(&w->rng, 0, 2 * M_PI);
	int corners = 5 + (int)(rng_next(&w->rng) % 4);

	(void)site;
	for (int i = 0; i < corners; i++) {
		double bearing = start + 2 * M_PI * i / corners;
		double r = rng_between(&w->rng, 200, 420) * scale;

		add_item(w, v, v->home_x + r * sin(bearing), v->home_y + r * cos(bearing), w->layer,
		    STOP_NONE, v->model->hovers && rng_next(&w->rng) % 3 == 0 ? 8 : 0);
	}
}

/* From the nearest depot to a customer, landing at both. */
static void plan_delivery(struct work *w, const struct vehicle *v, const struct work_site *site)
{
	double best = INFINITY, depot_x = 0, depot_y = 0;
	double bearing = rng_between(&w->rng, 0, 2 * M_PI), r = rng_between(&w->rng, 300, 900);

	for (int i = 0; i < DEPOTS; i++) {
		double x, y, d;

		geo_to_xy(&v->frame, site->depots[i], &x, &y);
		d = hypot(x - v->home_x, y - v->home_y);
		if (d < best) {
			best = d;
			/* Each lands on a pad of its own there. */
			depot_x = x + rng_between(&w->rng, -40, 40);
			depot_y = y + rng_between(&w->rng, -40, 40);
		}
	}
	add_item(w, v, depot_x, depot_y, w->layer, STOP_LOAD, 0);
	add_item(w, v, depot_x + r * sin(bearing), depot_y + r * cos(bearing), w->layer + 5,
	    STOP_UNLOAD, 0);
}

static void take_job(struct work *w, struct vehicle *v, const struct work_site *site,
    struct notes *notes)
{
	static void (*const plans[MODEL_COUNT][3])(struct work *, const struct vehicle *,
	    const struct work_site *) = {
		[MODEL_QUAD] = { plan_delivery, plan_patrol, plan_survey },
		[MODEL_WING] = { plan_survey, plan_patrol, plan_survey },
		[MODEL_VTOL] = { plan_delivery, plan_patrol, plan_delivery },
	};

	w->job.count = 0;
	plans[v->model - flight_models][rng_next(&w->rng) % 3](w, v, site);
	note_add(notes, NOTE_PLAN, 0, "job");
	autopilot_arm(v);
	autopilot_route(v, ROUTE_WORK, &w->job, w->stops, 0);
}

/* On the ground away from home: home by itself if it can, else carried. */
static void stranded(struct work *w, struct vehicle *v, double dt, struct notes *notes)
{
	double d = vehicle_home_distance(v);

	if (!v->pilot.lost && v->battery.charge > CHARGE_RESERVE + 0.05 + vehicle_charge_for(v, d, 40)) {
		autopilot_arm(v);
		autopilot_rtl(v);
		return;
	}
	w->stranded_s += dt;
	if (w->stranded_s < STRANDED_S)
		return;
	w->stranded_s = 0;
	v->flight.x = v->home_x;
	v->flight.y = v->home_y;
	v->flight.z = v->home_z;
	v->payload_kg = 0;
	note_add(notes, NOTE_EVENT, SEVERITY_NOTICE, "brought home by the crew");
}

void work_step(struct work *w, struct vehicle *v, const struct work_site *site, double dt,
    struct notes *notes)
{
	struct autopilot *p = &v->pilot;

	if (v->flight.in_air) {
		/* Between jobs in the air there is only the way home; what
		 * flies a route or comes down already is left to it. */
		if (p->activity == ACT_HOLD || p->activity == ACT_GOTO || p->activity == ACT_TAKEOFF) {
			autopilot_rtl(v);
			w->rest_s = rng_between(&w->rng, 15, 90);
		}
		return;
	}
	if (p->activity == ACT_ROUTE || p->activity == ACT_RTL || p->activity == ACT_DEAD ||
	    p->activity == ACT_TAKEOFF)
		return;
	if (p->armed)
		autopilot_off(v);
	if (!vehicle_at_home(v)) {
		stranded(w, v, dt, notes);
		return;
	}
	v->payload_kg = 0;
	w->rest_s -= dt;
	if (w->rest_s <= 0 && v->battery.charge >= CHARGED && !p->lost)
		take_job(w, v, site, notes);
}
