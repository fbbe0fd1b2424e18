/* What all transports share: see transport.h. */
#include "bridge/transport.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"

#define RETRY_FIRST_MS 500
#define RETRY_MAX_MS 10000

const struct transport_ops *const transport_table[] = {
	&transport_udp, &transport_udpout, &transport_tcp, &transport_serial, &transport_tlog, NULL,
};

static int unknown(const char *spec, struct err *err)
{
	struct buf known = BUF_INIT;

	for (size_t i = 0; transport_table[i]; i++)
		buf_printf(&known, "%s%s", i ? ", " : "", transport_table[i]->syntax);
	err_set(err, "\"%s\" is no MAVLink link; it must be one of %s", spec, known.data);
	buf_free(&known);
	return -1;
}

int transport_open(struct transport **out, const char *spec, int64_t now_ms, struct err *err)
{
	const char *colon = strchr(spec, ':');
	const struct transport_ops *ops = NULL;
	struct transport *t;

	*out = NULL;
	for (size_t i = 0; colon && transport_table[i]; i++) {
		const char *name = transport_table[i]->name;

		if (strlen(name) == (size_t)(colon - spec) && str_starts(spec, name))
			ops = transport_table[i];
	}
	if (!ops)
		return unknown(spec, err);
	t = xcalloc(1, sizeof(*t));
	t->ops = ops;
	t->fd = -1;
	t->speed = 1;
	t->retry_wait_ms = RETRY_FIRST_MS;
	if (!str_copy(t->spec, sizeof(t->spec), spec)) {
		err_set(err, "the link %s is too long", spec);
		goto failed;
	}
	if (ops->parse(t, colon + 1, err) == -1)
		goto failed;
	if (ops->open(t, now_ms, err) == -1) {
		if (ops->must_open)
			goto failed;
		transport_down(t, now_ms);
	}
	*out = t;
	return 0;
failed:
	transport_close(&t);
	return -1;
}

void transport_close(struct transport **t)
{
	if (!*t)
		return;
	if ((*t)->fd != -1)
		close((*t)->fd);
	lookup_end(&(*t)->lookup);
	tlog_close(&(*t)->tlog);
	free(*t);
	*t = NULL;
}

void transport_down(struct transport *t, int64_t now_ms)
{
	if (t->fd != -1)
		close(t->fd);
	t->fd = -1;
	t->connecting = false;
	t->out_len = t->in_len = 0;
	t->parser.from = t->parser.to = 0;
	t->retry_at_ms = now_ms + t->retry_wait_ms;
	t->retry_wait_ms = t->retry_wait_ms * 2 > RETRY_MAX_MS ? RETRY_MAX_MS : t->retry_wait_ms * 2;
}

static enum transport_event connected(struct transport *t)
{
	t->connecting = false;
	t->ever_up = true;
	return TRANSPORT_UP;
}

enum transport_event transport_tick(struct transport *t, int64_t now_ms, struct err *why)
{
	if (t->ops == &transport_tlog)
		return TRANSPORT_NOTHING;
	if (t->fd == -1) {
		if (now_ms < t->retry_at_ms)
			return TRANSPORT_NOTHING;
		if (t->ops->open(t, now_ms, why) == -1) {
			transport_down(t, now_ms);
			return TRANSPORT_NOTHING;
		}
		return t->connecting ? TRANSPORT_NOTHING : connected(t);
	}
	if (t->connecting) {
		struct sockaddr_storage peer;
		socklen_t len = sizeof(peer), size = sizeof(int);
		int error = 0;

		if (getsockopt(t->fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error) {
			transport_down(t, now_ms);
			return TRANSPORT_NOTHING;
		}
		if (getpeername(t->fd, (struct sockaddr *)&peer, &len) == 0)
			return connected(t);
		return TRANSPORT_NOTHING;
	}
	if (!t->ever_up && t->fd != -1)
		return connected(t);
	if (t->out_len)
		transport_stream_flush(t);
	if (t->fd == -1) {
		err_set(why, "%s: writing failed", t->spec);
		transport_down(t, now_ms);
		return TRANSPORT_DOWN;
	}
	return TRANSPORT_NOTHING;
}

bool transport_receive(struct transport *t, int64_t mono_ms, int64_t wall_ms, struct arrival *a)
{
	if (t->ops == &transport_tlog)
		return transport_tlog_receive(t, mono_ms, wall_ms, a);
	if (t->fd == -1 || t->connecting)
		return false;
	for (;;) {
		ssize_t n;

		if (frame_parse(&t->parser, &t->in_at, &t->in_len, &a->frame)) {
			a->peer = t->peer;
			a->data_ms = mono_ms;
			a->time_ms = wall_ms;
			t->received++;
			return true;
		}
		if (t->ops->datagrams)
			frame_parser_break(&t->parser);
		n = t->ops->read(t, mono_ms);
		if (n < 0)
			transport_down(t, mono_ms);
		if (n <= 0)
			return false;
		t->in_at = t->in;
		t->in_len = (size_t)n;
	}
}

bool transport_send(struct transport *t, unsigned peer, const uint8_t *bytes, size_t len)
{
	bool ok = t->fd != -1 && !t->connecting && t->ops->send &&
		  t->ops->send(t, &t->peers[peer], bytes, len);

	if (ok)
		t->sent++;
	else
		t->dropped++;
	return ok;
}

int transport_fd(const struct transport *t, bool *want_write)
{
	*want_write = t->connecting || t->out_len > 0;
	return t->fd;
}

int64_t transport_due_ms(const struct transport *t)
{
	if (t->ops == &transport_tlog)
		return t->tlog_over ? INT64_MAX : t->tlog_due_ms;
	return t->fd == -1 ? t->retry_at_ms : INT64_MAX;
}

const char *transport_peer_name(const struct transport *t, unsigned peer, char text[96])
{
	const struct peer *p = &t->peers[peer];
	char host[64], port[16];

	if (!t->ops->datagrams || !p->len ||
	    getnameinfo((const struct sockaddr *)&p->address, p->len, host, sizeof(host), port,
		sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return t->spec;
	snprintf(text, 96, "%s:%s", host, port);
	return text;
}

bool transport_over(const struct transport *t)
{
	return t->tlog_over;
}

unsigned transport_peer(struct transport *t, const struct sockaddr_storage *address, socklen_t len,
    int64_t now_ms)
{
	unsigned pick = 0; /* the first free, or the longest silent */

	for (unsigned i = 0; i < TRANSPORT_PEERS; i++) {
		struct peer *p = &t->peers[i];

		if (p->len == len && memcmp(&p->address, address, len) == 0) {
			p->heard_ms = now_ms;
			return i;
		}
		if (t->peers[pick].len && (!p->len || p->heard_ms < t->peers[pick].heard_ms))
			pick = i;
	}
	t->peers[pick] = (struct peer){ .len = len, .heard_ms = now_ms };
	memcpy(&t->peers[pick].address, address, len);
	return pick;
}

ssize_t transport_stream_read(struct transport *t, int64_t now_ms)
{
	ssize_t n = read(t->fd, t->in, sizeof(t->in));

	if (n > 0) {
		/* Only now: some accept a connection and close it at once. */
		t->retry_wait_ms = RETRY_FIRST_MS;
		t->peers[0].heard_ms = now_ms;
		return n;
	}
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	return -1;
}

void transport_stream_flush(struct transport *t)
{
	ssize_t n = write(t->fd, t->out, t->out_len);

	if (n > 0) {
		memmove(t->out, t->out + n, t->out_len - (size_t)n);
		t->out_len -= (size_t)n;
	} else if (n == -1 && errno != EAGAIN && errno != EINTR) {
		close(t->fd);
		t->fd = -1;
	}
}

bool transport_stream_send(struct transport *t, const struct peer *to, const uint8_t *bytes,
    size_t len)
{
	(void)to;
	/* A whole frame or nothing: half a frame would spoil the next too. */
	if (len > sizeof(t->out) - t->out_len)
		return false;
	memcpy(t->out + t->out_len, bytes, len);
	t->out_len += len;
	transport_stream_flush(t);
	return t->fd != -1;
}
