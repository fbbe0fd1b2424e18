/* Context, keys, polling, messages: see link.h and socket.h. */
#include "link/link.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <zmq.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "link/socket.h"
#include "proto/wire.h"

_Static_assert(sizeof(zmq_msg_t) <= sizeof(((struct link_message *)0)->topic_frame),
    "a zmq_msg_t fits its place");

#define LINGER_MS 200
/* A peer that answers no ZMTP ping for this long is taken for gone. */
#define HEARTBEAT_INTERVAL_MS 2000
#define HEARTBEAT_TIMEOUT_MS 6000
#define RECONNECT_MS 100
#define RECONNECT_MAX_MS 1000

struct link {
	void *context;
};

struct link *link_new(void)
{
	struct link *link = xmalloc(sizeof(*link));

	link->context = zmq_ctx_new();
	if (!link->context)
		xmalloc(SIZE_MAX); /* ends the program with the sentence for it */
	zmq_ctx_set(link->context, ZMQ_MAX_SOCKETS, 65535);
	return link;
}

void link_free(struct link **link)
{
	if (!*link)
		return;
	while (zmq_ctx_term((*link)->context) == -1 && errno == EINTR)
		;
	free(*link);
	*link = NULL;
}

void *link_context(struct link *link)
{
	return link->context;
}

bool link_make_keys(struct link_keys *keys)
{
	return zmq_curve_keypair(keys->public_key, keys->secret_key) == 0;
}

static int read_key(const char *path, bool secret, char key[KEY_TEXT_SIZE], struct err *err)
{
	char line[128];
	uint8_t raw[32];
	struct stat st;
	FILE *f = fopen(path, "r");

	if (!f)
		return err_set(err, "the key file %s cannot be read: %s", path, strerror(errno));
	if (secret && (fstat(fileno(f), &st) == -1 || (st.st_mode & 077))) {
		fclose(f);
		return err_set(err, "the key file %s may be read by others: chmod 600 it", path);
	}
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	fclose(f);
	line[strcspn(line, "\r\n")] = '\0';
	if (strlen(line) != KEY_TEXT_SIZE - 1 || !zmq_z85_decode(raw, line))
		return err_set(err, "the key file %s must hold one line of 40 Z85 characters", path);
	memcpy(key, line, KEY_TEXT_SIZE);
	return 0;
}

int link_server_keys(const char *secret_path, struct link_keys *keys, struct err *err)
{
	*keys = (struct link_keys){ 0 };
	if (read_key(secret_path, true, keys->secret_key, err) == -1)
		return -1;
	if (zmq_curve_public(keys->public_key, keys->secret_key) != 0)
		return err_set(err, "%s holds no CURVE key: make a pair with odyssey keys", secret_path);
	return 0;
}

int link_client_keys(const char *server_path, const char *secret_path, struct link_keys *keys,
    struct err *err)
{
	char server_key[KEY_TEXT_SIZE];

	if (read_key(server_path, false, server_key, err) == -1)
		return -1;
	*keys = (struct link_keys){ 0 };
	if (*secret_path && link_server_keys(secret_path, keys, err) == -1)
		return -1;
	if (!*secret_path && !link_make_keys(keys))
		return err_set(err, "this libzmq came without CURVE, which %s asks for", server_path);
	memcpy(keys->server_key, server_key, sizeof(server_key));
	return 0;
}

static int set_keys(void *socket, const struct link_keys *keys, bool server)
{
	int on = 1, ret = 0;

	if (!keys)
		return 0;
	if (server) {
		if (*keys->secret_key) {
			ret |= zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &on, sizeof(on));
			ret |= zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, keys->secret_key,
			    KEY_TEXT_SIZE);
		}
	} else if (*keys->server_key) {
		ret |= zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, keys->server_key, KEY_TEXT_SIZE);
		ret |= zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, keys->public_key, KEY_TEXT_SIZE);
		ret |= zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, keys->secret_key, KEY_TEXT_SIZE);
	}
	return ret;
}

void *socket_new(struct link *link, int type, int queue, const struct link_keys *keys, bool server,
    struct err *err)
{
	static const struct { int option, value; } options[] = {
		{ ZMQ_LINGER, LINGER_MS },
		{ ZMQ_HEARTBEAT_IVL, HEARTBEAT_INTERVAL_MS },
		{ ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT_MS },
		{ ZMQ_RECONNECT_IVL, RECONNECT_MS },
		{ ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MS },
		{ ZMQ_IPV6, 1 },
	};
	/* Well over BODY_MAX, so that a body that is too big is refused by us,
	 * with its reason, rather than by a broken connection. */
	int64_t largest = 4 * (int64_t)BODY_MAX;
	void *socket = zmq_socket(link->context, type);
	int ret = 0;

	if (!socket) {
		err_set(err, "no more sockets can be opened: %s", zmq_strerror(errno));
		return NULL;
	}
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		ret |= zmq_setsockopt(socket, options[i].option, &options[i].value, sizeof(int));
	ret |= zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &largest, sizeof(largest));
	ret |= zmq_setsockopt(socket, ZMQ_SNDHWM, &queue, sizeof(queue));
	ret |= zmq_setsockopt(socket, ZMQ_RCVHWM, &queue, sizeof(queue));
	ret |= set_keys(socket, keys, server);
	if (ret != 0) {
		err_set(err, "a socket cannot be set up: %s", zmq_strerror(errno));
		zmq_close(socket);
		return NULL;
	}
	return socket;
}

static const char *bind_remedy(int error)
{
	switch (error) {
	case EADDRINUSE:
		return "another program has it; end that one or choose another";
	case EACCES:
	case EPERM:
		return "permission is missing; choose a port above 1023 or another path";
	case EADDRNOTAVAIL:
	case ENODEV:
		return "this machine has no such address";
	default:
		return zmq_strerror(error);
	}
}

/* libzmq takes an ipc path away from whoever is bound to it; we do not. A path
 * that nobody answers at is a leftover and may be taken. */
static bool is_taken(const char *endpoint)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	bool taken;
	int fd;

	if (!str_starts(endpoint, "ipc://"))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return false;
	str_copy(address.sun_path, sizeof(address.sun_path), endpoint + strlen("ipc://"));
	taken = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
	close(fd);
	return taken;
}

int socket_bind(void *s, const char *endpoint, struct err *err)
{
	if (is_taken(endpoint))
		errno = EADDRINUSE;
	else if (zmq_bind(s, endpoint) == 0)
		return 0;
	err_set(err, "%s cannot be bound: %s", endpoint, bind_remedy(errno));
	zmq_close(s);
	return -1;
}

int socket_connect(void *socket, const char *endpoint, struct err *err)
{
	if (zmq_connect(socket, endpoint) == 0)
		return 0;
	err_set(err, "%s cannot be connected to: %s", endpoint, zmq_strerror(errno));
	zmq_close(socket);
	return -1;
}

int link_poll(struct link_item *items, size_t n, int timeout_ms)
{
	zmq_pollitem_t few[32], *poll_items = few;
	int ready;

	if (n > ARRAY_LEN(few))
		poll_items = xcalloc(n, sizeof(*poll_items));
	for (size_t i = 0; i < n; i++)
		poll_items[i] = (zmq_pollitem_t){
			.socket = items[i].socket,
			.fd = items[i].fd,
			.events = items[i].want_write ? ZMQ_POLLOUT : ZMQ_POLLIN,
		};
	ready = zmq_poll(poll_items, (int)n, timeout_ms);
	for (size_t i = 0; i < n; i++)
		items[i].ready = ready > 0 && poll_items[i].revents != 0;
	if (poll_items != few)
		free(poll_items);
	return ready > 0 ? ready : 0;
}

void link_message_init(struct link_message *m)
{
	memset(m, 0, sizeof(*m));
	zmq_msg_init((zmq_msg_t *)(void *)m->topic_frame);
	zmq_msg_init((zmq_msg_t *)(void *)m->body_frame);
}

void link_message_clear(struct link_message *m)
{
	zmq_msg_close((zmq_msg_t *)(void *)m->topic_frame);
	zmq_msg_close((zmq_msg_t *)(void *)m->body_frame);
	link_message_init(m);
}

void link_message_move(struct link_message *to, struct link_message *from)
{
	link_message_init(to);
	zmq_msg_move((zmq_msg_t *)(void *)to->topic_frame, (zmq_msg_t *)(void *)from->topic_frame);
	zmq_msg_move((zmq_msg_t *)(void *)to->body_frame, (zmq_msg_t *)(void *)from->body_frame);
	to->frames = from->frames;
	to->topic_len = from->topic_len;
	to->body_len = from->body_len;
	to->topic = zmq_msg_data((zmq_msg_t *)(void *)to->topic_frame);
	to->body = zmq_msg_data((zmq_msg_t *)(void *)to->body_frame);
	link_message_clear(from);
}
