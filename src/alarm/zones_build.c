/*
 * Sets of zones, made: see zones.h.
 *
 * Every outline is checked by GEOS before it is believed. One that crosses
 * itself is mended (GEOSMakeValid: what is enclosed an odd number of times
 * is inside) and that is said. The `in` zones of a section that differ in nothing but
 * place are joined, since between two that touch there is no limit.
 */
#include <geos_c.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alarm/zones.h"
#include "alarm/zones_private.h"
#include "base/geo.h"
#include "base/mem.h"

/* Points of a plan's circle: chords within a thousandth of its radius. */
#define CIRCLE_POINTS 72

struct builder {
	GEOSContextHandle_t geos;
	struct zone_set *set;
	size_t section;
	struct buf *notes;
	struct err *err;
};

struct zone_set *zone_set_new(void)
{
	return xcalloc(1, sizeof(struct zone_set));
}

static void prism_clear(struct prism *p)
{
	zone_clear(&p->zone);
	outline_clear(&p->outline);
}

static void truncate_set(struct zone_set *set, size_t count)
{
	while (set->count > count)
		prism_clear(&set->prisms[--set->count]);
}

void zone_set_free(struct zone_set **set)
{
	if (!*set)
		return;
	truncate_set(*set, 0);
	free((*set)->prisms);
	free((*set)->sections);
	free(*set);
	*set = NULL;
}

/* Another number for every state of every set. */
static uint64_t next_serial(void)
{
	static _Atomic uint64_t serial;

	return atomic_fetch_add(&serial, 1) + 1;
}

static int fail(struct builder *b, const struct zone *z, const char *what)
{
	return err_set(b->err, "zone \"%s\" of %s: %s", z->name, b->set->sections[b->section].name, what);
}

static void note(struct builder *b, const struct zone *z, const char *what)
{
	if (b->notes)
		buf_printf(b->notes, "zone \"%s\" of %s: %s\n", z->name,
		    b->set->sections[b->section].name, what);
}

/* Longitudes that go on where the ring crosses the 180th meridian, the whole
 * within half a turn of `about` (NAN: of nothing). Points that repeat are dropped. */
static int unwrap(struct builder *b, const struct zone *z, const struct zone_ring *in, double about,
    struct zone_ring *out)
{
	double lon, shift;

	*out = (struct zone_ring){ .points = xcalloc(in->count + 1, sizeof(*out->points)) };
	if (in->count == 0)
		return fail(b, z, "it has no points; remove it or draw it anew");
	lon = in->points[0].lon;
	if (!isnan(about))
		lon += 360 * round((about - lon) / 360);
	shift = lon;
	for (size_t i = 0; i < in->count; i++) {
		struct geo_point p = in->points[i];

		lon += geo_wrap_180(p.lon - lon);
		p.lon = lon;
		if (out->count == 0 || p.lon != out->points[out->count - 1].lon ||
		    p.lat != out->points[out->count - 1].lat)
			out->points[out->count++] = p;
	}
	if (fabs(lon + geo_wrap_180(in->points[0].lon - lon) - shift) > 180)
		return fail(b, z, "it goes around a pole, which no zone here can; cut it at the 180th meridian");
	while (out->count > 1 && out->points[out->count - 1].lon == out->points[0].lon &&
	    out->points[out->count - 1].lat == out->points[0].lat)
		out->count--;
	if (out->count < 3)
		return fail(b, z, "it has fewer than three different points; remove it or draw it anew");
	return 0;
}

static GEOSGeometry *geos_ring(struct builder *b, const struct zone_ring *ring)
{
	GEOSCoordSequence *seq = GEOSCoordSeq_create_r(b->geos, (unsigned)ring->count + 1, 2);

	for (size_t i = 0; i <= ring->count; i++) {
		struct geo_point p = ring->points[i % ring->count];

		GEOSCoordSeq_setXY_r(b->geos, seq, (unsigned)i, p.lon, p.lat);
	}
	return GEOSGeom_createLinearRing_r(b->geos, seq); /* takes seq */
}

/* The zone as GEOS has it; NULL with the sentence set. */
static GEOSGeometry *to_geos(struct builder *b, const struct zone *z, double about)
{
	GEOSGeometry **rings = xcalloc(z->ring_count, sizeof(GEOSGeometry *)), *area = NULL;
	size_t n = 0;

	for (; n < z->ring_count; n++) {
		struct zone_ring ring;
		int result = unwrap(b, z, &z->rings[n], about, &ring);

		if (result == 0) {
			rings[n] = geos_ring(b, &ring);
			about = ring.points[0].lon;
		}
		free(ring.points);
		if (result == -1)
			break;
	}
	if (n == z->ring_count) /* takes the rings, though not their array */
		area = GEOSGeom_createPolygon_r(b->geos, rings[0], rings + 1, (unsigned)n - 1);
	else
		while (n > 0)
			GEOSGeom_destroy_r(b->geos, rings[--n]);
	free(rings);
	return area;
}

/* Takes area and gives one that is valid, or NULL with the sentence set. */
static GEOSGeometry *mend(struct builder *b, const struct zone *z, GEOSGeometry *area)
{
	GEOSGeometry *where = NULL, *mended;
	char *why = NULL, what[256];
	double x = NAN, y = NAN, size = 0;

	if (GEOSisValidDetail_r(b->geos, area, GEOSVALID_ALLOW_SELFTOUCHING_RING_FORMING_HOLE, &why,
		&where) == 1)
		return area;
	if (where) {
		GEOSGeomGetX_r(b->geos, where, &x);
		GEOSGeomGetY_r(b->geos, where, &y);
		GEOSGeom_destroy_r(b->geos, where);
	}
	mended = GEOSMakeValid_r(b->geos, area);
	GEOSGeom_destroy_r(b->geos, area);
	if (mended)
		GEOSArea_r(b->geos, mended, &size);
	if (!(size > 0)) {
		snprintf(what, sizeof(what), "its outline is not right (%.60s near %.6f, %.6f) and no area "
		    "is left of it; draw it anew", why ? why : "cannot be mended", y, geo_wrap_180(x));
		fail(b, z, what);
		if (mended)
			GEOSGeom_destroy_r(b->geos, mended);
		mended = NULL;
	} else {
		snprintf(what, sizeof(what), "its outline is not right (%.60s near %.6f, %.6f); what it encloses "
		    "an odd number of times is taken as inside", why ? why : "invalid", y, geo_wrap_180(x));
		note(b, z, what);
	}
	GEOSFree_r(b->geos, why);
	return mended;
}

static void take_ring(struct builder *b, const GEOSGeometry *ring, struct zone_ring *out)
{
	const GEOSCoordSequence *seq = GEOSGeom_getCoordSeq_r(b->geos, ring);
	unsigned n = 0;

	GEOSCoordSeq_getSize_r(b->geos, seq, &n);
	*out = (struct zone_ring){ .points = xcalloc(n ? n : 1, sizeof(*out->points)) };
	for (unsigned i = 0; i + 1 < n; i++)
		GEOSCoordSeq_getXY_r(b->geos, seq, i, &out->points[i].lon, &out->points[i].lat);
	out->count = n ? n - 1 : 0;
}

/* Square metres, by the plane at its middle. */
static double area_of(const struct zone *z, const struct box *box)
{
	struct geo_frame frame =
	    geo_frame_at((struct geo_point){ (box->y0 + box->y1) / 2, (box->x0 + box->x1) / 2 });
	double total = 0;

	for (size_t r = 0; r < z->ring_count; r++) {
		const struct zone_ring *ring = &z->rings[r];
		double twice = 0;

		for (size_t i = 0; i < ring->count; i++) {
			struct geo_point p = ring->points[i], q = ring->points[(i + 1) % ring->count];

			twice += (p.lon - ring->points[0].lon) * (q.lat - ring->points[0].lat) -
			    (q.lon - ring->points[0].lon) * (p.lat - ring->points[0].lat);
		}
		total += (r == 0 ? 1 : -1) * fabs(twice) / 2;
	}
	return total * frame.m_per_deg_lat * frame.m_per_deg_lon;
}

/* A prism with all of z but its rings. */
static struct prism *add_prism(struct builder *b, const struct zone *z)
{
	struct zone_set *set = b->set;
	const struct zone_section *section = &set->sections[b->section];
	struct prism *p;

	mem_grow(set->prisms, set->count, set->cap);
	p = &set->prisms[set->count++];
	*p = (struct prism){ .section = b->section, .area_m2 = NAN, .zone = *z };
	p->zone.rings = NULL;
	p->zone.ring_count = 0;
	p->zone.times = NULL;
	if (z->time_count)
		p->zone.times = xmemdup(z->times, z->time_count * sizeof(*z->times));
	if (p->zone.kind == ZONE_UNSAID)
		p->zone.kind = section->kind;
	if (!isnan(section->floor.m))
		p->zone.floor = section->floor;
	if (!isnan(section->ceiling.m))
		p->zone.ceiling = section->ceiling;
	return p;
}

static void add_polygon(struct builder *b, const struct zone *z, const GEOSGeometry *polygon)
{
	int holes = GEOSGetNumInteriorRings_r(b->geos, polygon);
	struct prism *p;

	if (GEOSisEmpty_r(b->geos, polygon) == 1)
		return;
	p = add_prism(b, z);
	p->zone.ring_count = (size_t)holes + 1;
	p->zone.rings = xcalloc(p->zone.ring_count, sizeof(*p->zone.rings));
	take_ring(b, GEOSGetExteriorRing_r(b->geos, polygon), &p->zone.rings[0]);
	for (int i = 0; i < holes; i++)
		take_ring(b, GEOSGetInteriorRingN_r(b->geos, polygon, i), &p->zone.rings[i + 1]);
	outline_init(&p->outline, p->zone.rings, p->zone.ring_count);
	p->area_m2 = area_of(&p->zone, &p->outline.box);
}

/* Each polygon of it; lines and points that mending leaves enclose nothing. */
static void add_areas(struct builder *b, const struct zone *z, const GEOSGeometry *area)
{
	int type = GEOSGeomTypeId_r(b->geos, area);
	int parts = GEOSGetNumGeometries_r(b->geos, area);

	if (type == GEOS_POLYGON) {
		add_polygon(b, z, area);
	} else if (type == GEOS_MULTIPOLYGON || type == GEOS_GEOMETRYCOLLECTION) {
		for (int i = 0; i < parts; i++)
			add_areas(b, z, GEOSGetGeometryN_r(b->geos, area, i));
	}
}

static bool same_height(struct zone_height a, struct zone_height b)
{
	return isnan(a.m) ? isnan(b.m) : a.m == b.m && a.above == b.above;
}

static bool same_but_place(const struct zone *a, const struct zone *b)
{
	if (a->kind != b->kind || !same_height(a->floor, b->floor) ||
	    !same_height(a->ceiling, b->ceiling) || a->time_count != b->time_count)
		return false;
	for (size_t i = 0; i < a->time_count; i++) {
		const struct zone_time *s = &a->times[i], *t = &b->times[i];

		if (s->from_ms != t->from_ms || s->to_ms != t->to_ms || s->days != t->days ||
		    s->start_s != t->start_s || s->end_s != t->end_s)
			return false;
	}
	return true;
}

static enum zone_kind kind_of(const struct builder *b, const struct zone *z)
{
	return z->kind == ZONE_UNSAID ? b->set->sections[b->section].kind : z->kind;
}

static int check(struct builder *b, const struct zone *z)
{
	const struct zone_section *section = &b->set->sections[b->section];
	struct zone_height ceiling = isnan(section->ceiling.m) ? z->ceiling : section->ceiling;
	struct zone_height floor = isnan(section->floor.m) ? z->floor : section->floor;
	char what[160], low[ZONE_HEIGHT_SIZE], high[ZONE_HEIGHT_SIZE];

	if (kind_of(b, z) == ZONE_UNSAID)
		return fail(b, z, "its file does not say whether drones stay in or out; say kind = in, out, "
				  "ceiling or info in the section");
	if (kind_of(b, z) == ZONE_CEILING && isnan(ceiling.m))
		return fail(b, z, "it is a ceiling without a height; say ceiling = 120 m AGL or the like in the section");
	if (ceiling.above == floor.above && ceiling.m < floor.m) {
		snprintf(what, sizeof(what), "its ceiling, %s, is below its floor, %s; mend one of them",
		    zone_height_format(ceiling, high), zone_height_format(floor, low));
		return fail(b, z, what);
	}
	return 0;
}

/* The zone, and those `in` zones after it that it is joined with; done[] is set
 * for each. */
static int add_zone(struct builder *b, const struct zone *zones, size_t count, size_t at, bool *done)
{
	const struct zone *z = &zones[at];
	GEOSGeometry **parts, *area, *joined;
	size_t n = 0;
	int result = 0;

	if (z->ring_count == 0) {
		add_prism(b, z);
		return 0;
	}
	parts = xcalloc(count - at, sizeof(GEOSGeometry *));
	for (size_t i = at; i < count && result == 0; i++) {
		if (i > at && (kind_of(b, z) != ZONE_IN || done[i] || zones[i].ring_count == 0 ||
				  kind_of(b, &zones[i]) != ZONE_IN || !same_but_place(z, &zones[i])))
			continue;
		area = to_geos(b, &zones[i], i > at ? z->rings[0].points[0].lon : NAN);
		area = area ? mend(b, &zones[i], area) : NULL;
		done[i] = true;
		if (area)
			parts[n++] = area;
		else
			result = -1;
	}
	area = GEOSGeom_createCollection_r(b->geos, GEOS_GEOMETRYCOLLECTION, parts, (unsigned)n);
	free(parts);
	joined = result == 0 && n > 1 ? GEOSUnaryUnion_r(b->geos, area) : NULL;
	if (result == 0)
		add_areas(b, z, joined ? joined : area);
	if (joined)
		GEOSGeom_destroy_r(b->geos, joined);
	GEOSGeom_destroy_r(b->geos, area);
	return result;
}

static void room_for_section(struct zone_set *set)
{
	if (set->section_count < set->section_cap)
		return;
	set->section_cap += 1 + set->section_cap;
	set->sections = xreallocarray(set->sections, set->section_cap, sizeof(*set->sections));
}

int zone_set_add(struct zone_set *set, const struct zone_section *section,
    const struct zone *zones, size_t count, struct buf *notes, struct err *err)
{
	struct zone everywhere = { .floor = ZONE_NO_HEIGHT, .ceiling = ZONE_NO_HEIGHT };
	struct builder b = { .set = set, .notes = notes, .err = err, .section = set->section_count };
	size_t before = set->count;
	bool *done;
	int result = 0;

	if (set->section_count == ZONE_SECTIONS_MAX)
		return err_set(err, "there are more than %d sections of zones; join some", ZONE_SECTIONS_MAX);
	if (count == 0) {
		zones = &everywhere;
		count = 1;
	}
	room_for_section(set);
	set->sections[set->section_count] = *section;
	b.geos = GEOS_init_r();
	done = xcalloc(count, sizeof(*done));
	for (size_t i = 0; i < count && result == 0; i++)
		result = check(&b, &zones[i]);
	for (size_t i = 0; i < count && result == 0; i++) {
		if (!done[i])
			result = add_zone(&b, zones, count, i, done);
	}
	free(done);
	GEOS_finish_r(b.geos);
	if (result == -1) {
		truncate_set(set, before);
		return -1;
	}
	for (size_t i = before; i < set->count; i++)
		set->points += set->prisms[i].outline.count;
	set->section_count++;
	set->serial = next_serial();
	return 0;
}

static void add_made(struct builder *b, const struct zone *z)
{
	struct prism *p = add_prism(b, z);

	if (z->ring_count == 0)
		return;
	p->zone.rings = xcalloc(z->ring_count, sizeof(*p->zone.rings));
	p->zone.ring_count = z->ring_count;
	for (size_t r = 0; r < z->ring_count; r++) {
		p->zone.rings[r].count = z->rings[r].count;
		p->zone.rings[r].points =
		    xmemdup(z->rings[r].points, z->rings[r].count * sizeof(*z->rings[r].points));
	}
	outline_init(&p->outline, p->zone.rings, p->zone.ring_count);
	p->area_m2 = area_of(&p->zone, &p->outline.box);
}

int zone_set_add_made(struct zone_set *set, const struct zone_section *section,
    const struct zone *zones, size_t count, struct err *err)
{
	struct builder b = { .set = set, .err = err, .section = set->section_count };

	if (set->section_count == ZONE_SECTIONS_MAX)
		return err_set(err, "there are more than %d sections of zones; join some", ZONE_SECTIONS_MAX);
	room_for_section(set);
	set->sections[set->section_count] = *section;
	for (size_t i = 0; i < count; i++) {
		if (check(&b, &zones[i]) == -1)
			return -1;
	}
	for (size_t i = 0; i < count; i++) {
		add_made(&b, &zones[i]);
		set->points += set->prisms[set->count - 1].outline.count;
	}
	set->section_count++;
	set->serial = next_serial();
	return 0;
}

static void plan_ring(const struct fence *f, struct zone_ring *ring)
{
	bool circle = !isnan(f->radius);
	size_t n = circle ? CIRCLE_POINTS : f->count;

	ring->points = xcalloc(n + 1, sizeof(*ring->points));
	ring->count = n;
	for (size_t i = 0; i < n; i++) {
		if (circle)
			ring->points[i] = geo_direct((struct geo_point){ f->center.lat, f->center.lon },
			    360.0 * (double)i / CIRCLE_POINTS, f->radius);
		else
			ring->points[i] = (struct geo_point){ f->points[i].lat, f->points[i].lon };
	}
}

int zone_set_add_plan(struct zone_set *set, const struct plan *plan, struct buf *notes,
    struct err *err)
{
	struct zone_section section = {
		.name = "plan", .floor = ZONE_NO_HEIGHT, .ceiling = ZONE_NO_HEIGHT,
	};
	struct zone *zones = xcalloc(plan->fence_count + 1, sizeof(*zones));
	struct zone_ring *rings = xcalloc(plan->fence_count + 1, sizeof(*rings));
	size_t count = 0;
	int result = 0;

	for (size_t i = 0; i < plan->fence_count; i++) {
		const struct fence *f = &plan->fences[i];
		struct zone *z = &zones[count];

		if (f->kind != FENCE_IN && f->kind != FENCE_OUT)
			continue; /* of a later version: nobody knows which side is right */
		snprintf(z->name, sizeof(z->name), "fence %zu", i + 1);
		z->kind = f->kind == FENCE_IN ? ZONE_IN : ZONE_OUT;
		z->floor = (struct zone_height){ f->floor, ABOVE_HOME };
		z->ceiling = (struct zone_height){ f->ceiling, ABOVE_HOME };
		plan_ring(f, &rings[count]);
		z->rings = &rings[count];
		z->ring_count = 1;
		count++;
	}
	if (count > 0)
		result = zone_set_add(set, &section, zones, count, notes, err);
	/* One of thousands, and there will be no more of it. */
	if (result == 0 && set->count > 0) {
		set->prisms = xreallocarray(set->prisms, set->count, sizeof(*set->prisms));
		set->cap = set->count;
	}
	for (size_t i = 0; i < count; i++)
		free(rings[i].points);
	free(rings);
	free(zones);
	return result;
}
