/* Host names: see lookup.h. */
#include "bridge/lookup.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/str.h"

/* Names of /etc/hosts are there within that. */
#define WAIT_NS 20000000

struct lookup {
	char host[128], port[64];
	struct addrinfo hints;
	struct gaicb request;
};

/* An address as such asks nobody. */
static int literal(const char *host, const char *port, const struct addrinfo *hints,
    struct addrinfo **found)
{
	struct addrinfo only = *hints;

	only.ai_flags |= AI_NUMERICHOST;
	return getaddrinfo(host, port, &only, found);
}

static struct lookup *begin(const char *host, const char *port, const struct addrinfo *hints)
{
	struct lookup *l = xcalloc(1, sizeof(*l));
	struct gaicb *list[1] = { &l->request };

	str_copy(l->host, sizeof(l->host), host);
	str_copy(l->port, sizeof(l->port), port);
	l->hints = *hints;
	l->request = (struct gaicb){
		.ar_name = l->host, .ar_service = l->port, .ar_request = &l->hints,
	};
	if (getaddrinfo_a(GAI_NOWAIT, list, 1, NULL) == 0)
		return l;
	free(l);
	return NULL;
}

int lookup_addresses(struct lookup **l, const char *what, const char *host, const char *port,
    const struct addrinfo *hints, struct addrinfo **found, struct err *err)
{
	const struct timespec wait = { .tv_nsec = WAIT_NS };
	const struct gaicb *list[1];
	int failure;

	if (literal(host, port, hints, found) == 0)
		return 0;
	if (!*l)
		*l = begin(host, port, hints);
	if (!*l)
		return err_set(err, "%s: the host cannot be looked up now", what);
	list[0] = &(*l)->request;
	gai_suspend(list, 1, &wait);
	failure = gai_error(&(*l)->request);
	if (failure == EAI_INPROGRESS)
		return err_set(err, "%s: the host is being looked up", what);
	*found = (*l)->request.ar_result;
	(*l)->request.ar_result = NULL;
	lookup_end(l);
	return failure ? err_set(err, "%s: the host is not found: %s", what, gai_strerror(failure)) : 0;
}

void lookup_end(struct lookup **l)
{
	if (!*l)
		return;
	/* What is under way still writes into it: then it is left to the end of
	 * the program. */
	if (gai_cancel(&(*l)->request) != EAI_NOTCANCELED) {
		if ((*l)->request.ar_result)
			freeaddrinfo((*l)->request.ar_result);
		free(*l);
	}
	*l = NULL;
}
