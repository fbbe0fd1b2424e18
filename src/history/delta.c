/* A column of integers as few bytes: see delta.h. */
#include "history/delta.h"

#include <endian.h>
#include <string.h>

/* Malvar's constants: parameters are kept in units of 1/4 bit. */
#define SCALE 2
#define K_RUN_UP 6      /* a whole run of zeros */
#define K_RUN_DOWN 6    /* a run cut short */
#define K_ZERO_UP 3     /* a zero outside runs */
#define K_OTHER_DOWN 3
#define K_MAX (16 << SCALE)
#define KR_MAX (40 << SCALE)
#define KR_START (2 << SCALE)
/* Longer unary parts give way to the number itself. */
#define UNARY_MAX 24

/* ---- bits, first in the lowest ---- */

struct bit_writer {
	uint8_t *p;
	uint64_t bits;
	unsigned n;
};

static inline void put_bits(struct bit_writer *w, uint64_t v, unsigned n)
{
	/* n <= 32, and fewer than 8 wait: never more than 64. */
	w->bits |= v << w->n;
	w->n += n;
	while (w->n >= 8) {
		*w->p++ = (uint8_t)w->bits;
		w->bits >>= 8;
		w->n -= 8;
	}
}

static inline void put_long(struct bit_writer *w, uint64_t v, unsigned n)
{
	if (n > 32) {
		put_bits(w, v & 0xffffffffu, 32);
		v >>= 32;
		n -= 32;
	}
	put_bits(w, n == 64 ? v : v & ((UINT64_C(1) << n) - 1), n);
}

struct bit_reader {
	const uint8_t *p, *end;
	uint64_t bits;
	unsigned n;
	bool over; /* read past the end */
};

/* At least 56 bits, zeros past the end; a reader that needs those is wrong. */
static inline void refill(struct bit_reader *r)
{
	if (r->end - r->p >= 8) {
		uint64_t v;

		memcpy(&v, r->p, 8);
		r->bits |= le64toh(v) << r->n;
		r->p += (63 - r->n) >> 3;
		r->n |= 56;
		return;
	}
	while (r->n <= 56 && r->p < r->end) {
		r->bits |= (uint64_t)*r->p++ << r->n;
		r->n += 8;
	}
}

static inline uint64_t get_bits(struct bit_reader *r, unsigned n)
{
	uint64_t v;

	if (r->n < n) {
		refill(r);
		if (r->n < n) {
			r->over = true;
			return 0;
		}
	}
	v = r->bits & ((UINT64_C(1) << n) - 1);
	r->bits >>= n;
	r->n -= n;
	return v;
}

static inline uint64_t get_long(struct bit_reader *r, unsigned n)
{
	uint64_t low;

	if (n <= 32)
		return get_bits(r, n);
	low = get_bits(r, 32);
	return low | get_bits(r, n - 32) << 32;
}

/* ---- the adaptive code ---- */

struct adapt {
	unsigned k, kr; /* in units of 1 / (1 << SCALE) bit */
};

static inline void adapt_rice(struct adapt *a, unsigned unary)
{
	if (unary == 0)
		a->kr = a->kr < 2 ? 0 : a->kr - 2;
	else if (unary > 1)
		a->kr = a->kr + unary + 1 > KR_MAX ? KR_MAX : a->kr + unary + 1;
}

static inline void put_rice(struct bit_writer *w, struct adapt *a, uint64_t u)
{
	unsigned kr = a->kr >> SCALE;
	uint64_t unary = u >> kr;

	if (unary >= UNARY_MAX) {
		put_bits(w, (1u << UNARY_MAX) - 1, UNARY_MAX);
		put_long(w, u, 64);
		adapt_rice(a, UNARY_MAX);
		return;
	}
	put_bits(w, (1u << unary) - 1, (unsigned)unary + 1);
	put_long(w, u, kr);
	adapt_rice(a, (unsigned)unary);
}

static inline uint64_t get_rice(struct bit_reader *r, struct adapt *a)
{
	unsigned kr = a->kr >> SCALE, unary;

	if (r->n <= UNARY_MAX)
		refill(r);
	unary = ~r->bits ? (unsigned)__builtin_ctzll(~r->bits) : 64;
	if (unary >= UNARY_MAX) {
		(void)get_bits(r, UNARY_MAX);
		adapt_rice(a, UNARY_MAX);
		return get_long(r, 64);
	}
	(void)get_bits(r, unary + 1);
	adapt_rice(a, unary);
	return (uint64_t)unary << kr | get_long(r, kr);
}

static void put_all(struct bit_writer *w, const uint64_t *u, size_t n)
{
	struct adapt a = { .kr = KR_START };
	size_t i = 0;

	while (i < n) {
		unsigned k = a.k >> SCALE;
		size_t run = 0;

		if (!k) {
			put_rice(w, &a, u[i]);
			if (u[i++] == 0)
				a.k += K_ZERO_UP;
			else
				a.k = a.k < K_OTHER_DOWN ? 0 : a.k - K_OTHER_DOWN;
			continue;
		}
		while (run < (size_t)1 << k && i < n && u[i] == 0) {
			run++;
			i++;
		}
		/* A run that the column's end cuts is written as a whole one. */
		if (run == (size_t)1 << k || i == n) {
			put_bits(w, 0, 1);
			a.k = a.k + K_RUN_UP > K_MAX ? K_MAX : a.k + K_RUN_UP;
			continue;
		}
		put_bits(w, 1, 1);
		put_bits(w, run, k);
		put_rice(w, &a, u[i++] - 1);
		a.k = a.k < K_RUN_DOWN ? 0 : a.k - K_RUN_DOWN;
	}
}

/* The first of n. */
static bool get_first(struct bit_reader *r, uint64_t *u, size_t n, size_t first)
{
	struct adapt a = { .kr = KR_START };
	size_t i = 0;

	while (i < first && !r->over) {
		unsigned k = a.k >> SCALE;
		size_t run = (size_t)1 << k;

		if (!k) {
			u[i] = get_rice(r, &a);
			if (u[i++] == 0)
				a.k += K_ZERO_UP;
			else
				a.k = a.k < K_OTHER_DOWN ? 0 : a.k - K_OTHER_DOWN;
			continue;
		}
		if (get_bits(r, 1)) {
			run = (size_t)get_bits(r, k);
			if (run >= n - i)
				return false;
			if (run >= first - i) {
				memset(u + i, 0, (first - i) * sizeof(*u));
				return !r->over;
			}
			memset(u + i, 0, run * sizeof(*u));
			i += run;
			u[i++] = get_rice(r, &a) + 1;
			a.k = a.k < K_RUN_DOWN ? 0 : a.k - K_RUN_DOWN;
		} else {
			run = run < first - i ? run : first - i;
			memset(u + i, 0, run * sizeof(*u));
			i += run;
			a.k = a.k + K_RUN_UP > K_MAX ? K_MAX : a.k + K_RUN_UP;
		}
	}
	return !r->over;
}

/* ---- numbers ---- */

size_t varint_put(uint8_t *out, uint64_t v)
{
	size_t n = 0;

	while (v >= 0x80) {
		out[n++] = (uint8_t)(v | 0x80);
		v >>= 7;
	}
	out[n++] = (uint8_t)v;
	return n;
}

bool varint_get(const uint8_t **p, const uint8_t *end, uint64_t *v)
{
	*v = 0;
	for (unsigned shift = 0; shift < 64 && *p < end; shift += 7) {
		uint8_t c = *(*p)++;

		*v |= (uint64_t)(c & 0x7f) << shift;
		if (!(c & 0x80))
			return true;
	}
	return false;
}

/* ---- prediction ---- */

static inline unsigned width(uint64_t z)
{
	return 64 - (unsigned)__builtin_clzll(z << 1 | 1) - 1 + (unsigned)(z >> 63);
}

/* One in so many tells as much as all of them, of columns that are long. */
#define COST_STEP 4
#define COST_ALL 64

/* Bits the differences are wide: near enough what the code makes of them. */
uint64_t delta_cost(const int64_t *values, size_t n, int *order)
{
	size_t by = n > COST_ALL ? COST_STEP : 1;
	uint64_t cost[3] = { 0, 0, 0 };

	*order = 1;
	for (size_t i = 1; i < n; i += by) {
		uint64_t value = (uint64_t)values[i], next = value - (uint64_t)values[i - 1];
		uint64_t step = i > 1 ? (uint64_t)values[i - 1] - (uint64_t)values[i - 2] : 0;

		cost[0] += width(zigzag(value));
		cost[1] += width(zigzag(next));
		cost[2] += width(zigzag(next - step));
	}
	/* Only where the gain is clear: order 1 has the longer runs of zeros. */
	if (cost[2] < cost[1])
		*order = 2;
	if (cost[0] < cost[*order])
		*order = 0;
	return cost[*order];
}

/* What is left of the values past the first `order` of them. */
static size_t differences(const int64_t *values, size_t n, int order, uint64_t *u)
{
	uint64_t step;

	if (n <= (size_t)order)
		return 0;
	if (order == 0) {
		for (size_t i = 0; i < n; i++)
			u[i] = zigzag((uint64_t)values[i]);
	} else if (order == 1) {
		for (size_t i = 1; i < n; i++)
			u[i - 1] = zigzag((uint64_t)values[i] - (uint64_t)values[i - 1]);
	} else {
		step = (uint64_t)values[1] - (uint64_t)values[0];
		for (size_t i = 2; i < n; i++) {
			uint64_t next = (uint64_t)values[i] - (uint64_t)values[i - 1];

			u[i - 2] = zigzag(next - step);
			step = next;
		}
	}
	return n - (size_t)order;
}

/* The column: a byte with the order, and FLAT where all differences are 0 and
 * not written; the first values; the bits. */
#define FLAT 4

size_t delta_encode(const int64_t *values, size_t n, uint64_t *scratch, uint8_t *out)
{
	struct bit_writer w = { .p = out + 1 };
	uint64_t any = 0;
	size_t left, same = 1;
	int order;

	/* A third of a sample stays as it is for as long as a column. */
	while (same < n && values[same] == values[0])
		same++;
	if (same == n) {
		out[0] = 1 | FLAT;
		return 1 + varint_put(out + 1, zigzag((uint64_t)values[0]));
	}
	delta_cost(values, n, &order);
	left = differences(values, n, order, scratch);
	for (size_t i = 0; i < left; i++)
		any |= scratch[i];
	out[0] = (uint8_t)(order | (any ? 0 : FLAT));
	if (order >= 1 && n >= 1)
		w.p += varint_put(w.p, zigzag((uint64_t)values[0]));
	if (order >= 2 && n >= 2)
		w.p += varint_put(w.p, zigzag((uint64_t)values[1] - (uint64_t)values[0]));
	if (any) {
		put_all(&w, scratch, left);
		if (w.n)
			put_bits(&w, 0, 8 - w.n);
	}
	return (size_t)(w.p - out);
}

bool delta_decode(const uint8_t *in, size_t len, int64_t *values, size_t n)
{
	return delta_decode_first(in, len, values, n, n);
}

bool delta_decode_first(const uint8_t *in, size_t len, int64_t *values, size_t total, size_t n)
{
	uint64_t *u = (uint64_t *)values, first[2] = { 0, 0 }, value, step;
	struct bit_reader r = { .p = in + 1, .end = in + len };
	int order;
	size_t lead;

	if (!len || (in[0] & ~FLAT) > 2)
		return false;
	order = in[0] & ~FLAT;
	lead = total < (size_t)order ? total : (size_t)order;
	for (size_t i = 0; i < lead; i++) {
		if (!varint_get(&r.p, r.end, &first[i]))
			return false;
	}
	value = unzigzag(first[0]);
	step = unzigzag(first[1]);
	if ((in[0] & FLAT) && order < 2) {
		/* Most columns are: all values are the first, or 0. */
		for (size_t i = 0; i < n; i++)
			u[i] = order ? value : 0;
		return true;
	}
	if (in[0] & FLAT)
		memset(u, 0, n * sizeof(*u));
	else if (n > lead && !get_first(&r, u + lead, total - lead, n - lead))
		return false;
	if (order == 0) {
		for (size_t i = 0; i < n; i++)
			u[i] = unzigzag(u[i]);
		return true;
	}
	if (n > 0)
		u[0] = value;
	if (order == 2 && n > 1)
		u[1] = value += step;
	for (size_t i = lead; i < n; i++) {
		if (order == 2)
			value += step += unzigzag(u[i]);
		else
			value += unzigzag(u[i]);
		u[i] = value;
	}
	return true;
}
