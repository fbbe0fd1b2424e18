/* STATUSTEXT joined: see texts.h. */
#include "bridge/texts.h"

#include <string.h>

#include "base/str.h"

#define LOST "[...]"

static void append(struct status_text *s, const char *text, size_t len)
{
	size_t have = strlen(s->text), room = sizeof(s->text) - 1 - have;

	if (len > room)
		len = room;
	memcpy(s->text + have, text, len);
	s->text[have + len] = '\0';
}

void texts_add(struct texts *t, uint8_t comp, const struct mav_statustext *m, int64_t now_ms)
{
	size_t len = strnlen(m->text, sizeof(m->text));

	if (t->has_open && (t->complete || m->id == 0 || m->id != t->id || comp != t->comp)) {
		t->ready = t->open;
		t->has_ready = true;
		t->has_open = false;
	}
	if (!t->has_open) {
		t->open = (struct status_text){ .severity = m->severity < SEVERITY_COUNT ? m->severity
											 : SEVERITY_INFO };
		t->has_open = true;
		t->complete = false;
		t->id = m->id;
		t->comp = comp;
		t->next_chunk = 0;
	}
	if (m->id && m->chunk_seq != t->next_chunk)
		append(&t->open, LOST, strlen(LOST));
	append(&t->open, m->text, len);
	t->next_chunk = (uint8_t)(m->chunk_seq + 1);
	t->since_ms = now_ms;
	/* The last chunk is the one that is not full. */
	t->complete = m->id == 0 || len < sizeof(m->text);
}

bool texts_take(struct texts *t, int64_t now_ms, struct status_text *out)
{
	if (t->has_ready) {
		*out = t->ready;
		t->has_ready = false;
	} else if (t->has_open && (t->complete || now_ms - t->since_ms >= TEXTS_WAIT_MS)) {
		if (!t->complete)
			append(&t->open, LOST, strlen(LOST));
		*out = t->open;
		t->has_open = false;
	} else {
		return false;
	}
	/* Not always UTF-8; what is not must not reach the wire. */
	if (!utf8_valid(out->text, strlen(out->text))) {
		for (char *p = out->text; *p; p++)
			*p = (unsigned char)*p < 0x80 ? *p : '?';
	}
	str_clean(out->text);
	return true;
}
