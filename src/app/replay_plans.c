/* What a served replay has told of plans: see replay_plans.h. */
#include "app/replay_plans.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void replay_plans_clear(struct replay_plans *p)
{
	free(p->told);
	free(p->now);
	memset(p, 0, sizeof(*p));
}

/* Of drones that are new nothing was told. */
static void grow(struct replay_plans *p, size_t count)
{
	if (count > p->cap) {
		p->cap = count;
		p->told = xreallocarray(p->told, p->cap, sizeof(*p->told));
		p->now = xreallocarray(p->now, p->cap, sizeof(*p->now));
	}
	while (p->count < count)
		p->told[p->count++] = REPLAY_NO_PLAN;
}

void replay_plans_begin(struct replay_plans *p, const struct replay *r)
{
	grow(p, replay_drone_count(r));
	replay_plans_since(r, p->told);
}

bool replay_plans_changed(struct replay_plans *p, const struct replay *r, size_t drone,
    int64_t since_ms)
{
	grow(p, replay_drone_count(r));
	if (p->told[drone] == since_ms)
		return false;
	p->told[drone] = since_ms;
	return true;
}

int replay_plans_next(struct replay_plans *p, struct replay *r, size_t *at, struct plan_changed *pl,
    struct err *err)
{
	struct replay_plan then;

	if (*at == 0) {
		grow(p, replay_drone_count(r));
		replay_plans_since(r, p->now);
	}
	while (*at < p->count && p->now[*at] == p->told[*at])
		(*at)++;
	if (*at == p->count)
		return 0;
	p->told[*at] = p->now[*at];
	*pl = (struct plan_changed){ .time = (uint64_t)replay_position(r) };
	str_copy(pl->drone, sizeof(pl->drone), replay_drone(r, *at)->id);
	switch (replay_plan(r, (*at)++, &then, err)) {
	case -1:
		return -1;
	case 1:
		pl->rev = then.plan->rev;
		break;
	}
	return 1;
}
