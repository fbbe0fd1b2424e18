/* CSV (RFC 4180): every field by name, scaled, empty where unknown. */
#include <inttypes.h>

#include "base/clock.h"
#include "base/mem.h"
#include "format/track_formats.h"

#include <stdlib.h>

struct csv {
	FILE *out;
	const char *drone;
	unsigned segment;
};

static void *begin(FILE *out, const struct track_info *info)
{
	struct csv *c = xcalloc(1, sizeof(*c));

	c->out = out;
	c->drone = info->drone;
	fputs("drone,segment", out);
	for (int f = 0; f < FIELD_COUNT; f++)
		fprintf(out, ",%s", field_table[f].name);
	fputs("\r\n", out);
	return c;
}

static void segment_begin(void *state)
{
	((struct csv *)state)->segment++;
}

static void point(void *state, const struct sample *s)
{
	struct csv *c = state;
	char text[TIME_TEXT_SIZE];

	fprintf(c->out, "%s,%u", c->drone, c->segment);
	for (int f = 0; f < FIELD_COUNT; f++) {
		if (!sample_has(s, (enum field)f))
			fputs(",", c->out);
		else if (f == FIELD_time)
			fprintf(c->out, ",%s", time_format(sample_time(s), text));
		else if (field_table[f].decimals)
			fprintf(c->out, ",%.*f", field_table[f].decimals,
			    sample_value(s, (enum field)f));
		else
			fprintf(c->out, ",%" PRId64, s->raw[f]);
	}
	fputs("\r\n", c->out);
}

static void segment_end(void *state)
{
	(void)state;
}

static int end(void *state)
{
	free(state);
	return 0;
}

const struct track_format track_csv = {
	.name = "csv",
	.every_sample = true,
	.begin = begin,
	.segment_begin = segment_begin,
	.point = point,
	.segment_end = segment_end,
	.end = end,
};
