/* The control client: see client.h. */
#include "link/client.h"

#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/endpoint.h"
#include "link/socket.h"

#define CLIENT_QUEUE 1000

struct pending {
	uint32_t number;
	int64_t deadline_ms;
	bool late; /* told of its time-out; a late answer may still come */
	client_answer *answer;
	void *user;
};

struct client {
	void *socket;
	uint32_t next_number;
	struct pending *pending; /* by number, ascending */
	size_t count, cap, late_count;
};

int client_open(struct client **client, struct link *link, const char *endpoint,
    const struct link_keys *keys, struct err *err)
{
	int on = 1;
	void *socket;

	*client = NULL;
	if (endpoint_check(endpoint, ENDPOINT_CONNECT, err) == -1)
		return -1;
	socket = socket_new(link, ZMQ_DEALER, CLIENT_QUEUE, keys, false, err);
	if (!socket)
		return -1;
	/* Queue only to a connection that is made, and drop what is queued when
	 * it breaks: no command waits for a source to come back. */
	zmq_setsockopt(socket, ZMQ_IMMEDIATE, &on, sizeof(on));
	if (socket_connect(socket, endpoint, err) == -1)
		return -1;
	*client = xcalloc(1, sizeof(**client));
	(*client)->socket = socket;
	return 0;
}

void client_close(struct client **client, void *context)
{
	if (!*client)
		return;
	zmq_close((*client)->socket);
	for (size_t i = 0; i < (*client)->count; i++)
		(*client)->pending[i].answer((*client)->pending[i].user, CLIENT_GONE, NULL, 0, context);
	free((*client)->pending);
	free(*client);
	*client = NULL;
}

void *client_pollable(struct client *client)
{
	return client->socket;
}

int client_request(struct client *client, const struct buf *body, int64_t deadline_mono_ms,
    client_answer *answer, void *user)
{
	uint32_t number = client->next_number;

	/* What REQ would send, an empty frame, and our number behind it. */
	if (zmq_send(client->socket, "", 0, ZMQ_SNDMORE | ZMQ_DONTWAIT) == -1)
		return -1;
	zmq_send(client->socket, &number, sizeof(number), ZMQ_SNDMORE | ZMQ_DONTWAIT);
	zmq_send(client->socket, body->data, body->len, ZMQ_DONTWAIT);
	client->next_number++;
	mem_grow(client->pending, client->count, client->cap);
	client->pending[client->count++] = (struct pending){
		.number = number,
		.deadline_ms = deadline_mono_ms,
		.answer = answer,
		.user = user,
	};
	return 0;
}

static void forget(struct client *client, size_t i)
{
	client->late_count -= client->pending[i].late;
	memmove(client->pending + i, client->pending + i + 1,
	    (client->count - i - 1) * sizeof(*client->pending));
	client->count--;
}

/* One message off the socket: true with the number and the body in *body. */
static bool receive(struct client *client, uint32_t *number, zmq_msg_t *body, bool *any)
{
	bool more = true, numbered = false;

	*any = false;
	while (more) {
		zmq_msg_close(body);
		zmq_msg_init(body);
		if (zmq_msg_recv(body, client->socket, ZMQ_DONTWAIT) == -1)
			return false;
		*any = true;
		more = zmq_msg_more(body);
		if (more && zmq_msg_size(body) == sizeof(*number)) {
			memcpy(number, zmq_msg_data(body), sizeof(*number));
			numbered = true;
		}
	}
	return numbered;
}

void client_work(struct client *client, int64_t now_mono_ms, void *context)
{
	zmq_msg_t body;
	uint32_t number;
	bool any = true;

	zmq_msg_init(&body);
	while (any) {
		if (!receive(client, &number, &body, &any))
			continue;
		for (size_t i = 0; i < client->count; i++) {
			struct pending p = client->pending[i];

			if (p.number != number)
				continue;
			forget(client, i);
			p.answer(p.user, p.late ? CLIENT_LATE : CLIENT_ANSWERED, zmq_msg_data(&body),
			    zmq_msg_size(&body), context);
			break;
		}
	}
	zmq_msg_close(&body);
	for (size_t i = 0; i < client->count;) {
		struct pending *p = &client->pending[i];

		if (p->deadline_ms > now_mono_ms) {
			i++;
		} else if (p->late) {
			struct pending gone = *p;

			forget(client, i);
			gone.answer(gone.user, CLIENT_GONE, NULL, 0, context);
		} else {
			p->late = true;
			p->deadline_ms = now_mono_ms + CLIENT_LATE_MS;
			client->late_count++;
			/* It may ask again, which moves the array: p ends here. */
			p->answer(p->user, CLIENT_TIMEOUT, NULL, 0, context);
			i++;
		}
	}
}

int64_t client_deadline(const struct client *client)
{
	int64_t first = INT64_MAX;

	for (size_t i = 0; i < client->count; i++) {
		if (client->pending[i].deadline_ms < first)
			first = client->pending[i].deadline_ms;
	}
	return first;
}

size_t client_pending(const struct client *client)
{
	return client->count - client->late_count;
}

struct asked {
	struct buf *reply;
	bool answered, over;
};

static void ask_answer(void *user, enum client_result result, const void *body, size_t len,
    void *context)
{
	struct asked *asked = user;

	(void)context;
	if (result == CLIENT_GONE)
		return;
	asked->over = true;
	asked->answered = result == CLIENT_ANSWERED;
	if (asked->answered)
		buf_add(asked->reply, body, len);
}

int client_ask(struct client *client, const struct buf *body, int64_t timeout_ms,
    struct buf *reply, bool *sent, struct err *err)
{
	int64_t deadline = clock_mono_ms() + timeout_ms;
	struct asked asked = { .reply = reply };
	struct link_item item = { .socket = client->socket };

	*sent = false;
	while (client_request(client, body, deadline, ask_answer, &asked) == -1) {
		int64_t left = deadline - clock_mono_ms();

		if (left <= 0)
			return err_set(err, "no connection");
		item.want_write = true;
		link_poll(&item, 1, (int)(left < 100 ? left : 100));
	}
	*sent = true;
	item.want_write = false;
	while (!asked.over) {
		int64_t left = deadline - clock_mono_ms();

		link_poll(&item, 1, left > 0 ? (int)left : 0);
		client_work(client, clock_mono_ms(), NULL);
	}
	if (!asked.answered) {
		/* `asked` goes out of scope: no later call may find it. */
		for (size_t i = 0; i < client->count; i++) {
			if (client->pending[i].user == &asked) {
				forget(client, i);
				break;
			}
		}
		return err_set(err, "no answer within %.1f s", (double)timeout_ms / 1000);
	}
	return 0;
}
