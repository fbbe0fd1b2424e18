/* Any bytes as a telemetry sample: never a crash; what is taken is within the
 * table, comes back the same, and is the same to the plain decoder. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "proto/sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sample s, again;
	struct reject why;
	struct wire_doc doc;
	struct buf b = BUF_INIT;
	const wire_value *v;
	int ret = sample_decode(data, size, &s, &why);

	wire_doc_init(&doc);
	v = wire_parse(&doc, data, size, &why);
	if ((v && sample_read(v, &again, &why) == 0) != (ret == 0))
		abort();
	if (ret == 0) {
		if (memcmp(&s, &again, sizeof(s)) != 0)
			abort();
		for (int f = 0; f < FIELD_COUNT; f++) {
			if (sample_has(&s, (enum field)f) &&
			    (s.raw[f] < field_table[f].min || s.raw[f] > field_table[f].max))
				abort();
		}
		sample_encode(&b, &s);
		if (sample_decode(b.data, b.len, &again, &why) != 0 || again.known != s.known ||
		    memcmp(again.raw, s.raw, sizeof(s.raw)) != 0)
			abort();
		buf_clear(&b);
		sample_to_json(&b, &s, UINT64_MAX);
	}
	wire_doc_clear(&doc);
	buf_free(&b);
	return 0;
}
