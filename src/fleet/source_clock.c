/* How far a source's clock is from ours: see source_clock.h. */
#include "fleet/source_clock.h"

#define WINDOW_MS 30000
/* Delays on links we work over stay well below this. */
#define STEP_MS 2000

void source_clock_add(struct source_clock *c, int64_t source_ms, int64_t arrived_ms)
{
	int64_t offset = source_ms - arrived_ms;

	if (!c->known || offset - c->last > STEP_MS || c->last - offset > STEP_MS) {
		*c = (struct source_clock){
			.known = true,
			.best = offset,
			.previous = offset,
			.bucket_start = arrived_ms,
		};
	} else if (arrived_ms - c->bucket_start > WINDOW_MS) {
		c->previous = c->best;
		c->best = offset;
		c->bucket_start = arrived_ms;
	} else if (offset > c->best) {
		c->best = offset;
	}
	c->last = offset;
}

int64_t source_clock_offset(const struct source_clock *c)
{
	if (!c->known)
		return 0;
	return c->best > c->previous ? c->best : c->previous;
}
