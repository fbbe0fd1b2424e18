/* A set of numbers as ranges: see ranges.h. */
#include "base/ranges.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Index of the first range that ends at or after n. */
static size_t find(const struct ranges *r, uint32_t n)
{
	size_t low = 0, high = r->count;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (r->items[mid].to < n)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void erase(struct ranges *r, size_t at, size_t n)
{
	if (!n)
		return;
	memmove(r->items + at, r->items + at + n, (r->count - at - n) * sizeof(*r->items));
	r->count -= n;
}

static void insert(struct ranges *r, size_t at, struct range range)
{
	mem_grow(r->items, r->count, r->cap);
	memmove(r->items + at + 1, r->items + at, (r->count - at) * sizeof(*r->items));
	r->items[at] = range;
	r->count++;
}

void ranges_add(struct ranges *r, uint32_t from, uint32_t to)
{
	size_t first, last;

	if (from > to)
		return;
	/* Everything that overlaps or touches is merged into one. */
	first = find(r, from ? from - 1 : 0);
	last = first;
	while (last < r->count && (to == UINT32_MAX || r->items[last].from <= to + 1)) {
		if (r->items[last].from < from)
			from = r->items[last].from;
		if (r->items[last].to > to)
			to = r->items[last].to;
		last++;
	}
	if (last == first) {
		insert(r, first, (struct range){ from, to });
		return;
	}
	r->items[first] = (struct range){ from, to };
	erase(r, first + 1, last - first - 1);
}

void ranges_remove(struct ranges *r, uint32_t from, uint32_t to)
{
	size_t i;

	if (from > to)
		return;
	i = find(r, from);
	while (i < r->count && r->items[i].from <= to) {
		struct range old = r->items[i];

		if (old.from < from && old.to > to) {
			r->items[i].to = from - 1;
			insert(r, i + 1, (struct range){ to + 1, old.to });
			return;
		}
		if (old.from < from) {
			r->items[i++].to = from - 1;
		} else if (old.to > to) {
			r->items[i].from = to + 1;
			return;
		} else {
			erase(r, i, 1);
		}
	}
}

bool ranges_has(const struct ranges *r, uint32_t n)
{
	return ranges_covers(r, n, n);
}

bool ranges_covers(const struct ranges *r, uint32_t from, uint32_t to)
{
	size_t i = find(r, from);

	return i < r->count && r->items[i].from <= from && r->items[i].to >= to;
}

uint64_t ranges_total(const struct ranges *r)
{
	uint64_t n = 0;

	for (size_t i = 0; i < r->count; i++)
		n += (uint64_t)r->items[i].to - r->items[i].from + 1;
	return n;
}

void ranges_missing(const struct ranges *r, uint32_t from, uint32_t to, struct ranges *out)
{
	out->count = 0;
	ranges_add(out, from, to);
	for (size_t i = find(r, from); i < r->count && r->items[i].from <= to; i++)
		ranges_remove(out, r->items[i].from, r->items[i].to);
}

void ranges_clear(struct ranges *r)
{
	free(r->items);
	memset(r, 0, sizeof(*r));
}
