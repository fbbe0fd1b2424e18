/* Samples column by column: see chunk.h. */
#include "history/chunk.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/mem.h"
#include "history/delta.h"

#define FORMAT 1
/* 1 is as small as 3 here: there is little left to find. */
#define ZSTD_LEVEL 1
/* Elements past the field table in one chunk, bytes. A body alone is 4 MiB at most. */
#define EXTRA_WANTED (1u << 20)
#define EXTRA_MAX (16u << 20)

/* Fields that mostly move with another. */
static const struct {
	uint8_t column, with;
} companions[] = {
	{ FIELD_height, FIELD_alt },
	{ FIELD_heading, FIELD_course },
	{ FIELD_airspeed, FIELD_speed },
	{ COLUMN_ARRIVED, FIELD_time },
};

static int companion_of(int column)
{
	for (size_t i = 0; i < ARRAY_LEN(companions); i++) {
		if (companions[i].column == column)
			return companions[i].with;
	}
	return -1;
}

/* How a column begins. */
enum {
	KNOWN_ALL = 0, KNOWN_NONE = 1, KNOWN_SOME = 2, KNOWN_MASK = 3,
	WITH_COMPANION = 4,
};

void chunk_init(struct chunk *c)
{
	memset(c, 0, sizeof(*c));
	c->columns = xcalloc(COLUMN_COUNT, sizeof(*c->columns));
	c->known = xcalloc(CHUNK_MAX, sizeof(*c->known));
	c->backfilled = xcalloc(CHUNK_MAX, sizeof(*c->backfilled));
	c->extra_at = xcalloc(CHUNK_MAX + 1, sizeof(*c->extra_at));
	c->work = xcalloc(3 * CHUNK_MAX, sizeof(*c->work));
}

void chunk_clear(struct chunk *c)
{
	free(c->columns);
	free(c->known);
	free(c->backfilled);
	free(c->extra_at);
	free(c->work);
	buf_free(&c->extra);
	buf_free(&c->scratch);
	ZSTD_freeCCtx(c->compress);
	ZSTD_freeDCtx(c->decompress);
	memset(c, 0, sizeof(*c));
}

void chunk_reset(struct chunk *c, uint32_t boot)
{
	c->boot = boot;
	c->count = 0;
	c->fields = FIELD_COUNT;
	buf_clear(&c->extra);
	c->extra_at[0] = 0;
}

bool chunk_full(const struct chunk *c, size_t len)
{
	return c->count == CHUNK_MAX || (c->count && c->extra.len + len > EXTRA_WANTED);
}

/* Bytes of a value that is known to be well-formed and no container. */
static size_t value_bytes(const uint8_t *p)
{
	if (*p >= 0xcc && *p <= 0xcf)
		return 1 + ((size_t)1 << (*p - 0xcc));
	if (*p >= 0xd0 && *p <= 0xd3)
		return 1 + ((size_t)1 << (*p - 0xd0));
	return 1;
}

/* Where the elements past the field table begin. */
static const uint8_t *find_extra(const uint8_t *p)
{
	p += *p == 0xdc ? 3 : *p == 0xdd ? 5 : 1;
	for (int f = 0; f < FIELD_COUNT; f++)
		p += value_bytes(p);
	return p;
}

bool chunk_peek_time(const void *body, size_t len, int64_t *time_ms)
{
	const uint8_t *p = body;
	uint64_t v = 0;

	/* Long enough for three integers, however they are written. */
	if (len < 5 + 3 * 9)
		return false;
	p += *p == 0xdc ? 3 : *p == 0xdd ? 5 : 1;
	p += value_bytes(p);
	p += value_bytes(p);
	if (*p != 0xcf && *p != 0xd3)
		return false;
	for (int i = 1; i <= 8; i++)
		v = v << 8 | p[i];
	*time_ms = (int64_t)v;
	return true;
}

bool chunk_add(struct chunk *c, const void *body, size_t len, int64_t arrived_ms,
    bool backfilled)
{
	struct reject why;
	struct sample s;
	size_t i = c->count;

	if (i == CHUNK_MAX || c->extra.len + len > EXTRA_MAX ||
	    sample_decode(body, len, &s, &why) == -1)
		return false;
	for (int f = FIELD_seq; f < FIELD_COUNT; f++)
		c->columns[f][i] = s.raw[f];
	c->columns[COLUMN_ARRIVED][i] = arrived_ms;
	c->columns[COLUMN_LENGTH][i] = s.wire_count;
	c->known[i] = s.known;
	c->backfilled[i] = backfilled;
	if (s.wire_count > FIELD_COUNT) {
		const uint8_t *extra = find_extra(body);

		buf_add(&c->extra, extra, len - (size_t)(extra - (const uint8_t *)body));
	}
	c->extra_at[++c->count] = (uint32_t)c->extra.len;
	return true;
}

static bool copy_by_body(struct chunk *c, const struct chunk *from, size_t i)
{
	struct buf body = BUF_INIT;
	bool done;

	chunk_body(from, i, &body);
	done = chunk_add(c, body.data, body.len, from->columns[COLUMN_ARRIVED][i],
	    from->backfilled[i]);
	buf_free(&body);
	return done;
}

bool chunk_copy(struct chunk *c, const struct chunk *from, size_t i)
{
	size_t to = c->count, bytes = from->extra_at[i + 1] - from->extra_at[i];

	if (to == CHUNK_MAX || c->extra.len + bytes > EXTRA_MAX)
		return false;
	/* Elements that were past the table of who wrote them may be fields now. */
	if (from->fields < FIELD_COUNT && bytes)
		return copy_by_body(c, from, i);
	for (int col = FIELD_seq; col < COLUMN_COUNT; col++)
		c->columns[col][to] = from->columns[col][i];
	c->known[to] = from->known[i];
	c->backfilled[to] = from->backfilled[i];
	if (bytes)
		buf_add(&c->extra, from->extra.data + from->extra_at[i], bytes);
	c->extra_at[++c->count] = (uint32_t)c->extra.len;
	return true;
}

/* ---- writing ---- */

static void add_varint(struct buf *b, uint64_t v)
{
	uint8_t bytes[10];

	buf_add(b, bytes, varint_put(bytes, v));
}

static bool has(const struct chunk *c, size_t i, int column)
{
	return column >= FIELD_COUNT || (c->known[i] >> column & 1);
}

/* Lengths of the runs of yes and no in turn, beginning with no. */
#define ADD_RUNS(b, n, condition)                                              \
	do {                                                                   \
		bool now_ = false;                                             \
		size_t run_ = 0;                                               \
		for (size_t i = 0; i < (n); i++) {                             \
			if ((condition) != now_) {                             \
				add_varint((b), run_);                         \
				now_ = !now_;                                  \
				run_ = 0;                                      \
			}                                                      \
			run_++;                                                \
		}                                                              \
		add_varint((b), run_);                                         \
	} while (0)

static void add_column(struct chunk *c, struct buf *b, int column)
{
	int64_t *values = c->columns[column], *difference = c->work;
	uint8_t coded[DELTA_BOUND(CHUNK_MAX)], head;
	int with = companion_of(column), order;
	size_t known = 0, n;

	for (size_t i = 0; i < c->count; i++)
		known += has(c, i, column);
	head = known == c->count ? KNOWN_ALL : known ? KNOWN_SOME : KNOWN_NONE;
	if (known && known < c->count) {
		known = 0;
		for (size_t i = 0; i < c->count; i++) {
			if (has(c, i, column))
				c->work[CHUNK_MAX + known++] = values[i];
		}
		values = c->work + CHUNK_MAX;
	}
	/* A companion's value is 0 where it is not known; that serves too. */
	if (with >= 0 && head == KNOWN_ALL) {
		for (size_t i = 0; i < known; i++)
			difference[i] = (int64_t)((uint64_t)values[i] -
						  (uint64_t)c->columns[with][i]);
		if (delta_cost(difference, known, &order) < delta_cost(values, known, &order)) {
			head |= WITH_COMPANION;
			values = difference;
		}
	}
	n = known ? delta_encode(values, known, (uint64_t *)c->work + 2 * (size_t)CHUNK_MAX,
			coded)
		  : 0;
	buf_add(b, &head, 1);
	if ((head & KNOWN_MASK) == KNOWN_SOME)
		ADD_RUNS(b, c->count, has(c, i, column));
	add_varint(b, n);
	buf_add(b, coded, n);
}

/* Made when first needed: who only reads does not compress. */
static void *need_compress(struct chunk *c)
{
	if (c->compress)
		return c->compress;
	c->compress = ZSTD_createCCtx();
	if (!c->compress)
		xmalloc(SIZE_MAX); /* ends the program with the sentence for it */
	ZSTD_CCtx_setParameter(c->compress, ZSTD_c_compressionLevel, ZSTD_LEVEL);
	ZSTD_CCtx_setParameter(c->compress, ZSTD_c_checksumFlag, 1);
	return c->compress;
}

static void *need_decompress(struct chunk *c)
{
	if (!c->decompress)
		c->decompress = ZSTD_createDCtx();
	if (!c->decompress)
		xmalloc(SIZE_MAX);
	return c->decompress;
}

void chunk_encode(struct chunk *c, struct buf *out)
{
	struct buf *b = &c->scratch;
	uint8_t format = FORMAT;
	size_t bound, n;
	char *room;

	buf_clear(b);
	buf_add(b, &format, 1);
	add_varint(b, c->boot);
	add_varint(b, c->count);
	/* How many columns follow: a later version has more. */
	add_varint(b, COLUMN_COUNT - 1);
	ADD_RUNS(b, c->count, c->backfilled[i]);
	/* The daemon's own columns first, so that new fields go at the end. */
	for (int column = COLUMN_COUNT - 1; column >= FIELD_COUNT; column--)
		add_column(c, b, column);
	for (int column = FIELD_seq; column < FIELD_COUNT; column++)
		add_column(c, b, column);
	if (c->extra.len) {
		for (size_t i = 0; i < c->count; i++)
			add_varint(b, c->extra_at[i + 1] - c->extra_at[i]);
		buf_add(b, c->extra.data, c->extra.len);
	}
	bound = ZSTD_compressBound(b->len);
	room = xmalloc(bound);
	n = ZSTD_compress2(need_compress(c), room, bound, b->data, b->len);
	if (!ZSTD_isError(n))
		buf_add(out, room, n);
	free(room);
}

/* ---- reading ---- */

/* Where runs go that are no field's. */
enum { RUNS_BACKFILLED = -1, RUNS_NOWHERE = -2 };

/* Runs of no and yes: into bits of known. *yes is how many there are. */
static bool get_runs(struct chunk *c, const uint8_t **p, const uint8_t *end, int column,
    size_t *yes)
{
	bool now = false;
	size_t i = 0;
	uint64_t run;

	*yes = 0;
	do {
		if (!varint_get(p, end, &run) || run > c->count - i)
			return false;
		for (size_t last = i + (size_t)run; i < last; i++) {
			if (column == RUNS_BACKFILLED)
				c->backfilled[i] = now;
			else if (now && column >= 0)
				c->known[i] |= COLUMN_BIT(column);
		}
		*yes += now ? (size_t)run : 0;
		now = !now;
	} while (i < c->count);
	return true;
}

/* A column found but not decoded. */
struct slice {
	const uint8_t *data;
	size_t len, known;
	uint8_t head;
};

/* column is -1 for one of a later version. Fields that all samples have are added
 * to *always. */
static bool find_column(struct chunk *c, const uint8_t **p, const uint8_t *end, int column,
    struct slice *s, uint64_t *always)
{
	bool field = column >= 0 && column < FIELD_COUNT;
	uint64_t len;

	if (*p == end)
		return false;
	s->head = *(*p)++;
	s->known = c->count;
	if ((s->head & KNOWN_MASK) == KNOWN_NONE) {
		s->known = 0;
	} else if ((s->head & KNOWN_MASK) == KNOWN_SOME) {
		if (!get_runs(c, p, end, field ? column : RUNS_NOWHERE, &s->known))
			return false;
	} else if (field) {
		*always |= COLUMN_BIT(column);
	}
	if (!varint_get(p, end, &len) || len > (size_t)(end - *p))
		return false;
	s->data = *p;
	s->len = (size_t)len;
	*p += len;
	return true;
}

/* Bytes that make no damage to the frame can still be none of ours. */
static bool in_bounds(const struct chunk *c, int column, size_t n)
{
	int64_t min = column < FIELD_COUNT ? field_table[column].min : INT64_MIN;
	int64_t max = column < FIELD_COUNT ? field_table[column].max : INT64_MAX;
	const int64_t *values = c->columns[column];
	bool out = false;

	if (column == COLUMN_LENGTH) {
		min = FIELD_time + 1;
		max = BODY_MAX;
	}
	for (size_t i = 0; i < n; i++)
		out |= (values[i] < min) | (values[i] > max);
	/* What is not known is 0, which some fields cannot be. */
	for (size_t i = 0; i < n && out; i++) {
		if ((values[i] < min || values[i] > max) && has(c, i, column))
			return false;
	}
	return true;
}

/* The first n values of the column. */
static bool read_column(struct chunk *c, int column, const struct slice *s, size_t n)
{
	int64_t *values = c->columns[column];
	int with = companion_of(column);
	size_t known = s->known;

	/* Each sample has what the daemon adds; a difference needs both. */
	if ((s->head & KNOWN_MASK) != KNOWN_ALL &&
	    (column >= FIELD_COUNT || (s->head & WITH_COMPANION)))
		return false;
	if (known && known < c->count) {
		known = 0;
		for (size_t i = 0; i < n; i++)
			known += has(c, i, column);
	} else if (known) {
		known = n;
	}
	if (known && !delta_decode_first(s->data, s->len, values, s->known, known))
		return false;
	if (known < n) {
		/* From the back, so that none is overwritten before it is moved. */
		for (size_t i = n; i-- > 0;)
			values[i] = known && has(c, i, column) ? values[--known] : 0;
	}
	if (s->head & WITH_COMPANION) {
		if (with < 0)
			return false;
		for (size_t i = 0; i < n; i++)
			values[i] = (int64_t)((uint64_t)values[i] +
					      (uint64_t)c->columns[with][i]);
	}
	return in_bounds(c, column, n);
}

/* Up to the last that is in time. */
static size_t count_between(const struct chunk *c, int64_t first_ms, int64_t last_ms)
{
	const int64_t *time = c->columns[FIELD_time];
	size_t n = c->count;

	while (n > 0 && (time[n - 1] < first_ms || time[n - 1] > last_ms))
		n--;
	return n;
}

/* Elements past the fields: as many as the length of the array says. */
static bool whole_elements(const struct chunk *c, size_t i, struct buf *b)
{
	uint64_t length = (uint64_t)c->columns[COLUMN_LENGTH][i];
	size_t bytes = c->extra_at[i + 1] - c->extra_at[i];
	struct reject why;

	if (length <= c->fields)
		return bytes == 0;
	/* Those of a program that knew fewer fields than this one are fields now. */
	buf_clear(b);
	wire_put_array(b, (size_t)length - c->fields);
	if (bytes)
		buf_add(b, c->extra.data + c->extra_at[i], bytes);
	return wire_check(b->data, b->len, &why) == 0;
}

/* The first n are checked; what they are is in the column of lengths. */
static bool read_extra(struct chunk *c, const uint8_t *p, const uint8_t *end, size_t n_checked)
{
	struct buf b = BUF_INIT;
	bool good = true;
	bool any = p != end;
	uint64_t at = 0, n = 0;

	c->extra_at[0] = 0;
	for (size_t i = 0; i < c->count; i++) {
		if (any && (!varint_get(&p, end, &n) || n > EXTRA_MAX || at + n > EXTRA_MAX))
			return false;
		at += n;
		c->extra_at[i + 1] = (uint32_t)at;
	}
	if ((uint64_t)(end - p) != at)
		return false;
	buf_clear(&c->extra);
	if (at)
		buf_add(&c->extra, p, (size_t)at);
	for (size_t i = 0; i < n_checked && good; i++)
		good = whole_elements(c, i, &b);
	buf_free(&b);
	return good;
}

/* The fields without which nothing is a sample. */
static bool known_always(const struct chunk *c, uint64_t always)
{
	uint64_t needed = COLUMN_BIT(FIELD_seq) | COLUMN_BIT(FIELD_time);

	return !c->count || (always & needed) == needed;
}

static bool unpack(struct chunk *c, const uint8_t *p, const uint8_t *end, uint64_t wanted,
    int64_t first_ms, int64_t last_ms)
{
	struct slice slices[COLUMN_COUNT] = { 0 }, other;
	uint64_t boot, count, columns, always = COLUMN_BIT(FIELD_boot);
	size_t yes, n;

	if (p == end || *p++ != FORMAT || !varint_get(&p, end, &boot) ||
	    !varint_get(&p, end, &count) || !varint_get(&p, end, &columns) ||
	    boot > UINT32_MAX || count > CHUNK_MAX || columns < 3 || columns > 1000)
		return false;
	chunk_reset(c, (uint32_t)boot);
	c->count = (size_t)count;
	c->fields = (unsigned)columns - 1;
	memset(c->known, 0, c->count * sizeof(*c->known));
	if (!get_runs(c, &p, end, RUNS_BACKFILLED, &yes) ||
	    !find_column(c, &p, end, COLUMN_LENGTH, &slices[COLUMN_LENGTH], &always) ||
	    !find_column(c, &p, end, COLUMN_ARRIVED, &slices[COLUMN_ARRIVED], &always))
		return false;
	for (unsigned f = FIELD_seq; f < c->fields; f++) {
		if (!find_column(c, &p, end, f < FIELD_COUNT ? (int)f : -1,
			f < FIELD_COUNT ? &slices[f] : &other, &always))
			return false;
	}
	for (size_t i = 0; i < c->count; i++)
		c->known[i] |= always;
	if (!known_always(c, always))
		return false;
	n = c->count;
	if (first_ms != INT64_MIN || last_ms != INT64_MAX) {
		if (!read_column(c, FIELD_time, &slices[FIELD_time], c->count))
			return false;
		n = count_between(c, first_ms, last_ms);
		wanted &= n ? ~COLUMN_BIT(FIELD_time) : 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(companions); i++) {
		if (wanted & COLUMN_BIT(companions[i].column))
			wanted |= COLUMN_BIT(companions[i].with);
	}
	/* Fields stand before what is told as a difference from them. */
	for (int column = FIELD_seq; column < COLUMN_COUNT; column++) {
		if ((wanted & COLUMN_BIT(column)) && !read_column(c, column, &slices[column], n))
			return false;
	}
	if (!read_extra(c, p, end, (wanted & COLUMN_BIT(COLUMN_LENGTH)) ? n : 0))
		return false;
	c->count = n;
	return true;
}

bool chunk_decode(struct chunk *c, const void *bytes, size_t len, uint64_t wanted)
{
	return chunk_decode_between(c, bytes, len, wanted, INT64_MIN, INT64_MAX);
}

bool chunk_decode_between(struct chunk *c, const void *bytes, size_t len, uint64_t wanted,
    int64_t first_ms, int64_t last_ms)
{
	unsigned long long size = ZSTD_getFrameContentSize(bytes, len);
	struct buf *b = &c->scratch;
	size_t n;

	chunk_reset(c, 0);
	if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR ||
	    size > 2 * (unsigned long long)EXTRA_MAX)
		return false;
	if (b->cap < size + 1) {
		buf_free(b);
		b->data = xmalloc((size_t)size + 1);
		b->cap = (size_t)size + 1;
	}
	n = ZSTD_decompressDCtx(need_decompress(c), b->data, b->cap, bytes, len);
	b->len = ZSTD_isError(n) ? 0 : n;
	return chunk_decode_again(c, wanted, first_ms, last_ms);
}

bool chunk_decode_again(struct chunk *c, uint64_t wanted, int64_t first_ms, int64_t last_ms)
{
	const uint8_t *p = (const uint8_t *)c->scratch.data;

	if (p && c->scratch.len && unpack(c, p, p + c->scratch.len, wanted, first_ms, last_ms))
		return true;
	chunk_reset(c, 0);
	return false;
}

void chunk_sample(const struct chunk *c, size_t i, struct sample *s)
{
	memset(s, 0, sizeof(*s));
	s->known = c->known[i] & (COLUMN_BIT(FIELD_COUNT) - 1);
	s->raw[FIELD_boot] = c->boot;
	for (int f = FIELD_seq; f < FIELD_COUNT; f++)
		s->raw[f] = c->columns[f][i];
	s->wire_count = (uint32_t)c->columns[COLUMN_LENGTH][i];
}

void chunk_body(const struct chunk *c, size_t i, struct buf *b)
{
	uint64_t length = (uint64_t)c->columns[COLUMN_LENGTH][i];
	uint64_t fields = length < c->fields ? length : c->fields;

	wire_put_array(b, (size_t)length);
	for (unsigned f = 0; f < fields; f++) {
		if (f == FIELD_boot)
			wire_put_uint(b, c->boot);
		else if (f < FIELD_COUNT && (c->known[i] >> f & 1))
			wire_put_int(b, c->columns[f][i]);
		else
			wire_put_nil(b);
	}
	if (c->extra_at[i + 1] > c->extra_at[i])
		buf_add(b, c->extra.data + c->extra_at[i], c->extra_at[i + 1] - c->extra_at[i]);
}
