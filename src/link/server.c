/* The control server: see server.h. */
#include "link/server.h"

#include <stdio.h>
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
	void *monitor; /* what happens to connections; NULL where it cannot be told */
	size_t clients;
	zmq_msg_t body;
};

/* Connections are told of on a socket of its own within the program, which
 * must be emptied: once it is full libzmq waits for it, and nothing moves. */
void server_watch(struct server *server, struct link *link)
{
	char name[64];

	snprintf(name, sizeof(name), "inproc://server-%p", (void *)server);
	if (zmq_socket_monitor(server->socket, name,
		ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED) == -1)
		return;
	server->monitor = zmq_socket(link_context(link), ZMQ_PAIR);
	if (server->monitor && zmq_connect(server->monitor, name) == -1) {
		zmq_close(server->monitor);
		server->monitor = NULL;
	}
}

size_t server_clients(struct server *server)
{
	unsigned char event[64], address[256];

	/* Two frames each: the event's number with a value, and the endpoint. */
	while (server->monitor &&
	       zmq_recv(server->monitor, event, sizeof(event), ZMQ_DONTWAIT) >= 2) {
		uint16_t number;

		memcpy(&number, event, sizeof(number));
		if (zmq_recv(server->monitor, address, sizeof(address), ZMQ_DONTWAIT) == -1)
			break;
		if (number == ZMQ_EVENT_HANDSHAKE_SUCCEEDED)
			server->clients++;
		else if (number == ZMQ_EVENT_DISCONNECTED && server->clients)
			server->clients--;
	}
	return server->clients;
}

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
	if ((*server)->monitor) {
		zmq_socket_monitor((*server)->socket, NULL, 0);
		zmq_close((*server)->monitor);
	}
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
	server_clients(server);
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
