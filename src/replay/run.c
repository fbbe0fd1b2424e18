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

/* Where the columns of a run being made go: the widest one can be is room for
 * all as 64 bits, of which what is used is kept. */
struct packing {
	unsigned char *room;
	size_t used;
};

static void pack(struct packing *p, struct run_column *c, const int64_t *values, size_t n)
{
	int64_t low = n ? values[0] : 0, high = low;
	uint64_t span;

	*c = (struct run_column){ 0 };
	for (size_t i = 1; i < n; i++) {
		low = values[i] < low ? values[i] : low;
		high = values[i] > high ? values[i] : high;
	}
	c->base = low;
	span = (uint64_t)high - (uint64_t)low;
	if (!span)
		return;
	p->used = (p->used + 7) & ~(size_t)7;
	if (span <= UINT16_MAX) {
		uint16_t *to = (uint16_t *)(void *)(p->room + p->used);

		for (size_t i = 0; i < n; i++)
			to[i] = (uint16_t)(values[i] - low);
		c->small = to;
		p->used += n * sizeof(*to);
	} else if (span <= UINT32_MAX) {
		uint32_t *to = (uint32_t *)(void *)(p->room + p->used);

		for (size_t i = 0; i < n; i++)
			to[i] = (uint32_t)(values[i] - low);
		c->near = to;
		p->used += n * sizeof(*to);
	} else {
		c->far = memcpy(p->room + p->used, values, n * sizeof(*values));
		p->used += n * sizeof(*values);
	}
}

/* The columns lie in a copy of the room now. */
static void moved(struct run_column *c, const unsigned char *from, const unsigned char *to)
{
	if (c->small)
		c->small = (const uint16_t *)(const void *)(to + ((const unsigned char *)c->small - from));
	if (c->near)
		c->near = (const uint32_t *)(const void *)(to + ((const unsigned char *)c->near - from));
	if (c->far)
		c->far = (const int64_t *)(const void *)(to + ((const unsigned char *)c->far - from));
}

static void pack_all(struct run *run, const struct place *places, const struct chunk *c)
{
	static _Thread_local unsigned char room[(COLUMN_COUNT + 2) * (CHUNK_MAX + 1) * 8]
	    __attribute__((aligned(8)));
	struct packing p = { .room = room };
	int64_t values[CHUNK_MAX];
	size_t n = c->count;

	for (size_t i = 0; i < n; i++)
		values[i] = places[i].at;
	pack(&p, &run->at, values, n);
	for (int col = FIELD_seq; col < COLUMN_COUNT; col++) {
		for (size_t i = 0; i < n; i++)
			values[i] = c->columns[col][places[i].i];
		pack(&p, &run->columns[col], values, n);
	}
	for (size_t i = 0; i < n; i++)
		values[i] = (int64_t)c->known[places[i].i];
	pack(&p, &run->known, values, n);
	run->block = p.used ? xmemdup(room, p.used) : NULL;
	moved(&run->at, room, run->block);
	moved(&run->known, room, run->block);
	for (int col = FIELD_seq; col < COLUMN_COUNT; col++)
		moved(&run->columns[col], room, run->block);
}

void run_make(struct run *run, const struct moment_row *row, const struct chunk *c)
{
	struct place places[CHUNK_MAX];
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
	pack_all(run, places, c);
	if (backfilled) {
		run->backfilled = xcalloc(n, 1);
		for (size_t i = 0; i < n; i++)
			run->backfilled[i] = c->backfilled[places[i].i];
	}
	if (!c->extra_at[n])
		return;
	run->extra_at = xcalloc(n + 1, sizeof(*run->extra_at));
	for (size_t i = 0; i < n; i++) {
		uint32_t from = c->extra_at[places[i].i], to = c->extra_at[places[i].i + 1];

		buf_add(&run->extra, c->extra.data + from, to - from);
		run->extra_at[i + 1] = (uint32_t)run->extra.len;
	}
}

void run_clear(struct run *run)
{
	free(run->block);
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
