/* Stored samples, read: see scan.h. */
#include "history/scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "history/plain.h"

struct scan_drone {
	uint32_t number;
	char id[ID_SIZE];
};

struct scan {
	sqlite3 *db;
	struct scan_filter filter;
	uint64_t columns;
	struct scan_drone *drones; /* ascending number */
	size_t drone_count, drone_cap;
	struct scan_drone *order;  /* the same as their rows lie in the file: slot by slot */
	sqlite3_stmt *sealed, *plain;
	size_t at;                 /* in order: whose sealed rows are read */
	bool bound;
	unsigned slot;             /* whose plain rows are read next */
	int64_t done[PLAIN_SLOTS]; /* last commit that is sealed */
	int64_t commits;           /* last there is */
	int64_t latest_end;        /* last_time of rows that may begin in time */
	struct plain_list list;
	size_t item;
	const char *drone;         /* of the chunk */
	struct chunk chunk;
	size_t index;
	bool started;              /* index is a sample of the chunk */
	int error;
};

static int load_drones(struct scan *s, const char *id)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(s->db, id ? "SELECT no, id FROM drones WHERE id = ?"
					      : "SELECT no, id FROM drones ORDER BY no",
	    -1, &stmt, NULL);

	if (rc != SQLITE_OK)
		return rc;
	if (id)
		sqlite3_bind_text(stmt, 1, id, -1, SQLITE_STATIC);
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		mem_grow(s->drones, s->drone_count, s->drone_cap);
		s->drones[s->drone_count].number = (uint32_t)sqlite3_column_int64(stmt, 0);
		schema_read_text(stmt, 1, s->drones[s->drone_count++].id, ID_SIZE);
	}
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int compare_slots(const void *a, const void *b)
{
	const struct scan_drone *x = a, *y = b;
	unsigned slot = plain_slot(x->number), other = plain_slot(y->number);

	if (slot != other)
		return slot < other ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

/* One time of all drones is then read page after page. */
static void order_drones(struct scan *s)
{
	if (!s->drone_count)
		return;
	s->order = xmemdup(s->drones, s->drone_count * sizeof(*s->order));
	qsort(s->order, s->drone_count, sizeof(*s->order), compare_slots);
}

static int load_slots(struct scan *s)
{
	sqlite3_stmt *stmt;
	int rc;

	for (size_t i = 0; i < PLAIN_SLOTS; i++)
		s->done[i] = -1;
	rc = sqlite3_prepare_v2(s->db, "SELECT slot, sealed FROM slots", -1, &stmt, NULL);
	if (rc != SQLITE_OK)
		return rc;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		sqlite3_int64 slot = sqlite3_column_int64(stmt, 0);

		if (slot >= 0 && slot < PLAIN_SLOTS)
			s->done[slot] = sqlite3_column_int64(stmt, 1);
	}
	sqlite3_finalize(stmt);
	if (rc != SQLITE_DONE)
		return rc;
	/* Each by itself is a look at one end; both at once would read all. */
	rc = sqlite3_prepare_v2(s->db, "SELECT (SELECT min(id) FROM plain), (SELECT max(id) FROM plain)",
	    -1, &stmt, NULL);
	if (rc != SQLITE_OK)
		return rc;
	rc = sqlite3_step(stmt);
	s->commits = -1;
	if (rc == SQLITE_ROW && sqlite3_column_type(stmt, 1) != SQLITE_NULL) {
		int64_t first = sqlite3_column_int64(stmt, 0) / PLAIN_SLOTS - 1;

		s->commits = sqlite3_column_int64(stmt, 1) / PLAIN_SLOTS;
		for (size_t i = 0; i < PLAIN_SLOTS; i++)
			s->done[i] = s->done[i] < first ? first : s->done[i];
	}
	sqlite3_finalize(stmt);
	return rc == SQLITE_ROW ? SQLITE_OK : rc;
}

int scan_open(struct scan **out, sqlite3 *db, const struct scan_filter *filter, uint64_t columns)
{
	static const char sealed[] =
	    "SELECT body FROM sealed INDEXED BY sealed_by_drone WHERE drone = ?1 AND"
	    " last_time >= ?2 AND last_time <= ?7 AND first_time <= ?3 AND (?4 < 0 OR boot = ?4) AND last_seq >= ?5"
	    " AND first_seq <= ?6 ORDER BY last_time";
	struct scan *s = xcalloc(1, sizeof(*s));
	int64_t longest;
	int rc;

	*out = NULL;
	s->db = db;
	s->filter = *filter;
	s->columns = columns | COLUMN_BIT(FIELD_seq) | COLUMN_BIT(FIELD_time);
	chunk_init(&s->chunk);
	rc = load_drones(s, filter->drone);
	order_drones(s);
	if (rc == SQLITE_OK)
		rc = schema_check_numbers(db);
	longest = schema_mark(db, "longest", INT64_MAX);
	longest = longest < 0 ? INT64_MAX : longest;
	s->latest_end = s->filter.last_ms > 0 && s->filter.last_ms > INT64_MAX - longest
			    ? INT64_MAX
			    : s->filter.last_ms + longest;
	s->filter.drone = NULL; /* the caller's text is not ours to keep */
	if (rc == SQLITE_OK)
		rc = load_slots(s);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(db, sealed, -1, &s->sealed, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(db, "SELECT body FROM plain WHERE id = ?", -1, &s->plain,
		    NULL);
	if (filter->drone)
		s->slot = s->drone_count ? plain_slot(s->drones[0].number) : PLAIN_SLOTS;
	if (rc != SQLITE_OK)
		scan_close(&s);
	*out = s;
	return rc;
}

void scan_close(struct scan **scan)
{
	struct scan *s = *scan;

	if (!s)
		return;
	sqlite3_finalize(s->sealed);
	sqlite3_finalize(s->plain);
	free(s->drones);
	free(s->order);
	plain_list_clear(&s->list);
	chunk_clear(&s->chunk);
	free(s);
	*scan = NULL;
}

/* The next sealed row into the chunk. */
static int next_sealed(struct scan *s)
{
	while (s->at < s->drone_count && !s->filter.plain_only) {
		int rc;

		if (!s->bound) {
			sqlite3_bind_int64(s->sealed, 1, s->order[s->at].number);
			sqlite3_bind_int64(s->sealed, 2, s->filter.first_ms);
			sqlite3_bind_int64(s->sealed, 3, s->filter.last_ms);
			sqlite3_bind_int64(s->sealed, 4, s->filter.one_boot ? (int64_t)s->filter.boot : -1);
			sqlite3_bind_int64(s->sealed, 5, s->filter.first_seq);
			sqlite3_bind_int64(s->sealed, 6, s->filter.last_seq);
			sqlite3_bind_int64(s->sealed, 7, s->latest_end);
			s->bound = true;
		}
		rc = sqlite3_step(s->sealed);
		if (rc == SQLITE_ROW) {
			s->drone = s->order[s->at].id;
			if (chunk_decode_between(&s->chunk, sqlite3_column_blob(s->sealed, 0),
				(size_t)sqlite3_column_bytes(s->sealed, 0), s->columns,
				s->filter.first_ms, s->filter.last_ms))
				return 1;
			rc = SQLITE_CORRUPT;
		}
		sqlite3_reset(s->sealed);
		s->bound = false;
		if (rc != SQLITE_DONE) {
			s->error = rc;
			return -1;
		}
		s->at++;
	}
	return 0;
}

/* All plain rows of the next slot that has some. */
static int load_slot(struct scan *s)
{
	uint32_t drone = s->drone_count == 1 ? s->drones[0].number : 0;

	plain_list_reset(&s->list);
	s->item = 0;
	for (int64_t c = s->done[s->slot] + 1; c <= s->commits; c++) {
		bool good = true;
		int rc;

		sqlite3_bind_int64(s->plain, 1, plain_id((uint64_t)c, s->slot));
		rc = sqlite3_step(s->plain);
		if (rc == SQLITE_ROW)
			good = plain_list_add(&s->list, sqlite3_column_blob(s->plain, 0),
			    (size_t)sqlite3_column_bytes(s->plain, 0), s->slot, drone);
		sqlite3_reset(s->plain);
		if (!good || (rc != SQLITE_ROW && rc != SQLITE_DONE)) {
			s->error = good ? rc : SQLITE_CORRUPT;
			return -1;
		}
	}
	plain_list_sort(&s->list);
	return 0;
}

static const char *drone_id(const struct scan *s, uint32_t number)
{
	size_t low = 0, high = s->drone_count;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (s->drones[mid].number < number)
			low = mid + 1;
		else
			high = mid;
	}
	return low < s->drone_count && s->drones[low].number == number ? s->drones[low].id : NULL;
}

/* Whether a plain row may be wanted, seen before it is read in full. */
static bool may_match(const struct scan *s, const struct plain_item *it)
{
	int64_t time;

	return (!s->filter.one_boot || it->boot == s->filter.boot) &&
	    it->seq >= s->filter.first_seq && it->seq <= s->filter.last_seq &&
	    (!chunk_peek_time(s->list.data.data + it->at, it->len, &time) ||
		(time >= s->filter.first_ms && time <= s->filter.last_ms));
}

/* The next plain rows of one drone and boot into the chunk. */
static int next_plain(struct scan *s)
{
	bool one = s->drone_count == 1;
	const struct plain_item *it;

	while (s->item == s->list.count) {
		/* After the last slot, and with one drone after its own. */
		if (s->slot >= PLAIN_SLOTS)
			return 0;
		if (one)
			s->slot = plain_slot(s->drones[0].number);
		if (load_slot(s) == -1)
			return -1;
		s->slot = one ? PLAIN_SLOTS : s->slot + 1;
	}
	it = &s->list.items[s->item];
	s->drone = drone_id(s, it->drone);
	chunk_reset(&s->chunk, it->boot);
	for (; s->item < s->list.count; s->item++) {
		const struct plain_item *next = &s->list.items[s->item];

		if (next->drone != it->drone || next->boot != it->boot ||
		    chunk_full(&s->chunk, next->len))
			break;
		if ((next > it && next->seq == next[-1].seq) || !may_match(s, next))
			continue;
		if (!s->drone || !chunk_add(&s->chunk, s->list.data.data + next->at, next->len,
				     next->arrived_ms, next->backfilled)) {
			s->error = SQLITE_CORRUPT;
			return -1;
		}
	}
	return 1;
}

static bool matches(const struct scan *s)
{
	int64_t seq = s->chunk.columns[FIELD_seq][s->index];
	int64_t time = s->chunk.columns[FIELD_time][s->index];

	return seq >= s->filter.first_seq && seq <= s->filter.last_seq &&
	    time >= s->filter.first_ms && time <= s->filter.last_ms;
}

int scan_next(struct scan *s)
{
	for (;;) {
		if (s->started)
			s->index++;
		s->started = true;
		for (; s->index < s->chunk.count; s->index++) {
			if (matches(s))
				return 1;
		}
		do {
			int rc = next_sealed(s);

			if (rc == 0)
				rc = next_plain(s);
			if (rc != 1)
				return rc;
		} while (s->filter.one_boot && s->chunk.boot != s->filter.boot);
		s->index = 0;
		s->started = false;
	}
}

const struct chunk *scan_chunk(const struct scan *s)
{
	return &s->chunk;
}

size_t scan_index(const struct scan *s)
{
	return s->index;
}

const char *scan_drone(const struct scan *s)
{
	return s->drone;
}

int scan_error(const struct scan *s)
{
	return s->error;
}
