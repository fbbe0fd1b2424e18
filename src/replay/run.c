/* One row's samples in order of their moments: see run.h. */
#include "replay/run.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct place {
	int64_t at, seq;
	uint32_t i;
};

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

static void pack(struct run_column *c, const int64_t *values, size_t n)
{
	int64_t low = n ? values[0] : 0, high = low;

	*c = (struct run_column){ 0 };
	for (size_t i = 1; i < n; i++) {
		low = values[i] < low ? values[i] : low;
		high = values[i] > high ? values[i] : high;
	}
	c->base = low;
	if (low == high)
		return;
	if ((uint64_t)high - (uint64_t)low <= INT32_MAX) {
		c->near = xcalloc(n, sizeof(*c->near));
		for (size_t i = 0; i < n; i++)
			c->near[i] = (int32_t)(values[i] - low);
	} else {
		c->far = xmemdup(values, n * sizeof(*values));
	}
}

void run_make(struct run *run, const struct moment_row *row, const struct chunk *c)
{
	struct place places[CHUNK_MAX];
	int64_t values[CHUNK_MAX];
	bool sorted = true, backfilled = false;
	size_t n = c->count;

	memset(run, 0, sizeof(*run));
	run->boot = c->boot;
	run->count = n;
	run->fields = c->fields;
	for (size_t i = 0; i < n; i++) {
		places[i] = (struct place){ moments_at(row, c, i), c->columns[FIELD_seq][i], (uint32_t)i };
		sorted &= !i || compare_places(&places[i - 1], &places[i]) < 0;
		backfilled |= c->backfilled[i];
	}
	if (!sorted)
		qsort(places, n, sizeof(places[0]), compare_places);
	for (size_t i = 0; i < n; i++)
		values[i] = places[i].at;
	pack(&run->at, values, n);
	for (int col = FIELD_seq; col < COLUMN_COUNT; col++) {
		for (size_t i = 0; i < n; i++)
			values[i] = c->columns[col][places[i].i];
		pack(&run->columns[col], values, n);
	}
	for (size_t i = 0; i < n; i++)
		values[i] = (int64_t)c->known[places[i].i];
	pack(&run->known, values, n);
	if (backfilled) {
		run->backfilled = xcalloc(n, 1);
		for (size_t i = 0; i < n; i++)
			run->backfilled[i] = c->backfilled[places[i].i];
	}
	if (!c->extra_at || !c->extra_at[n])
		return;
	run->extra_at = xcalloc(n + 1, sizeof(*run->extra_at));
	for (size_t i = 0; i < n; i++) {
		uint32_t from = c->extra_at[places[i].i], to = c->extra_at[places[i].i + 1];

		buf_add(&run->extra, c->extra.data + from, to - from);
		run->extra_at[i + 1] = (uint32_t)run->extra.len;
	}
}

static void clear_column(struct run_column *c)
{
	free(c->near);
	free(c->far);
}

void run_clear(struct run *run)
{
	clear_column(&run->at);
	clear_column(&run->known);
	for (int col = 0; col < COLUMN_COUNT; col++)
		clear_column(&run->columns[col]);
	free(run->backfilled);
	free(run->extra_at);
	buf_free(&run->extra);
	memset(run, 0, sizeof(*run));
}

void run_sample(const struct run *run, size_t i, struct sample *s)
{
	s->known = (uint64_t)run_get(&run->known, i) & (COLUMN_BIT(FIELD_COUNT) - 1);
	s->raw[FIELD_boot] = run->boot;
	for (int f = FIELD_seq; f < FIELD_COUNT; f++)
		s->raw[f] = run_get(&run->columns[f], i);
	s->wire_count = (uint32_t)run_get(&run->columns[COLUMN_LENGTH], i);
}

void run_body(const struct run *run, size_t i, struct buf *b)
{
	uint64_t length = (uint64_t)run_get(&run->columns[COLUMN_LENGTH], i);
	uint64_t fields = length < run->fields ? length : run->fields;
	uint64_t known = (uint64_t)run_get(&run->known, i);

	wire_put_array(b, (size_t)length);
	for (unsigned f = 0; f < fields; f++) {
		if (f == FIELD_boot)
			wire_put_uint(b, run->boot);
		else if (f < FIELD_COUNT && (known >> f & 1))
			wire_put_int(b, run_get(&run->columns[f], i));
		else
			wire_put_nil(b);
	}
	if (run->extra_at)
		buf_add(b, run->extra.data + run->extra_at[i], run->extra_at[i + 1] - run->extra_at[i]);
}
