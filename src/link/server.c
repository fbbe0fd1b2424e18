/* The control server: see server.h. */
#include "link/server.h"

#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/endpoint.h"
#include "link/socket.h"

#define SERVER_QUEUE 10000
/* More frames than any proxy chain adds; what has more is dropped. */
#define ENVELOPE_FRAMES_MAX 64

struct server {
	void *socket;
	zmq_msg_t body;
};

int server_open(struct server **server, struct link *link, const char *endpoint,
    const struct link_keys *keys, struct err *err)
{
	void *socket;

	*server = NULL;
	if (endpoint_check(endpoint, ENDPOINT_BIND, err) == -1)
		return -1;
	socket = socket_new(link, ZMQ_ROUTER, SERVER_QUEUE, keys, true, err);
	if (!socket || socket_bind(socket, endpoint, err) == -1)
		return -1;
	*server = xcalloc(1, sizeof(**server));
	(*server)->socket = socket;
	zmq_msg_init(&(*server)->body);
	return 0;
}

void server_close(struct server **server)
{
	if (!*server)
		return;
	zmq_msg_close(&(*server)->body);
	zmq_close((*server)->socket);
	free(*server);
	*server = NULL;
}

void *server_pollable(struct server *server)
{
	return server->socket;
}

/* One message: its frames but the last go into the envelope, each behind its
 * length; the last stays in server->body. Returns the number of frames, or 0
 * where there is no message. */
static int receive_frames(struct server *server, struct buf *envelope)
{
	int frames = 0;
	bool more = true;

	while (more) {
		uint32_t len;

		zmq_msg_close(&server->body);
		zmq_msg_init(&server->body);
		if (zmq_msg_recv(&server->body, server->socket, ZMQ_DONTWAIT) == -1)
			return 0;
		frames++;
		more = zmq_msg_more(&server->body);
		if (!more || frames > ENVELOPE_FRAMES_MAX)
			continue;
		len = (uint32_t)zmq_msg_size(&server->body);
		buf_add(envelope, &len, sizeof(len));
		buf_add(envelope, zmq_msg_data(&server->body), len);
	}
	return frames;
}

bool server_receive(struct server *server, const void **body, size_t *len,
    struct server_envelope *envelope)
{
	for (;;) {
		struct buf frames = BUF_INIT;
		int n = receive_frames(server, &frames);

		/* The first frame is the peer's address, which ROUTER adds: a
		 * message always has it and at least one more. */
		if (n >= 2 && n <= ENVELOPE_FRAMES_MAX) {
			*body = zmq_msg_data(&server->body);
			*len = zmq_msg_size(&server->body);
			envelope->len = frames.len;
			envelope->bytes = (unsigned char *)buf_detach(&frames);
			return true;
		}
		buf_free(&frames);
		if (n == 0)
			return false;
	}
}

void server_reply(struct server *server, struct server_envelope *envelope, const struct buf *reply)
{
	size_t at = 0;

	while (at + sizeof(uint32_t) <= envelope->len) {
		uint32_t len;

		memcpy(&len, envelope->bytes + at, sizeof(len));
		at += sizeof(len);
		/* A peer that has gone: the rest has nowhere to go. */
		if (zmq_send(server->socket, envelope->bytes + at, len,
			ZMQ_SNDMORE | ZMQ_DONTWAIT) == -1)
			goto out;
		at += len;
	}
	zmq_send(server->socket, reply->data, reply->len, ZMQ_DONTWAIT);
out:
	server_envelope_clear(envelope);
}

void server_envelope_clear(struct server_envelope *envelope)
{
	free(envelope->bytes);
	*envelope = (struct server_envelope){ 0 };
}
