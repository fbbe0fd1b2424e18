/*
 * The rows of a drone's day in order of their moments: see moments.h.
 *
 * What comes while a day is written comes at its end. So the rows before are left as they
 * are (they are calm), and only those behind are worked out anew, unless something of long
 * ago was filled in.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "history/days.h"
#include "history/moments_private.h"

/* Rows at the end that are never calm: what comes is put by its neighbours. */
#define RESTLESS (2 * MOMENT_NEAR)

/* ---- kept and worked out ---- */

static uint32_t span(int64_t from, int64_t to)
{
	return to <= from ? 0 : to - from > UINT32_MAX ? UINT32_MAX : (uint32_t)(to - from);
}

static struct moment_row keep(const struct moment_loose *l)
{
	return (struct moment_row){ .lo_ms = l->lo_ms, .offset_ms = l->offset_ms,
		.hi = span(l->lo_ms, l->hi_ms), .first = span(l->lo_ms, l->first_ms),
		.begin = span(l->lo_ms, l->begin_ms), .delay = span(l->offset_ms, l->delay_ms),
		.id = (int32_t)l->id, .boot = l->boot, .first_seq = l->first_seq,
		.last_seq = l->last_seq, .count = (uint16_t)l->count };
}

static struct moment_loose loosen(const struct moment_row *row)
{
	return (struct moment_loose){ .id = row->id, .lo_ms = row->lo_ms, .hi_ms = moment_hi(row),
		.first_ms = moment_first(row), .begin_ms = moment_begin(row),
		.offset_ms = row->offset_ms, .delay_ms = row->offset_ms + row->delay, .boot = row->boot,
		.first_seq = row->first_seq, .last_seq = row->last_seq, .count = row->count };
}

static struct moment_loose *add_loose(struct moments *m, struct moment_loose l)
{
	mem_grow(m->loose, m->loose_count, m->loose_cap);
	m->loose[m->loose_count] = l;
	return &m->loose[m->loose_count++];
}

/* ---- order ---- */

static int compare_numbers(uint32_t boot_a, uint32_t seq_a, uint32_t boot_b, uint32_t seq_b)
{
	if (boot_a != boot_b)
		return boot_a < boot_b ? -1 : 1;
	return (seq_a > seq_b) - (seq_a < seq_b);
}

static int compare_seq(const void *a, const void *b)
{
	const struct moment_loose *x = a, *y = b;
	int by = compare_numbers(x->boot, x->last_seq, y->boot, y->last_seq);

	return by ? by : (x->id > y->id) - (x->id < y->id);
}

static int compare_lo(const void *a, const void *b)
{
	const struct moment_loose *x = a, *y = b;

	if (x->lo_ms != y->lo_ms)
		return x->lo_ms < y->lo_ms ? -1 : 1;
	return compare_seq(a, b);
}

/* They mostly are in order. */
static void sort(struct moments *m, int (*compare)(const void *, const void *))
{
	for (size_t i = 1; i < m->loose_count; i++) {
		if (compare(&m->loose[i - 1], &m->loose[i]) <= 0)
			continue;
		qsort(m->loose, m->loose_count, sizeof(*m->loose), compare);
		return;
	}
}

static void reach(struct moments_drone *d, size_t from)
{
	int64_t top = from ? moment_reach(&d->rows[from - 1]) : INT64_MIN;

	for (size_t i = from; i < d->row_count; i++) {
		int64_t hi = moment_hi(&d->rows[i]);

		top = hi > top ? hi : top;
		d->rows[i].reach = span(hi, top);
	}
}

void moments_tighten(struct moments_drone *d, size_t i, int64_t lo_ms, int64_t hi_ms)
{
	struct moment_row *row = &d->rows[i];
	int64_t top;

	row->first = row->begin = span(row->lo_ms, lo_ms);
	if (hi_ms >= moment_hi(row))
		return;
	row->hi = span(row->lo_ms, hi_ms);
	/* As far as it reached furthest. */
	top = i ? moment_reach(row - 1) : INT64_MIN;
	for (; i < d->row_count; i++) {
		int64_t hi = moment_hi(&d->rows[i]), was = moment_reach(&d->rows[i]);

		top = hi > top ? hi : top;
		d->rows[i].reach = span(hi, top);
		if (was == top && &d->rows[i] != row)
			return;
	}
}

/* ---- what is not sealed ---- */

static int compare_tail(const void *a, const void *b)
{
	const struct plain_item *x = &((const struct moment_tail *)a)->item;
	const struct plain_item *y = &((const struct moment_tail *)b)->item;
	int by = compare_numbers(x->boot, x->seq, y->boot, y->seq);

	return by ? by : (x->at > y->at) - (x->at < y->at);
}

static void sort_tail(struct moments_drone *d)
{
	size_t n = 0;

	for (size_t i = 1; i < d->tail_count; i++) {
		if (compare_tail(&d->tail[i - 1], &d->tail[i]) > 0) {
			qsort(d->tail, d->tail_count, sizeof(*d->tail), compare_tail);
			break;
		}
	}
	for (size_t i = 0; i < d->tail_count; i++) {
		const struct moment_tail *t = &d->tail[i];

		/* The same sample twice is one. */
		if (!n || d->tail[n - 1].item.boot != t->item.boot || d->tail[n - 1].item.seq != t->item.seq)
			d->tail[n++] = *t;
	}
	d->tail_count = n;
}

/* A row for each slice of the tail. */
static void slice(struct moments *m, struct moments_drone *d)
{
	d->slice_count = 0;
	for (size_t i = 0; i < d->tail_count;) {
		const struct moment_tail *first = &d->tail[i], *t = first;
		struct moment_loose l = { .boot = first->item.boot, .first_seq = first->item.seq,
			.begin_ms = first->time_ms, .hi_ms = first->item.arrived_ms,
			.offset_ms = INT64_MIN };
		int64_t last = INT64_MIN;
		size_t bytes = 0;

		for (; i < d->tail_count && t->item.boot == l.boot && l.count < CHUNK_MAX && bytes < (1 << 20);
		     t = &d->tail[++i]) {
			l.begin_ms = t->time_ms < l.begin_ms ? t->time_ms : l.begin_ms;
			l.hi_ms = t->item.arrived_ms > l.hi_ms ? t->item.arrived_ms : l.hi_ms;
			last = t->time_ms > last ? t->time_ms : last;
			l.last_seq = t->item.seq;
			l.count++;
			bytes += t->item.len;
		}
		l.delay_ms = l.hi_ms - last;
		mem_grow(d->slices, d->slice_count, d->slice_cap);
		d->slices[d->slice_count++] = (struct moment_slice){ (size_t)(first - d->tail), l.count };
		l.id = -(int64_t)d->slice_count;
		add_loose(m, l);
	}
}

/* ---- putting them in order ---- */

/* Offset and bounds of a new row, in order of seq; a row keeps the offset that it had: what was
 * there is not put elsewhere by what comes. */
static void place(struct moments *m, size_t i)
{
	struct moment_loose *l = &m->loose[i];
	size_t from = i < MOMENT_NEAR ? 0 : i - MOMENT_NEAR;
	size_t to = i + MOMENT_NEAR < m->loose_count ? i + MOMENT_NEAR : m->loose_count - 1;

	l->offset_ms = INT64_MAX;
	for (size_t k = from; k <= to; k++) {
		if (m->loose[k].delay_ms < l->offset_ms)
			l->offset_ms = m->loose[k].delay_ms;
	}
	l->begin_ms += l->offset_ms;
	l->begin_ms = l->begin_ms < l->hi_ms ? l->begin_ms : l->hi_ms;
	/* Nothing in a day's file arrived before the day began. */
	l->lo_ms = i ? m->loose[i - 1].hi_ms : day_of(l->hi_ms) * DAY_MS;
	if (l->begin_ms - MOMENT_SLACK_MS < l->lo_ms)
		l->lo_ms = l->begin_ms - MOMENT_SLACK_MS;
	if (l->lo_ms < l->hi_ms - MOMENT_SPAN_MS)
		l->lo_ms = l->hi_ms - MOMENT_SPAN_MS;
	l->first_ms = l->lo_ms;
}

/* Works out the rows from that one on: false where it begins too late. */
static bool arrange_from(struct moments *m, struct moments_drone *d, size_t from)
{
	m->loose_count = 0;
	for (size_t i = from; i < d->row_count; i++) {
		if (d->rows[i].id >= 0)
			add_loose(m, loosen(&d->rows[i]));
	}
	for (size_t i = 0; i < m->fresh_count; i++)
		add_loose(m, m->fresh[i]);
	slice(m, d);
	sort(m, compare_seq);
	for (size_t i = 0; i < m->loose_count; i++) {
		const struct moment_loose *l = &m->loose[i];

		if (l->offset_ms != INT64_MIN)
			continue;
		if (from && (i == 0 || compare_numbers(l->boot, l->first_seq, d->calm_boot, d->calm_seq) <= 0))
			return false;
		place(m, i);
	}
	sort(m, compare_lo);
	return !from || !m->loose_count || m->loose[0].lo_ms >= d->rows[from - 1].lo_ms;
}

/* More of the rows are calm; a step at a time. */
static void calm_down(struct moments_drone *d)
{
	size_t n = d->calm;

	while (n < d->row_count && d->rows[n].id >= 0)
		n++;
	n = n > RESTLESS ? n - RESTLESS : 0;
	for (; d->calm < n; d->calm++) {
		const struct moment_row *row = &d->rows[d->calm];

		if (d->calm && compare_numbers(row->boot, row->last_seq, d->calm_boot, d->calm_seq) <= 0)
			continue;
		d->calm_boot = row->boot;
		d->calm_seq = row->last_seq;
	}
}

void moments_arrange(struct moments *m, struct moments_drone *d)
{
	size_t from = d->calm, n;

	sort_tail(d);
	if (!arrange_from(m, d, from) && from) {
		from = d->calm = 0;
		arrange_from(m, d, 0);
	}
	n = from + m->loose_count;
	if (n > d->row_cap || n < d->row_cap / 2) {
		d->row_cap = n + (m->over ? 0 : n / 16 + 4);
		d->rows = xreallocarray(d->rows, d->row_cap ? d->row_cap : 1, sizeof(*d->rows));
	}
	d->row_count = n;
	for (size_t i = 0; i < m->loose_count; i++) {
		const struct moment_loose *l = &m->loose[i];

		d->rows[from + i] = keep(l);
		m->first_ms = l->begin_ms < m->first_ms ? l->begin_ms : m->first_ms;
		m->last_ms = l->hi_ms > m->last_ms ? l->hi_ms : m->last_ms;
	}
	reach(d, from);
	calm_down(d);
	m->fresh_count = 0;
	d->dirty = false;
}

/* ---- of a neighbouring day ---- */

static bool needed(const struct moments *m, const struct moments_drone *d, size_t i, int64_t edge_ms)
{
	if (m->part == MOMENTS_END)
		return moment_hi(&d->rows[i]) >= edge_ms;
	/* What comes is put by its neighbours. */
	return d->rows[i].lo_ms <= edge_ms || (!m->over && i + RESTLESS >= d->row_count && d->rows[i].id >= 0);
}

void moments_trim_rows(struct moments *m, struct moments_drone *d)
{
	int64_t edge_ms = m->day * DAY_MS;
	size_t n = 0;

	if (m->part == MOMENTS_BEGIN)
		edge_ms += MOMENTS_EDGE_MS;
	/* One that begins last has a sample after all that end before it. */
	if (m->part == MOMENTS_END && d->row_count) {
		edge_ms += DAY_MS - MOMENTS_EDGE_MS;
		if (d->rows[d->row_count - 1].lo_ms < edge_ms)
			edge_ms = d->rows[d->row_count - 1].lo_ms;
	}
	for (size_t i = 0; i < d->row_count; i++) {
		if (needed(m, d, i, edge_ms))
			d->rows[n++] = d->rows[i];
	}
	if (n != d->row_count) {
		d->row_count = d->row_cap = n;
		d->rows = xreallocarray(d->rows, n ? n : 1, sizeof(*d->rows));
	}
	d->calm = 0;
	reach(d, 0);
}
