/*
 * The zones that the daemon enforces, told to whoever draws them or advises by
 * them. They are the configuration's and stay as they are while it runs. See
 * daemon.h.
 */
#include "app/daemon.h"

void zones_request(struct daemon *d, const struct request *req, struct server_envelope *envelope)
{
	uint64_t from = req->from == KEY_NONE ? 0 : req->from;
	struct err err;

	if (!*d->zones_revision)
		zones_wire_revision(d->zones, d->zones_revision);
	if (zones_wire_reply(&d->reply, d->zones, d->zones_revision, req->revision, from, &err) == -1)
		reply_error(&d->reply, CODE_UNAVAILABLE, err.text);
	server_reply(d->server, envelope, &d->reply);
}
