/* Any bytes as a reply, and as the plan or the zones it may carry: read, written,
 * read. */
#include <stdlib.h>
#include <string.h>

#include "alarm/zones_wire.h"
#include "base/buf.h"
#include "proto/control.h"
#include "proto/plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was taken is told and taken again, and is the same. */
static void try_zones(const wire_value *reply)
{
	char first[ZONES_REVISION_SIZE], second[ZONES_REVISION_SIZE];
	struct zones_told told = { 0 }, again = { 0 };
	struct zone_set *set = NULL, *copy = NULL;
	struct buf b = BUF_INIT;
	struct wire_doc doc;
	struct reject why;
	struct err err;

	wire_doc_init(&doc);
	if (zones_told_add(&told, reply, &err) == 0 && zones_told_set(&told, &set, &err) == 0) {
		zones_wire_revision(set, first);
		if (zones_wire_reply(&b, set, first, "", 0, &err) == -1)
			abort();
		if (zones_told_add(&again, wire_parse(&doc, b.data, b.len, &why), &err) == 0) {
			if (zones_told_set(&again, &copy, &err) == -1)
				abort();
			zones_wire_revision(copy, second);
			if (strcmp(first, second) != 0)
				abort();
		}
	}
	zones_told_clear(&told);
	zones_told_clear(&again);
	zone_set_free(&set);
	zone_set_free(&copy);
	wire_doc_clear(&doc);
	buf_free(&b);
}

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
		try_zones(v);
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
