/* Events kept by the daemon and told once more, and their place among those that a
 * screen has. */
#include "unit.h"

#include <stdlib.h>

#include "app/event_log.h"
#include "base/mem.h"
#include "proto/control.h"
#include "ui/model.h"

static struct event event(int64_t time, const char *drone, const char *text)
{
	struct event ev = { .time = (uint64_t)time, .severity = SEVERITY_NOTICE };

	str_copy(ev.drone, sizeof(ev.drone), drone);
	str_copy(ev.source, sizeof(ev.source), "sim");
	str_copy(ev.text, sizeof(ev.text), text);
	return ev;
}

/* What is answered, as "3 4 5+" with a + where there are more. */
static const char *ask(const struct event_log *log, const char *drone, uint64_t before, uint64_t limit,
    uint64_t *next)
{
	static char text[8192];
	struct buf b = BUF_INIT;
	struct wire_doc doc;
	struct reply reply;
	struct err err;
	const wire_value *list;
	size_t len = 0;
	bool more = false;

	text[0] = '\0';
	wire_doc_init(&doc);
	event_log_reply(&b, log, drone, before, limit);
	assert_int_equal(reply_parse(&doc, b.data, b.len, &reply, &err), 0);
	list = wire_key(reply.body, "events");
	for (size_t i = 0; i < wire_count(list); i++) {
		struct event ev;
		struct reject why;

		assert_int_equal(message_read(wire_at(list, i), TOPIC_EV, &ev, &why), 0);
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i ? " " : "", ev.text);
	}
	assert_true(wire_get_bool(wire_key(reply.body, "more"), &more));
	assert_true(wire_get_uint(wire_key(reply.body, "before"), next));
	if (more)
		snprintf(text + len, sizeof(text) - len, "+");
	wire_doc_clear(&doc);
	buf_free(&b);
	return text;
}

static void test_the_newest_first_page_by_page(void **state)
{
	static const struct {
		const char *legend, *drone;
		uint64_t before, limit;
		const char *want;
		uint64_t next;
	} cases[] = {
		{ "all", "", KEY_NONE, 200, "0 1 2 3 4 5 6 7 8 9", 0 },
		{ "the newest", "", KEY_NONE, 3, "7 8 9+", 7 },
		{ "and before them", "", 7, 3, "4 5 6+", 4 },
		{ "to the end", "", 3, 3, "0 1 2", 0 },
		{ "none", "", 0, 3, "", 0 },
		{ "no limit worth the name", "", KEY_NONE, 0, "+", 0 },
		{ "of a drone", "odd", KEY_NONE, 2, "7 9+", 7 },
		{ "of it, before", "odd", 7, 5, "1 3 5", 1 },
		{ "of none", "nobody", KEY_NONE, 5, "", 0 },
		{ "before what is not yet", "", 1000, 2, "8 9+", 8 },
	};
	struct event_log *log = xcalloc(1, sizeof(*log));
	uint64_t next;

	(void)state;
	assert_string_equal(ask(log, "", KEY_NONE, 10, &next), "");
	for (int i = 0; i < 10; i++) {
		char text[16];
		struct event ev;

		snprintf(text, sizeof(text), "%d", i);
		ev = event(1000 + i, i % 2 ? "odd" : "", text);
		event_log_add(log, &ev);
	}
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *got = ask(log, cases[i].drone, cases[i].before, cases[i].limit, &next);

		if (strcmp(got, cases[i].want) != 0 || next != cases[i].next)
			fail_msg("%s: \"%s\", before %d", cases[i].legend, got, (int)next);
	}
	event_log_clear(log);
	free(log);
}

static void test_the_oldest_gives_way(void **state)
{
	struct event_log *log = xcalloc(1, sizeof(*log));
	uint64_t next = KEY_NONE, pages = 0;

	(void)state;
	for (int i = 0; i < 3 * EVENT_LOG_MAX + 7; i++) {
		struct event ev = event(i, "", i == 3 * EVENT_LOG_MAX + 6 ? "last" : "x");

		event_log_add(log, &ev);
	}
	assert_string_equal(ask(log, "", KEY_NONE, 1, &next), "last+");
	next = KEY_NONE;
	while (strchr(ask(log, "", next, 100000, &next), '+'))
		pages++;
	assert_int_equal(pages, EVENT_LOG_MAX / EVENT_LOG_REPLY_MAX - 1);
	assert_int_equal(next, 2 * EVENT_LOG_MAX + 7);
	/* Those of before it are no more. */
	assert_string_equal(ask(log, "", 5, 10, &next), "");
	event_log_clear(log);
	free(log);
}

/* What a screen shows, oldest first, a letter each. */
static const char *shown(const struct model *m)
{
	static char text[1024];
	size_t n = 0, len = 0;

	while (model_event_at(m, n))
		n++;
	for (size_t i = n; i > 0 && len < sizeof(text) - 8; i--)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s", model_event_at(m, i - 1)->text);
	return text;
}

static void test_each_at_its_place(void **state)
{
	static const struct {
		const char *legend;
		const char *came, *told; /* time and letter: "1a3b" */
		const char *want;
		size_t added;
	} cases[] = {
		{ "nothing came yet", "", "1a2b3c", "abc", 3 },
		{ "nothing is told", "1a2b", "", "ab", 0 },
		{ "all before", "5x", "1a2b", "abx", 2 },
		{ "in between", "2x4y", "1a3b5c", "axbyc", 3 },
		{ "it came already", "2b3c", "1a2b3c", "abc", 1 },
		{ "all came already", "1a2b", "1a2b", "ab", 0 },
		{ "told twice", "", "1a1a2b", "ab", 2 },
		{ "the same words at another time are another event", "2a", "1a", "aa", 1 },
		{ "of one instant: as they were told, then what came", "1x", "1a1b", "abx", 2 },
		{ "what came late keeps no order", "5x2y", "3a", "yax", 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct event told[16];
		struct model m;
		size_t n = 0;

		model_init(&m, 3, 10);
		for (const char *p = cases[i].came; *p; p += 2) {
			struct event ev = event(*p - '0', "D01", (char[]){ p[1], 0 });

			model_message_event(&m, &ev);
		}
		for (const char *p = cases[i].told; *p; p += 2)
			told[n++] = event(*p - '0', "D01", (char[]){ p[1], 0 });
		if (model_events_earlier(&m, told, n) != cases[i].added || strcmp(shown(&m), cases[i].want) != 0)
			fail_msg("%s: %s", cases[i].legend, shown(&m));
		model_free(&m);
	}
}

static void test_no_more_than_are_kept(void **state)
{
	struct event *told = xcalloc(300, sizeof(*told));
	struct model m;
	size_t n = 0;

	(void)state;
	model_init(&m, 3, 10);
	for (int i = 0; i < MODEL_EVENTS_MAX - 100; i++) {
		struct event ev = event(1000 + i, "", i % 2 ? "odd" : "even");

		model_message_event(&m, &ev);
	}
	for (int i = 0; i < 300; i++)
		told[i] = event(i, "", "told");
	assert_int_equal(model_events_earlier(&m, told, 300), 300);
	while (model_event_at(&m, n))
		n++;
	assert_int_equal(n, MODEL_EVENTS_MAX);
	assert_int_equal(model_event_at(&m, 0)->time_ms, 1000 + MODEL_EVENTS_MAX - 101);
	assert_int_equal(model_event_at(&m, n - 1)->time_ms, 200);
	/* And they go on as before. */
	told[0] = event(9000, "", "new");
	model_message_event(&m, &told[0]);
	assert_string_equal(model_event_at(&m, 0)->text, "new");
	assert_int_equal(model_event_at(&m, MODEL_EVENTS_MAX - 1)->time_ms, 201);
	model_free(&m);
	free(told);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_newest_first_page_by_page), cmocka_unit_test(test_the_oldest_gives_way),
		cmocka_unit_test(test_each_at_its_place), cmocka_unit_test(test_no_more_than_are_kept),
	};

	return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
