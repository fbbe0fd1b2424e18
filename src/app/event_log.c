/* Events kept: see event_log.h. */
#include "app/event_log.h"

#include <stdlib.h>
#include <string.h>

#include "proto/control.h"

static struct kept_event *row(const struct event_log *log, uint64_t number)
{
	return (struct kept_event *)(uintptr_t)&log->rows[number % EVENT_LOG_MAX];
}

void event_log_add(struct event_log *log, const struct event *ev)
{
	struct kept_event *r = row(log, log->total++);
	struct buf body = BUF_INIT;

	message_encode(&body, TOPIC_EV, ev);
	free(r->body);
	r->len = body.len;
	r->body = buf_detach(&body);
	str_copy(r->drone, sizeof(r->drone), ev->drone);
}

void event_log_reply(struct buf *b, const struct event_log *log, const char *drone, uint64_t before,
    uint64_t limit)
{
	uint64_t oldest = log->total > EVENT_LOG_MAX ? log->total - EVENT_LOG_MAX : 0;
	uint64_t found[EVENT_LOG_REPLY_MAX], i;
	size_t n = 0;
	bool more = false;

	if (limit > EVENT_LOG_REPLY_MAX)
		limit = EVENT_LOG_REPLY_MAX;
	for (i = before < log->total ? before : log->total; i > oldest && !more; i--) {
		if (*drone && strcmp(row(log, i - 1)->drone, drone) != 0)
			continue;
		more = n == limit;
		if (!more)
			found[n++] = i - 1;
	}
	reply_begin(b, 3);
	wire_put_text(b, "events");
	wire_put_array(b, n);
	for (size_t k = n; k > 0; k--)
		buf_add(b, row(log, found[k - 1])->body, row(log, found[k - 1])->len);
	wire_put_text(b, "before");
	wire_put_uint(b, n ? found[n - 1] : oldest);
	wire_put_text(b, "more");
	wire_put_bool(b, more);
}

void event_log_clear(struct event_log *log)
{
	for (size_t i = 0; i < EVENT_LOG_MAX; i++)
		free(log->rows[i].body);
	memset(log, 0, sizeof(*log));
}
