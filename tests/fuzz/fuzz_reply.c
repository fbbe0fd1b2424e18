/* Any bytes as a reply, and as the plan it may carry: read, written, read. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "proto/control.h"
#include "proto/plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire_doc doc;
	struct reply reply;
	struct reject why;
	struct plan plan, again;
	struct err err;
	const wire_value *v;

	wire_doc_init(&doc);
	reply_parse(&doc, data, size, &reply, &err);
	v = wire_parse(&doc, data, size, &why);
	if (v) {
		if (plan_read(v, &plan, &err) == 0) {
			struct buf a = BUF_INIT, b = BUF_INIT;

			wire_put_map(&a, PLAN_PAIRS);
			plan_write_pairs(&a, &plan);
			v = wire_parse(&doc, a.data, a.len, &why);
			if (!v || plan_read(v, &again, &err) == -1)
				abort();
			wire_put_map(&b, PLAN_PAIRS);
			plan_write_pairs(&b, &again);
			if (a.len != b.len || memcmp(a.data, b.data, a.len) != 0)
				abort();
			plan_clear(&again);
			buf_free(&a);
			buf_free(&b);
		}
		plan_clear(&plan);
	}
	wire_doc_clear(&doc);
	return 0;
}
