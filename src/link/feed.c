/* Feeds: see feed.h. */
#include "link/feed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "base/mem.h"
#include "base/endpoint.h"
#include "link/socket.h"

struct feed_out {
	void *socket;
	uint64_t sent;
};

struct feed_in {
	void *socket;
	bool everything;
};

static zmq_msg_t *frame(unsigned char *bytes)
{
	return (zmq_msg_t *)(void *)bytes;
}

/* What the frames hold is no longer spoken of: the library let it go itself. */
static void forget(struct link_message *m)
{
	m->frames = 0;
	m->topic = m->body = NULL;
	m->topic_len = m->body_len = 0;
}

int feed_out_open(struct feed_out **out, struct link *link, const char *endpoint,
    const struct link_keys *keys, struct err *err)
{
	void *socket;

	*out = NULL;
	if (endpoint_check(endpoint, ENDPOINT_BIND, err) == -1)
		return -1;
	socket = socket_new(link, ZMQ_PUB, FEED_QUEUE, keys, true, err);
	if (!socket || socket_bind(socket, endpoint, err) == -1)
		return -1;
	*out = xcalloc(1, sizeof(**out));
	(*out)->socket = socket;
	return 0;
}

void feed_out_close(struct feed_out **out)
{
	if (!*out)
		return;
	zmq_close((*out)->socket);
	free(*out);
	*out = NULL;
}

void feed_out_send_raw(struct feed_out *out, const void *topic, size_t topic_len, const void *body,
    size_t len)
{
	/* A PUB socket drops rather than waits; what is left to fail is EINTR
	 * and EAGAIN on a context that ends. */
	zmq_send(out->socket, topic, topic_len, ZMQ_SNDMORE | ZMQ_DONTWAIT);
	zmq_send(out->socket, body, len, ZMQ_DONTWAIT);
	out->sent++;
}

void feed_out_send(struct feed_out *out, enum topic_kind kind, const char *id, const void *body,
    size_t len)
{
	char topic[TOPIC_SIZE];

	feed_out_send_raw(out, topic, topic_format(topic, kind, id), body, len);
}

void feed_out_forward(struct feed_out *out, struct link_message *m)
{
	zmq_msg_send(frame(m->topic_frame), out->socket, ZMQ_SNDMORE | ZMQ_DONTWAIT);
	zmq_msg_send(frame(m->body_frame), out->socket, ZMQ_DONTWAIT);
	out->sent++;
	forget(m);
}

uint64_t feed_out_sent(const struct feed_out *out)
{
	return out->sent;
}

int feed_in_open(struct feed_in **in, struct link *link, const char *endpoint,
    const struct link_keys *keys, struct err *err)
{
	void *socket;

	*in = NULL;
	if (endpoint_check(endpoint, ENDPOINT_CONNECT, err) == -1)
		return -1;
	socket = socket_new(link, ZMQ_SUB, FEED_QUEUE, keys, false, err);
	if (!socket)
		return -1;
	zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0);
	if (socket_connect(socket, endpoint, err) == -1)
		return -1;
	*in = xcalloc(1, sizeof(**in));
	(*in)->socket = socket;
	(*in)->everything = true;
	return 0;
}

void feed_in_close(struct feed_in **in)
{
	if (!*in)
		return;
	zmq_close((*in)->socket);
	free(*in);
	*in = NULL;
}

void feed_in_subscribe(struct feed_in *in, const char *prefix)
{
	zmq_setsockopt(in->socket, ZMQ_SUBSCRIBE, prefix, strlen(prefix));
	if (in->everything)
		zmq_setsockopt(in->socket, ZMQ_UNSUBSCRIBE, "", 0);
	in->everything = false;
}

/* Takes the frames past the second off the socket, so that the next message
 * starts at its first. */
static int drop_rest(void *socket)
{
	int n = 0, more = 1;

	while (more) {
		zmq_msg_t rest;

		zmq_msg_init(&rest);
		more = zmq_msg_recv(&rest, socket, ZMQ_DONTWAIT) >= 0 && zmq_msg_more(&rest);
		zmq_msg_close(&rest);
		n++;
	}
	return n;
}

bool feed_in_receive(struct feed_in *in, struct link_message *m)
{
	zmq_msg_t *topic = frame(m->topic_frame), *body = frame(m->body_frame);

	/* Receiving releases what the frame held before. */
	forget(m);
	if (zmq_msg_recv(topic, in->socket, ZMQ_DONTWAIT) == -1)
		return false;
	m->frames = 1;
	/* A message arrives whole: its other frames are there already. */
	if (zmq_msg_more(topic) && zmq_msg_recv(body, in->socket, ZMQ_DONTWAIT) >= 0) {
		m->frames = 2;
		if (zmq_msg_more(body))
			m->frames += drop_rest(in->socket);
	} else {
		zmq_msg_close(body);
		zmq_msg_init(body);
	}
	m->topic = zmq_msg_data(topic);
	m->topic_len = zmq_msg_size(topic);
	m->body = zmq_msg_data(body);
	m->body_len = zmq_msg_size(body);
	return true;
}

void *feed_in_pollable(struct feed_in *in)
{
	return in->socket;
}
