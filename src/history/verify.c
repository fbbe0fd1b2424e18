/* Whether a history is whole: see verify.h. */
#include "history/verify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "history/chunk.h"
#include "history/days.h"
#include "history/plain.h"
#include "history/roster.h"
#include "history/schema.h"
#include "proto/plan.h"

/* Faults told of one file; more are only counted. */
#define FAULTS_TOLD 50

struct checking {
	sqlite3 *db;
	const char *name;
	history_fault *fault;
	void *context;
	struct history_verified *out;
	uint64_t told;
	struct roster roster;  /* of all days: no sample is in two */
	size_t *drones;        /* roster index + 1 by number */
	size_t drone_cap;
	int64_t sealed[PLAIN_SLOTS];
	struct chunk chunk;
};

static void wrong(struct checking *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void wrong(struct checking *c, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	c->out->faults++;
	if (c->told++ >= FAULTS_TOLD)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	c->fault(c->context, c->name, text);
}

typedef void check_row(struct checking *c, sqlite3_stmt *stmt);

static void each(struct checking *c, const char *sql, check_row *row)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(c->db, sql, -1, &stmt, NULL);

	if (rc == SQLITE_OK) {
		while ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
			row(c, stmt);
		sqlite3_finalize(stmt);
	}
	if (rc != SQLITE_DONE)
		wrong(c, "%s (while reading: %s)", sqlite3_errmsg(c->db), sql);
}

static void check_integrity(struct checking *c, sqlite3_stmt *stmt)
{
	const char *text = (const char *)sqlite3_column_text(stmt, 0);

	if (text && strcmp(text, "ok") != 0)
		wrong(c, "%s", text);
}

static void check_drone(struct checking *c, sqlite3_stmt *stmt)
{
	sqlite3_int64 number = sqlite3_column_int64(stmt, 0);
	char id[ID_SIZE + 1];

	schema_read_text(stmt, 1, id, sizeof(id));
	if (!id_valid(id, strlen(id)) || number <= 0 || number > 10 * 1000 * 1000) {
		wrong(c, "drone number %lld has the id \"%s\"", (long long)number, id);
		return;
	}
	while ((size_t)number >= c->drone_cap) {
		size_t cap = c->drone_cap ? c->drone_cap * 2 : 256;

		c->drones = xreallocarray(c->drones, cap, sizeof(*c->drones));
		memset(c->drones + c->drone_cap, 0, (cap - c->drone_cap) * sizeof(*c->drones));
		c->drone_cap = cap;
	}
	c->drones[number] = roster_drone(&c->roster, id) + 1;
}

static void check_slot(struct checking *c, sqlite3_stmt *stmt)
{
	sqlite3_int64 slot = sqlite3_column_int64(stmt, 0);

	if (slot < 0 || slot >= PLAIN_SLOTS)
		wrong(c, "there is no slot %lld", (long long)slot);
	else
		c->sealed[slot] = sqlite3_column_int64(stmt, 1);
}

static struct roster_drone *find_drone(struct checking *c, sqlite3_int64 number)
{
	if (number > 0 && (size_t)number < c->drone_cap && c->drones[number])
		return &c->roster.drones[c->drones[number] - 1];
	wrong(c, "a row is of drone number %lld, which there is not", (long long)number);
	return NULL;
}

static void check_once(struct checking *c, struct roster_drone *d, uint32_t boot, uint32_t seq,
    int64_t arrived_ms)
{
	c->out->samples++;
	if (!roster_store(d, boot, seq, arrived_ms))
		wrong(c, "sample %" PRIu32 " of boot %" PRIu32 " of %s is stored twice", seq, boot,
		    d->info.id);
}

/* What the row's columns say against what is in it. */
static void check_columns(struct checking *c, sqlite3_stmt *stmt)
{
	static const char *const names[] = {
		"boot", "first_seq", "last_seq", "count", "first_time", "last_time",
	};
	const struct chunk *k = &c->chunk;
	const int64_t *seq = k->columns[FIELD_seq], *time = k->columns[FIELD_time];
	int64_t real[ARRAY_LEN(names)] = {
		k->boot, k->count ? seq[0] : 0, k->count ? seq[k->count - 1] : 0,
		(int64_t)k->count, INT64_MAX, INT64_MIN,
	};

	for (size_t i = 0; i < k->count; i++) {
		if (i && seq[i] <= seq[i - 1])
			wrong(c, "sealed row %lld is not in order",
			    (long long)sqlite3_column_int64(stmt, 0));
		real[4] = time[i] < real[4] ? time[i] : real[4];
		real[5] = time[i] > real[5] ? time[i] : real[5];
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (sqlite3_column_int64(stmt, (int)i + 2) != real[i])
			wrong(c, "sealed row %lld says %s %lld and holds %lld",
			    (long long)sqlite3_column_int64(stmt, 0), names[i],
			    (long long)sqlite3_column_int64(stmt, (int)i + 2), (long long)real[i]);
	}
}

static void check_sealed(struct checking *c, sqlite3_stmt *stmt)
{
	struct roster_drone *d = find_drone(c, sqlite3_column_int64(stmt, 1));

	c->out->sealed_rows++;
	if (!chunk_decode(&c->chunk, sqlite3_column_blob(stmt, 8),
		(size_t)sqlite3_column_bytes(stmt, 8), COLUMNS_ALL)) {
		wrong(c, "sealed row %lld is damaged: %lld samples of %s are lost",
		    (long long)sqlite3_column_int64(stmt, 0),
		    (long long)sqlite3_column_int64(stmt, 5), d ? d->info.id : "a drone");
		return;
	}
	check_columns(c, stmt);
	for (size_t i = 0; d && i < c->chunk.count; i++)
		check_once(c, d, c->chunk.boot, (uint32_t)c->chunk.columns[FIELD_seq][i],
		    c->chunk.columns[COLUMN_ARRIVED][i]);
}

static void check_plain(struct checking *c, sqlite3_stmt *stmt)
{
	sqlite3_int64 id = sqlite3_column_int64(stmt, 0);
	const unsigned char *p, *end;
	struct plain_row row;
	int more = 0;

	if (id < 0 || id / PLAIN_SLOTS <= c->sealed[id % PLAIN_SLOTS])
		return;
	p = sqlite3_column_blob(stmt, 1);
	end = p ? p + sqlite3_column_bytes(stmt, 1) : NULL;
	while (p && (more = plain_next(&p, end, &row)) == 1) {
		struct roster_drone *d = find_drone(c, row.drone);
		struct reject why;
		struct sample s;

		if (sample_decode(row.body, row.len, &s, &why) == -1 ||
		    sample_boot(&s) != row.boot || sample_seq(&s) != row.seq)
			wrong(c, "plain row %lld holds a sample that is none", (long long)id);
		else if (d)
			check_once(c, d, row.boot, row.seq, row.arrived_ms);
	}
	if (more == -1)
		wrong(c, "plain row %lld breaks off", (long long)id);
}

static void check_gap(struct checking *c, sqlite3_stmt *stmt)
{
	wrong(c, "gap row %lld makes no sense", (long long)sqlite3_column_int64(stmt, 0));
}

static void check_plan(struct checking *c, sqlite3_stmt *stmt)
{
	const void *content = sqlite3_column_blob(stmt, 5);
	struct wire_doc doc;
	struct plan p;
	struct err err;

	wire_doc_init(&doc);
	if (!plan_kept(&doc, content, (size_t)sqlite3_column_bytes(stmt, 5), &p, &err))
		wrong(c, "plan row %lld is damaged: %s", (long long)sqlite3_column_int64(stmt, 0),
		    err.text);
	else if ((p.rev <= INT64_MAX && sqlite3_column_int64(stmt, 1) != (int64_t)p.rev) ||
	    sqlite3_column_int64(stmt, 2) != (int64_t)p.mission.count ||
	    sqlite3_column_int64(stmt, 3) != (int64_t)p.fence_count ||
	    sqlite3_column_int64(stmt, 4) != (int64_t)p.rally_count)
		wrong(c, "plan row %lld holds another plan than it says",
		    (long long)sqlite3_column_int64(stmt, 0));
	plan_clear(&p);
	wire_doc_clear(&doc);
}

static void check_plans(struct checking *c)
{
	/* Version 3 has added the table. */
	if (schema_has_table(c->db, "plans"))
		each(c, "SELECT row, rev, items, fences, rallies, content FROM plans", check_plan);
}

static void check_day(struct checking *c, const char *path)
{
	static const struct {
		const char *sql;
		check_row *row;
	} steps[] = {
		{ "PRAGMA integrity_check(20)", check_integrity },
		{ "SELECT no, id FROM drones", check_drone },
		{ "SELECT slot, sealed FROM slots", check_slot },
		{ "SELECT id, drone, boot, first_seq, last_seq, count, first_time, last_time, body"
		  " FROM sealed", check_sealed },
		{ "SELECT id, body FROM plain", check_plain },
		{ "SELECT row FROM gaps WHERE first_seq > last_seq OR state NOT IN ('open',"
		  " 'filled', 'lost')", check_gap },
	};
	enum schema_trouble trouble;
	struct err err;

	trouble = schema_open_read(&c->db, path, &err);
	c->told = 0;
	if (trouble == TROUBLE_EMPTY)
		return;
	if (trouble != TROUBLE_NONE) {
		wrong(c, "%s", err.text);
		return;
	}
	for (size_t i = 0; i < PLAIN_SLOTS; i++)
		c->sealed[i] = -1;
	memset(c->drones, 0, c->drone_cap * sizeof(*c->drones));
	/* One state of the file, whatever is written meanwhile. */
	schema_exec(c->db, "BEGIN");
	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		each(c, steps[i].sql, steps[i].row);
	check_plans(c);
	sqlite3_close(c->db);
	if (c->told > FAULTS_TOLD)
		c->fault(c->context, c->name, "and more of the same");
}

int history_verify(const char *dir, history_fault *fault, void *context,
    struct history_verified *out, struct err *err)
{
	struct checking c = { .fault = fault, .context = context, .out = out };
	char path[DAY_PATH_SIZE], name[DAY_NAME_SIZE];
	int64_t *days;
	size_t count;

	memset(out, 0, sizeof(*out));
	if (days_list(dir, &days, &count, err) == -1)
		return -1;
	chunk_init(&c.chunk);
	c.drone_cap = 256;
	c.drones = xcalloc(c.drone_cap, sizeof(*c.drones));
	for (size_t i = 0; i < count; i++) {
		c.name = day_name(days[i], name);
		day_path(path, dir, days[i]);
		check_day(&c, path);
		out->days++;
	}
	chunk_clear(&c.chunk);
	roster_clear(&c.roster);
	free(c.drones);
	free(days);
	return 0;
}
