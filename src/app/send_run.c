/*
 * The loop behind `odyssey send`: see send_run.h.
 *
 * Stages come three ways, and send_follow.c makes one story of them: as the
 * reply, on the feed, and by asking for `commands`, since the feed may have
 * been joined too late or have lost a message.
 */
#include "app/send_run.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uuid/uuid.h>

#include "base/clock.h"
#include "base/mem.h"

#define OPEN_MAX 200      /* requests under way at once; the rest wait their turn */
#define STATE_EVERY_MS 1000 /* a drone is asked after; less often among many */
#define CONNECT_MS 1000   /* to get a broken connection back */
#define SILENCE_MS 30000  /* of everybody, after which no more is waited for */

struct job {
	struct follow follow;
	struct sender *sender;
	const char *over;     /* what was said against it, "" for nothing */
	bool asked;           /* sent at least once */
	bool open;            /* an answer to it is awaited */
	bool state_open;      /* an answer to `commands` is awaited */
	int64_t asked_ms, state_ms, heard_ms;
	uint64_t expires;     /* of the first time it was sent: a repeat lives no longer */
};

struct sender {
	const struct send_run *run;
	struct client *client;
	struct feed_in *feed;   /* NULL unless waiting */
	struct wire_doc doc;
	struct buf args;
	char by[NAME_SIZE];
	struct job *jobs;
	size_t next;            /* first job not asked yet */
	size_t open;
	int64_t now_ms, unconnected_ms;
};

void send_name_user(char by[NAME_SIZE])
{
	const struct passwd *pw = getpwuid(geteuid());
	char host[64] = "localhost";

	gethostname(host, sizeof(host) - 1);
	snprintf(by, NAME_SIZE, "%.31s@%.32s", pw ? pw->pw_name : "unknown", host);
}

static void say(const struct sender *s, const struct follow *f, const char *more)
{
	const char *word = outcome_names[f->outcome];
	const char *name = command_table[f->cmd].name;

	if (s->run->json) {
		struct buf line = BUF_INIT;

		buf_printf(&line, "{\"drone\":\"%s\",\"cmd\":\"%s\",\"id\":\"%s\",\"stage\":\"%s\",\"code\":",
		    f->drone, name, f->id, f->outcome == OUTCOME_NONE ? "none" : word);
		if (f->code != CODE_OK)
			buf_printf(&line, "\"%s\"", code_name(f->code));
		else
			buf_add_str(&line, "null");
		buf_printf(&line, ",\"time\":%lld,\"text\":", (long long)clock_wall_ms());
		wire_json_text(&line, *more ? more : f->text, strlen(*more ? more : f->text));
		printf("%s}\n", line.data);
		buf_free(&line);
	} else {
		printf("%s %s: %s%s%s%s%s\n", f->drone, name, word, *f->text ? ": " : "", f->text,
		    *more ? "; " : "", more);
	}
	fflush(stdout);
}

static void command_answered(void *user, enum client_result result, const void *body, size_t len,
    void *context);

static bool ask(struct sender *s, struct job *job)
{
	const struct send_run *run = s->run;
	struct request req = { .op = OP_COMMAND };
	struct buf body = BUF_INIT;
	int result;

	str_copy(req.id, sizeof(req.id), job->follow.id);
	str_copy(req.drone, sizeof(req.drone), job->follow.drone);
	str_copy(req.cmd, sizeof(req.cmd), command_table[job->follow.cmd].name);
	str_copy(req.by, sizeof(req.by), s->by);
	/* A reason without a warning would be a reason for nothing. */
	str_copy(req.over, sizeof(req.over), job->over);
	str_copy(req.reason, sizeof(req.reason), *job->over ? run->reason : "");
	if (!job->asked)
		job->expires = (uint64_t)(clock_wall_ms() + run->offset_ms + run->expires_ms);
	req.expires = job->expires;
	request_encode_command(&body, &req, &s->args);
	result = client_request(s->client, &body, s->now_ms + run->answer_ms, command_answered, job);
	buf_free(&body);
	if (result == -1)
		return false;
	job->asked = job->open = true;
	job->asked_ms = job->state_ms = job->heard_ms = s->now_ms;
	s->open++;
	return true;
}

static void repeat_or_say(struct sender *s, struct job *job)
{
	struct follow *f = &job->follow;

	if (!follow_may_repeat(f)) {
		say(s, f, "whether it is flown is not known");
		return;
	}
	f->tries++;
	if (ask(s, job))
		say(s, f, "asking again with the same id");
	else
		say(s, f, "whether it is flown is not known");
}

static void command_answered(void *user, enum client_result result, const void *body, size_t len,
    void *context)
{
	struct job *job = user;
	struct sender *s = job->sender;
	struct follow *f = &job->follow;
	struct reply reply;
	struct err err;
	bool again = f->outcome == OUTCOME_UNKNOWN;

	(void)context;
	if (result == CLIENT_GONE)
		return;
	if (result != CLIENT_LATE && job->open) {
		job->open = false;
		s->open--;
	}
	if (result == CLIENT_TIMEOUT) {
		if (f->ended)
			return;
		if (follow_timeout(f, (double)s->run->answer_ms / 1000) || again)
			repeat_or_say(s, job);
		return;
	}
	job->heard_ms = s->now_ms;
	if (reply_parse(&s->doc, body, len, &reply, &err) == -1) {
		fprintf(stderr, "odyssey send: %s: the answer is not right: %s\n", f->drone, err.text);
		if (follow_reply(f, CODE_TIMEOUT, "the answer cannot be read"))
			say(s, f, "whether it is flown is not known");
		return;
	}
	if (!follow_reply(f, reply.code, reply.text) && !(again && f->outcome == OUTCOME_UNKNOWN))
		return;
	if (f->outcome == OUTCOME_UNKNOWN)
		repeat_or_say(s, job);
	else
		say(s, f, "");
}

static void progressed(struct sender *s, struct job *job, const struct progress *cm)
{
	if (follow_progress(&job->follow, cm))
		say(s, &job->follow, "");
}

static void state_answered(void *user, enum client_result result, const void *body, size_t len,
    void *context)
{
	struct job *job = user;
	struct sender *s = job->sender;
	const wire_value *list;
	struct reply reply;
	struct err err;

	(void)context;
	job->state_open = false;
	if ((result != CLIENT_ANSWERED && result != CLIENT_LATE) ||
	    reply_parse(&s->doc, body, len, &reply, &err) == -1)
		return;
	if (job->follow.outcome != OUTCOME_UNKNOWN)
		job->heard_ms = s->now_ms;
	list = wire_key(reply.body, "commands");
	for (size_t i = 0; i < wire_count(list); i++) {
		struct progress cm;
		struct reject why;

		if (message_read(wire_at(list, i), TOPIC_CM, &cm, &why) == 0)
			progressed(s, job, &cm);
	}
}

/* Where it stands, of each that nothing was heard of for a while: this is no
 * repeat of the command, so it is done for all. */
static void ask_states(struct sender *s)
{
	int64_t every_ms = STATE_EVERY_MS * (1 + (int64_t)s->run->count / OPEN_MAX);

	for (size_t i = 0; i < s->next; i++) {
		struct job *job = &s->jobs[i];
		struct request req = { .op = OP_COMMANDS, .since = KEY_NONE };
		struct buf body = BUF_INIT;

		if (job->follow.ended || job->state_open || job->state_ms + every_ms > s->now_ms)
			continue;
		str_copy(req.id, sizeof(req.id), job->follow.id);
		request_encode(&body, &req);
		job->state_ms = s->now_ms;
		job->state_open = client_request(s->client, &body, s->now_ms + s->run->answer_ms,
		    state_answered, job) == 0;
		buf_free(&body);
	}
}

static void take_feed(struct sender *s)
{
	struct link_message m;

	if (!s->feed)
		return;
	link_message_init(&m);
	while (feed_in_receive(s->feed, &m)) {
		struct reject why;
		enum topic_kind kind;
		union message message;
		char id[ID_SIZE];

		if (m.frames == 2 && topic_parse(m.topic, m.topic_len, &kind, id, &why) == 0 &&
		    kind == TOPIC_CM &&
		    message_decode(&s->doc, kind, id, m.body, m.body_len, &message, &why) == 0) {
			for (size_t i = 0; i < s->next; i++)
				progressed(s, &s->jobs[i], &message.cm);
		}
		link_message_clear(&m);
	}
}

static void ask_more(struct sender *s)
{
	while (s->next < s->run->count && s->open < OPEN_MAX) {
		struct job *job = &s->jobs[s->next];

		if (!ask(s, job)) {
			if (!s->unconnected_ms)
				s->unconnected_ms = s->now_ms;
			if (s->now_ms - s->unconnected_ms < CONNECT_MS)
				return;
			if (follow_not_sent(&job->follow))
				say(s, &job->follow, "");
		} else {
			s->unconnected_ms = 0;
		}
		s->next++;
	}
}

/* Nothing is under way that could still tell what becomes of it. */
static bool silent(const struct sender *s, const struct job *job)
{
	int64_t patience = s->run->wait ? SILENCE_MS : s->run->answer_ms + STATE_EVERY_MS;

	return job->asked && !job->open && s->now_ms - job->heard_ms >= patience;
}

static bool all_ended(const struct sender *s)
{
	for (size_t i = 0; i < s->run->count; i++) {
		if (!s->jobs[i].follow.ended && !silent(s, &s->jobs[i]))
			return false;
	}
	return true;
}

static void loop(struct sender *s, int64_t end_ms)
{
	struct link_item items[3] = {
		{ .socket = client_pollable(s->client) },
		{ .fd = s->run->at->signals },
		{ .socket = s->feed ? feed_in_pollable(s->feed) : NULL },
	};

	while (!all_ended(s) && s->now_ms < end_ms && !attach_interrupted(s->run->at)) {
		ask_more(s);
		link_poll(items, s->feed ? 3 : 2, s->next < s->run->count ? 10 : 100);
		s->now_ms = clock_mono_ms();
		client_work(s->client, s->now_ms, NULL);
		take_feed(s);
		ask_states(s);
	}
}

/* The last word on one that has not ended. */
static void give_up(const struct sender *s, struct follow *f, bool asked, bool in_time)
{
	bool interrupted = attach_interrupted(s->run->at);

	if (!asked) {
		follow_not_sent(f);
		str_copy(f->text, sizeof(f->text), "it was not sent");
		say(s, f, interrupted ? "interrupted" : "no time left");
		return;
	}
	follow_timeout(f, (double)(in_time ? s->run->answer_ms : s->run->timeout_ms) / 1000);
	if (interrupted)
		say(s, f, "interrupted; it is not taken back, and what becomes of it is not known");
	else if (!in_time)
		say(s, f, "no time left; what becomes of it is not known");
	else if (s->run->wait)
		say(s, f, "nothing more is heard; what becomes of it is not known");
}

static int finish(struct sender *s, bool in_time)
{
	size_t failed = 0, wrong = 0;

	for (size_t i = 0; i < s->run->count; i++) {
		struct job *job = &s->jobs[i];

		if (!job->follow.ended)
			give_up(s, &job->follow, job->asked, in_time);
		failed += !job->follow.ended || !follow_succeeded(&job->follow);
		wrong += follow_was_wrong_input(&job->follow);
	}
	if (failed == 0)
		return EXIT_OK;
	return wrong == s->run->count ? EXIT_USAGE : EXIT_FAILED;
}

/* Each drone's stages; of very many, everybody's. */
static int follow_feed(struct sender *s, struct err *err)
{
	if (attach_feed(s->run->at, &s->feed, err) == -1)
		return -1;
	for (size_t i = 0; i < s->run->count && s->run->count <= OPEN_MAX; i++) {
		char topic[TOPIC_SIZE];

		topic_format(topic, TOPIC_CM, s->run->targets[i].id);
		feed_in_subscribe(s->feed, topic);
	}
	if (s->run->count > OPEN_MAX)
		feed_in_subscribe(s->feed, "cm.");
	return 0;
}

int send_run(const struct send_run *run)
{
	struct sender s = { .run = run, .args = BUF_INIT, .now_ms = clock_mono_ms() };
	int64_t end_ms = INT64_MAX;
	struct err err;
	int code;

	if (attach_client(run->at, &s.client, &err) == -1 ||
	    (run->wait && follow_feed(&s, &err) == -1))
		return app_failure("send", &err);
	wire_doc_init(&s.doc);
	send_name_user(s.by);
	command_args_write(&s.args, run->line->cmd, &run->line->args);
	s.jobs = xcalloc(run->count + 1, sizeof(*s.jobs));
	for (size_t i = 0; i < run->count; i++) {
		uuid_t id;
		char text[UUID_STR_LEN];

		uuid_generate(id);
		uuid_unparse_lower(id, text);
		follow_start(&s.jobs[i].follow, text, run->targets[i].id, run->line->cmd,
		    &run->line->args, run->wait);
		s.jobs[i].sender = &s;
		s.jobs[i].over = run->over ? run->over[i].text : "";
	}
	if (run->timeout_ms != INT64_MAX)
		end_ms = s.now_ms + run->timeout_ms;
	loop(&s, end_ms);
	code = finish(&s, s.now_ms < end_ms);
	/* The jobs are what late answers would be told to. */
	client_close(&run->at->client, NULL);
	feed_in_close(&s.feed);
	wire_doc_clear(&s.doc);
	buf_free(&s.args);
	free(s.jobs);
	return code;
}
