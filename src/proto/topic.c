/* Feed topics: see topic.h. */
#include "proto/topic.h"

#include <stdio.h>
#include <string.h>

static const struct {
	char name[3];
	bool may_lack_id;
} topics[TOPIC_COUNT] = {
	[TOPIC_TM] = { .name = "tm" },
	[TOPIC_HB] = { .name = "hb" },
	[TOPIC_EV] = { .name = "ev", .may_lack_id = true },
	[TOPIC_CM] = { .name = "cm" },
	[TOPIC_PL] = { .name = "pl" },
	[TOPIC_AL] = { .name = "al", .may_lack_id = true },
	[TOPIC_OR] = { .name = "or" },
	[TOPIC_VD] = { .name = "vd" },
};

const char *topic_name(enum topic_kind kind)
{
	return kind < TOPIC_COUNT ? topics[kind].name : "??";
}

int topic_parse(const void *data, size_t len, enum topic_kind *kind, char id[ID_SIZE],
    struct reject *why)
{
	const char *s = data;

	*kind = TOPIC_UNKNOWN;
	id[0] = '\0';
	if (len < 3 || s[2] != '.')
		return 0;
	for (int k = 0; k < TOPIC_COUNT; k++) {
		if (memcmp(s, topics[k].name, 2) == 0)
			*kind = (enum topic_kind)k;
	}
	if (*kind == TOPIC_UNKNOWN || (len == 3 && topics[*kind].may_lack_id))
		return 0;
	if (!id_valid(s + 3, len - 3))
		return reject_set(why, REJECT_TOPIC,
		    "what follows %s. must be 1 to 32 of A-Z a-z 0-9 _ -", topics[*kind].name);
	memcpy(id, s + 3, len - 3);
	id[len - 3] = '\0';
	return 0;
}

size_t topic_format(char topic[TOPIC_SIZE], enum topic_kind kind, const char *id)
{
	return (size_t)snprintf(topic, TOPIC_SIZE, "%s.%s", topic_name(kind), id);
}
