/* Endpoints as people write them: see endpoint.h. */
#include "base/endpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "base/str.h"

/* The port, or -1; *host_len is what stands before its colon. */
static int split_tcp(const char *rest, size_t *host_len)
{
	const char *colon = strrchr(rest, ':');
	int64_t port;

	if (!colon || colon == rest || !str_int(colon + 1, 1, 65535, &port))
		return -1;
	*host_len = (size_t)(colon - rest);
	return (int)port;
}

int endpoint_check(const char *endpoint, enum endpoint_use use, struct err *err)
{
	size_t host_len;

	if (strlen(endpoint) >= ENDPOINT_SIZE)
		return err_set(err, "the endpoint \"%.40s...\" is too long: at most %d bytes", endpoint,
		    ENDPOINT_SIZE - 1);
	if (str_starts(endpoint, "tcp://")) {
		const char *rest = endpoint + strlen("tcp://");

		if (split_tcp(rest, &host_len) == -1)
			return err_set(err,
			    "the endpoint \"%s\" needs a host and a port from 1 to 65535, as in tcp://127.0.0.1:7600",
			    endpoint);
		if (strpbrk(rest, " \t,;/") || (use == ENDPOINT_CONNECT && rest[0] == '*'))
			return err_set(err, "the endpoint \"%s\" has no proper host", endpoint);
		return 0;
	}
	if (str_starts(endpoint, "ipc://")) {
		const char *path = endpoint + strlen("ipc://");
		struct sockaddr_un address;

		if (!*path || strlen(path) >= sizeof(address.sun_path))
			return err_set(err,
			    "the endpoint \"%s\" needs a path of 1 to %zu bytes, as in ipc:///run/odyssey/feed",
			    endpoint, sizeof(address.sun_path) - 1);
		return 0;
	}
	return err_set(err, "the endpoint \"%s\" must begin with tcp:// or ipc://", endpoint);
}

bool endpoint_is_local(const char *endpoint)
{
	const char *host = endpoint + strlen("tcp://");

	if (str_starts(endpoint, "ipc://"))
		return true;
	return str_starts(endpoint, "tcp://") &&
	       (str_starts(host, "127.") || str_starts(host, "localhost:") ||
		   str_starts(host, "[::1]:"));
}

void endpoint_control_of(const char *feed, char control[ENDPOINT_SIZE])
{
	const char *colon = strrchr(feed, ':');

	if (str_starts(feed, "tcp://"))
		snprintf(control, ENDPOINT_SIZE, "%.*s:%d", (int)(colon - feed), feed,
		    atoi(colon + 1) + 1);
	else
		snprintf(control, ENDPOINT_SIZE, "%.*s.control", ENDPOINT_SIZE - 9, feed);
}

int endpoint_split(const char *pair, char feed[ENDPOINT_SIZE], char control[ENDPOINT_SIZE],
    struct err *err)
{
	const char *comma = strchr(pair, ',');

	if (!str_copy_n(feed, ENDPOINT_SIZE, pair, comma ? (size_t)(comma - pair) : strlen(pair)))
		return err_set(err, "the endpoint \"%.40s...\" is too long: at most %d bytes", pair,
		    ENDPOINT_SIZE - 1);
	if (endpoint_check(feed, ENDPOINT_CONNECT, err) == -1)
		return -1;
	if (!comma)
		endpoint_control_of(feed, control);
	else if (!str_copy(control, ENDPOINT_SIZE, comma + 1))
		return err_set(err, "the endpoint \"%.40s...\" is too long: at most %d bytes",
		    comma + 1, ENDPOINT_SIZE - 1);
	return endpoint_check(control, ENDPOINT_CONNECT, err);
}
