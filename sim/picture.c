/* The picture that a simulated camera sends: see picture.h. */
#include "picture.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#define BLOCKS_X (PICTURE_WIDTH / 8)
#define BLOCKS_Y (PICTURE_HEIGHT / 8)
#define FOCAL 11.0 /* in blocks: some 85 degrees wide */

/* A DC coefficient is 8 times the block's mean; with a quantizer of 8 the
 * coded value is the brightness itself, less 128. */
static const unsigned char head_bytes[] = {
	0xff, 0xd8, /* SOI */
	0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0,
	0xff, 0xdb, 0, 67, 0, /* DQT, table 0: 64 times 8 */
	8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8,
	8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8,
	0xff, 0xc0, 0, 11, 8, 0, PICTURE_HEIGHT, 0, PICTURE_WIDTH, 1, 1, 0x11, 0, /* SOF0 */
	/* DHT, DC table 0: the one of T.81 table K.3, categories 0 to 11 */
	0xff, 0xc4, 0, 31, 0x00, 0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0,
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
	/* DHT, AC table 0: one code, "0", for the end of the block */
	0xff, 0xc4, 0, 20, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0xff, 0xda, 0, 8, 1, 1, 0x00, 0, 63, 0, /* SOS */
};

/* Codes of the categories, from the counts above (T.81 annex C). */
static const struct { uint8_t code, bits; } dc_codes[] = {
	{ 0x00, 2 }, { 0x02, 3 }, { 0x03, 3 }, { 0x04, 3 }, { 0x05, 3 }, { 0x06, 3 }, { 0x0e, 4 },
	{ 0x1e, 5 }, { 0x3e, 6 },
};

struct bits {
	struct buf *out;
	uint32_t value;
	unsigned count; /* bits not yet written, below 8 between calls */
};

static void put(struct bits *b, uint32_t value, unsigned count)
{
	b->value = b->value << count | value;
	b->count += count;
	while (b->count >= 8) {
		char byte = (char)(b->value >> (b->count - 8));

		buf_add(b->out, &byte, 1);
		if ((unsigned char)byte == 0xff) /* not to be taken for a marker */
			buf_add(b->out, "\0", 1);
		b->count -= 8;
	}
	b->value &= (1u << b->count) - 1;
}

static void put_block(struct bits *b, int difference)
{
	unsigned category = 0;

	for (unsigned v = (unsigned)abs(difference); v; v >>= 1)
		category++;
	put(b, dc_codes[category].code, dc_codes[category].bits);
	if (category)
		put(b, (uint32_t)(difference > 0 ? difference : difference + (1 << category) - 1),
		    category);
	put(b, 0, 1);
}

/* Brightness of a block, 0 to 255. */
static int shade(int x, int y, double sn, double cs, double pitch, double heading)
{
	double right = x - 0.5 * (BLOCKS_X - 1), down = y - 0.5 * (BLOCKS_Y - 1);
	/* Turned back by the roll: the horizon is where this is 0. */
	double below = down * cs - right * sn - FOCAL * tan(pitch);
	double along = right * cs + down * sn;

	if (below < 0)
		return 200 + (int)fmin(-3 * below, 50);
	/* Furrows that go by as it turns. */
	return 60 + (int)fmin(4 * below, 60) +
	    (((int)floor((along + heading * FOCAL) / (1 + 0.3 * below))) & 1 ? 20 : 0);
}

void picture_make(struct buf *out, double roll, double pitch, double heading, unsigned mark)
{
	struct bits b = { .out = out };
	double sn = sin(-roll), cs = cos(roll);
	int before = 128;

	buf_add(out, head_bytes, sizeof(head_bytes));
	for (int y = 0; y < BLOCKS_Y; y++) {
		for (int x = 0; x < BLOCKS_X; x++) {
			int grey = shade(x, y, sn, cs, pitch, heading);

			if (y == 0 && x == (int)(mark % BLOCKS_X))
				grey = 0;
			put_block(&b, grey - before);
			before = grey;
		}
	}
	if (b.count)
		put(&b, (1u << (8 - b.count)) - 1, 8 - b.count);
	buf_add(out, "\xff\xd9", 2);
}
