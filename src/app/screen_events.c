/*
 * What happened before the screen was there, or while its link was gone: asked of
 * the daemon once it is attached. An older one does not know the question, and
 * then events begin with those that come. See screen.h.
 */
#include <stdlib.h>

#include "app/screen.h"
#include "base/mem.h"

#define WANTED 200

static void answered(
    void *user, enum client_result result, const void *body, size_t len, void *context)
{
	struct screen *s = user;
	const wire_value *list = wire_key(screen_answer(s, result, body, len), "events");
	union message m;
	struct event *told = xcalloc(wire_count(list) + 1, sizeof(*told));
	size_t n = 0;

	(void)context;
	for (size_t i = 0; i < wire_count(list) && n < MODEL_EVENTS_MAX; i++) {
		struct reject why;

		if (message_read(wire_at(list, i), TOPIC_EV, &m, &why) != 0)
			continue;
		screen_own_listed(s, TOPIC_EV, &m);
		told[n++] = m.ev;
	}
	if (n && model_events_earlier(s->live, told, n))
		s->ui.dirty = true;
	free(told);
}

void screen_events_ask(struct screen *s)
{
	struct request req = { .op = OP_EVENTS, .limit = WANTED, .before = KEY_NONE };

	if (s->live->kind == KIND_DAEMON)
		screen_ask(s, &req, answered, s);
}
