/* Faults to order: see fault.h. */
#include "fault.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "proto/sample.h"
#include "proto/wire.h"

const struct fault_desc fault_table[FAULT_COUNT] = {
	[FAULT_DROP] = { "drop", 0, 1, "sample not published, though backfill has it" },
	[FAULT_DUP] = { "dup", 0, 1, "sample published twice" },
	[FAULT_REORDER] = { "reorder", 0, 1, "sample published after the next one" },
	[FAULT_GARBAGE] = { "garbage", 0, 1, "malformed message beside the sample" },
	[FAULT_SKEW] = { "skew", -86400000, 86400000, "clock off by that many ms" },
	[FAULT_NOGPS] = { "nogps", 0, 1, "position lost for a while, chance a second" },
	[FAULT_SILENCE] = { "silence", 0, 1, "nothing published for a while, chance a second" },
	[FAULT_CRASH] = { "crash", 0, 1, "restart with a new boot, chance a second" },
};

int fault_parse(const char *text, struct fault_spec *spec, struct err *err)
{
	char word[128], *equals, *at;
	const char *names[FAULT_COUNT + 1] = { NULL }, *near;

	*spec = (struct fault_spec){ .kind = FAULT_COUNT };
	if (!str_copy(word, sizeof(word), text) || !(equals = strchr(word, '=')))
		return err_set(err, "--fault is KIND=VALUE[@DRONE], as drop=0.01@D03, and \"%.60s\" is not",
		    text);
	*equals++ = '\0';
	at = strchr(equals, '@');
	if (at)
		*at++ = '\0';
	for (int k = 0; k < FAULT_COUNT; k++) {
		names[k] = fault_table[k].name;
		if (strcmp(fault_table[k].name, word) == 0)
			spec->kind = (enum fault_kind)k;
	}
	if (spec->kind == FAULT_COUNT) {
		near = str_nearest(word, names);
		return err_set(err, "--fault knows drop, dup, reorder, garbage, skew, nogps, silence "
		    "and crash, not \"%s\"%s%s", word, near ? "; did you mean " : "", near ? near : "");
	}
	if (!str_double(equals, &spec->value) || spec->value < fault_table[spec->kind].min ||
	    spec->value > fault_table[spec->kind].max)
		return err_set(err, "--fault %s must be a number within %.10g to %.10g, and \"%s\" is not",
		    word, fault_table[spec->kind].min, fault_table[spec->kind].max, equals);
	if (at && !id_valid(at, strlen(at)))
		return err_set(err, "--fault %s: \"%s\" is no drone id: 1 to 32 of A-Z a-z 0-9 _ -",
		    word, at);
	if (at)
		str_copy(spec->drone, sizeof(spec->drone), at);
	return 0;
}

/* A sound sample to spoil. */
static void put_sample(struct buf *b, size_t elements)
{
	wire_put_array(b, elements);
	wire_put_uint(b, 1700000000);
	wire_put_uint(b, 5);
	wire_put_uint(b, 1700000000000);
	for (size_t i = 3; i < elements; i++)
		wire_put_int(b, 1);
}

static void bad_truncated(struct rng *rng, struct buf *b)
{
	put_sample(b, 30);
	b->len = 1 + rng_next(rng) % (b->len - 1);
}

static void bad_type(struct rng *rng, struct buf *b)
{
	(void)rng;
	wire_put_array(b, 4);
	wire_put_text(b, "boot");
	wire_put_uint(b, 5);
	wire_put_uint(b, 1700000000000);
	wire_put_bool(b, true);
}

static void bad_float(struct rng *rng, struct buf *b)
{
	static const char nan_body[] = "\x94\x01\x02\x03\xcb\x7f\xf8\0\0\0\0\0\0";
	static const char infinite[] = "\x94\x01\x02\x03\xca\x7f\x80\0\0";

	if (rng_next(rng) & 1)
		buf_add(b, nan_body, sizeof(nan_body) - 1);
	else
		buf_add(b, infinite, sizeof(infinite) - 1);
}

static void bad_range(struct rng *rng, struct buf *b)
{
	(void)rng;
	wire_put_array(b, 5);
	wire_put_uint(b, 1700000000);
	wire_put_uint(b, 5);
	wire_put_uint(b, 1700000000000);
	wire_put_int(b, 950000000); /* 95 degrees north */
	wire_put_int(b, 0);
}

static void bad_missing(struct rng *rng, struct buf *b)
{
	wire_put_array(b, 3);
	wire_put_uint(b, 1700000000);
	if (rng_next(rng) & 1)
		wire_put_nil(b);
	else
		wire_put_uint(b, UINT64_MAX);
	wire_put_nil(b);
}

static void bad_shape(struct rng *rng, struct buf *b)
{
	(void)rng;
	wire_put_map(b, 1);
	wire_put_text(b, "lat");
	wire_put_number(b, 47.1);
}

static void bad_nested(struct rng *rng, struct buf *b)
{
	size_t depth = 9 + rng_next(rng) % 400;

	for (size_t i = 0; i < depth; i++)
		buf_add(b, "\x91", 1);
	wire_put_nil(b);
}

static void bad_promise(struct rng *rng, struct buf *b)
{
	static const char *const heads[] = {
		"\xdd\xff\xff\xff\xff", "\xdf\xff\xff\xff\xff", "\xdb\xff\xff\xff\xff", "\xc6\xff\xff\xff\xf0",
	};

	buf_add(b, heads[rng_next(rng) % ARRAY_LEN(heads)], 5);
	wire_put_nil(b);
}

static void bad_trailing(struct rng *rng, struct buf *b)
{
	(void)rng;
	put_sample(b, 30);
	buf_add(b, "\xc0\xc0", 2);
}

static void bad_noise(struct rng *rng, struct buf *b)
{
	size_t n = rng_next(rng) % 200;

	buf_add(b, "\xc1", 1); /* the byte that MessagePack never uses */
	for (size_t i = 0; i < n; i++) {
		char c = (char)rng_next(rng);

		buf_add(b, &c, 1);
	}
}

static void bad_nothing(struct rng *rng, struct buf *b)
{
	(void)rng;
	buf_add(b, "", 0);
}

void garbage_make(struct rng *rng, const char *drone, struct buf *topic, struct buf *body)
{
	static void (*const kinds[])(struct rng *, struct buf *) = {
		bad_truncated, bad_type, bad_float, bad_range, bad_missing, bad_shape, bad_nested,
		bad_promise, bad_trailing, bad_noise, bad_nothing,
	};
	/* Topics of ours that name no drone; the body would be sound. */
	static const char *const topics[] = {
		"tm.", "tm.no such drone", "tm.D\xff\xfe", "hb.", "cm.with.dots",
		"tm.a-name-that-is-longer-than-32-bytes-is-no-id",
	};
	size_t pick = rng_next(rng) % (ARRAY_LEN(kinds) + 2);

	buf_clear(topic);
	buf_clear(body);
	if (pick < ARRAY_LEN(kinds)) {
		buf_printf(topic, "tm.%s", drone);
		kinds[pick](rng, body);
	} else if (pick == ARRAY_LEN(kinds)) {
		buf_add_str(topic, topics[rng_next(rng) % ARRAY_LEN(topics)]);
		put_sample(body, 30);
	} else {
		buf_printf(topic, "ev.%s", drone);
		bad_type(rng, body);
	}
}
