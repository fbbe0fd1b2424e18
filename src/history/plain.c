/* Samples as they arrived: see plain.h. */
#include "history/plain.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define HEAD 24
#define BACKFILLED 0x80000000u

static void put32(unsigned char *p, uint32_t v)
{
	v = htole32(v);
	memcpy(p, &v, 4);
}

static uint32_t get32(const unsigned char *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	return le32toh(v);
}

void plain_put(struct buf *b, const struct plain_row *row)
{
	uint64_t arrived = htole64((uint64_t)row->arrived_ms);
	unsigned char head[HEAD];

	put32(head, row->drone);
	put32(head + 4, row->boot);
	put32(head + 8, row->seq);
	put32(head + 12, row->len | (row->backfilled ? BACKFILLED : 0));
	memcpy(head + 16, &arrived, 8);
	buf_add(b, head, sizeof(head));
	buf_add(b, row->body, row->len);
}

int plain_next(const unsigned char **p, const unsigned char *end, struct plain_row *row)
{
	uint64_t arrived;
	uint32_t len;

	if (*p == end)
		return 0;
	if (end - *p < HEAD)
		return -1;
	row->drone = get32(*p);
	row->boot = get32(*p + 4);
	row->seq = get32(*p + 8);
	len = get32(*p + 12);
	row->backfilled = len & BACKFILLED;
	row->len = len & ~BACKFILLED;
	memcpy(&arrived, *p + 16, 8);
	row->arrived_ms = (int64_t)le64toh(arrived);
	row->body = *p + HEAD;
	if (row->len > (size_t)(end - *p) - HEAD)
		return -1;
	*p += HEAD + row->len;
	return 1;
}

bool plain_list_add(struct plain_list *l, const void *blob, size_t len, unsigned slot,
    uint32_t drone)
{
	const unsigned char *p = blob, *end = p + len;
	struct plain_row row;
	int more = 0;

	while (len && (more = plain_next(&p, end, &row)) == 1) {
		if (plain_slot(row.drone) != slot)
			return false;
		if (drone && row.drone != drone)
			continue;
		mem_grow(l->items, l->count, l->cap);
		l->items[l->count] = (struct plain_item){
			.drone = row.drone,
			.boot = row.boot,
			.seq = row.seq,
			.len = row.len,
			.at = l->data.len,
			.arrived_ms = row.arrived_ms,
			.backfilled = row.backfilled,
			.order = (uint32_t)l->count,
		};
		l->count++;
		buf_add(&l->data, row.body, row.len);
	}
	return more == 0;
}

static int compare_items(const void *a, const void *b)
{
	const struct plain_item *x = a, *y = b;

	if (x->drone != y->drone)
		return x->drone < y->drone ? -1 : 1;
	if (x->boot != y->boot)
		return x->boot < y->boot ? -1 : 1;
	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* Rows come in nearly that order within a drone: counting puts drones
 * together, and only what is out of order then is sorted. */
void plain_list_sort(struct plain_list *l)
{
	struct plain_item *items;
	size_t groups = 1, *starts, from = 0;

	for (size_t i = 0; i < l->count; i++) {
		if (l->items[i].drone / PLAIN_SLOTS >= groups)
			groups = l->items[i].drone / PLAIN_SLOTS + 1;
	}
	/* Numbers that are none, from damaged bytes: not worth a table. */
	if (groups > 1000 + 16 * l->count) {
		qsort(l->items, l->count, sizeof(*l->items), compare_items);
		return;
	}
	starts = xcalloc(groups + 1, sizeof(*starts));
	items = xcalloc(l->count, sizeof(*items));
	for (size_t i = 0; i < l->count; i++)
		starts[l->items[i].drone / PLAIN_SLOTS + 1]++;
	for (size_t g = 0; g < groups; g++)
		starts[g + 1] += starts[g];
	for (size_t i = 0; i < l->count; i++)
		items[starts[l->items[i].drone / PLAIN_SLOTS]++] = l->items[i];
	for (size_t g = 0; g < groups; g++) {
		for (size_t i = from + 1; i < starts[g]; i++) {
			if (compare_items(&items[i - 1], &items[i]) > 0) {
				qsort(items + from, starts[g] - from, sizeof(*items), compare_items);
				break;
			}
		}
		from = starts[g];
	}
	free(starts);
	free(l->items);
	l->items = items;
	l->cap = l->count;
}

void plain_list_reset(struct plain_list *l)
{
	l->count = 0;
	buf_clear(&l->data);
}

void plain_list_clear(struct plain_list *l)
{
	free(l->items);
	buf_free(&l->data);
	memset(l, 0, sizeof(*l));
}
