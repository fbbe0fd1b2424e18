/* Whom a shell command talks to: see attach.h. */
#include "app/attach.h"

#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/process.h"
#include "base/clock.h"
#include "base/mem.h"

/* The daemon's own endpoints say where it binds; "every address" is reached
 * here by the loopback. */
static void to_connect(char *out, const char *endpoint)
{
	static const char *const every[] = { "tcp://*:", "tcp://0.0.0.0:", "tcp://[::]:" };

	for (size_t i = 0; i < ARRAY_LEN(every); i++) {
		if (str_starts(endpoint, every[i])) {
			snprintf(out, ENDPOINT_SIZE, "tcp://127.0.0.1:%s", endpoint + strlen(every[i]));
			return;
		}
	}
	str_copy(out, ENDPOINT_SIZE, endpoint);
}

/* The file with the public key of the one at that feed, "" for none. */
static const char *server_key_of(const struct attach *at, const struct config *config)
{
	if (!at->named || strcmp(at->feed, config->feed) == 0)
		return config->server_key;
	for (size_t i = 0; i < config->source_count; i++) {
		if (strcmp(config->sources[i].feed, at->feed) == 0)
			return config->sources[i].server_key;
	}
	return "";
}

static int read_keys(struct attach *at, const struct config *config, struct err *err)
{
	const char *path = server_key_of(at, config);

	if (!*path)
		return 0;
	if (link_client_keys(path, config->secret_key, &at->keys, err) == -1)
		return -1;
	at->use_keys = true;
	return 0;
}

int attach_open(struct attach *at, const struct app *app, struct err *err)
{
	const char *pair = args_get(&app->args, "connect");
	struct err why;

	*at = (struct attach){ .signals = -1, .timeout_ms = ATTACH_TIMEOUT_MS };
	if (pair) {
		at->named = true;
		if (endpoint_split(pair, at->feed, at->control, &why) == -1)
			return err_set(err, "--connect: %s", why.text);
	} else {
		to_connect(at->feed, app->config.feed);
		to_connect(at->control, app->config.control);
	}
	if (read_keys(at, &app->config, err) == -1)
		return -1;
	at->signals = process_signals(err);
	if (at->signals == -1)
		return -1;
	at->link = link_new();
	return 0;
}

void attach_close(struct attach *at)
{
	client_close(&at->client, NULL);
	link_free(&at->link);
	if (at->signals != -1)
		close(at->signals);
	at->signals = -1;
}

const struct link_keys *attach_keys(const struct attach *at)
{
	return at->use_keys ? &at->keys : NULL;
}

int attach_client(struct attach *at, struct client **client, struct err *err)
{
	if (!at->client &&
	    client_open(&at->client, at->link, at->control, attach_keys(at), err) == -1)
		return -1;
	*client = at->client;
	return 0;
}

int attach_feed(struct attach *at, struct feed_in **in, struct err *err)
{
	return feed_in_open(in, at->link, at->feed, attach_keys(at), err);
}

void answer_init(struct answer *a)
{
	*a = (struct answer){ .bytes = BUF_INIT };
	wire_doc_init(&a->doc);
}

void answer_clear(struct answer *a)
{
	wire_doc_clear(&a->doc);
	buf_free(&a->bytes);
}

int attach_ask(struct attach *at, const struct buf *request, struct answer *a, struct err *err)
{
	struct client *client;
	struct err why;

	at->reached = false;
	if (attach_client(at, &client, err) == -1)
		return -1;
	buf_clear(&a->bytes);
	if (client_ask(client, request, at->timeout_ms, &a->bytes, &at->reached, &why) == -1) {
		if (!at->named)
			return err_set(err,
			    "no daemon answers at %s (%s); start it with odyssey daemon, or name another with --connect",
			    at->control, why.text);
		return err_set(err, "nobody answers at %s (%s); see that it runs and that the endpoint is its control",
		    at->control, why.text);
	}
	if (reply_parse(&a->doc, a->bytes.data, a->bytes.len, &a->reply, &why) == -1)
		return err_set(err, "what answers at %s does not speak this protocol: %.300s",
		    at->control, why.text);
	if (a->reply.code != CODE_OK)
		return err_set(err, "%s: %s (%s)", at->control, a->reply.text,
		    code_name(a->reply.code));
	return 0;
}

int attach_request(struct attach *at, enum op op, struct answer *a, struct err *err)
{
	struct buf request = BUF_INIT;
	int result;

	request_begin(&request, op, 0);
	result = attach_ask(at, &request, a, err);
	buf_free(&request);
	return result;
}

#define ROW(member, kind, flag, ...)                                           \
	{ .key = #member, .type = kind, .flags = flag,                         \
	  .offset = offsetof(struct hello, member),                            \
	  .size = sizeof(((struct hello *)0)->member), __VA_ARGS__ }

static const struct key_desc hello_keys[] = {
	ROW(source, KEY_ID, KEY_REQUIRED, .help = "its name"),
	ROW(version, KEY_TEXT, 0, .help = "of the program"),
	ROW(history, KEY_TEXT, 0, .help = "mark of the history it writes"),
	ROW(kind, KEY_ENUM, KEY_REQUIRED, .names = source_kind_names, .help = "what it is"),
	ROW(boot, KEY_UINT, 0, .help = "when it started, s since 1970"),
	ROW(time, KEY_UINT, KEY_REQUIRED, .max = INT64_MAX, .help = "its clock, ms since 1970"),
};

#undef ROW

int hello_read(const wire_value *reply, int64_t asked_ms, int64_t answered_ms, struct hello *hello,
    struct err *err)
{
	struct reject why;

	if (keys_read(reply, hello_keys, ARRAY_LEN(hello_keys), hello, &why) == -1)
		return err_set(err, "the reply to hello is not right: %s", why.detail);
	/* Its time was read about half-way. */
	hello->offset_ms = (int64_t)hello->time - (asked_ms + (answered_ms - asked_ms) / 2);
	return 0;
}

int attach_hello(struct attach *at, struct hello *hello, struct err *err)
{
	struct answer a;
	struct err why;
	int64_t asked, answered;
	int result;

	answer_init(&a);
	asked = clock_wall_ms();
	result = attach_request(at, OP_HELLO, &a, err);
	answered = clock_wall_ms();
	if (result == 0 && hello_read(a.reply.body, asked, answered, hello, &why) == -1)
		result = err_set(err, "%s: %.400s", at->control, why.text);
	answer_clear(&a);
	return result;
}

bool attach_interrupted(const struct attach *at)
{
	struct pollfd item = { .fd = at->signals, .events = POLLIN };

	return at->signals != -1 && poll(&item, 1, 0) == 1;
}
