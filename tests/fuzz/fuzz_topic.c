/* Any bytes as a topic, and as a text: what is taken is written the same. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "proto/topic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum topic_kind kind;
	char id[ID_SIZE], topic[TOPIC_SIZE], text[64];
	struct reject why;
	int64_t ms;

	if (topic_parse(data, size, &kind, id, &why) == 0 && kind != TOPIC_UNKNOWN) {
		size_t n = topic_format(topic, kind, id);

		if (n != size || memcmp(topic, data, n) != 0)
			abort();
	}
	if (size >= sizeof(text))
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	time_parse(text, &ms);
	duration_parse(text, &ms);
	str_clean(text);
	if (!utf8_valid(text, strlen(text)))
		abort();
	return 0;
}
