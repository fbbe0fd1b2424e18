/* What is stored already: see past.h. */
#include "history/past.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "history/days.h"
#include "history/past_private.h"
#include "history/scan.h"

#define FIELD_TIME_MAX (field_table[FIELD_time].max)

int past_each(struct reading *r, const char *sql, read_row *row)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(r->db, sql, -1, &stmt, NULL);

	if (rc != SQLITE_OK)
		return rc == SQLITE_ERROR ? SQLITE_CORRUPT : rc;
	while (!r->damaged && (rc = sqlite3_step(stmt)) == SQLITE_ROW)
		row(r, stmt);
	sqlite3_finalize(stmt);
	if (r->damaged)
		return SQLITE_CORRUPT;
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

void past_number_drone(struct reading *r, sqlite3_int64 number, size_t drone)
{
	if ((size_t)number >= r->drone_cap) {
		size_t cap = r->drone_cap ? r->drone_cap : 256;

		while (cap <= (size_t)number)
			cap *= 2;
		r->drones = xreallocarray(r->drones, cap, sizeof(*r->drones));
		memset(r->drones + r->drone_cap, 0, (cap - r->drone_cap) * sizeof(*r->drones));
		r->drone_cap = cap;
	}
	r->drones[number] = drone + 1;
}

static void read_drone(struct reading *r, sqlite3_stmt *stmt)
{
	sqlite3_int64 number = sqlite3_column_int64(stmt, 0), told = sqlite3_column_int64(stmt, 5);
	struct roster_drone *d;
	char id[ID_SIZE + 1], kind[ID_SIZE];
	size_t i;

	schema_read_text(stmt, 1, id, sizeof(id));
	if (!id_valid(id, strlen(id)) || number <= 0 || number > 10 * 1000 * 1000) {
		r->damaged = true;
		return;
	}
	i = roster_drone(r->roster, id);
	past_number_drone(r, number, i);
	d = &r->roster->drones[i];
	if (told <= d->told_ms)
		return;
	d->told_ms = told;
	schema_read_text(stmt, 2, d->info.source, sizeof(d->info.source));
	schema_read_text(stmt, 3, d->info.feed, sizeof(d->info.feed));
	schema_read_text(stmt, 4, d->info.model, sizeof(d->info.model));
	schema_read_text(stmt, 6, kind, sizeof(kind));
	d->info.kind = KIND_UNKNOWN;
	for (int k = 0; k < KIND_COUNT; k++) {
		if (strcmp(source_kind_names[k], kind) == 0)
			d->info.kind = k;
	}
}

static struct roster_drone *find_drone(struct reading *r, sqlite3_int64 number)
{
	if (number <= 0 || (size_t)number >= r->drone_cap || !r->drones[number]) {
		r->damaged = true;
		return NULL;
	}
	return &r->roster->drones[r->drones[number] - 1];
}

static void read_slot(struct reading *r, sqlite3_stmt *stmt)
{
	sqlite3_int64 slot = sqlite3_column_int64(stmt, 0);

	if (slot >= 0 && slot < PLAIN_SLOTS)
		r->sealed[slot] = sqlite3_column_int64(stmt, 1);
}

/* A row with holes tells its numbers only in its body. */
static void read_holes(struct reading *r, struct roster_boot *b, sqlite3_int64 id)
{
	sqlite3_stmt *stmt;

	if (sqlite3_prepare_v2(r->db, "SELECT body FROM sealed WHERE id = ?", -1, &stmt, NULL) !=
	    SQLITE_OK) {
		r->damaged = true;
		return;
	}
	if (!r->chunk.columns)
		chunk_init(&r->chunk);
	sqlite3_bind_int64(stmt, 1, id);
	if (sqlite3_step(stmt) != SQLITE_ROW ||
	    !chunk_decode(&r->chunk, sqlite3_column_blob(stmt, 0),
		(size_t)sqlite3_column_bytes(stmt, 0), COLUMN_BIT(FIELD_seq)))
		r->damaged = true;
	for (size_t i = 0; i < r->chunk.count && !r->damaged; i++)
		ranges_add(&b->stored, (uint32_t)r->chunk.columns[FIELD_seq][i],
		    (uint32_t)r->chunk.columns[FIELD_seq][i]);
	sqlite3_finalize(stmt);
}

void past_note_first(const struct reading *r, struct roster_boot *b, int64_t time_ms, uint32_t seq)
{
	if (time_ms < r->from_ms || (b->first_known && b->first_seq <= seq))
		return;
	b->first_known = true;
	b->first_seq = seq;
}

void past_read_sealed(struct reading *r, sqlite3_stmt *stmt)
{
	struct roster_drone *d = find_drone(r, sqlite3_column_int64(stmt, 0));
	sqlite3_int64 first = sqlite3_column_int64(stmt, 2), last = sqlite3_column_int64(stmt, 3),
		      count = sqlite3_column_int64(stmt, 4), arrived = sqlite3_column_int64(stmt, 5);
	struct roster_boot *b;

	if (!d)
		return;
	b = roster_boot(d, (uint32_t)sqlite3_column_int64(stmt, 1));
	if (arrived > b->newest_ms)
		b->newest_ms = arrived;
	past_note_first(r, b, sqlite3_column_int64(stmt, 7), (uint32_t)first);
	if (r->newest)
		newest_sealed(r->newest, (size_t)(d - r->roster->drones), b->boot, (uint32_t)last,
		    r->day, sqlite3_column_int64(stmt, 6));
	if (first < 0 || first > last || last > UINT32_MAX || count < 1 || count > last - first + 1) {
		r->damaged = true;
		return;
	}
	if (count == last - first + 1)
		ranges_add(&b->stored, (uint32_t)first, (uint32_t)last);
	else
		read_holes(r, b, sqlite3_column_int64(stmt, 6));
}

static void read_plain(struct reading *r, sqlite3_stmt *stmt)
{
	sqlite3_int64 id = sqlite3_column_int64(stmt, 0);
	const unsigned char *p, *end;
	struct plain_row row;
	int more = 0;

	if (id < 0 || id / PLAIN_SLOTS <= r->sealed[id % PLAIN_SLOTS])
		return;
	p = sqlite3_column_blob(stmt, 1);
	end = p + sqlite3_column_bytes(stmt, 1);
	while (p && (more = plain_next(&p, end, &row)) == 1) {
		struct roster_drone *d = find_drone(r, row.drone);
		struct reject why;
		struct flight flight;
		struct sample s;
		int64_t time;

		if (!d)
			return;
		roster_store(d, row.boot, row.seq, row.arrived_ms);
		newest_plain(r->newest, (size_t)(d - r->roster->drones), row.boot, row.seq, row.body,
		    row.len, row.arrived_ms);
		if (chunk_peek_time(row.body, row.len, &time))
			past_note_first(r, roster_boot(d, row.boot), time, row.seq);
		/* A flight that is on was stored up to a sample: count what followed. */
		if (d->tracker.on && sample_decode(row.body, row.len, &s, &why) == 0)
			flights_sample(&d->tracker, d->info.id, &s, &flight);
	}
	if (p && more == -1)
		r->damaged = true;
}

void past_read_gap(struct reading *r, sqlite3_stmt *stmt)
{
	sqlite3_int64 from = sqlite3_column_int64(stmt, 2), to = sqlite3_column_int64(stmt, 3);
	struct roster_boot *b;
	char id[ID_SIZE + 1];

	schema_read_text(stmt, 0, id, sizeof(id));
	if (!id_valid(id, strlen(id)) || from < 0 || from > to || to > UINT32_MAX) {
		r->damaged = true;
		return;
	}
	b = roster_boot(&r->roster->drones[roster_drone(r->roster, id)],
	    (uint32_t)sqlite3_column_int64(stmt, 1));
	ranges_add(sqlite3_column_int(stmt, 4) ? &b->lost : &b->open, (uint32_t)from, (uint32_t)to);
}

static double number(sqlite3_stmt *stmt, int i)
{
	return sqlite3_column_type(stmt, i) == SQLITE_NULL ? NAN : sqlite3_column_double(stmt, i);
}

static void read_flight(struct reading *r, sqlite3_stmt *stmt)
{
	struct flight f = {
		.boot = (uint32_t)sqlite3_column_int64(stmt, 2),
		.start_ms = sqlite3_column_int64(stmt, 3),
		.from = { number(stmt, 4), number(stmt, 5) },
		.to = { number(stmt, 6), number(stmt, 7) },
		.distance_m = sqlite3_column_double(stmt, 8),
		.highest_m = number(stmt, 9),
		.battery_start = number(stmt, 10),
		.battery_end = number(stmt, 11),
		.flown = sqlite3_column_int(stmt, 13) != 0,
		.last_seq = (uint32_t)sqlite3_column_int64(stmt, 14),
		.last_ms = sqlite3_column_int64(stmt, 15),
	};

	if (f.last_ms < 0 || f.last_ms > FIELD_TIME_MAX || f.start_ms < 0 || f.start_ms > FIELD_TIME_MAX) {
		r->damaged = true;
		return;
	}
	/* Only the difference is stored, and only that is told. */
	f.used_start = isnan(number(stmt, 12)) ? NAN : 0;
	f.used_end = number(stmt, 12);
	schema_read_text(stmt, 0, f.id, sizeof(f.id));
	schema_read_text(stmt, 1, f.drone, sizeof(f.drone));
	flights_resume(&r->roster->drones[roster_drone(r->roster, f.drone)].tracker, &f);
}

/* Carried on from the day before, where it is still noted as on. */
static void read_ended(struct reading *r, sqlite3_stmt *stmt)
{
	char flight[FLIGHT_ID_SIZE], id[ID_SIZE];
	struct flight_tracker *t;

	schema_read_text(stmt, 0, flight, sizeof(flight));
	schema_read_text(stmt, 1, id, sizeof(id));
	t = &r->roster->drones[roster_drone(r->roster, id)].tracker;
	if (t->on && strcmp(t->flight.id, flight) == 0)
		t->on = false;
}

static void read_answer(struct reading *r, sqlite3_stmt *stmt)
{
	struct history_past *p = r->past;
	struct history_answer *a;

	p->answers = xreallocarray(p->answers, p->answer_count + 1, sizeof(*p->answers));
	a = &p->answers[p->answer_count++];
	memset(a, 0, sizeof(*a));
	schema_read_text(stmt, 0, a->id, sizeof(a->id));
	a->code = sqlite3_column_int(stmt, 1);
	schema_read_text(stmt, 2, a->text, sizeof(a->text));
	a->keep_until_ms = sqlite3_column_int64(stmt, 3);
}

/* The rows of the days before, by id, which is the first member of either. */
static void earlier_begin(struct reading *r, const void *rows, size_t count, size_t size)
{
	for (size_t i = 0; i < count; i++)
		strmap_set(&r->earlier, (const char *)rows + i * size, i);
}

/* The row of that id, if there is one, gives way to a newer one. */
static void earlier_drop(struct reading *r, void *rows, size_t size, const char *id)
{
	size_t at = strmap_get(&r->earlier, id);

	if (at != STRMAP_NONE)
		*((char *)rows + at * size) = '\0';
}

/* Closes the gaps: how many rows are left. */
static size_t earlier_end(struct reading *r, void *rows, size_t count, size_t size)
{
	char *from = rows, *to = rows;

	for (size_t i = 0; i < count; i++, from += size) {
		if (!*from)
			continue;
		if (to != from)
			memcpy(to, from, size);
		to += size;
	}
	strmap_clear(&r->earlier);
	return (size_t)(to - (char *)rows) / size;
}

static void read_command(struct reading *r, sqlite3_stmt *stmt)
{
	struct history_past *p = r->past;
	struct progress cm;

	memset(&cm, 0, sizeof(cm));
	schema_read_message(stmt, TOPIC_CM, &cm);
	if (!*cm.id)
		return;
	earlier_drop(r, p->commands, sizeof(*p->commands), cm.id);
	p->commands = xreallocarray(p->commands, p->command_count + 1, sizeof(*p->commands));
	p->commands[p->command_count++] = cm;
}

/* One that has ended gives way to nothing. */
static void read_alarm(struct reading *r, sqlite3_stmt *stmt)
{
	struct history_past *p = r->past;
	struct alarm al;

	memset(&al, 0, sizeof(al));
	schema_read_message(stmt, TOPIC_AL, &al);
	earlier_drop(r, p->alarms, sizeof(*p->alarms), al.id);
	if (!*al.id || al.state == ALARM_CLEARED || al.state == ALARM_UNKNOWN)
		return;
	p->alarms = xreallocarray(p->alarms, p->alarm_count + 1, sizeof(*p->alarms));
	p->alarms[p->alarm_count++] = al;
}

/* The newest row of each id, in the order of those rows. */
static int read_newest(struct reading *r, enum topic_kind kind, const char *where, read_row *row)
{
	struct buf sql = BUF_INIT;
	int rc;

	/* max(row) makes the other columns those of the newest row. */
	buf_add_str(&sql, "SELECT ");
	schema_message_columns(&sql, kind);
	buf_add_str(&sql, ", max(row) FROM ");
	schema_table_of(r->db, &sql, schema_message_table(kind));
	buf_printf(&sql, "%s GROUP BY id ORDER BY max(row)", where);
	rc = past_each(r, sql.data, row);
	buf_free(&sql);
	return rc;
}

/* The newest stage of each command, and the newest row of each alarm: an older one of the same
 * id, from the file of a day before, gives way. */
static int read_latest(struct reading *r)
{
	struct history_past *p = r->past;
	int rc;

	earlier_begin(r, p->commands, p->command_count, sizeof(*p->commands));
	rc = read_newest(r, TOPIC_CM, " WHERE arrived > (SELECT max(arrived) FROM commands) - 86400000",
	    read_command);
	p->command_count = earlier_end(r, p->commands, p->command_count, sizeof(*p->commands));
	if (rc != SQLITE_OK)
		return rc;
	earlier_begin(r, p->alarms, p->alarm_count, sizeof(*p->alarms));
	rc = read_newest(r, TOPIC_AL, "", read_alarm);
	p->alarm_count = earlier_end(r, p->alarms, p->alarm_count, sizeof(*p->alarms));
	return rc;
}


static int read_all(struct reading *r)
{
	static const struct {
		const char *sql;
		read_row *row;
	} steps[] = {
		{ "SELECT slot, sealed FROM slots", read_slot },
		{ SEALED_ROWS, past_read_sealed },
		{ "SELECT id, drone, boot, start, start_lat, start_lon, end_lat, end_lon, distance,"
		  " highest, battery_start, battery_end, used, flown, last_seq, last_time FROM"
		  " flights WHERE \"end\" IS NULL", read_flight },
		{ "SELECT id, drone FROM flights WHERE \"end\" IS NOT NULL", read_ended },
		{ "SELECT id, body FROM plain ORDER BY id", read_plain },
		{ GAP_ROWS, past_read_gap },
		{ "SELECT id, code, text, keep_until FROM answers WHERE keep_until >"
		  " (SELECT max(arrived) FROM answers)", read_answer },
	};
	struct buf sql = BUF_INIT;
	int rc;

	buf_add_str(&sql, "SELECT no, id, source, feed, model, at, kind FROM ");
	schema_table_of(r->db, &sql, schema_table("drones"));
	rc = past_each(r, sql.data, read_drone);
	buf_free(&sql);
	for (size_t i = 0; i < ARRAY_LEN(steps) && rc == SQLITE_OK; i++)
		rc = past_each(r, steps[i].sql, steps[i].row);
	return rc == SQLITE_OK ? read_latest(r) : rc;
}

void past_clear_reading(struct reading *r)
{
	if (r->chunk.columns)
		chunk_clear(&r->chunk);
	free(r->drones);
	sqlite3_close(r->db);
}

enum schema_trouble past_read_day(const char *path, int64_t day, int64_t from_ms,
    struct roster *roster, struct history_past *past, struct newest *newest, struct err *err)
{
	struct reading r = {
		.roster = roster, .past = past, .newest = newest, .day = day, .from_ms = from_ms,
	};
	enum schema_trouble trouble = schema_open_read(&r.db, path, err);
	int rc;

	if (trouble != TROUBLE_NONE)
		return trouble == TROUBLE_EMPTY ? TROUBLE_NONE : trouble;
	for (size_t i = 0; i < PLAIN_SLOTS; i++)
		r.sealed[i] = -1;
	rc = schema_exec(r.db, "BEGIN");
	if (rc == SQLITE_OK)
		rc = read_all(&r);
	trouble = schema_trouble(rc);
	if (r.damaged)
		err_set(err, "%s holds rows that make no sense", path);
	else if (trouble != TROUBLE_NONE)
		err_set(err, "%s: %s", path, sqlite3_errmsg(r.db));
	past_clear_reading(&r);
	return trouble;
}

/* ---- all together ---- */

static struct ranges copy_ranges(const struct ranges *from)
{
	struct ranges to = { .count = from->count, .cap = from->count };

	if (from->count)
		to.items = xmemdup(from->items, from->count * sizeof(*from->items));
	return to;
}

/* Of a boot that began before the days that are read, what was flown before them is in
 * older days, or was until they went: settled, but for gaps that are open still. */
static void settle_older(struct roster_boot *b)
{
	struct ranges older = { 0 };
	uint32_t last;

	if (!b->stored.count || (b->first_known && b->first_seq == 0))
		return;
	/* By a clock that is wrong all of it is old: then the gaps alone tell. */
	last = b->first_known ? b->first_seq - 1 : b->stored.items[b->stored.count - 1].to;
	ranges_add(&older, 0, last);
	for (size_t i = 0; i < b->open.count; i++)
		ranges_remove(&older, b->open.items[i].from, b->open.items[i].to);
	for (size_t i = 0; i < older.count; i++)
		ranges_add(&b->stored, older.items[i].from, older.items[i].to);
	ranges_clear(&older);
}

static void take_newest(struct history_past *past, const struct roster *roster,
    struct newest *newest, const char *dir)
{
	for (size_t i = 0; i < newest->cap; i++) {
		struct newest_mark *m = newest->marks[i];
		char path[DAY_PATH_SIZE];
		struct err err;
		sqlite3 *db;

		/* The first of a day takes all others along. */
		if (!m || !m->row)
			continue;
		day_path(path, dir, m->day);
		if (schema_open_read(&db, path, &err) != TROUBLE_NONE) {
			m->row = 0;
			continue;
		}
		newest_load(newest, db, m->day);
		sqlite3_close(db);
	}
	past->newest = xcalloc(roster->count, sizeof(*past->newest));
	for (size_t i = 0; i < roster->count && i < newest->cap; i++) {
		const struct newest_mark *m = newest->marks[i];
		struct history_newest *out = &past->newest[past->newest_count];

		if (!m || !m->len)
			continue;
		str_copy(out->drone, sizeof(out->drone), roster->drones[i].info.id);
		out->arrived_ms = m->arrived_ms;
		out->len = m->len;
		memcpy(out->body, m->body, m->len);
		past->newest_count++;
	}
}

void past_complete(struct history_past *past, struct roster *roster, struct newest *newest,
    const char *dir, int64_t first_ms)
{
	size_t boots = 0, at = 0;

	for (size_t i = 0; i < roster->count; i++) {
		struct roster_drone *d = &roster->drones[i];

		for (size_t b = 0; b < d->boot_count; b++) {
			if ((int64_t)d->boots[b].boot * 1000 < first_ms)
				settle_older(&d->boots[b]);
			ranges_clear(&d->boots[b].open);
		}
	}

	for (size_t i = 0; i < roster->count; i++)
		boots += roster->drones[i].boot_count;
	past->coverage = xcalloc(boots, sizeof(*past->coverage));
	past->drones = xcalloc(roster->count, sizeof(*past->drones));
	for (size_t i = 0; i < roster->count; i++) {
		const struct roster_drone *d = &roster->drones[i];

		if (d->told_ms)
			past->drones[past->drone_count++] = d->info;
		for (size_t b = 0; b < d->boot_count; b++) {
			struct history_coverage *c = &past->coverage[at++];

			str_copy(c->drone, sizeof(c->drone), d->info.id);
			c->boot = d->boots[b].boot;
			c->stored = copy_ranges(&d->boots[b].stored);
			c->lost = copy_ranges(&d->boots[b].lost);
			c->newest_ms = d->boots[b].newest_ms;
		}
	}
	past->coverage_count = at;
	past->first_ms = first_ms;
	take_newest(past, roster, newest, dir);
}
