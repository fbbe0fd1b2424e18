/* The last samples of one drone: see backlog.h. */
#include "fleet/backlog.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define FIRST_SIZE 4096

/* Before each body. A record never wraps: where it does not fit before the
 * end, an empty head (len 0) sends the reader back to the start. */
struct head {
	uint32_t time; /* ms, low bits */
	uint32_t len;  /* of the body */
};

void backlog_init(struct backlog *r, size_t limit)
{
	*r = (struct backlog){ .limit = limit < 512 ? 512 : limit };
}

void backlog_clear(struct backlog *r)
{
	free(r->bytes);
	*r = (struct backlog){ 0 };
}

static size_t record_size(size_t len)
{
	return (sizeof(struct head) + len + 7) & ~(size_t)7;
}

static struct head head_at(const struct backlog *r, size_t at)
{
	struct head h;

	memcpy(&h, r->bytes + at, sizeof(h));
	return h;
}

/* The place of the record at or after `at`: over a jump mark or the end. */
static size_t settle(const struct backlog *r, size_t at)
{
	if (at + sizeof(struct head) > r->cap || head_at(r, at).len == 0)
		return 0;
	return at;
}

static struct backlog_boot *oldest_boot(struct backlog *r)
{
	for (size_t i = 0; i < r->boot_count; i++) {
		if (r->boots[i].oldest != r->boots[i].next)
			return &r->boots[i];
	}
	return NULL;
}

static void drop_oldest(struct backlog *r)
{
	struct backlog_boot *b = oldest_boot(r);
	size_t at = settle(r, r->head), size;

	if (at != r->head) /* the unused end goes with it */
		r->used -= r->cap - r->head;
	size = record_size(head_at(r, at).len);
	r->used -= size;
	r->head = at + size;
	if (b)
		b->oldest++;
	if (r->used == 0)
		r->head = 0;
}

/* Lays the records out afresh in a larger space. */
static void grow(struct backlog *r)
{
	size_t cap = r->cap ? r->cap * 2 : FIRST_SIZE, at = r->head, out = 0, left = r->used;
	unsigned char *bytes;

	if (cap > r->limit)
		cap = r->limit & ~(size_t)7;
	bytes = xmalloc(cap);
	while (left > 0) {
		size_t place = settle(r, at), size;

		if (place != at)
			left -= r->cap - at;
		size = record_size(head_at(r, place).len);
		memcpy(bytes + out, r->bytes + place, size);
		r->last = out;
		out += size;
		at = place + size;
		left -= size;
	}
	free(r->bytes);
	r->bytes = bytes;
	r->cap = cap;
	r->head = 0;
	r->used = out;
}

static void note_boot(struct backlog *r, uint32_t boot, uint32_t seq)
{
	struct backlog_boot *b = r->boot_count ? &r->boots[r->boot_count - 1] : NULL;

	if (!b || b->boot != boot) {
		if (r->boot_count == BACKLOG_BOOTS) {
			/* Its samples would be nobody's: they go too. */
			while (r->boots[0].oldest != r->boots[0].next)
				drop_oldest(r);
			memmove(r->boots, r->boots + 1, (BACKLOG_BOOTS - 1) * sizeof(*r->boots));
			r->boot_count--;
		}
		b = &r->boots[r->boot_count++];
		*b = (struct backlog_boot){ boot, seq, seq };
	}
	b->next = seq + 1;
}

/* Where the next record goes, or SIZE_MAX where there is no room now. */
static size_t place_for(struct backlog *r, size_t size)
{
	size_t tail;

	if (r->used == 0)
		return size <= r->cap ? 0 : SIZE_MAX;
	tail = r->head + r->used;
	if (tail < r->cap) { /* not gone round: room behind, or at the start */
		if (tail + size <= r->cap)
			return tail;
		if (size > r->head)
			return SIZE_MAX;
		if (tail + sizeof(struct head) <= r->cap)
			memset(r->bytes + tail, 0, sizeof(struct head));
		r->used += r->cap - tail;
		return 0;
	}
	tail -= r->cap;
	return tail + size <= r->head ? tail : SIZE_MAX;
}

void backlog_add(struct backlog *r, uint32_t boot, uint32_t seq, int64_t time_ms, const void *body,
    size_t len)
{
	struct head h = { (uint32_t)time_ms, (uint32_t)len };
	size_t size = record_size(len), at;

	while (r->used > 0 &&
	    (uint32_t)time_ms - head_at(r, settle(r, r->head)).time > BACKLOG_AGE_MS)
		drop_oldest(r);
	while ((at = place_for(r, size)) == SIZE_MAX) {
		if (r->cap + 8 <= r->limit)
			grow(r);
		else if (r->used > 0)
			drop_oldest(r);
		else
			return; /* larger than the whole ring */
	}
	memcpy(r->bytes + at, &h, sizeof(h));
	memcpy(r->bytes + at + sizeof(h), body, len);
	if (r->used == 0)
		r->head = at;
	r->used += size;
	r->last = at;
	note_boot(r, boot, seq);
}

const void *backlog_newest(const struct backlog *r, size_t *len)
{
	if (r->used == 0)
		return NULL;
	*len = head_at(r, r->last).len;
	return r->bytes + r->last + sizeof(struct head);
}

static void gather(const struct backlog *r, const struct backlog_boot *wanted, uint32_t from,
    uint32_t to, struct backfill *out)
{
	uint64_t skip = 0, left = 0;
	size_t at = r->head;

	for (const struct backlog_boot *b = r->boots; b < wanted; b++)
		skip += b->next - b->oldest;
	if (from < wanted->oldest)
		from = wanted->oldest;
	if (wanted->oldest == wanted->next || from >= wanted->next || to < from)
		return;
	if (to >= wanted->next)
		to = wanted->next - 1;
	skip += from - wanted->oldest;
	left = (uint64_t)to - from + 1;
	out->more = left > BACKFILL_MAX;
	if (out->more)
		left = BACKFILL_MAX;
	for (; left > 0; skip > 0 ? skip-- : left--) {
		struct head h;

		at = settle(r, at);
		h = head_at(r, at);
		if (skip == 0)
			backfill_add_sample(out, r->bytes + at + sizeof(h), h.len);
		at += record_size(h.len);
	}
}

void backlog_backfill(const struct backlog *r, uint32_t boot, uint32_t from, uint32_t to,
    struct backfill *out)
{
	for (size_t i = 0; i < r->boot_count; i++) {
		const struct backlog_boot *b = &r->boots[i];

		if (b->oldest != b->next)
			backfill_add_held(out, b->boot, b->oldest, b->next - 1);
		if (b->boot != boot || to < from)
			continue;
		gather(r, b, from, to, out);
		/* Gone for good: before what is held, and, of a boot that has
		 * ended, all that never was. */
		if (from < b->oldest)
			ranges_add(&out->lost, from, to < b->oldest ? to : b->oldest - 1);
		if (i + 1 < r->boot_count && to >= b->next)
			ranges_add(&out->lost, from > b->next ? from : b->next, to);
	}
}
