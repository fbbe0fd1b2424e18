/* UDP and TCP: see transport.h. */
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "bridge/transport.h"

/* Room for bursts of a hundred vehicles while the loop is elsewhere. */
#define RECEIVE_BUFFER (2 * 1024 * 1024)

/* "HOST:PORT", "[ADDRESS]:PORT", or "PORT" alone where host_optional. */
static int parse_host_port(struct transport *t, const char *rest, bool host_optional,
    struct err *err)
{
	const char *colon = strrchr(rest, ':'), *host = rest;
	size_t len = colon ? (size_t)(colon - rest) : 0;
	int64_t port;

	if (!colon && !host_optional)
		return err_set(err, "%s needs HOST:PORT, as in %s", t->spec, t->ops->syntax);
	if (!str_int(colon ? colon + 1 : rest, 1, 65535, &port))
		return err_set(err, "%s: the port must be a number within 1 to 65535", t->spec);
	if (len >= 2 && host[0] == '[' && host[len - 1] == ']') {
		host++;
		len -= 2;
	}
	if (colon && !len)
		return err_set(err, "%s names no host", t->spec);
	if (!str_copy_n(t->host, sizeof(t->host), host, len))
		return err_set(err, "%s: the host is too long", t->spec);
	snprintf(t->port, sizeof(t->port), "%d", (int)port);
	return 0;
}

/* Commands are not kept back to fill a packet, and a peer that is gone without a
 * word (power, cable) is a connection lost, within some 10 s. */
static void tune_tcp(int fd)
{
	static const struct {
		int level, name, value;
	} options[] = {
		{ IPPROTO_TCP, TCP_NODELAY, 1 }, { SOL_SOCKET, SO_KEEPALIVE, 1 },
		{ IPPROTO_TCP, TCP_KEEPIDLE, 5 }, { IPPROTO_TCP, TCP_KEEPINTVL, 2 },
		{ IPPROTO_TCP, TCP_KEEPCNT, 3 }, { IPPROTO_TCP, TCP_USER_TIMEOUT, 10000 /* ms */ },
	};

	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		setsockopt(fd, options[i].level, options[i].name, &options[i].value,
		    sizeof(options[i].value));
}

static int parse_listen(struct transport *t, const char *rest, struct err *err)
{
	return parse_host_port(t, rest, true, err);
}

static int parse_connect(struct transport *t, const char *rest, struct err *err)
{
	return parse_host_port(t, rest, false, err);
}

/* Puts the addresses in another order each time, for a refusal of the first comes
 * later than connect() returns. */
static struct addrinfo *rotate(struct addrinfo *found, unsigned times)
{
	unsigned n = 0;

	for (struct addrinfo *a = found; a; a = a->ai_next)
		n++;
	for (times %= n; times > 0; times--) {
		struct addrinfo *first = found, *last = found;

		while (last->ai_next)
			last = last->ai_next;
		found = first->ai_next;
		last->ai_next = first;
		first->ai_next = NULL;
	}
	return found;
}

/* What is listened at is one's own name, and there at once. */
static int find_addresses(struct transport *t, const struct addrinfo *hints, bool listens,
    struct addrinfo **found, struct err *err)
{
	int failure;

	if (!listens)
		return lookup_addresses(&t->lookup, t->spec, t->host, t->port, hints, found, err);
	failure = getaddrinfo(*t->host ? t->host : NULL, t->port, hints, found);
	return failure ? err_set(err, "%s: the host is not found: %s", t->spec, gai_strerror(failure))
		       : 0;
}

/* The first address that a socket of that type can use. */
static int open_socket(struct transport *t, int type, bool listens, struct err *err)
{
	struct addrinfo hints = { .ai_socktype = type, .ai_family = AF_UNSPEC,
		.ai_flags = AI_NUMERICSERV | (listens ? AI_PASSIVE : 0) };
	struct addrinfo *found, *a;
	int size = RECEIVE_BUFFER, saved = 0;

	if (!*t->host)
		hints.ai_family = AF_INET;
	if (find_addresses(t, &hints, listens, &found, err) == -1)
		return -1;
	found = rotate(found, t->attempts++);
	for (a = found; a; a = a->ai_next) {
		t->fd = socket(a->ai_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, a->ai_protocol);
		if (t->fd == -1)
			continue;
		if (type == SOCK_STREAM)
			tune_tcp(t->fd);
		if (listens) {
			if (bind(t->fd, a->ai_addr, a->ai_addrlen) == 0)
				break;
		} else if (connect(t->fd, a->ai_addr, a->ai_addrlen) == 0) {
			break;
		} else if (errno == EINPROGRESS) {
			t->connecting = true;
			break;
		}
		saved = errno;
		close(t->fd);
		t->fd = -1;
	}
	if (a && type == SOCK_DGRAM) {
		setsockopt(t->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
		if (!listens) {
			memcpy(&t->peers[0].address, a->ai_addr, a->ai_addrlen);
			t->peers[0].len = a->ai_addrlen;
		}
	}
	freeaddrinfo(found);
	if (t->fd == -1)
		return err_set(err, "%s cannot be %s: %s%s", t->spec, listens ? "bound" : "reached",
		    strerror(saved), saved == EADDRINUSE ? "; another program has the port" : "");
	return 0;
}

static int open_udp(struct transport *t, int64_t now_ms, struct err *err)
{
	(void)now_ms;
	return open_socket(t, SOCK_DGRAM, true, err);
}

static int open_udpout(struct transport *t, int64_t now_ms, struct err *err)
{
	(void)now_ms;
	return open_socket(t, SOCK_DGRAM, false, err);
}

static int open_tcp(struct transport *t, int64_t now_ms, struct err *err)
{
	(void)now_ms;
	return open_socket(t, SOCK_STREAM, false, err);
}

static ssize_t read_udp(struct transport *t, int64_t now_ms)
{
	struct sockaddr_storage from = { 0 };
	socklen_t len = sizeof(from);
	ssize_t n = recvfrom(t->fd, t->in, sizeof(t->in), 0, (struct sockaddr *)&from, &len);

	/* A refused datagram (nobody listens there now) is no fault of the line. */
	if (n <= 0)
		return 0;
	t->peer = transport_peer(t, &from, len, now_ms);
	return n;
}

static ssize_t read_udpout(struct transport *t, int64_t now_ms)
{
	ssize_t n = recv(t->fd, t->in, sizeof(t->in), 0);

	t->peer = 0;
	if (n > 0)
		t->peers[0].heard_ms = now_ms;
	return n > 0 ? n : 0;
}

static bool send_udp(struct transport *t, const struct peer *to, const uint8_t *bytes, size_t len)
{
	return to->len && sendto(t->fd, bytes, len, 0, (const struct sockaddr *)&to->address,
			      to->len) == (ssize_t)len;
}

static bool send_udpout(struct transport *t, const struct peer *to, const uint8_t *bytes,
    size_t len)
{
	(void)to;
	return send(t->fd, bytes, len, 0) == (ssize_t)len;
}

const struct transport_ops transport_udp = {
	.name = "udp", .syntax = "udp:[HOST:]PORT", .help = "listen; many vehicles on one port",
	.parse = parse_listen, .open = open_udp, .read = read_udp, .send = send_udp,
	.must_open = true, .datagrams = true,
};

const struct transport_ops transport_udpout = {
	.name = "udpout", .syntax = "udpout:HOST:PORT", .help = "send there, take what comes back",
	.parse = parse_connect, .open = open_udpout, .read = read_udpout, .send = send_udpout,
	.datagrams = true,
};

const struct transport_ops transport_tcp = {
	.name = "tcp", .syntax = "tcp:HOST:PORT", .help = "connect, and again for ever",
	.parse = parse_connect, .open = open_tcp, .read = transport_stream_read,
	.send = transport_stream_send,
};
