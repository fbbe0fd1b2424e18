/* Fences and ceilings as operands: see watch_private.h. */
#include <math.h>
#include <stdlib.h>

#include "alarm/watch_private.h"

void zones_values(struct view *view)
{
	operands_set(&view->v, OPERAND_fence_margin_m, NAN);
	operands_set(&view->v, OPERAND_time_to_breach_s, NAN);
	operands_set(&view->v, OPERAND_height_over_ceiling_m, NAN);
}

void zones_plan(struct track *t, const struct plan *plan)
{
	(void)plan;
	zones_forget(t);
}

void zones_forget(struct track *t)
{
	free(t->zones);
	t->zones = NULL;
}

const char *zones_name(const struct track *t, const struct rule *r)
{
	(void)t;
	(void)r;
	return NULL;
}

void watch_zones(struct watch *w, const struct zone_set *zones)
{
	w->zones = zones;
}
