/* Any bytes as a plan that a history kept: read, shown as JSON, and what a reply of it would
 * say is the same plan again. */
#include <stdlib.h>
#include <string.h>

#include "proto/plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf reply = BUF_INIT, again = BUF_INIT, json = BUF_INIT;
	struct wire_doc doc, other;
	struct reject why;
	struct plan plan, same;
	struct err err;
	const wire_value *kept, *v;

	wire_doc_init(&doc);
	wire_doc_init(&other);
	v = wire_parse(&other, data, size, &why);
	if (v)
		wire_to_json(v, &json);
	kept = plan_kept(&doc, data, size, &plan, &err);
	if (kept) {
		wire_put_map(&reply, wire_count(kept));
		plan_kept_pairs(&reply, kept);
		v = wire_parse(&other, reply.data, reply.len, &why);
		if (!v)
			abort();
		plan_keep(&again, v);
		if (!plan_kept(&other, again.data, again.len, &same, &err) || same.rev != plan.rev ||
		    same.mission.count != plan.mission.count || same.fence_count != plan.fence_count ||
		    same.rally_count != plan.rally_count)
			abort();
		plan_clear(&same);
	}
	plan_clear(&plan);
	buf_free(&reply);
	buf_free(&again);
	buf_free(&json);
	wire_doc_clear(&doc);
	wire_doc_clear(&other);
	return 0;
}
