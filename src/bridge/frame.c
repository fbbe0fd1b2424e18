/* MAVLink frames: see frame.h. */
#include "bridge/frame.h"

#include <string.h>

#define HEAD_V1 6
#define HEAD_V2 10

/* CRC-16/MCRF4XX, four bits at a time: polynomial 0x1021 reflected. */
uint16_t frame_crc(uint16_t crc, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		uint8_t t = (uint8_t)(data[i] ^ (crc & 0xFF));

		t = (uint8_t)(t ^ (t << 4));
		crc = (uint16_t)((crc >> 8) ^ (t << 8) ^ (t << 3) ^ (t >> 4));
	}
	return crc;
}

static uint16_t crc_of(const uint8_t *frame, size_t len, int extra)
{
	uint8_t last = (uint8_t)extra;

	return frame_crc(frame_crc(0xFFFF, frame + 1, len - 1), &last, 1);
}

size_t frame_length(const uint8_t *b)
{
	size_t len = b[1] + 2u;

	if (b[0] == FRAME_V1)
		return len + HEAD_V1;
	return len + HEAD_V2 + (b[2] & FRAME_SIGNED ? SIGNATURE_SIZE : 0);
}

int frame_at(const uint8_t *b, size_t len, struct frame *out)
{
	size_t head, body;
	uint32_t id;
	int extra;

	if (len < 1)
		return FRAME_PART;
	if (b[0] != FRAME_V1 && b[0] != FRAME_V2)
		return FRAME_NONE;
	head = b[0] == FRAME_V1 ? HEAD_V1 : HEAD_V2;
	/* Flags that we do not know may mean another layout: the guide has such
	 * frames dropped. Checked as soon as it is there, to lose little. */
	if (b[0] == FRAME_V2 && len > 2 && b[2] & ~FRAME_SIGNED)
		return FRAME_NONE;
	if (len < head)
		return FRAME_PART;
	id = b[0] == FRAME_V1 ? b[5] : (uint32_t)(b[7] | b[8] << 8 | b[9] << 16);
	extra = mav_crc_extra(id);
	if (extra == -1)
		return FRAME_UNKNOWN_ID;
	body = head + b[1];
	if (len < frame_length(b))
		return FRAME_PART;
	if (crc_of(b, body, extra) != (b[body] | b[body + 1] << 8))
		return FRAME_NONE;
	out->version = b[0] == FRAME_V1 ? 1 : 2;
	out->len = b[1];
	out->incompat = head == HEAD_V2 ? b[2] : 0;
	out->compat = head == HEAD_V2 ? b[3] : 0;
	out->seq = b[head == HEAD_V2 ? 4 : 2];
	out->sys = b[head == HEAD_V2 ? 5 : 3];
	out->comp = b[head == HEAD_V2 ? 6 : 4];
	out->id = id;
	memset(out->payload, 0, sizeof(out->payload));
	memcpy(out->payload, b + head, b[1]);
	out->raw_len = frame_length(b);
	memcpy(out->raw, b, out->raw_len);
	return (int)out->raw_len;
}

static void lose(struct frame_parser *p, size_t n)
{
	if (!n)
		return;
	if (!p->in_bad)
		p->bad_runs++;
	p->in_bad = true;
	p->bad_bytes += n;
	p->from += n;
}

/* Whether a frame of an unknown message may be one: its sender is no stranger. */
static bool familiar(const struct frame_parser *p, const uint8_t *b)
{
	size_t sys = b[0] == FRAME_V2 ? 5 : 3;

	return p->frames && b[sys] == p->sys && b[sys + 1] == p->comp;
}

/* A frame of an unknown message: false where more bytes are needed to tell. */
static bool pass_over(struct frame_parser *p)
{
	const uint8_t *b = p->bytes + p->from;
	size_t len = p->to - p->from, whole;

	if (!familiar(p, b)) {
		lose(p, 1);
		return true;
	}
	if (len < FRAME_HEAD_MAX)
		return false;
	whole = frame_length(b);
	if (len <= whole)
		return false;
	if (b[whole] == FRAME_V1 || b[whole] == FRAME_V2) {
		p->from += whole;
		p->foreign++;
		p->in_bad = false;
	} else {
		lose(p, 1);
	}
	return true;
}

/* Looks at what is held: true with a frame, false where more is needed. */
static bool look(struct frame_parser *p, struct frame *out)
{
	while (p->from < p->to) {
		int n = frame_at(p->bytes + p->from, p->to - p->from, out);

		if (n > 0) {
			p->from += (size_t)n;
			p->frames++;
			p->sys = out->sys;
			p->comp = out->comp;
			p->in_bad = false;
			return true;
		}
		if (n == FRAME_UNKNOWN_ID && !pass_over(p))
			return false;
		if (n == FRAME_PART)
			return false;
		if (n == FRAME_NONE)
			lose(p, 1);
	}
	return false;
}

bool frame_parse(struct frame_parser *p, const uint8_t **data, size_t *len, struct frame *out)
{
	for (;;) {
		size_t room, n;

		if (look(p, out))
			return true;
		if (!*len)
			return false;
		/* What is left is the start of one frame, less than FRAME_MAX. */
		memmove(p->bytes, p->bytes + p->from, p->to - p->from);
		p->to -= p->from;
		p->from = 0;
		room = sizeof(p->bytes) - p->to;
		n = *len < room ? *len : room;
		memcpy(p->bytes + p->to, *data, n);
		p->to += n;
		*data += n;
		*len -= n;
	}
}

void frame_parser_break(struct frame_parser *p)
{
	const uint8_t *b = p->bytes + p->from;
	size_t len = p->to - p->from;
	struct frame f;

	if (frame_at(b, len, &f) == FRAME_UNKNOWN_ID && familiar(p, b) &&
	    len >= FRAME_HEAD_MAX && frame_length(b) == len)
		p->foreign++;
	else
		lose(p, len);
	p->from = p->to = 0;
	p->in_bad = false;
}

size_t frame_write(struct frame_writer *w, uint32_t id, const void *in, bool signed_later,
    uint8_t out[FRAME_MAX])
{
	bool v2 = w->version == 2;
	size_t head = v2 ? HEAD_V2 : HEAD_V1;
	size_t len = mav_pack(id, in, w->version, out + head);
	uint16_t crc;

	while (v2 && len > 1 && out[head + len - 1] == 0)
		len--;
	out[0] = v2 ? FRAME_V2 : FRAME_V1;
	out[1] = (uint8_t)len;
	if (v2) {
		out[2] = signed_later ? FRAME_SIGNED : 0;
		out[3] = 0;
		out[7] = (uint8_t)id;
		out[8] = (uint8_t)(id >> 8);
		out[9] = (uint8_t)(id >> 16);
	} else {
		out[5] = (uint8_t)id;
	}
	out[v2 ? 4 : 2] = w->seq++;
	out[v2 ? 5 : 3] = w->sys;
	out[v2 ? 6 : 4] = w->comp;
	crc = crc_of(out, head + len, mav_crc_extra(id));
	out[head + len] = (uint8_t)crc;
	out[head + len + 1] = (uint8_t)(crc >> 8);
	return head + len + 2;
}
