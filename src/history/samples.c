/* Stored samples in order: see samples.h. */
#include "history/samples.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "history/days.h"
#include "history/scan.h"

struct key {
	uint32_t boot, seq;
	size_t at, len; /* of the body */
	int64_t arrived_ms;
	bool backfilled;
};

struct gathered {
	struct key *keys;
	size_t count, cap;
	struct buf bodies;
};

static int compare_keys(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (x->boot != y->boot)
		return x->boot < y->boot ? -1 : 1;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

static int gather(sqlite3 *db, const struct scan_filter *filter, struct gathered *g)
{
	struct scan *scan;
	int rc = schema_exec(db, "BEGIN");

	if (rc == SQLITE_OK)
		rc = scan_open(&scan, db, filter, COLUMNS_ALL);
	if (rc != SQLITE_OK)
		return rc;
	while ((rc = scan_next(scan)) == 1) {
		const struct chunk *c = scan_chunk(scan);
		size_t i = scan_index(scan), at = g->bodies.len;

		chunk_body(c, i, &g->bodies);
		mem_grow(g->keys, g->count, g->cap);
		g->keys[g->count++] = (struct key){
			.boot = c->boot,
			.seq = (uint32_t)c->columns[FIELD_seq][i],
			.at = at,
			.len = g->bodies.len - at,
			.arrived_ms = c->columns[COLUMN_ARRIVED][i],
			.backfilled = c->backfilled[i],
		};
	}
	rc = rc == 0 ? SQLITE_OK : scan_error(scan);
	scan_close(&scan);
	return rc;
}

static int gather_day(const char *dir, int64_t day, const struct scan_filter *filter,
    struct gathered *g, struct err *err)
{
	char path[DAY_PATH_SIZE];
	enum schema_trouble trouble;
	sqlite3 *db;
	int rc = SQLITE_OK;

	day_path(path, dir, day);
	trouble = schema_open_read(&db, path, err);
	if (trouble == TROUBLE_EMPTY)
		return 0;
	if (trouble != TROUBLE_NONE)
		return -1;
	if (!schema_mark(db, "finished", 0) ||
	    (schema_mark(db, "last_time", INT64_MIN) >= filter->first_ms &&
		schema_mark(db, "first_time", INT64_MAX) <= filter->last_ms))
		rc = gather(db, filter, g);
	if (rc != SQLITE_OK)
		err_set(err, "%s: %s", path, rc == SQLITE_CORRUPT
			? "it is damaged; `odyssey history verify` says where"
			: sqlite3_errmsg(db));
	sqlite3_close(db);
	return rc == SQLITE_OK ? 0 : -1;
}

static void give(const struct gathered *g, history_take_sample *take, void *context)
{
	for (size_t i = 0; i < g->count; i++) {
		const struct key *k = &g->keys[i];
		struct history_sample s = { .arrived_ms = k->arrived_ms, .backfilled = k->backfilled };
		struct reject why;

		if (i && compare_keys(k, k - 1) == 0)
			continue;
		if (sample_decode(g->bodies.data + k->at, k->len, &s.sample, &why) == 0 &&
		    !take(context, &s))
			return;
	}
}

int history_samples(const char *dir, const char *drone, int64_t from_ms, int64_t to_ms,
    history_take_sample *take, void *context, struct err *err)
{
	struct scan_filter filter = SCAN_ALL;
	struct gathered g = { 0 };
	int64_t *days;
	size_t count;
	int result = 0;

	if (days_list(dir, &days, &count, err) == -1)
		return -1;
	filter.drone = drone;
	filter.first_ms = from_ms;
	filter.last_ms = to_ms;
	for (size_t i = 0; i < count && result == 0; i++)
		result = gather_day(dir, days[i], &filter, &g, err);
	if (result == 0 && g.count) {
		qsort(g.keys, g.count, sizeof(*g.keys), compare_keys);
		give(&g, take, context);
	}
	free(days);
	free(g.keys);
	buf_free(&g.bodies);
	return result;
}
