/*
 * Whom a shell command talks to: the configured daemon, or what --connect
 * names (a daemon elsewhere, a simulator, any other source).
 *
 *	struct attach at;
 *	if (attach_open(&at, app, &err) == -1)		usage: what was named is wrong
 *		return app_usage_error("ls", &err);
 *	if (attach_request(&at, OP_ROSTER, &answer, &err) == -1)
 *		...err says who does not answer and how to mend it...
 *	attach_close(&at);
 *
 * SIGINT and SIGTERM are held back from attach_open() on and come as a
 * readable descriptor, so that a command ends by its own loop.
 */
#ifndef APP_ATTACH_H
#define APP_ATTACH_H

#include <stdbool.h>
#include <stdint.h>

#include "app/app.h"
#include "base/endpoint.h"
#include "history/mark.h"
#include "link/client.h"
#include "link/feed.h"
#include "link/link.h"
#include "proto/control.h"

#define ATTACH_TIMEOUT_MS 3000 /* to connect and be answered */

struct attach {
	char feed[ENDPOINT_SIZE], control[ENDPOINT_SIZE];
	bool named;            /* by --connect, not the configuration */
	struct link_keys keys;
	bool use_keys;
	struct link *link;
	struct client *client; /* NULL until the first request */
	int64_t timeout_ms;    /* of one question: ATTACH_TIMEOUT_MS */
	bool reached;          /* the last question was handed on to somebody */
	int signals;           /* readable once SIGINT or SIGTERM came */
};

/* The row of the table of options. */
#define FLAG_CONNECT                                                           \
	{ .name = "connect", .value = "FEED[,CONTROL]",                        \
	  .help = "talk to this daemon or source, not the configured daemon" }

/* Finds out whom to talk to, reads the keys and opens the context; connects to
 * nothing yet. */
int attach_open(struct attach *at, const struct app *app, struct err *err);
void attach_close(struct attach *at);

const struct link_keys *attach_keys(const struct attach *at);
/* The control client, made at the first call. */
int attach_client(struct attach *at, struct client **client, struct err *err);
/* A feed of its own. */
int attach_feed(struct attach *at, struct feed_in **in, struct err *err);

/* A reply with what it stands on. */
struct answer {
	struct buf bytes;
	struct wire_doc doc;
	struct reply reply;
};
void answer_init(struct answer *a);
void answer_clear(struct answer *a);

/* Sends a request and waits for its answer: 0 with an ok reply, or -1 with a
 * sentence, who does not answer or why it was refused. */
int attach_ask(struct attach *at, const struct buf *request, struct answer *a, struct err *err);
/* The same for an op without keys: hello, roster, sources. */
int attach_request(struct attach *at, enum op op, struct answer *a, struct err *err);

/* Who is there. */
struct hello {
	char source[ID_SIZE];
	char version[NAME_SIZE];
	char history[HISTORY_MARK_SIZE]; /* mark of the one it writes; "": none */
	int kind;          /* enum source_kind */
	uint64_t boot;     /* s since 1970 */
	uint64_t time;     /* ms, its clock */
	int64_t offset_ms; /* its clock less ours */
};
int attach_hello(struct attach *at, struct hello *hello, struct err *err);
/* Reads the reply to hello; the request went and came back at these times. */
int hello_read(const wire_value *reply, int64_t asked_ms, int64_t answered_ms, struct hello *hello,
    struct err *err);

/* True once SIGINT or SIGTERM came. */
bool attach_interrupted(const struct attach *at);

#endif
