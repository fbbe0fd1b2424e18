/*
 * Fences and ceilings as operands: see watch_private.h. Zones are asked again
 * once a second, and NEAR_MS apart where a limit is near: what is far off
 * cannot be reached in between.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alarm/watch_private.h"
#include "alarm/zones.h"
#include "base/log.h"
#include "base/mem.h"

#define FAR_MS 1000
#define NEAR_MS 200
/* Near: to be reached within so long, and so many metres, up or to the side. */
#define NEAR_S 25.0
#define NEAR_M 30.0
/* The operands' word for "not soon". */
#define NOT_SOON_S 86400.0f

struct zone_track {
	struct zone_set *own;    /* owned; of the drone's plan; NULL: no fence */
	struct zone_memo memo;
	struct zone_verdict verdict; /* for its names */
	char words[ZONE_WORDS_SIZE];
};

static bool is_near(const struct zone_verdict *v, const struct zone_fix *fix)
{
	double speed = isnan(fix->speed) ? 20 : fmax(fix->speed, 1);
	double climb = isnan(fix->climb) ? 5 : fmax(fabs(fix->climb), 1);

	if (v->breach_s <= ZONE_AHEAD_S || fabs(v->margin_m) < fmax(speed * NEAR_S, NEAR_M))
		return true;
	return fabs(v->over_m) < fmax(climb * NEAR_S, NEAR_M);
}

static void ask(struct view *view, struct zone_track *z)
{
	struct track *t = view->track;
	struct zone_fix fix;

	zone_fix_of(&fix, view->drone->id, &view->drone->newest);
	fix.home_alt = view->drone->home_alt;
	if (!sample_flag(&view->drone->newest, FLAG_POSITION_VALID))
		fix.lat = fix.lon = NAN; /* an estimate breaches nothing */
	zone_check(view->w->zones, z->own, &z->memo, &fix, view->now.ms, &z->verdict);
	t->zones_ms = view->now.mono_ms + (is_near(&z->verdict, &fix) ? NEAR_MS : FAR_MS);
	t->margin_m = (float)z->verdict.margin_m;
	t->breach_s = isinf(z->verdict.breach_s) ? NOT_SOON_S : (float)z->verdict.breach_s;
	t->over_m = (float)z->verdict.over_m;
}

/* Nothing is known until they are asked. */
static void forget_answer(struct track *t)
{
	t->zones_ms = 0;
	t->margin_m = t->breach_s = t->over_m = NAN;
}

void zones_values(struct view *view)
{
	struct track *t = view->track;

	if (view->now.mono_ms >= t->zones_ms) {
		if (!t->zones && view->w->zones)
			t->zones = xcalloc(1, sizeof(*t->zones));
		forget_answer(t);
		t->zones_ms = view->now.mono_ms + FAR_MS;
		if (t->zones && (view->w->zones || t->zones->own))
			ask(view, t->zones);
	}
	operands_set(&view->v, OPERAND_fence_margin_m, (double)t->margin_m);
	operands_set(&view->v, OPERAND_time_to_breach_s, (double)t->breach_s);
	operands_set(&view->v, OPERAND_height_over_ceiling_m, (double)t->over_m);
}

void zones_plan(struct track *t, const struct plan *plan)
{
	struct err err;

	zones_forget(t);
	forget_answer(t);
	if (!plan || plan->fence_count == 0)
		return;
	t->zones = xcalloc(1, sizeof(*t->zones));
	t->zones->own = zone_set_new();
	if (zone_set_add_plan(t->zones->own, plan, NULL, &err) == -1) {
		log_warning("a plan's fence is not watched: %s", err.text);
		zone_set_free(&t->zones->own);
	}
}

void zones_forget(struct track *t)
{
	if (!t->zones)
		return;
	zone_set_free(&t->zones->own);
	free(t->zones);
	t->zones = NULL;
}

const char *zones_name(const struct track *t, const struct rule *r)
{
	struct zone_track *z = t->zones;
	struct zone_ref ref;

	if (!z)
		return NULL;
	ref = condition_uses(&r->when, OPERAND_height_over_ceiling_m) ? z->verdict.ceiling_zone
	    : condition_uses(&r->when, OPERAND_time_to_breach_s) ? z->verdict.breach_zone
								 : z->verdict.margin_zone;
	return zone_words(ref, z->words);
}

void watch_zones(struct watch *w, const struct zone_set *zones)
{
	w->zones = zones;
	for (size_t i = 0; i < w->track_count; i++) {
		struct track *t = &w->tracks[i];

		/* What it says of the set before means nothing any more. */
		forget_answer(t);
		if (t->zones)
			memset(&t->zones->verdict, 0, sizeof(t->zones->verdict));
	}
}
