/* A telemetry sample: see sample.h. */
#include "proto/sample.h"

#include <endian.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

double sample_value(const struct sample *s, enum field f)
{
	return sample_has(s, f) ? (double)s->raw[f] * field_table[f].scale : NAN;
}

void sample_set_value(struct sample *s, enum field f, double value)
{
	const struct field_desc *d = &field_table[f];
	double wire = value / d->scale;

	if (isnan(value)) {
		s->known &= ~(UINT64_C(1) << f);
		s->raw[f] = 0;
	} else if (wire <= (double)d->min) {
		sample_set(s, f, d->min);
	} else if (wire >= (double)d->max) {
		sample_set(s, f, d->max);
	} else {
		sample_set(s, f, llround(wire));
	}
}

bool sample_flag(const struct sample *s, enum sample_flag flag)
{
	return sample_has(s, FIELD_flags) && (s->raw[FIELD_flags] & flag);
}

bool sample_maybe_in_air(const struct sample *s)
{
	return !sample_has(s, FIELD_flags) || (s->raw[FIELD_flags] & FLAG_IN_AIR);
}

/* The integer or nil at *p, which moves past it; false where it is neither,
 * does not fit before end, or is over INT64_MAX. */
static bool read_int(const uint8_t **p, const uint8_t *end, int64_t *out, bool *nil)
{
	const uint8_t *q = *p;
	uint64_t v = 0;
	uint8_t c;
	size_t n;

	if (q == end)
		return false;
	c = *q++;
	*nil = c == 0xc0;
	if (*nil) {
		*out = 0;
	} else if (c < 0x80 || c >= 0xe0) {
		*out = (int8_t)c;
	} else if (c >= 0xcc && c <= 0xd3) {
		n = (size_t)1 << ((c - 0xcc) & 3);
		if ((size_t)(end - q) < n)
			return false;
		for (size_t i = 0; i < n; i++)
			v = v << 8 | *q++;
		if (c >= 0xd0) {
			unsigned shift = (unsigned)(64 - 8 * n);

			*out = (int64_t)(v << shift) >> shift;
		} else if (v > INT64_MAX) {
			return false;
		} else {
			*out = (int64_t)v;
		}
	} else {
		return false;
	}
	*p = q;
	return true;
}

/* The head of an array at *p, which moves past it. */
static bool read_array(const uint8_t **p, const uint8_t *end, uint32_t *n)
{
	const uint8_t *q = *p;

	if (q < end && q[0] >= 0x90 && q[0] <= 0x9f) {
		*n = q[0] & 0x0f;
		*p += 1;
	} else if (end - q >= 3 && q[0] == 0xdc) {
		*n = (uint32_t)q[1] << 8 | q[2];
		*p += 3;
	} else if (end - q >= 5 && q[0] == 0xdd) {
		*n = (uint32_t)q[1] << 24 | (uint32_t)q[2] << 16 | (uint32_t)q[3] << 8 | q[4];
		*p += 5;
	} else {
		return false;
	}
	return true;
}

static int check_value(struct sample *s, int f, int64_t v, struct reject *why)
{
	const struct field_desc *d = &field_table[f];

	if (v < d->min || v > d->max)
		return reject_set(why, REJECT_RANGE,
		    "%s: %" PRId64 " is not within %" PRId64 " to %" PRId64, d->name, v, d->min,
		    d->max);
	sample_set(s, (enum field)f, v);
	return 0;
}

static int check_required(const struct sample *s, struct reject *why)
{
	for (int f = FIELD_boot; f <= FIELD_time; f++) {
		if (!sample_has(s, (enum field)f))
			return reject_set(why, REJECT_MISSING, "%s is missing", field_table[f].name);
	}
	return 0;
}

/* What a wire integer may be, packed: 16 bytes a field, where field_table takes a line of
 * cache each. */
struct limits {
	int64_t min;
	uint64_t span; /* max - min */
};

#define FIELD(n, t, u, s, lo, hi, d, h)                                        \
	[FIELD_##n] = { (lo), (uint64_t)(hi) - (uint64_t)(lo) },
static const struct limits limits[FIELD_COUNT] = {
#include "proto/fields.def"
};
#undef FIELD

static inline bool is_within(uint32_t field, int64_t v)
{
	return (uint64_t)v - (uint64_t)limits[field].min <= limits[field].span;
}

/*
 * Samples are nearly all of the traffic, and nearly all of them are a flat
 * array of integers as it should be: those are read in one pass, each byte
 * checked as it is read. False for anything else, which takes the long way.
 */
static bool decode_flat(const uint8_t *body, const uint8_t *end, struct sample *s)
{
	const uint8_t *p, *q;
	uint64_t known = 0;
	bool out = false, nil;
	uint32_t n, f;
	int64_t v;

	if (!read_array(&body, end, &n) || n > FIELD_COUNT)
		return false;
	/* As long as nine bytes are there to be read, whatever of them is the value's own:
	 * one load in place of read_int()'s loop. What is none ends it, and is seen below. */
	for (p = body, f = 0; f < n && end - p > 8; f++) {
		uint8_t c = *p;

		if (c < 0x80 || c >= 0xe0) {
			v = (int8_t)c;
			p++;
		} else if (c >= 0xcc && c <= 0xd3) {
			unsigned bytes = 1u << (c & 3), shift = 64 - 8 * bytes;
			uint64_t wide;

			memcpy(&wide, p + 1, sizeof(wide));
			wide = be64toh(wide);
			if (c == 0xcf && wide > INT64_MAX)
				break;
			v = c >= 0xd0 ? (int64_t)wide >> shift : (int64_t)(wide >> shift);
			p += 1 + bytes;
		} else if (c == 0xc0) {
			s->raw[f] = 0;
			p++;
			continue;
		} else {
			break;
		}
		out |= !is_within(f, v);
		s->raw[f] = v;
		known |= UINT64_C(1) << f;
	}
	for (q = p; f < n && read_int(&q, end, &v, &nil); f++) {
		out |= !nil && !is_within(f, v);
		s->raw[f] = v;
		known |= (uint64_t)!nil << f;
	}
	/* Every byte is set, what lies between the members too: samples are compared as bytes. */
	memset(s->raw + n, 0, sizeof(*s) - offsetof(struct sample, raw) - n * sizeof(*s->raw));
	s->known = known;
	s->wire_count = n;
	return f == n && q == end && !out && (known & 7) == 7; /* boot, seq, time */
}

int sample_decode(const void *body, size_t len, struct sample *s, struct reject *why)
{
	const uint8_t *p = body, *end = p + len;
	uint32_t n;

	_Static_assert(FIELD_boot == 0 && FIELD_seq == 1 && FIELD_time == 2, "the first three bits");
	if (decode_flat(p, end, s))
		return 0;
	if (wire_check(body, len, why) == -1)
		return -1;
	memset(s, 0, sizeof(*s));
	if (!read_array(&p, end, &n))
		return reject_set(why, REJECT_SHAPE, "a sample is an array");
	s->wire_count = n;
	for (int f = 0; f < FIELD_COUNT && f < (int64_t)n; f++) {
		int64_t v;
		bool nil;

		if (!read_int(&p, end, &v, &nil))
			return reject_set(why, *p == 0xcf ? REJECT_RANGE : REJECT_TYPE,
			    "%s is no integer of its range", field_table[f].name);
		if (!nil && check_value(s, f, v, why) == -1)
			return -1;
	}
	return check_required(s, why);
}

int sample_read(const wire_value *v, struct sample *s, struct reject *why)
{
	size_t n = wire_count(v);

	memset(s, 0, sizeof(*s));
	if (!wire_is_array(v))
		return reject_set(why, REJECT_SHAPE, "a sample is an array");
	s->wire_count = (uint32_t)n;
	for (int f = 0; f < FIELD_COUNT && (size_t)f < n; f++) {
		const wire_value *e = wire_at(v, (size_t)f);
		int64_t i;

		if (wire_is_nil(e))
			continue;
		if (!wire_get_int(e, &i))
			return reject_set(why, REJECT_TYPE, "%s is no integer of its range",
			    field_table[f].name);
		if (check_value(s, f, i, why) == -1)
			return -1;
	}
	return check_required(s, why);
}

void sample_encode(struct buf *b, const struct sample *s)
{
	int n = FIELD_COUNT;

	while (n > 3 && !sample_has(s, (enum field)(n - 1)))
		n--;
	wire_put_array(b, (size_t)n);
	for (int f = 0; f < n; f++) {
		if (sample_has(s, (enum field)f))
			wire_put_int(b, s->raw[f]);
		else
			wire_put_nil(b);
	}
}

void sample_to_json(struct buf *b, const struct sample *s, uint64_t fields)
{
	const char *sep = "";

	buf_add(b, "{", 1);
	for (int f = 0; f < FIELD_COUNT; f++) {
		const struct field_desc *d = &field_table[f];

		if (!(fields >> f & 1))
			continue;
		buf_printf(b, "%s\"%s\":", sep, d->name);
		sep = ",";
		if (!sample_has(s, (enum field)f))
			buf_add_str(b, "null");
		else if (f == FIELD_time || d->scale == 1)
			buf_printf(b, "%" PRId64, s->raw[f]);
		else
			buf_printf(b, "%.*f", d->decimals, (double)s->raw[f] * d->scale);
	}
	buf_add(b, "}", 1);
}
