/* What the tests of plans share: putting them, changing a file behind the program's back. */
#ifndef TESTS_PLANS_UTIL_H
#define TESTS_PLANS_UTIL_H

#include "test_history_util.h"

#include <sqlite3.h>

#include "proto/plan.h"

/* A reply with a mission of n points; a key that this version does not know rides along. */
static inline bool put_plan(struct history *h, const char *drone, uint64_t rev, size_t n, int64_t at_ms)
{
	struct buf body = BUF_INIT;
	struct wire_doc doc;
	struct reject why;
	const wire_value *reply;
	struct plan plan;
	struct err err;
	bool taken;

	wire_put_map(&body, 6);
	wire_put_text(&body, "v");
	wire_put_uint(&body, 1);
	wire_put_text(&body, "ok");
	wire_put_bool(&body, true);
	wire_put_text(&body, "rev");
	wire_put_uint(&body, rev);
	wire_put_text(&body, "mission");
	wire_put_array(&body, n);
	for (size_t i = 0; i < n; i++) {
		wire_put_map(&body, 3);
		wire_put_text(&body, "lat");
		wire_put_number(&body, 47.5 + (double)(i % 40));
		wire_put_text(&body, "lon");
		wire_put_number(&body, 8.25);
		wire_put_text(&body, "height");
		wire_put_int(&body, 30);
	}
	wire_put_text(&body, "fence");
	wire_put_array(&body, 1);
	wire_put_map(&body, 3);
	wire_put_text(&body, "kind");
	wire_put_text(&body, "in");
	wire_put_text(&body, "center");
	wire_put_array(&body, 2);
	wire_put_number(&body, 47.5);
	wire_put_number(&body, 8.25);
	wire_put_text(&body, "radius");
	wire_put_int(&body, 500);
	wire_put_text(&body, "wings");
	wire_put_uint(&body, 2);
	wire_doc_init(&doc);
	reply = wire_parse(&doc, body.data, body.len, &why);
	assert_non_null(reply);
	assert_int_equal(plan_read(reply, &plan, &err), 0);
	taken = history_put_plan(h, drone, &plan, reply, at_ms);
	plan_clear(&plan);
	wire_doc_clear(&doc);
	buf_free(&body);
	return taken;
}

static inline void change_file(const char *path, const char *sql)
{
	char *error = NULL;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s: %s", sql, error);
	sqlite3_close(db);
}

#endif
