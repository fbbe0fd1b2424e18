/* Who may connect: see authorize.h. */
#include "link/authorize.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "link/socket.h"

#define ZAP_ENDPOINT "inproc://zeromq.zap.01"
#define STOP_ENDPOINT "inproc://odyssey.authorize.stop"
#define KEY_BYTES 32
#define FRAMES 7 /* version, request id, domain, address, identity, mechanism, key */

struct authorize {
	pthread_t thread;
	void *zap, *stop_in, *stop_out; /* zap and stop_in are the thread's */
	uint8_t (*keys)[KEY_BYTES];
	size_t count, cap;
};

static int read_keys(struct authorize *a, const char *path, struct err *err)
{
	char line[256];
	int number = 0;
	FILE *f = fopen(path, "r");

	if (!f)
		return err_set(err, "the list of clients %s cannot be read: %s", path, strerror(errno));
	while (fgets(line, sizeof(line), f)) {
		number++;
		line[strcspn(line, "\r\n")] = '\0';
		/* '#' is also a Z85 digit: it begins a comment only as the first. */
		if (line[0] == '\0' || line[0] == '#')
			continue;
		mem_grow(a->keys, a->count, a->cap);
		if (strlen(line) != KEY_TEXT_SIZE - 1 || !zmq_z85_decode(a->keys[a->count], line)) {
			fclose(f);
			return err_set(err, "%s:%d: a public key has 40 Z85 characters", path, number);
		}
		a->count++;
	}
	fclose(f);
	return 0;
}

static bool is_allowed(const struct authorize *a, const zmq_msg_t *mechanism, const zmq_msg_t *key)
{
	if (zmq_msg_size(mechanism) != 5 || memcmp(zmq_msg_data((zmq_msg_t *)mechanism), "CURVE", 5) ||
	    zmq_msg_size(key) != KEY_BYTES)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (memcmp(a->keys[i], zmq_msg_data((zmq_msg_t *)key), KEY_BYTES) == 0)
			return true;
	}
	return false;
}

/* One request: seven frames in, six out. */
static void answer(struct authorize *a)
{
	zmq_msg_t frames[FRAMES];
	int n = 0, more = 1;

	for (n = 0; more && n < FRAMES; n++) {
		zmq_msg_init(&frames[n]);
		if (zmq_msg_recv(&frames[n], a->zap, 0) == -1)
			more = 0;
		else
			more = zmq_msg_more(&frames[n]);
	}
	if (n == FRAMES) {
		bool ok = is_allowed(a, &frames[5], &frames[6]);

		if (!ok)
			log_warning("a client at %.*s is refused: its key is not on the list",
			    (int)zmq_msg_size(&frames[3]), (char *)zmq_msg_data(&frames[3]));
		zmq_send(a->zap, "1.0", 3, ZMQ_SNDMORE);
		zmq_send(a->zap, zmq_msg_data(&frames[1]), zmq_msg_size(&frames[1]), ZMQ_SNDMORE);
		zmq_send(a->zap, ok ? "200" : "400", 3, ZMQ_SNDMORE);
		zmq_send(a->zap, ok ? "OK" : "no", 2, ZMQ_SNDMORE);
		zmq_send(a->zap, "", 0, ZMQ_SNDMORE);
		zmq_send(a->zap, "", 0, 0);
	}
	for (int i = 0; i < n; i++)
		zmq_msg_close(&frames[i]);
}

static void *serve(void *arg)
{
	struct authorize *a = arg;
	zmq_pollitem_t items[] = {
		{ .socket = a->zap, .events = ZMQ_POLLIN },
		{ .socket = a->stop_in, .events = ZMQ_POLLIN },
	};

	while (!items[1].revents) {
		zmq_poll(items, 2, -1);
		if (items[0].revents)
			answer(a);
	}
	zmq_close(a->zap);
	zmq_close(a->stop_in);
	return NULL;
}

int authorize_start(struct authorize **out, struct link *link, const char *path, struct err *err)
{
	struct authorize *a = xcalloc(1, sizeof(*a));
	void *context = link_context(link);

	*out = NULL;
	if (read_keys(a, path, err) == -1) {
		free(a->keys);
		free(a);
		return -1;
	}
	a->zap = zmq_socket(context, ZMQ_REP);
	a->stop_in = zmq_socket(context, ZMQ_PAIR);
	a->stop_out = zmq_socket(context, ZMQ_PAIR);
	if (!a->zap || !a->stop_in || !a->stop_out || zmq_bind(a->zap, ZAP_ENDPOINT) == -1 ||
	    zmq_bind(a->stop_in, STOP_ENDPOINT) == -1 ||
	    zmq_connect(a->stop_out, STOP_ENDPOINT) == -1 ||
	    pthread_create(&a->thread, NULL, serve, a) != 0) {
		err_set(err, "clients cannot be checked: %s", zmq_strerror(errno));
		zmq_close(a->zap);
		zmq_close(a->stop_in);
		zmq_close(a->stop_out);
		free(a->keys);
		free(a);
		return -1;
	}
	*out = a;
	return 0;
}

void authorize_stop(struct authorize **out)
{
	struct authorize *a = *out;

	if (!a)
		return;
	zmq_send(a->stop_out, "", 0, 0);
	pthread_join(a->thread, NULL);
	zmq_close(a->stop_out);
	free(a->keys);
	free(a);
	*out = NULL;
}
