/*
 * The zones that the daemon enforces, told to whoever draws them or advises by
 * them. They are the configuration's and stay as they are while it runs. See
 * daemon.h.
 *
 * Drones that come through another daemon are watched there, by its zones: a
 * daemon without zones of its own hands the question on to that one. Where there are several
 * nobody can say which would be meant.
 */
#include "app/daemon.h"

#define ANSWER_MS 3000

static void refuse(struct daemon *d, struct server_envelope *envelope, const char *text)
{
	reply_error(&d->reply, CODE_UNAVAILABLE, text);
	server_reply(d->server, envelope, &d->reply);
}

static size_t daemons(struct daemon *d, struct source **first)
{
	size_t n = 0;

	*first = NULL;
	for (size_t i = 0; i < d->source_count; i++) {
		if (d->sources[i].kind != KIND_DAEMON || d->sources[i].state != SOURCE_UP)
			continue;
		*first = *first ? *first : &d->sources[i];
		n++;
	}
	return n;
}

void zones_request(struct daemon *d, const struct request *req, struct server_envelope *envelope)
{
	uint64_t from = req->from == KEY_NONE ? 0 : req->from;
	struct source *other;
	size_t others = daemons(d, &other);
	struct err err;

	if (!d->zones && others == 1) {
		control_hand_on(d, other, req, ANSWER_MS, envelope);
		return;
	}
	if (!d->zones && others > 1) {
		refuse(d, envelope, "several daemons watch its drones, each by zones of its own");
		return;
	}
	if (!*d->zones_revision)
		zones_wire_revision(d->zones, d->zones_revision);
	if (zones_wire_reply(&d->reply, d->zones, d->zones_revision, req->revision, from, &err) == -1)
		refuse(d, envelope, err.text);
	else
		server_reply(d->server, envelope, &d->reply);
}
