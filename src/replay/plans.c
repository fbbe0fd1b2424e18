/* What drones were to fly at the position: see replay.h. */
#include "base/mem.h"
#include "replay/private.h"

void plans_stale(struct replay *r)
{
	r->plan.serial++;
}

uint64_t replay_plan_serial(const struct replay *r, size_t drone)
{
	/* Both only grow. */
	return r->plan.serial + r->streams[drone].plans;
}

void plans_clear(struct replay *r)
{
	plan_clear(&r->plan.plan);
	wire_doc_clear(&r->plan.doc);
	buf_free(&r->plan.content);
}

/* The plan of a note into r->plan: 1, 0 where it is gone or damaged, or -1. */
static int read_plan(struct replay *r, const struct window_file *f, const struct moment_note *note,
    const wire_value **kept, struct err *err)
{
	struct err why;
	int got = moments_plan(f->m, note, &r->plan.content, err);

	plan_clear(&r->plan.plan);
	if (got != 1)
		return got;
	*kept = plan_kept(&r->plan.doc, r->plan.content.data, r->plan.content.len, &r->plan.plan, &why);
	return *kept != NULL;
}

/* The newest that has happened. */
static const struct moment_note *newest(const struct window_file *f, size_t index)
{
	for (size_t i = f->noted; i-- > 0;) {
		const struct moment_note *n = &f->m->notes[i];

		if (n->kind == TOPIC_PL && n->drone == index)
			return n;
	}
	return NULL;
}

int replay_plan(struct replay *r, size_t drone, struct replay_plan *p, struct err *err)
{
	*p = (struct replay_plan){ .since_ms = REPLAY_NO_PLAN };
	for (size_t k = r->file_count; k-- > 0;) {
		const struct window_file *f = &r->files[k];
		const struct moment_note *n;
		int got;

		if (!window_drone(f, drone) || !(n = newest(f, f->indices[drone])))
			continue;
		p->since_ms = n->until_ms;
		got = read_plan(r, f, n, &p->kept, err);
		if (got != 1)
			return got;
		p->plan = &r->plan.plan;
		return 1;
	}
	return 0;
}

void replay_plans_since(const struct replay *r, int64_t *since_ms)
{
	for (size_t i = 0; i < r->drone_count; i++)
		since_ms[i] = REPLAY_NO_PLAN;
	/* A later file knows better. */
	for (size_t k = 0; k < r->file_count; k++) {
		const struct window_file *f = &r->files[k];

		for (size_t i = 0; i < f->noted; i++) {
			const struct moment_note *n = &f->m->notes[i];

			if (n->kind == TOPIC_PL && f->drones[n->drone] != REPLAY_NO_DRONE)
				since_ms[f->drones[n->drone]] = n->until_ms;
		}
	}
}

int plans_tell(struct replay *r, const struct window_file *f, const struct moment_note *note,
    struct replay_update *u, struct err *err)
{
	struct plan_changed *pl = &r->message.pl;
	const wire_value *kept;
	int got = read_plan(r, f, note, &kept, err);

	if (u->drone != REPLAY_NO_DRONE)
		r->streams[u->drone].plans++;
	u->kind = REPLAY_PLAN;
	u->arrived_ms = note->until_ms;
	u->message = &r->message;
	*pl = (struct plan_changed){ .rev = r->plan.plan.rev, .time = (uint64_t)note->at_ms };
	str_copy(pl->drone, sizeof(pl->drone), f->m->drones[note->drone].info.id);
	return got;
}
