/* Bytes from a link: parsed in pieces, unpacked, made into telemetry, texts
 * and mission transfers; and the same bytes as a telemetry log's records. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bridge/frame.h"
#include "bridge/plan_items.h"
#include "bridge/signing.h"
#include "bridge/texts.h"
#include "bridge/transfer.h"
#include "bridge/vehicle.h"

static void nowhere(void *context, uint32_t id, const void *message)
{
	uint8_t bytes[FRAME_MAX];
	struct frame_writer w = { .version = 2 };

	(void)context;
	frame_write(&w, id, message, false, bytes);
}

static void take(struct vehicle *v, struct texts *texts, struct transfer *up,
    struct transfer *down, const struct frame *f, int64_t now)
{
	struct status_text text;
	struct sample s;

	vehicle_apply(v, f, now);
	vehicle_sample(v, now, now, &s);
	if (f->id == MAV_STATUSTEXT) {
		struct mav_statustext m;

		mav_unpack(f->id, f->payload, &m);
		texts_add(texts, f->comp, &m, now);
	}
	while (texts_take(texts, now, &text)) {
		if (!utf8_valid(text.text, strlen(text.text)))
			abort();
	}
	transfer_take(up, f, 255, now, nowhere, NULL);
	transfer_take(down, f, 255, now, nowhere, NULL);
	transfer_tick(up, now, nowhere, NULL);
	transfer_tick(down, now, nowhere, NULL);
}

static void read_plan(const struct transfer *t)
{
	struct mission m;
	struct plan p = { 0 };
	uint16_t *item_of;

	mission_from_items(t->items, t->count, true, 450, &m, &item_of);
	fences_from_items(t->items, t->count, &p);
	rallies_from_items(t->items, t->count, 450, &p);
	mission_clear(&m);
	plan_clear(&p);
	free(item_of);
}

/* The fuzzer will not find a CRC by chance: it is mended for it. */
static void mend(uint8_t *b, size_t len)
{
	size_t head = b[0] == FRAME_V2 ? 10 : 6, body;
	uint8_t extra;
	uint16_t crc;

	if (len < head || (b[0] != FRAME_V1 && b[0] != FRAME_V2))
		return;
	body = head + b[1];
	if (len < body + 2)
		return;
	extra = (uint8_t)mav_crc_extra(b[0] == FRAME_V1 ? b[5] : (uint32_t)(b[7] | b[8] << 8 | b[9] << 16));
	crc = frame_crc(frame_crc(0xFFFF, b + 1, body - 1), &extra, 1);
	b[body] = (uint8_t)crc;
	b[body + 1] = (uint8_t)(crc >> 8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct signing signing = { .on = true };
	struct frame_parser p = { 0 };
	struct vehicle v;
	struct texts texts = { 0 };
	struct transfer up = { 0 }, down = { 0 };
	struct mav_mission_item_int *items = calloc(3, sizeof(*items));
	uint8_t *copy = malloc(len + 1);
	struct frame f;
	int64_t now = 1000;
	uint64_t frames = 0;

	memcpy(copy, data, len);
	for (size_t at = 0; at + 8 < len; at++) {
		if (copy[at] == FRAME_V1 || copy[at] == FRAME_V2) {
			mend(copy + at, len - at);
			at += copy[at + 1];
		}
	}
	vehicle_begin(&v, 1, "M1", 1);
	transfer_upload(&up, 1, 1, MISSION_TYPE_MISSION, items, 3, now, nowhere, NULL);
	transfer_download(&down, 1, 1, MISSION_TYPE_FENCE, now, nowhere, NULL);
	for (size_t at = 0; at < len; at += 37) {
		const uint8_t *d = copy + at;
		size_t left = len - at < 37 ? len - at : 37;

		while (frame_parse(&p, &d, &left, &f)) {
			signing_accepts(&signing, &f, 1700000000000);
			take(&v, &texts, &up, &down, &f, now += 100);
			frames++;
		}
	}
	frame_parser_break(&p);
	if (frames != p.frames || p.bad_bytes > len)
		abort();
	if (down.state == TRANSFER_DONE)
		read_plan(&down);
	transfer_clear(&up);
	transfer_clear(&down);
	vehicle_clear(&v);
	free(copy);
	return 0;
}
