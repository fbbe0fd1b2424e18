/* Feeds, control server and client over real sockets: envelopes, deadlines,
 * peers that are not there, come late, or vanish. */
#include "unit.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "link/client.h"
#include "link/feed.h"
#include "link/server.h"

static char dir[64];
static char endpoint[128];
static struct link *context;

static int setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/odyssey-test-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(endpoint, sizeof(endpoint), "ipc://%s/s", dir);
	context = link_new();
	return 0;
}

static int teardown(void **state)
{
	char path[80];

	(void)state;
	link_free(&context);
	snprintf(path, sizeof(path), "%s/s", dir);
	unlink(path);
	return rmdir(dir);
}

static struct buf text(const char *s)
{
	struct buf b = BUF_INIT;

	buf_add_str(&b, s);
	return b;
}

struct outcome {
	int answered, timeouts, late, gone;
	char body[64];
};

static void note(void *user, enum client_result result, const void *body, size_t len, void *context_)
{
	struct outcome *o = user;

	(void)context_;
	o->answered += result == CLIENT_ANSWERED;
	o->timeouts += result == CLIENT_TIMEOUT;
	o->late += result == CLIENT_LATE;
	o->gone += result == CLIENT_GONE;
	if (body)
		snprintf(o->body, sizeof(o->body), "%.*s", (int)len, (const char *)body);
}

/* Hands a request on as soon as there is a connection; false after 3 s. */
static bool request(struct client *c, const char *s, int64_t within_ms, struct outcome *o)
{
	struct buf b = text(s);
	int64_t until = clock_mono_ms() + 3000;
	int ret;

	while ((ret = client_request(c, &b, clock_mono_ms() + within_ms, note, o)) == -1 &&
	       clock_mono_ms() < until)
		usleep(5000);
	buf_free(&b);
	return ret == 0;
}

static bool receive(struct server *s, char *out, size_t size, struct server_envelope *envelope)
{
	int64_t until = clock_mono_ms() + 3000;
	const void *body;
	size_t len;

	while (!server_receive(s, &body, &len, envelope)) {
		struct link_item item = { .socket = server_pollable(s) };

		if (clock_mono_ms() > until)
			return false;
		link_poll(&item, 1, 50);
	}
	snprintf(out, size, "%.*s", (int)len, (const char *)body);
	return true;
}

static void reply(struct server *s, struct server_envelope *envelope, const char *body)
{
	struct buf b = text(body);

	server_reply(s, envelope, &b);
	buf_free(&b);
}

/* Until all outcomes wanted are in, or 3 s. */
static void work_until(struct client *c, const int *counter, int wanted)
{
	int64_t until = clock_mono_ms() + 3000;

	while (*counter < wanted && clock_mono_ms() < until) {
		struct link_item item = { .socket = client_pollable(c) };

		link_poll(&item, 1, 10);
		client_work(c, clock_mono_ms(), NULL);
	}
}

static void test_nobody_there(void **state)
{
	struct client *c;
	struct buf b = text("x");
	struct outcome o = { 0 };
	struct err err;

	(void)state;
	assert_int_equal(client_open(&c, context, endpoint, NULL, &err), 0);
	/* Not handed on, said at once, and nothing kept to be sent later. */
	assert_int_equal(client_request(c, &b, clock_mono_ms() + 1000, note, &o), -1);
	assert_int_equal(client_pending(c), 0);
	assert_int_equal(client_deadline(c), INT64_MAX);
	buf_free(&b);
	client_close(&c, NULL);
	assert_int_equal(o.gone, 0);
}

static void test_answers_in_any_order(void **state)
{
	struct server_envelope first, second;
	struct outcome a = { 0 }, b = { 0 };
	struct server *s;
	struct client *c;
	struct err err;
	char body[16];

	(void)state;
	assert_int_equal(server_open(&s, context, endpoint, NULL, &err), 0);
	assert_int_equal(client_open(&c, context, endpoint, NULL, &err), 0);
	assert_true(request(c, "a", 3000, &a));
	assert_true(request(c, "b", 3000, &b));
	assert_true(receive(s, body, sizeof(body), &first));
	assert_string_equal(body, "a");
	assert_true(receive(s, body, sizeof(body), &second));
	reply(s, &second, "B");
	reply(s, &first, "A");
	work_until(c, &a.answered, 1);
	work_until(c, &b.answered, 1);
	assert_string_equal(a.body, "A");
	assert_string_equal(b.body, "B");
	client_close(&c, NULL);
	server_close(&s);
}

static void test_deadline_then_late_answer(void **state)
{
	struct server_envelope envelope;
	struct outcome o = { 0 };
	struct server *s;
	struct client *c;
	struct err err;
	char body[16];

	(void)state;
	assert_int_equal(server_open(&s, context, endpoint, NULL, &err), 0);
	assert_int_equal(client_open(&c, context, endpoint, NULL, &err), 0);
	assert_true(request(c, "a", 50, &o));
	assert_true(receive(s, body, sizeof(body), &envelope));
	work_until(c, &o.timeouts, 1);
	assert_int_equal(o.timeouts, 1);
	assert_int_equal(client_pending(c), 0);
	reply(s, &envelope, "at last");
	work_until(c, &o.late, 1);
	assert_int_equal(o.late, 1);
	assert_int_equal(o.answered, 0);
	assert_string_equal(o.body, "at last");
	/* One that never comes: told on closing, so that its owner can let go. */
	assert_true(request(c, "b", 20, &o));
	work_until(c, &o.timeouts, 2);
	client_close(&c, NULL);
	assert_int_equal(o.gone, 1);
	server_close(&s);
}

static void test_nothing_waits_for_a_server_that_went(void **state)
{
	struct server_envelope envelope;
	struct outcome o = { 0 };
	struct server *s;
	struct client *c;
	struct err err;
	struct buf b = text("stale");
	char body[16];
	int64_t until;

	(void)state;
	assert_int_equal(server_open(&s, context, endpoint, NULL, &err), 0);
	assert_int_equal(client_open(&c, context, endpoint, NULL, &err), 0);
	assert_true(request(c, "a", 1000, &o));
	assert_true(receive(s, body, sizeof(body), &envelope));
	reply(s, &envelope, "A");
	work_until(c, &o.answered, 1);
	server_close(&s);
	/* Soon the connection is seen to be gone, and requests are refused. */
	until = clock_mono_ms() + 3000;
	while (client_request(c, &b, clock_mono_ms() + 100, note, &o) == 0 &&
	       clock_mono_ms() < until)
		usleep(10000);
	assert_true(clock_mono_ms() < until);
	/* What may have been sent meanwhile is dropped, not flown later. */
	assert_int_equal(server_open(&s, context, endpoint, NULL, &err), 0);
	assert_true(request(c, "fresh", 3000, &o));
	assert_true(receive(s, body, sizeof(body), &envelope));
	assert_string_equal(body, "fresh");
	server_envelope_clear(&envelope);
	buf_free(&b);
	client_close(&c, NULL);
	server_close(&s);
}

static void test_ask_waits_for_both(void **state)
{
	struct buf question = text("q"), answer = BUF_INIT;
	struct server *s;
	struct client *c;
	struct err err;
	bool sent;

	(void)state;
	assert_int_equal(client_open(&c, context, endpoint, NULL, &err), 0);
	assert_int_equal(client_ask(c, &question, 100, &answer, &sent, &err), -1);
	assert_false(sent);
	assert_int_equal(server_open(&s, context, endpoint, NULL, &err), 0);
	assert_int_equal(client_ask(c, &question, 1500, &answer, &sent, &err), -1);
	assert_true(sent);
	assert_non_null(strstr(err.text, "no answer within"));
	buf_free(&question);
	buf_free(&answer);
	client_close(&c, NULL);
	server_close(&s);
}

static void test_feed_moves_bytes_and_counts(void **state)
{
	struct link_message m, copy;
	struct feed_out *out;
	struct feed_in *in;
	struct err err;
	char big[1000];
	int64_t until = clock_mono_ms() + 3000;

	(void)state;
	memset(big, 'x', sizeof(big));
	assert_int_equal(feed_out_open(&out, context, endpoint, NULL, &err), 0);
	assert_int_equal(feed_in_open(&in, context, endpoint, NULL, &err), 0);
	link_message_init(&m);
	while (!feed_in_receive(in, &m) && clock_mono_ms() < until) {
		feed_out_send(out, TOPIC_TM, "D01", big, sizeof(big));
		usleep(5000);
	}
	assert_int_equal(m.frames, 2);
	assert_int_equal(m.topic_len, 6);
	assert_memory_equal(m.topic, "tm.D01", 6);
	assert_int_equal(m.body_len, sizeof(big));
	link_message_move(&copy, &m);
	assert_int_equal(m.body_len, 0);
	assert_memory_equal(copy.topic, "tm.D01", 6);
	assert_memory_equal(copy.body, big, sizeof(big));
	assert_true(feed_out_sent(out) >= 1);
	while (feed_in_receive(in, &m))
		;
	feed_out_forward(out, &copy);
	while (!feed_in_receive(in, &m) && clock_mono_ms() < until)
		usleep(1000);
	assert_memory_equal(m.body, big, sizeof(big));
	link_message_clear(&m);
	feed_in_close(&in);
	feed_out_close(&out);
}

static void leave_behind(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(address.sun_path, path);
	unlink(path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
}

static void test_taken_endpoint_is_named(void **state)
{
	struct server *a, *b;
	struct err err;

	(void)state;
	assert_int_equal(server_open(&a, context, "tcp://127.0.0.1:47611", NULL, &err), 0);
	assert_int_equal(server_open(&b, context, "tcp://127.0.0.1:47611", NULL, &err), -1);
	assert_non_null(strstr(err.text, "tcp://127.0.0.1:47611 cannot be bound: another program has it"));
	server_close(&a);
	/* libzmq alone would steal the path from the first. */
	assert_int_equal(server_open(&a, context, endpoint, NULL, &err), 0);
	assert_int_equal(server_open(&b, context, endpoint, NULL, &err), -1);
	assert_non_null(strstr(err.text, "another program has it"));
	server_close(&a);
	/* A path left behind by a program that was killed may be taken. */
	leave_behind(endpoint + strlen("ipc://"));
	assert_int_equal(server_open(&b, context, endpoint, NULL, &err), 0);
	server_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nobody_there, setup, teardown),
		cmocka_unit_test_setup_teardown(test_answers_in_any_order, setup, teardown),
		cmocka_unit_test_setup_teardown(test_deadline_then_late_answer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing_waits_for_a_server_that_went, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ask_waits_for_both, setup, teardown),
		cmocka_unit_test_setup_teardown(test_feed_moves_bytes_and_counts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_taken_endpoint_is_named, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
