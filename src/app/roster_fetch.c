/* The roster, fetched: see roster_fetch.h. */
#include "app/roster_fetch.h"

#include "base/clock.h"

int roster_fetch(struct attach *at, const struct config *config, const struct hello *hello,
    struct roster_view *r, struct err *err)
{
	struct source_skews skews = { 0 };
	struct answer a;
	int result;

	answer_init(&a);
	/* Samples carry their source's time, which a daemon passes on as it is. */
	if (hello->kind == KIND_DAEMON && attach_request(at, OP_SOURCES, &a, err) == 0)
		source_skews_read(a.reply.body, clock_wall_ms() + hello->offset_ms, &skews);
	result = attach_request(at, OP_ROSTER, &a, err);
	if (result == 0)
		result = roster_view_read(a.reply.body, r, err);
	if (result == 0)
		roster_view_age_skewed(r, &skews, clock_wall_ms() + hello->offset_ms, config->stale_s,
		    config->lost_s);
	source_skews_clear(&skews);
	answer_clear(&a);
	return result;
}
