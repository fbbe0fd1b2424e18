/* Pictures: read again by a decoder for just this kind of JPEG, built from the
 * tables in the file itself (ITU-T T.81). */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "picture.h"

struct codes {
	int count[17];
	uint8_t symbols[256];
};

struct reader {
	const uint8_t *p, *end;
	unsigned bit;
};

static unsigned next_bit(struct reader *r)
{
	unsigned v;

	assert_true(r->p < r->end);
	v = r->p[0] >> (7 - r->bit) & 1;
	if (++r->bit == 8) {
		r->bit = 0;
		r->p += r->p[0] == 0xff ? 2 : 1; /* a 0 is stuffed behind */
	}
	return v;
}

static int next_symbol(struct reader *r, const struct codes *t)
{
	int code = 0, first = 0, at = 0;

	for (int len = 1; len <= 16; len++) {
		code |= (int)next_bit(r);
		if (code - first < t->count[len])
			return t->symbols[at + code - first];
		at += t->count[len];
		first = (first + t->count[len]) << 1;
		code <<= 1;
	}
	fail_msg("no such code");
	return -1;
}

/* Brightness of each block. */
static void decode(const struct buf *jpeg, int grey[PICTURE_HEIGHT / 8][PICTURE_WIDTH / 8])
{
	const uint8_t *p = (const uint8_t *)jpeg->data + 2, *end = p + jpeg->len - 2;
	struct codes dc = { { 0 }, { 0 } }, ac = { { 0 }, { 0 } };
	int quantizer = 0, before = 0;
	struct reader r;

	assert_memory_equal(jpeg->data, "\xff\xd8", 2);
	assert_memory_equal(end - 2, "\xff\xd9", 2);
	for (;;) {
		size_t len = (size_t)(p[2] << 8 | p[3]);

		assert_int_equal(p[0], 0xff);
		if (p[1] == 0xdb)
			quantizer = p[5];
		if (p[1] == 0xc0) {
			assert_int_equal(p[5] << 8 | p[6], PICTURE_HEIGHT);
			assert_int_equal(p[7] << 8 | p[8], PICTURE_WIDTH);
		}
		if (p[1] == 0xc4) {
			struct codes *t = p[4] ? &ac : &dc;

			for (int i = 1; i <= 16; i++)
				t->count[i] = p[4 + i];
			memcpy(t->symbols, p + 21, len - 19);
		}
		if (p[1] == 0xda) {
			r = (struct reader){ p + 2 + len, end - 2, 0 };
			break;
		}
		p += 2 + len;
	}
	for (int y = 0; y < PICTURE_HEIGHT / 8; y++) {
		for (int x = 0; x < PICTURE_WIDTH / 8; x++) {
			int n = next_symbol(&r, &dc), v = 0;

			for (int i = 0; i < n; i++)
				v = v << 1 | (int)next_bit(&r);
			if (n && v < 1 << (n - 1))
				v -= (1 << n) - 1;
			before += v;
			grey[y][x] = before * quantizer / 8 + 128;
			assert_int_equal(next_symbol(&r, &ac), 0);
		}
	}
	assert_true(r.p + (r.bit ? 1 : 0) == r.end);
}

static void test_pictures(void **state)
{
	static const struct { const char *legend; double roll, pitch; int left, right; } cases[] = {
		/* rows of sky at the left and the right edge, about */
		{ "level", 0, 0, 7, 7 }, { "nose up", 0, 0.3, 10, 10 }, { "nose down", 0, -0.3, 4, 4 },
		{ "right wing down", 0.3, 0, 10, 4 }, { "left wing down", -0.3, 0, 4, 10 },
	};
	struct buf jpeg = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int grey[PICTURE_HEIGHT / 8][PICTURE_WIDTH / 8], left = 0, right = 0;

		buf_clear(&jpeg);
		picture_make(&jpeg, cases[i].roll, cases[i].pitch, 1, 10);
		CHECK(cases[i].legend, jpeg.len < 1000);
		decode(&jpeg, grey);
		for (int y = 0; y < PICTURE_HEIGHT / 8; y++) {
			left += grey[y][0] >= 200;
			right += grey[y][PICTURE_WIDTH / 8 - 1] >= 200;
		}
		CHECK(cases[i].legend, abs(left - cases[i].left) <= 1);
		CHECK(cases[i].legend, abs(right - cases[i].right) <= 1);
		assert_int_equal(grey[0][10], 0);
	}
	/* Any attitude makes a sound one. */
	for (int i = 0; i < 500; i++) {
		int grey[PICTURE_HEIGHT / 8][PICTURE_WIDTH / 8];

		buf_clear(&jpeg);
		picture_make(&jpeg, sin(i), 0.7 * cos(i * 0.7), i * 0.1, (unsigned)i);
		decode(&jpeg, grey);
	}
	buf_free(&jpeg);
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(test_pictures) };

	return cmocka_run_group_tests_name("sim picture", tests, NULL, NULL);
}
