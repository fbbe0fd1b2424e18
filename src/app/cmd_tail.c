/* odyssey tail: the live feed as text or JSON lines. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/attach.h"
#include "app/commands.h"
#include "app/tail_view.h"
#include "base/clock.h"
#include "base/mem.h"

#define QUIET_MS 3000          /* silence worth a word */
#define OUT_MAX (64u << 10)    /* bytes gathered before they are written */
#define MALFORMED_A_SECOND 5   /* lines about them; the rest is counted */

struct tail {
	struct attach at;
	struct feed_in *feed;
	struct wire_doc doc;
	struct tail_topic *topics; /* none: everything */
	size_t topic_count;
	bool json;
	const struct field_list *fields; /* NULL: all */
	long long count;                 /* lines to print; -1: no end */
	int64_t end_ms;                  /* monotonic */

	struct buf out;
	uint64_t printed, malformed, unknown;
	int64_t heard_ms, wanted_ms;     /* last message of any kind; last printed */
	bool quiet_said, closed, write_failed;
	int64_t malformed_second;
	int malformed_said;
};

static void flush(struct tail *t)
{
	size_t at = 0;

	while (at < t->out.len && !t->closed && !t->write_failed) {
		ssize_t n = write(STDOUT_FILENO, t->out.data + at, t->out.len - at);

		if (n >= 0) {
			at += (size_t)n;
		} else if (errno == EPIPE) {
			t->closed = true;
		} else if (errno == EAGAIN) {
			poll(&(struct pollfd){ .fd = STDOUT_FILENO, .events = POLLOUT }, 1, 100);
		} else if (errno != EINTR) {
			fprintf(stderr, "odyssey tail: the output cannot be written: %s\n", strerror(errno));
			t->write_failed = true;
		}
		if (attach_interrupted(&t->at) && at < t->out.len && n == -1)
			break;
	}
	buf_clear(&t->out);
}

/* Whoever read our output is gone, though there is nothing to write now. */
static bool reader_gone(void)
{
	struct pollfd item = { .fd = STDOUT_FILENO, .events = 0 };

	return poll(&item, 1, 0) == 1 && (item.revents & (POLLERR | POLLNVAL));
}

static void say_malformed(struct tail *t, const struct link_message *m, const struct reject *why,
    int64_t now_ms)
{
	char topic[TOPIC_SIZE + 1] = "";

	t->malformed++;
	if (now_ms / 1000 != t->malformed_second) {
		t->malformed_second = now_ms / 1000;
		t->malformed_said = 0;
	}
	if (t->malformed_said++ >= MALFORMED_A_SECOND)
		return;
	if (m->topic)
		str_copy_n(topic, sizeof(topic), m->topic, m->topic_len);
	str_clean(topic);
	fprintf(stderr, "odyssey tail: malformed message \"%s\" passed over (%s: %s)\n", topic,
	    reject_name(why->reason), why->detail);
}

static bool wanted(const struct tail *t, enum topic_kind kind, const char *id)
{
	if (t->topic_count == 0)
		return true;
	for (size_t i = 0; i < t->topic_count; i++) {
		if (tail_topic_matches(&t->topics[i], kind, id))
			return true;
	}
	return false;
}

static void take(struct tail *t, const struct link_message *m, int64_t now_ms)
{
	struct reject why;
	enum topic_kind kind;
	char id[ID_SIZE];
	int result;

	t->heard_ms = now_ms;
	if (m->frames != 2) {
		reject_set(&why, REJECT_FRAMES, "%d frames, not two", m->frames);
		say_malformed(t, m, &why, now_ms);
		return;
	}
	if (topic_parse(m->topic, m->topic_len, &kind, id, &why) == -1) {
		say_malformed(t, m, &why, now_ms);
		return;
	}
	if (kind == TOPIC_UNKNOWN) {
		t->unknown++;
		return;
	}
	if (!wanted(t, kind, id))
		return;
	result = tail_line(&t->out, &t->doc, kind, id, m->body, m->body_len, t->json, t->fields, &why);
	if (result == -1) {
		say_malformed(t, m, &why, now_ms);
	} else if (result == 1) {
		t->printed++;
		t->wanted_ms = now_ms;
	}
}

static void say_quiet(struct tail *t, int64_t now_ms)
{
	if (t->quiet_said || now_ms - t->wanted_ms < QUIET_MS)
		return;
	t->quiet_said = true;
	flush(t);
	if (now_ms - t->heard_ms >= QUIET_MS)
		fprintf(stderr, "odyssey tail: nothing comes from %s; see that %s, still listening\n",
		    t->at.feed, t->at.named ? "something runs there" : "odyssey daemon runs");
	else
		fprintf(stderr, "odyssey tail: %s is there, but nothing of what is asked for came yet; still listening\n",
		    t->at.feed);
}

static bool over(const struct tail *t)
{
	return t->closed || t->write_failed || (t->count >= 0 && t->printed >= (uint64_t)t->count);
}

static void run(struct tail *t)
{
	struct link_item items[2] = {
		{ .socket = feed_in_pollable(t->feed) },
		{ .fd = t->at.signals },
	};
	struct link_message m;
	int64_t now = clock_mono_ms();

	t->heard_ms = t->wanted_ms = now;
	link_message_init(&m);
	while (!over(t) && now < t->end_ms && !attach_interrupted(&t->at)) {
		int64_t left = t->end_ms - now;

		link_poll(items, ARRAY_LEN(items), left < 500 ? (int)left : 500);
		now = clock_mono_ms();
		/* Not for ever: signals and the end are looked at in between. */
		for (int i = 0; i < 10000 && !over(t) && feed_in_receive(t->feed, &m); i++) {
			take(t, &m, now);
			link_message_clear(&m);
			if (t->out.len >= OUT_MAX)
				flush(t);
		}
		flush(t);
		say_quiet(t, now);
		if (reader_gone())
			t->closed = true;
	}
	link_message_clear(&m);
	flush(t);
	if (t->malformed > 0)
		fprintf(stderr, "odyssey tail: %llu malformed messages were passed over\n",
		    (unsigned long long)t->malformed);
}

static void subscribe(struct tail *t)
{
	char prefixes[TOPIC_COUNT][TOPIC_SIZE];

	/* Heartbeats tell a quiet feed from a dead one. */
	if (t->topic_count)
		feed_in_subscribe(t->feed, "hb.");
	for (size_t i = 0; i < t->topic_count; i++) {
		size_t n = tail_topic_prefixes(&t->topics[i], prefixes);

		for (size_t k = 0; k < n; k++)
			feed_in_subscribe(t->feed, prefixes[k]);
	}
}

static int read_line(struct tail *t, const struct app *app, struct field_list *fields,
    struct err *err)
{
	const char *text = args_get(&app->args, "fields");
	const char *duration = args_get(&app->args, "duration");
	int64_t ms;

	t->count = -1;
	t->end_ms = INT64_MAX;
	t->json = args_has(&app->args, "json");
	if (args_int(&app->args, "count", 1, INT64_MAX, &t->count, err) == -1)
		return -1;
	if (text) {
		if (field_list_parse(fields, text, tail_fields, err) == -1)
			return -1;
		t->fields = fields;
	}
	if (duration) {
		if (!duration_parse(duration, &ms) || ms <= 0)
			return err_set(err, "--duration must be a time, as in 10, 90s or 5m, and \"%.40s\" is not",
			    duration);
		t->end_ms = clock_mono_ms() + ms;
	}
	t->topics = xcalloc((size_t)app->args.operand_count + 1, sizeof(*t->topics));
	for (int i = 0; i < app->args.operand_count; i++) {
		if (tail_topic_read(&t->topics[i], app->args.operands[i], err) == -1)
			return -1;
		t->topic_count++;
	}
	return attach_open(&t->at, app, err);
}

int cmd_tail(struct app *app)
{
	struct tail t = { .out = BUF_INIT, .at = { .signals = -1 } };
	struct field_list fields;
	struct err err;
	int code = EXIT_OK;

	wire_doc_init(&t.doc);
	if (read_line(&t, app, &fields, &err) == -1) {
		code = app_usage_error("tail", &err);
	} else if (attach_feed(&t.at, &t.feed, &err) == -1) {
		code = app_failure("tail", &err);
	} else {
		subscribe(&t);
		run(&t);
		code = t.write_failed ? EXIT_FAILED : EXIT_OK;
	}
	feed_in_close(&t.feed);
	attach_close(&t.at);
	wire_doc_clear(&t.doc);
	buf_free(&t.out);
	free(t.topics);
	return code;
}
