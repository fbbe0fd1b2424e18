/* One day's rows in order of time: see moments.h. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "history/days.h"
#include "history/moments_private.h"

int moments_fail(const struct moments *m, int rc, struct err *err)
{
	return err_set(err, "%s: %s", m->path, rc == SQLITE_CORRUPT
		? "it is damaged; `odyssey history verify` says where"
		: sqlite3_errmsg(m->db));
}

/* ---- drones ---- */

size_t moments_drone(struct moments *m, const char *id)
{
	size_t i = strmap_get(&m->ids, id);

	if (i != STRMAP_NONE)
		return i;
	mem_grow(m->drones, m->drone_count, m->drone_cap);
	i = m->drone_count++;
	memset(&m->drones[i], 0, sizeof(m->drones[i]));
	str_copy(m->drones[i].info.id, ID_SIZE, id);
	m->drones[i].wanted = !m->want || m->want(m->context, id);
	strmap_set(&m->ids, id, i);
	return i;
}

static void number_drone(struct moments *m, uint32_t number, size_t index)
{
	if (number >= m->number_cap) {
		size_t cap = m->number_cap ? m->number_cap : 64;

		while (cap <= number)
			cap *= 2;
		m->by_number = xreallocarray(m->by_number, cap, sizeof(*m->by_number));
		memset(m->by_number + m->number_cap, 0,
		    (cap - m->number_cap) * sizeof(*m->by_number));
		m->number_cap = cap;
	}
	m->by_number[number] = (uint32_t)index + 1;
	m->drones[index].number = number;
}

static struct moments_drone *by_number(struct moments *m, int64_t number)
{
	if (number <= 0 || number >= (int64_t)m->number_cap || !m->by_number[number])
		return NULL;
	return &m->drones[m->by_number[number] - 1];
}

static int load_drones(struct moments *m)
{
	struct buf sql = BUF_INIT;
	sqlite3_stmt *stmt;
	int rc;

	buf_add_str(&sql, "SELECT no, id, source, feed, model, kind FROM ");
	schema_table_of(m->db, &sql, schema_table("drones"));
	rc = sqlite3_prepare_v2(m->db, sql.data, -1, &stmt, NULL);
	buf_free(&sql);
	if (rc != SQLITE_OK)
		return rc;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		sqlite3_int64 number = sqlite3_column_int64(stmt, 0);
		struct history_drone *info;
		char id[ID_SIZE], kind[ID_SIZE];
		size_t i;

		schema_read_text(stmt, 1, id, sizeof(id));
		/* A number that is far beyond others is none of ours. */
		if (number <= 0 || number > (1 << 24) || !id_valid(id, strlen(id)))
			continue;
		i = moments_drone(m, id);
		number_drone(m, (uint32_t)number, i);
		info = &m->drones[i].info;
		schema_read_text(stmt, 2, info->source, sizeof(info->source));
		schema_read_text(stmt, 3, info->feed, sizeof(info->feed));
		schema_read_text(stmt, 4, info->model, sizeof(info->model));
		schema_read_text(stmt, 5, kind, sizeof(kind));
		info->kind = KIND_UNKNOWN;
		for (int k = 0; k < KIND_COUNT; k++) {
			if (strcmp(source_kind_names[k], kind) == 0)
				info->kind = k;
		}
	}
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* ---- rows ---- */

/* What loops and sizes rest on: a file can be well-formed and yet say anything. */
static bool sane(const struct moment_loose *l, int64_t first_seq, int64_t last_seq, int64_t count)
{
	return l->id > 0 && l->id <= INT32_MAX && first_seq >= 0 && first_seq <= last_seq &&
	    last_seq <= UINT32_MAX && count > 0 && count <= CHUNK_MAX && l->hi_ms >= 0 &&
	    l->hi_ms <= field_table[FIELD_time].max;
}

/* Rows come drone by drone: all of them by the index, which has everything, what is new by its
 * ids and sorted. */
static int load_sealed(struct moments *m, bool whole)
{
	static const char all[] = "SELECT id, drone, boot, first_seq, last_seq, count, first_time,"
				  " last_time, last_arrived FROM sealed INDEXED BY sealed_by_drone"
				  " ORDER BY drone";
	static const char newer[] = "SELECT id, drone, boot, first_seq, last_seq, count, first_time,"
				    " last_time, last_arrived FROM sealed NOT INDEXED WHERE id > ?"
				    " ORDER BY drone";
	struct moments_drone *of = NULL;
	int64_t last_id = m->last_id;
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(m->db, whole ? all : newer, -1, &stmt, NULL);

	if (rc != SQLITE_OK)
		return rc;
	if (!whole)
		sqlite3_bind_int64(stmt, 1, m->last_id);
	m->fresh_count = 0;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct moments_drone *d = by_number(m, sqlite3_column_int64(stmt, 1));
		int64_t first_seq = sqlite3_column_int64(stmt, 3), last_seq = sqlite3_column_int64(stmt, 4),
			count = sqlite3_column_int64(stmt, 5);
		/* The time it begins at, until the offset is known. */
		struct moment_loose l = { .id = sqlite3_column_int64(stmt, 0),
			.begin_ms = sqlite3_column_int64(stmt, 6), .hi_ms = sqlite3_column_int64(stmt, 8),
			.delay_ms = sqlite3_column_int64(stmt, 8) - sqlite3_column_int64(stmt, 7),
			.offset_ms = INT64_MIN, .boot = (uint32_t)sqlite3_column_int64(stmt, 2),
			.first_seq = (uint32_t)first_seq, .last_seq = (uint32_t)last_seq,
			.count = (uint32_t)count };

		last_id = l.id > last_id ? l.id : last_id;
		if (!d || !d->wanted)
			continue;
		if (!sane(&l, first_seq, last_seq, count)) {
			rc = SQLITE_CORRUPT;
			break;
		}
		if (of && of != d)
			moments_arrange(m, of);
		of = d;
		mem_grow(m->fresh, m->fresh_count, m->fresh_cap);
		m->fresh[m->fresh_count++] = l;
	}
	sqlite3_finalize(stmt);
	if (of)
		moments_arrange(m, of);
	m->last_id = last_id;
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* ---- what is not sealed ---- */

static int load_slots(struct moments *m, int64_t done[PLAIN_SLOTS])
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(m->db, "SELECT slot, sealed FROM slots", -1, &stmt, NULL);

	for (size_t i = 0; i < PLAIN_SLOTS; i++)
		done[i] = -1;
	if (rc != SQLITE_OK)
		return rc;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		sqlite3_int64 slot = sqlite3_column_int64(stmt, 0);

		if (slot >= 0 && slot < PLAIN_SLOTS)
			done[slot] = sqlite3_column_int64(stmt, 1);
	}
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* Keeps of the tails what is not sealed by now. */
static void drop_sealed(struct moments *m, const int64_t done[PLAIN_SLOTS])
{
	struct buf kept = BUF_INIT;

	for (size_t i = 0; i < m->drone_count; i++) {
		struct moments_drone *d = &m->drones[i];
		size_t n = 0;

		for (size_t k = 0; k < d->tail_count; k++) {
			struct moment_tail t = d->tail[k];

			if ((int64_t)t.commit <= done[plain_slot(d->number)])
				continue;
			t.item.at = kept.len;
			buf_add(&kept, m->bodies.data + d->tail[k].item.at, t.item.len);
			d->tail[n++] = t;
		}
		d->dirty |= n != d->tail_count;
		d->tail_count = n;
	}
	buf_free(&m->bodies);
	m->bodies = kept;
}

static bool add_plain(struct moments *m, uint64_t commit, const unsigned char *p, size_t len)
{
	const unsigned char *end = p + len;
	struct plain_row row;
	int more = 0;

	while (len && (more = plain_next(&p, end, &row)) == 1) {
		struct moments_drone *d = by_number(m, row.drone);
		struct moment_tail *t;
		int64_t time;

		if (!d)
			return false;
		if (!d->wanted)
			continue;
		if (!chunk_peek_time(row.body, row.len, &time)) {
			struct reject why;
			struct sample s;

			if (sample_decode(row.body, row.len, &s, &why) == -1)
				return false;
			time = sample_time(&s);
		}
		mem_grow(d->tail, d->tail_count, d->tail_cap);
		t = &d->tail[d->tail_count++];
		*t = (struct moment_tail){ .time_ms = time, .commit = commit,
			.item = { .drone = row.drone, .boot = row.boot, .seq = row.seq,
			    .len = row.len, .at = m->bodies.len, .arrived_ms = row.arrived_ms,
			    .backfilled = row.backfilled } };
		buf_add(&m->bodies, row.body, row.len);
		d->dirty = true;
	}
	return more == 0;
}

static int load_plain(struct moments *m)
{
	int64_t done[PLAIN_SLOTS];
	sqlite3_stmt *stmt;
	int rc = load_slots(m, done);

	if (rc != SQLITE_OK)
		return rc;
	drop_sealed(m, done);
	rc = sqlite3_prepare_v2(m->db, "SELECT id, body FROM plain WHERE id >= ? ORDER BY id", -1,
	    &stmt, NULL);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(stmt, 1, m->first_plain);
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		int64_t id = sqlite3_column_int64(stmt, 0);

		m->first_plain = id + 1;
		if (id / PLAIN_SLOTS > done[id % PLAIN_SLOTS] &&
		    !add_plain(m, (uint64_t)(id / PLAIN_SLOTS), sqlite3_column_blob(stmt, 1),
			(size_t)sqlite3_column_bytes(stmt, 1))) {
			rc = SQLITE_CORRUPT;
			break;
		}
	}
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* ---- all of it ---- */

static int64_t data_version(struct moments *m)
{
	sqlite3_stmt *stmt;
	int64_t version = -1;

	if (sqlite3_prepare_v2(m->db, "PRAGMA data_version", -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		version = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return version;
}

static void forget(struct moments *m)
{
	for (size_t i = 0; i < m->drone_count; i++) {
		m->drones[i].row_count = m->drones[i].tail_count = m->drones[i].calm = 0;
		m->drones[i].dirty = true;
	}
	buf_clear(&m->bodies);
	m->last_id = 0;
	m->first_plain = 0;
	m->note_count = m->hole_count = 0;
	m->first_ms = INT64_MAX;
	m->last_ms = INT64_MIN;
	memset(m->last_rows, 0, sizeof(m->last_rows));
}

static void trim(struct moments *m)
{
	if (m->part == MOMENTS_WHOLE)
		return;
	for (size_t i = 0; i < m->drone_count; i++)
		moments_trim_rows(m, &m->drones[i]);
	moments_trim_notes(m);
}

static int load(struct moments *m, bool whole)
{
	int rc = schema_exec(m->db, "BEGIN");

	if (whole)
		forget(m);
	if (rc == SQLITE_OK)
		rc = load_drones(m);
	if (rc == SQLITE_OK)
		rc = load_plain(m);
	if (rc == SQLITE_OK)
		rc = load_sealed(m, whole);
	for (size_t i = 0; i < m->drone_count; i++) {
		if (m->drones[i].dirty)
			moments_arrange(m, &m->drones[i]);
	}
	/* Gaps are placed by the rows. */
	if (rc == SQLITE_OK)
		rc = moments_load_notes(m, whole);
	trim(m);
	m->over = schema_mark(m->db, "finished", 0) != 0;
	schema_exec(m->db, "COMMIT");
	return rc;
}

int moments_open(struct moments **out, const char *path, int64_t day, enum moments_part part,
    bool (*want)(void *, const char *), void *context, struct err *err)
{
	struct moments *m = xcalloc(1, sizeof(*m));
	enum schema_trouble trouble = schema_open_read(&m->db, path, err);
	int rc;

	*out = NULL;
	m->path = xstrdup(path);
	m->day = day;
	m->part = part;
	m->want = want;
	m->context = context;
	if (trouble != TROUBLE_NONE) {
		moments_close(&m);
		return trouble == TROUBLE_EMPTY ? 0 : -1;
	}
	m->data_version = data_version(m);
	rc = load(m, true);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(m->db, "SELECT body FROM sealed WHERE id = ? AND drone = ? AND"
					       " boot = ? AND first_seq = ? AND count = ?",
		    -1, &m->get_sealed, NULL);
	if (rc != SQLITE_OK) {
		moments_fail(m, rc, err);
		moments_close(&m);
		return -1;
	}
	*out = m;
	return 0;
}

void moments_close(struct moments **moments)
{
	struct moments *m = *moments;

	if (!m)
		return;
	for (size_t i = 0; i < m->drone_count; i++) {
		free(m->drones[i].rows);
		free(m->drones[i].tail);
		free(m->drones[i].slices);
	}
	sqlite3_finalize(m->get_sealed);
	sqlite3_finalize(m->get_plan);
	for (size_t i = 0; i < TOPIC_COUNT; i++)
		sqlite3_finalize(m->messages[i]);
	sqlite3_close(m->db);
	strmap_clear(&m->ids);
	strmap_clear(&m->keys);
	buf_free(&m->bodies);
	buf_free(&m->bytes);
	free(m->holes);
	free(m->fresh);
	free(m->loose);
	free(m->by_number);
	free(m->drones);
	free(m->notes);
	free(m->key_ms);
	free(m->path);
	free(m);
	*moments = NULL;
}

int moments_refresh(struct moments *m, bool whole, struct err *err)
{
	int64_t version;
	int rc;

	if (m->over && !whole)
		return 0;
	version = data_version(m);
	if (version == m->data_version && !whole)
		return 0;
	m->data_version = version;
	rc = load(m, whole);
	/* Merged rows stand for others that are gone. */
	if (rc == SQLITE_OK && m->over && !whole)
		rc = load(m, true);
	return rc == SQLITE_OK ? 1 : moments_fail(m, rc, err);
}

int moments_change_part(struct moments *m, enum moments_part part, struct err *err)
{
	enum moments_part was = m->part;

	m->part = part;
	if (was == MOMENTS_WHOLE) {
		trim(m);
		return 0;
	}
	return was == part || moments_refresh(m, true, err) != -1 ? 0 : -1;
}

/* ---- reading ---- */

/* The bytes of a sealed row: 1, 0 where it is gone, or -1. */
static int fetch(struct moments *m, const struct moments_drone *d, const struct moment_row *row,
    struct err *err)
{
	sqlite3_stmt *stmt = m->get_sealed;
	int rc;

	buf_clear(&m->bytes);
	sqlite3_bind_int64(stmt, 1, row->id);
	sqlite3_bind_int64(stmt, 2, d->number);
	sqlite3_bind_int64(stmt, 3, row->boot);
	sqlite3_bind_int64(stmt, 4, row->first_seq);
	sqlite3_bind_int64(stmt, 5, row->count);
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		buf_add(&m->bytes, sqlite3_column_blob(stmt, 0), (size_t)sqlite3_column_bytes(stmt, 0));
	sqlite3_reset(stmt);
	if (rc == SQLITE_ROW)
		return 1;
	return rc == SQLITE_DONE ? 0 : moments_fail(m, rc, err);
}

static const struct moment_tail *slice_of(const struct moments_drone *d,
    const struct moment_row *row, size_t *count)
{
	const struct moment_slice *s = &d->slices[-row->id - 1];

	*count = s->count;
	return &d->tail[s->first];
}

int moments_read(struct moments *m, const struct moments_drone *d, const struct moment_row *row,
    struct chunk *c, struct err *err)
{
	const struct moment_tail *t;
	size_t n;
	int got;

	if (row->id >= 0) {
		got = fetch(m, d, row, err);
		if (got == 1 && !chunk_decode(c, m->bytes.data, m->bytes.len, COLUMNS_ALL))
			got = moments_fail(m, SQLITE_CORRUPT, err);
		return got;
	}
	t = slice_of(d, row, &n);
	chunk_reset(c, row->boot);
	for (size_t i = 0; i < n; i++) {
		if (!chunk_add(c, m->bodies.data + t[i].item.at, t[i].item.len, t[i].item.arrived_ms,
			t[i].item.backfilled))
			return moments_fail(m, SQLITE_CORRUPT, err);
	}
	return 1;
}

int moments_read_times(struct moments *m, const struct moments_drone *d,
    const struct moment_row *row, struct chunk *c, struct err *err)
{
	const struct moment_tail *t;
	int got;

	if (row->id >= 0) {
		got = fetch(m, d, row, err);
		if (got == 1 && !chunk_decode(c, m->bytes.data, m->bytes.len,
				    COLUMN_BIT(FIELD_seq) | COLUMN_BIT(FIELD_time) | COLUMN_BIT(COLUMN_ARRIVED)))
			got = moments_fail(m, SQLITE_CORRUPT, err);
		return got;
	}
	chunk_reset(c, row->boot);
	t = slice_of(d, row, &c->count);
	for (size_t i = 0; i < c->count; i++) {
		c->columns[FIELD_seq][i] = t[i].item.seq;
		c->columns[FIELD_time][i] = t[i].time_ms;
		c->columns[COLUMN_ARRIVED][i] = t[i].item.arrived_ms;
		c->backfilled[i] = t[i].item.backfilled;
	}
	return 1;
}

int moments_read_sample(struct moments *m, const struct moments_drone *d,
    const struct moment_row *row, struct chunk *c, size_t i, struct sample *s, struct err *err)
{
	int64_t time = c->columns[FIELD_time][i];
	const struct moment_tail *t;
	struct reject why;
	size_t n;

	if (row->id >= 0) {
		if (!chunk_decode_again(c, COLUMNS_ALL, time, time) ||
		    c->count <= i)
			return moments_fail(m, SQLITE_CORRUPT, err);
		chunk_sample(c, i, s);
		return 1;
	}
	t = slice_of(d, row, &n);
	if (sample_decode(m->bodies.data + t[i].item.at, t[i].item.len, s, &why) == -1)
		return moments_fail(m, SQLITE_CORRUPT, err);
	return 1;
}

int64_t moments_at(const struct moment_row *row, const struct chunk *c, size_t i)
{
	int64_t arrived = c->columns[COLUMN_ARRIVED][i];
	int64_t due = c->columns[FIELD_time][i] + row->offset_ms;

	if (c->backfilled[i] && due < arrived)
		arrived = due;
	return arrived > row->lo_ms ? arrived : row->lo_ms;
}
