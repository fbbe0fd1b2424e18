/* Plain rows become compressed ones: see seal.h. */
#include "history/seal.h"


int seal_due(const struct store *s, int64_t mono_ms, int64_t age_ms)
{
	int64_t oldest = INT64_MAX;
	int due = -1;

	for (int i = 0; i < PLAIN_SLOTS; i++) {
		const struct store_slot *slot = &s->slots[i];
		int64_t since = slot->since_ms;

		if (!slot->bytes)
			continue;
		if (slot->bytes >= SEAL_BYTES)
			since -= age_ms;
		if (mono_ms - since < age_ms)
			continue;
		if (since < oldest) {
			oldest = since;
			due = i;
		}
	}
	return due;
}

/* Reads the slot's blobs into store->read, in order. */
static int read_slot(struct store *s, unsigned slot)
{
	sqlite3_stmt *stmt = s->statements[STORE_GET_PLAIN];

	plain_list_reset(&s->read);
	for (uint64_t c = s->slots[slot].first; c < s->commits; c++) {
		bool good = true;
		int rc;

		sqlite3_bind_int64(stmt, 1, plain_id(c, slot));
		rc = sqlite3_step(stmt);
		if (rc == SQLITE_ROW)
			good = plain_list_add(&s->read, sqlite3_column_blob(stmt, 0),
			    (size_t)sqlite3_column_bytes(stmt, 0), slot, 0);
		sqlite3_reset(stmt);
		if (rc != SQLITE_ROW && rc != SQLITE_DONE)
			return rc;
		if (!good)
			return SQLITE_CORRUPT;
	}
	plain_list_sort(&s->read);
	return SQLITE_OK;
}

static int put_sealed(struct store *s, uint32_t drone, struct chunk *c)
{
	const int64_t *seq = c->columns[FIELD_seq], *time = c->columns[FIELD_time],
		      *arrived = c->columns[COLUMN_ARRIVED];
	int64_t first = time[0], last = time[0], newest = arrived[0];
	sqlite3_stmt *stmt = s->statements[STORE_PUT_SEALED];
	struct buf body = BUF_INIT;
	int rc;

	for (size_t i = 1; i < c->count; i++) {
		first = time[i] < first ? time[i] : first;
		last = time[i] > last ? time[i] : last;
		newest = arrived[i] > newest ? arrived[i] : newest;
	}
	chunk_encode(c, &body);
	sqlite3_bind_int64(stmt, 1, drone);
	sqlite3_bind_int64(stmt, 2, c->boot);
	sqlite3_bind_int64(stmt, 3, seq[0]);
	sqlite3_bind_int64(stmt, 4, seq[c->count - 1]);
	sqlite3_bind_int64(stmt, 5, (sqlite3_int64)c->count);
	sqlite3_bind_int64(stmt, 6, first);
	sqlite3_bind_int64(stmt, 7, last);
	sqlite3_bind_int64(stmt, 8, newest);
	sqlite3_bind_blob64(stmt, 9, body.data, body.len, SQLITE_STATIC);
	rc = store_step(stmt);
	buf_free(&body);
	if (rc != SQLITE_OK || last - first <= s->longest)
		return rc;
	s->longest = last - first;
	sqlite3_bind_text(s->statements[STORE_PUT_MARK], 1, "longest", -1, SQLITE_STATIC);
	sqlite3_bind_int64(s->statements[STORE_PUT_MARK], 2, s->longest);
	return store_step(s->statements[STORE_PUT_MARK]);
}

static int seal_items(struct store *s, struct chunk *c)
{
	const struct plain_list *l = &s->read;
	uint32_t drone = 0;
	int rc = SQLITE_OK;

	c->count = 0;
	for (size_t i = 0; i < l->count && rc == SQLITE_OK; i++) {
		const struct plain_item *it = &l->items[i], *before = i ? it - 1 : NULL;
		bool same = before && before->drone == it->drone && before->boot == it->boot;

		if (same && before->seq == it->seq)
			continue; /* the same sample twice is one */
		if (!same || chunk_full(c, it->len) || it->seq - before->seq > SEAL_HOLE) {
			if (c->count)
				rc = put_sealed(s, drone, c);
			chunk_reset(c, it->boot);
			drone = it->drone;
		}
		if (rc == SQLITE_OK && !chunk_add(c, l->data.data + it->at, it->len, it->arrived_ms,
					   it->backfilled))
			rc = SQLITE_CORRUPT;
	}
	if (rc == SQLITE_OK && c->count)
		rc = put_sealed(s, drone, c);
	return rc;
}

static int put_flights(struct store *s, unsigned slot, const struct roster *roster)
{
	int rc = SQLITE_OK;

	for (size_t i = 0; i < roster->count && i < s->number_cap && rc == SQLITE_OK; i++) {
		const struct flight_tracker *t = &roster->drones[i].tracker;

		if (s->numbers[i] && plain_slot(s->numbers[i]) == slot && t->on)
			rc = store_put_flight(s, &t->flight);
	}
	return rc;
}

/* The first commit with rows that are not sealed, this slot left out. */
static uint64_t first_needed(const struct store *s, unsigned slot)
{
	uint64_t first = s->commits;

	for (unsigned i = 0; i < PLAIN_SLOTS; i++) {
		if (i != slot && s->slots[i].bytes && s->slots[i].first < first)
			first = s->slots[i].first;
	}
	return first;
}

int seal_slot(struct store *s, unsigned slot, struct chunk *chunk, const struct roster *roster)
{
	uint64_t needed = first_needed(s, slot);
	int rc = read_slot(s, slot);

	if (rc != SQLITE_OK)
		return rc;
	/* Not worth a wait for the disk: until the next commit has reached it, the
	 * plain rows are what is left after a power cut. */
	schema_exec(s->db, "PRAGMA synchronous=NORMAL");
	rc = store_begin(s);
	if (rc == SQLITE_OK) {
		rc = seal_items(s, chunk);
		if (rc == SQLITE_OK && roster)
			rc = put_flights(s, slot, roster);
		if (rc == SQLITE_OK) {
			sqlite3_bind_int64(s->statements[STORE_PUT_SLOT], 1, slot);
			sqlite3_bind_int64(s->statements[STORE_PUT_SLOT], 2,
			    (sqlite3_int64)s->commits - 1);
			rc = store_step(s->statements[STORE_PUT_SLOT]);
		}
		if (rc == SQLITE_OK && needed > s->dropped) {
			sqlite3_bind_int64(s->statements[STORE_DROP_PLAIN], 1, plain_id(needed, 0));
			rc = store_step(s->statements[STORE_DROP_PLAIN]);
		}
		rc = store_end(s, rc);
	}
	schema_exec(s->db, "PRAGMA synchronous=FULL");
	if (rc != SQLITE_OK)
		return rc;
	s->dropped = needed > s->dropped ? needed : s->dropped;
	s->slots[slot] = (struct store_slot){ .first = s->commits };
	return SQLITE_OK;
}

/* ---- merging ---- */

/* Rows of one merge: CHUNK_MAX samples are rarely more. */
#define GROUP_MAX 32

struct group {
	sqlite3_int64 ids[GROUP_MAX];
	size_t rows, samples;
	uint32_t boot;
	sqlite3_int64 last_seq, last_time;
};

/* The next rows of the drone, in time, that follow one another. */
static int find_group(struct store *s, const struct seal_merge *m, struct group *g)
{
	sqlite3_stmt *stmt = s->statements[STORE_NEXT_SEALED];
	int rc;

	*g = (struct group){ 0 };
	sqlite3_bind_int64(stmt, 1, m->drone);
	sqlite3_bind_int64(stmt, 2, m->after);
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		uint32_t boot = (uint32_t)sqlite3_column_int64(stmt, 1);
		sqlite3_int64 first = sqlite3_column_int64(stmt, 2);
		size_t count = (size_t)sqlite3_column_int64(stmt, 4);

		/* Long bodies have more in them than samples; they stay. */
		if (g->rows && (boot != g->boot || first <= g->last_seq ||
				   first - g->last_seq > SEAL_HOLE || g->rows == GROUP_MAX ||
				   g->samples + count > SEAL_MERGED ||
				   sqlite3_column_int64(stmt, 6) > 65536))
			break;
		g->boot = boot;
		g->ids[g->rows++] = sqlite3_column_int64(stmt, 0);
		g->samples += count;
		g->last_seq = sqlite3_column_int64(stmt, 3);
		g->last_time = sqlite3_column_int64(stmt, 5);
	}
	sqlite3_reset(stmt);
	return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

static int take_row(struct store *s, sqlite3_int64 id, struct chunk *from, struct chunk *into)
{
	sqlite3_stmt *stmt = s->statements[STORE_GET_SEALED];
	int rc;

	sqlite3_bind_int64(stmt, 1, id);
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW) {
		rc = chunk_decode(from, sqlite3_column_blob(stmt, 0),
			 (size_t)sqlite3_column_bytes(stmt, 0), COLUMNS_ALL)
			 ? SQLITE_OK
			 : SQLITE_CORRUPT;
	} else if (rc == SQLITE_DONE) {
		rc = SQLITE_CORRUPT;
	}
	sqlite3_reset(stmt);
	for (size_t i = 0; i < from->count && rc == SQLITE_OK; i++) {
		if (!chunk_copy(into, from, i))
			rc = SQLITE_CORRUPT;
	}
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(s->statements[STORE_DROP_SEALED], 1, id);
	return store_step(s->statements[STORE_DROP_SEALED]);
}

static int merge_group(struct store *s, uint32_t drone, const struct group *g, struct chunk *from,
    struct chunk *into)
{
	int rc = SQLITE_OK;

	chunk_reset(into, g->boot);
	for (size_t i = 0; i < g->rows && rc == SQLITE_OK; i++)
		rc = take_row(s, g->ids[i], from, into);
	return rc == SQLITE_OK ? put_sealed(s, drone, into) : rc;
}

int seal_merge(struct store *s, struct seal_merge *m, size_t samples, struct chunk *from,
    struct chunk *into)
{
	struct group g;
	size_t done = 0;
	int rc = store_begin(s);

	if (rc != SQLITE_OK)
		return rc;
	while (rc == SQLITE_OK && done < samples && m->drone < s->next_number) {
		rc = find_group(s, m, &g);
		if (rc != SQLITE_OK)
			break;
		if (!g.rows) {
			m->drone++;
			m->after = INT64_MIN;
			done += 8; /* looking takes time too */
			continue;
		}
		if (g.rows > 1)
			rc = merge_group(s, m->drone, &g, from, into);
		done += g.rows > 1 ? g.samples : 8;
		m->after = g.last_time;
	}
	return store_end(s, rc);
}
