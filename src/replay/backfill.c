/* What has happened of a boot, by its numbers: see replay.h. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "replay/private.h"

struct found {
	uint32_t seq;
	size_t at, len; /* of the body */
};

struct search {
	uint32_t boot, from, to;
	struct sample_key now;
	struct found *found;
	size_t count, cap;
	struct buf bodies;
	bool cut;
};

static int compare_found(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return (x->seq > y->seq) - (x->seq < y->seq);
}

static void hold(struct backfill *out, uint32_t boot, uint32_t oldest, uint32_t newest)
{
	for (size_t i = 0; i < out->held_count; i++) {
		struct backfill_held *h = &out->held[i];

		if (h->boot != boot)
			continue;
		h->oldest = oldest < h->oldest ? oldest : h->oldest;
		h->newest = newest > h->newest ? newest : h->newest;
		return;
	}
	backfill_add_held(out, boot, oldest, newest);
}

static int search_row(struct replay *r, struct window_file *f, const struct moments_drone *d,
    const struct moment_row *row, struct search *q, struct backfill *out, struct err *err)
{
	bool all = moment_hi(row) <= q->now.at;
	bool wanted = row->boot == q->boot && row->last_seq >= q->from && row->first_seq <= q->to;
	const struct chunk *c = &r->chunk;
	int got;

	if (all)
		hold(out, row->boot, row->first_seq, row->last_seq);
	if (all && !wanted)
		return 1;
	got = moments_read(f->m, d, row, &r->chunk, err);
	for (size_t i = 0; got == 1 && i < c->count; i++) {
		struct sample_key key = { moments_at(row, c, i), c->boot, (uint32_t)c->columns[FIELD_seq][i] };
		size_t at = q->bodies.len;

		if (compare_sample_keys(key, q->now) > 0)
			continue;
		hold(out, key.boot, key.seq, key.seq);
		if (!wanted || key.seq < q->from || key.seq > q->to)
			continue;
		chunk_body(c, i, &q->bodies);
		mem_grow(q->found, q->count, q->cap);
		q->found[q->count++] = (struct found){ key.seq, at, q->bodies.len - at };
	}
	return got;
}

/* There are more than an answer takes: the first are kept, nothing behind them
 * is looked at any more. */
static void cut(struct search *q)
{
	struct buf kept = BUF_INIT;

	if (q->count < 4 * BACKFILL_MAX)
		return;
	qsort(q->found, q->count, sizeof(*q->found), compare_found);
	q->count = 2 * BACKFILL_MAX;
	q->to = q->found[q->count - 1].seq;
	q->cut = true;
	for (size_t i = 0; i < q->count; i++) {
		size_t at = kept.len;

		buf_add(&kept, q->bodies.data + q->found[i].at, q->found[i].len);
		q->found[i].at = at;
	}
	buf_free(&q->bodies);
	q->bodies = kept;
}

/* The first of them, and what was not recorded between: that will never come. */
static void give(struct search *q, struct backfill *out)
{
	int64_t newest = -1, due = q->from;

	for (size_t i = 0; i < out->held_count; i++) {
		if (out->held[i].boot == q->boot)
			newest = out->held[i].newest;
	}
	if (q->count)
		qsort(q->found, q->count, sizeof(*q->found), compare_found);
	for (size_t i = 0; i < q->count && !out->more; i++) {
		const struct found *f = &q->found[i];

		if (i && f->seq == f[-1].seq)
			continue;
		if (out->count == BACKFILL_MAX) {
			out->more = true;
			break;
		}
		if ((int64_t)f->seq > due)
			ranges_add(&out->lost, (uint32_t)due, f->seq - 1);
		due = (int64_t)f->seq + 1;
		backfill_add_sample(out, q->bodies.data + f->at, f->len);
	}
	newest = newest < q->to ? newest : q->to;
	out->more |= q->cut;
	if (!out->more && newest >= due)
		ranges_add(&out->lost, (uint32_t)due, (uint32_t)newest);
}

int replay_backfill(struct replay *r, size_t drone, uint32_t boot, uint32_t from, uint32_t to,
    struct backfill *out, struct err *err)
{
	const struct stream *s = &r->streams[drone];
	struct search q = { .boot = boot, .from = from, .to = to, .now = s->now };
	int got = 1;

	if (window_whole(r, err) == -1)
		return -1;
	for (size_t k = 0; k < r->file_count && got == 1 && s->any; k++) {
		struct window_file *f = &r->files[k];
		const struct moments_drone *d = window_drone(f, drone);

		for (size_t i = 0; d && i < d->row_count && got == 1; i++) {
			if (moment_first(&d->rows[i]) <= q.now.at)
				got = search_row(r, f, d, &d->rows[i], &q, out, err);
			cut(&q);
		}
	}
	r->gone |= got == 0;
	if (got != -1)
		give(&q, out);
	free(q.found);
	buf_free(&q.bodies);
	return got == -1 ? -1 : 0;
}
