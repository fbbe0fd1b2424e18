/*
 * What happened, kept for who comes late: every event that is offered, and at
 * the start those that the run before has left in the history. See daemon.h.
 */
#include <stdlib.h>

#include "app/daemon.h"
#include "base/mem.h"
#include "history/events.h"

/* Where a request does not say how many. */
#define LIMIT_DEFAULT 200

void events_restore(struct daemon *d)
{
	struct event *list = xcalloc(EVENT_LOG_MAX, sizeof(*list));
	size_t n = history_newest_events(d->config->history_dir, list, EVENT_LOG_MAX);

	for (size_t i = 0; i < n; i++)
		event_log_add(&d->events, &list[i]);
	free(list);
}

void events_request(struct daemon *d, const struct request *req, struct server_envelope *envelope)
{
	event_log_reply(&d->reply, &d->events, req->drone, req->before,
	    req->limit == KEY_NONE ? LIMIT_DEFAULT : req->limit);
	server_reply(d->server, envelope, &d->reply);
}
