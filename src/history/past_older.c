/* Of drones that the newest days have nothing of, what the days before have: see past.h. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "history/days.h"
#include "history/past_private.h"
#include "history/scan.h"

static bool has_rows(const struct roster_drone *d)
{
	for (size_t b = 0; b < d->boot_count; b++) {
		if (d->boots[b].stored.count)
			return true;
	}
	return false;
}

static bool is_wanted(const struct reading *r, size_t drone)
{
	return r->one_boot ? drone == r->drone : !has_rows(&r->roster->drones[drone]);
}

static void read_wanted(struct reading *r, sqlite3_stmt *stmt)
{
	sqlite3_int64 number = sqlite3_column_int64(stmt, 0);
	char id[ID_SIZE];
	size_t i;

	schema_read_text(stmt, 1, id, sizeof(id));
	i = strmap_get(&r->roster->ids, id);
	if (i != STRMAP_NONE && number > 0 && number <= 10 * 1000 * 1000 && is_wanted(r, i))
		past_number_drone(r, number, i);
}

static int read_plain_of(struct reading *r, struct roster_drone *d)
{
	struct scan_filter filter = SCAN_ALL;
	struct scan *scan;
	int rc;

	filter.drone = d->info.id;
	filter.one_boot = r->one_boot;
	filter.boot = r->boot;
	filter.plain_only = true;
	rc = scan_open(&scan, r->db, &filter, COLUMN_BIT(COLUMN_ARRIVED));
	if (rc != SQLITE_OK)
		return rc;
	while ((rc = scan_next(scan)) == 1) {
		const struct chunk *c = scan_chunk(scan);
		size_t i = scan_index(scan);
		uint32_t seq = (uint32_t)c->columns[FIELD_seq][i];

		roster_store(d, c->boot, seq, c->columns[COLUMN_ARRIVED][i]);
		past_note_first(r, roster_boot(d, c->boot), c->columns[FIELD_time][i], seq);
	}
	scan_close(&scan);
	return rc == -1 ? SQLITE_CORRUPT : SQLITE_OK;
}

static int read_rows_of(struct reading *r, size_t number)
{
	struct roster_drone *d = &r->roster->drones[r->drones[number] - 1];
	struct buf sql = BUF_INIT;
	int rc;

	buf_printf(&sql, SEALED_ROWS " WHERE drone = %zu", number);
	if (r->one_boot)
		buf_printf(&sql, " AND boot = %" PRIu32, r->boot);
	rc = past_each(r, sql.data, past_read_sealed);
	if (rc == SQLITE_OK && r->any_plain)
		rc = read_plain_of(r, d);
	buf_clear(&sql);
	/* An id has no quotes in it. */
	buf_printf(&sql, GAP_ROWS " AND drone = '%s'", d->info.id);
	if (rc == SQLITE_OK && has_rows(d))
		rc = past_each(r, sql.data, past_read_gap);
	buf_free(&sql);
	return rc;
}

/* Many are wanted that no day has a row of: one look past_each, for a hundred days. */
static int read_numbers(struct reading *r)
{
	sqlite3_stmt *any;
	int rc = sqlite3_prepare_v2(r->db, "SELECT 1 FROM sealed INDEXED BY sealed_by_drone"
				    " WHERE drone = ? LIMIT 1", -1, &any, NULL);

	/* A day at rest has no other rows. */
	r->any_plain = !schema_mark(r->db, "finished", 0);
	for (size_t number = 1; number < r->drone_cap && rc == SQLITE_OK; number++) {
		bool sealed;

		if (!r->drones[number])
			continue;
		sqlite3_bind_int64(any, 1, (sqlite3_int64)number);
		sealed = sqlite3_step(any) == SQLITE_ROW;
		rc = sqlite3_reset(any);
		if (rc == SQLITE_OK && (sealed || r->any_plain))
			rc = read_rows_of(r, number);
	}
	sqlite3_finalize(any);
	return rc;
}

static void read_older_day(struct reading *r, const char *dir, int64_t day)
{
	char path[DAY_PATH_SIZE];
	struct err err;
	int rc;

	r->day = day;
	r->from_ms = day * DAY_MS;
	day_path(path, dir, day);
	if (schema_open_read(&r->db, path, &err) != TROUBLE_NONE)
		return;
	rc = schema_exec(r->db, "BEGIN");
	if (rc == SQLITE_OK)
		rc = past_each(r, "SELECT no, id FROM drones", read_wanted);
	if (rc == SQLITE_OK)
		rc = read_numbers(r);
	past_clear_reading(r);
}

void past_read_older(const char *dir, const int64_t *days, size_t count, struct roster *roster)
{
	size_t oldest = count > PAST_OLDER_DAYS ? count - PAST_OLDER_DAYS : 0, first = 0;

	for (size_t i = count; i-- > oldest;) {
		while (first < roster->count && has_rows(&roster->drones[first]))
			first++;
		if (first == roster->count)
			return;
		read_older_day(&(struct reading){ .roster = roster }, dir, days[i]);
	}
}

void past_read_boot(const char *dir, int64_t before_day, struct roster *roster, size_t drone,
    uint32_t boot)
{
	int64_t *days;
	struct err err;
	size_t count;

	if (days_list(dir, &days, &count, &err) == -1)
		return;
	for (size_t i = count > PAST_OLDER_DAYS ? count - PAST_OLDER_DAYS : 0; i < count; i++) {
		if (days[i] < before_day)
			read_older_day(&(struct reading){ .roster = roster, .drone = drone, .boot = boot,
				.one_boot = true }, dir, days[i]);
	}
	free(days);
}
