/* Any bytes as a body of each kind; the first byte picks the kind. What is
 * taken can be written, and what was written is taken and written the same. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "proto/messages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const size_t id_offsets[TOPIC_COUNT] = {
	[TOPIC_HB] = offsetof(struct heartbeat, source), [TOPIC_EV] = offsetof(struct event, drone),
	[TOPIC_CM] = offsetof(struct progress, drone),
	[TOPIC_PL] = offsetof(struct plan_changed, drone),
	[TOPIC_AL] = offsetof(struct alarm, drone), [TOPIC_OR] = offsetof(struct order, id),
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum topic_kind kinds[] = {
		TOPIC_HB, TOPIC_EV, TOPIC_CM, TOPIC_PL, TOPIC_AL, TOPIC_OR, TOPIC_VD,
	};
	enum topic_kind kind;
	struct wire_doc doc;
	struct reject why;
	union message m, again;
	const wire_value *v;
	struct buf a = BUF_INIT, b = BUF_INIT;

	if (size < 1)
		return 0;
	kind = kinds[data[0] % (sizeof(kinds) / sizeof(kinds[0]))];
	data++;
	size--;
	wire_doc_init(&doc);
	v = wire_parse(&doc, data, size, &why);
	if (v) {
		wire_to_json(v, &a);
		buf_clear(&a);
	}
	if (kind == TOPIC_VD) {
		message_decode(&doc, kind, "D01", data, size, &m, &why);
	} else if (v && message_read(v, kind, &m, &why) == 0) {
		const char *id = (const char *)&m + id_offsets[kind];

		message_encode(&a, kind, &m);
		if (message_decode(&doc, kind, id, a.data, a.len, &again, &why) != 0)
			abort();
		message_encode(&b, kind, &again);
		if (a.len != b.len || memcmp(a.data, b.data, a.len) != 0)
			abort();
	}
	wire_doc_clear(&doc);
	buf_free(&a);
	buf_free(&b);
	return 0;
}
