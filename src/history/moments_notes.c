/* What happened besides samples, in order of time: see moments.h. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "history/days.h"
#include "history/moments_private.h"

/* What of each kind's row is kept. Columns: row, arrived, drone, grade, key, state. */
static const struct kind {
	enum topic_kind kind;
	const char *sql; /* "%s" is the table as the file has it */
	const char *const *grades, *const *states;
} kinds[] = {
	{ TOPIC_EV, "SELECT row, arrived, drone, severity, NULL, NULL FROM ", NULL, NULL },
	{ TOPIC_CM, "SELECT row, arrived, drone, stage, id, NULL FROM ", stage_names, NULL },
	{ TOPIC_AL, "SELECT row, arrived, drone, level, id, state FROM ", alarm_level_names,
	    alarm_state_names },
	{ TOPIC_OR, "SELECT row, arrived, drone, state, id, NULL FROM ", order_state_names, NULL },
};

static uint8_t name_index(const char *const *names, const char *text)
{
	for (uint8_t i = 0; text && names[i]; i++) {
		if (strcmp(names[i], text) == 0)
			return i;
	}
	return 0;
}

static uint32_t key_number(struct moments *m, const char *text)
{
	size_t n;

	if (!text)
		return 0;
	n = strmap_get(&m->keys, text);
	if (n == STRMAP_NONE) {
		mem_grow(m->key_ms, m->key_count, m->key_cap);
		m->key_ms[m->key_count] = INT64_MIN;
		n = ++m->key_count;
		strmap_set(&m->keys, text, n);
	}
	return (uint32_t)n;
}

/* What is said of one alarm, command or order is said in the order of its rows, also where
 * the daemon's clock was set back between two: else what is over would stand again. */
static void keep_order(struct moments *m, struct moment_note *n)
{
	int64_t *newest = n->key ? &m->key_ms[n->key - 1] : NULL;

	if (!newest)
		return;
	n->at_ms = n->at_ms > *newest ? n->at_ms : *newest;
	*newest = n->at_ms;
}

struct moment_note *moments_add_note(struct moments *m)
{
	mem_grow(m->notes, m->note_count, m->note_cap);
	m->notes[m->note_count] = (struct moment_note){ .drone = MOMENT_NO_DRONE };
	return &m->notes[m->note_count++];
}

bool moments_note_drone(struct moments *m, struct moment_note *n, const char *drone)
{
	size_t i;

	if (!drone || !id_valid(drone, strlen(drone)))
		return true;
	i = moments_drone(m, drone);
	n->drone = (uint32_t)i;
	return m->drones[i].wanted;
}

static int load_kind(struct moments *m, const struct kind *k)
{
	const struct history_table *table = schema_message_table(k->kind);
	struct buf sql = BUF_INIT;
	sqlite3_stmt *stmt;
	int rc;

	buf_add_str(&sql, k->sql);
	buf_printf(&sql, "%s WHERE row > ? ORDER BY row", table->name);
	rc = sqlite3_prepare_v2(m->db, sql.data, -1, &stmt, NULL);
	buf_free(&sql);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(stmt, 1, m->last_rows[k->kind]);
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct moment_note n = { .drone = MOMENT_NO_DRONE };

		n.row = m->last_rows[k->kind] = sqlite3_column_int64(stmt, 0);
		n.at_ms = sqlite3_column_int64(stmt, 1);
		n.kind = (uint8_t)k->kind;
		n.grade = k->grades ? name_index(k->grades, (const char *)sqlite3_column_text(stmt, 3))
				    : (uint8_t)(sqlite3_column_int64(stmt, 3) & 0xff);
		n.key = key_number(m, (const char *)sqlite3_column_text(stmt, 4));
		if (k->states)
			n.state = name_index(k->states, (const char *)sqlite3_column_text(stmt, 5));
		keep_order(m, &n);
		if (moments_note_drone(m, &n, (const char *)sqlite3_column_text(stmt, 2)))
			*moments_add_note(m) = n;
	}
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* ---- gaps ---- */

/* When sample seq was, by the row that holds it: as far into it as its number. */
static int64_t within(const struct moment_row *row, int64_t seq)
{
	uint32_t span = row->last_seq - row->first_seq;

	return span ? moment_begin(row) + (int64_t)((double)(moment_hi(row) - moment_begin(row)) * (double)(seq - row->first_seq) / span)
		    : moment_hi(row);
}

/* The moments around the samples [from, to] that are missing. */
static void place_gap(const struct moments_drone *d, uint32_t boot, int64_t from, int64_t to,
    int64_t *before_ms, int64_t *after_ms)
{
	int64_t below = -1, above = INT64_MAX;

	for (size_t i = 0; i < d->row_count; i++) {
		const struct moment_row *row = &d->rows[i];

		if (row->boot != boot)
			continue;
		if (row->first_seq < from) {
			int64_t seq = row->last_seq < from ? row->last_seq : from - 1;

			if (seq > below) {
				below = seq;
				*before_ms = within(row, seq);
			}
		}
		if (row->last_seq > to) {
			int64_t seq = row->first_seq > to ? row->first_seq : to + 1;

			if (seq < above) {
				above = seq;
				*after_ms = within(row, seq);
			}
		}
	}
}

/* The next row of the table as it is now, placed anew where it was not settled. */
static bool place_hole(struct moments *m, struct moment_hole *h, const struct moment_hole *was)
{
	int64_t before = INT64_MIN, after = INT64_MIN, at_ms = h->at_ms;

	if (was && was->row == h->row && was->drone == h->drone && was->boot == h->boot &&
	    was->from == h->from && was->to == h->to && was->lost == h->lost) {
		h->at_ms = was->at_ms;
		h->until_ms = was->until_ms;
		h->settled = was->settled;
		if (h->settled)
			return false;
	}
	place_gap(&m->drones[h->drone], h->boot, h->from, h->to, &before, &after);
	h->settled = before != INT64_MIN && after != INT64_MIN;
	/* Where nothing is on one side of it, it is no longer than is known. */
	h->at_ms = before != INT64_MIN ? before : after != INT64_MIN ? after : at_ms;
	h->until_ms = after > h->at_ms ? after : h->at_ms;
	return !was || was->row != h->row || was->at_ms != h->at_ms || was->until_ms != h->until_ms ||
	    was->from != h->from || was->to != h->to || was->lost != h->lost || was->drone != h->drone;
}

static void tell_holes(struct moments *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->note_count; i++) {
		if (m->notes[i].kind != MOMENT_GAP)
			m->notes[n++] = m->notes[i];
	}
	m->note_count = n;
	for (size_t i = 0; i < m->hole_count; i++) {
		const struct moment_hole *h = &m->holes[i];

		*moments_add_note(m) = (struct moment_note){ .kind = MOMENT_GAP, .row = h->row, .at_ms = h->at_ms,
			.until_ms = h->until_ms, .drone = h->drone, .grade = h->lost };
	}
}

/* Gaps change and go, so all are read each time; most are where they were. */
static int load_gaps(struct moments *m)
{
	struct moment_hole *old = m->holes;
	size_t old_count = m->hole_count, at = 0;
	bool changed = false;
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(m->db,
	    "SELECT row, at, drone, boot, first_seq, last_seq, state = 'lost' FROM gaps"
	    " WHERE state != 'filled' ORDER BY row", -1, &stmt, NULL);

	if (rc != SQLITE_OK)
		return rc;
	m->holes = NULL;
	m->hole_count = m->hole_cap = 0;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct moment_hole h = { .row = sqlite3_column_int64(stmt, 0),
			.at_ms = sqlite3_column_int64(stmt, 1), .boot = (uint32_t)sqlite3_column_int64(stmt, 3),
			.from = (uint32_t)sqlite3_column_int64(stmt, 4),
			.to = (uint32_t)sqlite3_column_int64(stmt, 5), .lost = sqlite3_column_int(stmt, 6) != 0 };
		struct moment_note n = { .drone = MOMENT_NO_DRONE };

		if (!moments_note_drone(m, &n, (const char *)sqlite3_column_text(stmt, 2)) ||
		    n.drone == MOMENT_NO_DRONE)
			continue;
		h.drone = n.drone;
		while (at < old_count && old[at].row < h.row)
			at++;
		changed |= place_hole(m, &h, at < old_count ? &old[at] : NULL);
		mem_grow(m->holes, m->hole_count, m->hole_cap);
		m->holes[m->hole_count++] = h;
	}
	sqlite3_finalize(stmt);
	free(old);
	if (changed || m->hole_count != old_count)
		tell_holes(m);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int compare_notes(const void *a, const void *b)
{
	const struct moment_note *x = a, *y = b;

	if (x->at_ms != y->at_ms)
		return x->at_ms < y->at_ms ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return (x->row > y->row) - (x->row < y->row);
}

static void sort_notes(struct moments *m)
{
	for (size_t i = 1; i < m->note_count; i++) {
		if (compare_notes(&m->notes[i - 1], &m->notes[i]) <= 0)
			continue;
		qsort(m->notes, m->note_count, sizeof(*m->notes), compare_notes);
		return;
	}
}

/* A day begins with the alarms that stood then; they were told when they came. */
static void find_carried(struct moments *m)
{
	int64_t begin_ms = m->day * DAY_MS;

	/* A file alone says by its samples of which day it is. */
	if (m->day == INT64_MIN && m->first_ms > m->last_ms)
		return;
	if (m->day == INT64_MIN)
		begin_ms = day_of(m->last_ms) * DAY_MS;
	for (size_t i = 0; i < m->note_count; i++) {
		struct moment_note *n = &m->notes[i];

		if (n->kind != TOPIC_AL || n->at_ms >= begin_ms)
			continue;
		n->at_ms = begin_ms;
		n->carried = true;
	}
}

int moments_load_notes(struct moments *m, bool whole)
{
	int rc = SQLITE_OK;

	if (whole) {
		strmap_clear(&m->keys);
		m->key_count = 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(kinds) && rc == SQLITE_OK; i++)
		rc = load_kind(m, &kinds[i]);
	if (rc == SQLITE_OK)
		rc = moments_load_plans(m);
	if (rc == SQLITE_OK)
		rc = load_gaps(m);
	find_carried(m);
	sort_notes(m);
	for (size_t i = 0; i < m->note_count; i++) {
		/* What was so before says nothing of when something was recorded. */
		if (m->notes[i].kind == MOMENT_GAP || m->notes[i].carried || moment_plan_carried(&m->notes[i]))
			continue;
		m->first_ms = m->notes[i].at_ms < m->first_ms ? m->notes[i].at_ms : m->first_ms;
		m->last_ms = m->notes[i].at_ms > m->last_ms ? m->notes[i].at_ms : m->last_ms;
	}
	return rc;
}

void moments_trim_notes(struct moments *m)
{
	int64_t edge_ms = m->day * DAY_MS;
	size_t events = 0, n = 0;

	for (size_t i = 0; i < m->note_count; i++)
		events += m->notes[i].kind == TOPIC_EV;
	for (size_t i = 0; i < m->note_count; i++) {
		const struct moment_note *note = &m->notes[i];
		bool event = note->kind == TOPIC_EV;

		if (m->part == MOMENTS_BEGIN ? note->at_ms <= edge_ms + MOMENTS_EDGE_MS
			: !event || events <= MOMENTS_END_EVENTS ||
			    note->at_ms >= edge_ms + DAY_MS - MOMENTS_EDGE_MS)
			m->notes[n++] = *note;
		events -= event;
	}
	m->note_count = m->note_cap = n;
	m->notes = xreallocarray(m->notes, n ? n : 1, sizeof(*m->notes));
}

int moments_message(struct moments *m, const struct moment_note *note, union message *out,
    int64_t *arrived_ms, struct err *err)
{
	enum topic_kind kind = (enum topic_kind)note->kind;
	struct buf sql = BUF_INIT;
	int rc = SQLITE_OK;

	memset(out, 0, sizeof(*out));
	*arrived_ms = note->at_ms;
	if (!m->messages[kind]) {
		buf_add_str(&sql, "SELECT ");
		schema_message_columns(&sql, kind);
		buf_add_str(&sql, " FROM ");
		schema_table_of(m->db, &sql, schema_message_table(kind));
		buf_add_str(&sql, " WHERE row = ?");
		rc = sqlite3_prepare_v2(m->db, sql.data, -1, &m->messages[kind], NULL);
		buf_free(&sql);
	}
	if (rc != SQLITE_OK)
		return moments_fail(m, rc, err);
	sqlite3_bind_int64(m->messages[kind], 1, note->row);
	rc = sqlite3_step(m->messages[kind]);
	if (rc == SQLITE_ROW)
		schema_read_message(m->messages[kind], kind, out);
	sqlite3_reset(m->messages[kind]);
	return rc == SQLITE_ROW ? 1 : rc == SQLITE_DONE ? 0 : moments_fail(m, rc, err);
}

int moments_gap(struct moments *m, const struct moment_note *note, struct moment_gap *out,
    struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(m->db, "SELECT drone, boot, first_seq, last_seq, state = 'lost', why"
					   " FROM gaps WHERE row = ?", -1, &stmt, NULL);

	if (rc != SQLITE_OK)
		return moments_fail(m, rc, err);
	memset(out, 0, sizeof(*out));
	sqlite3_bind_int64(stmt, 1, note->row);
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW) {
		schema_read_text(stmt, 0, out->drone, sizeof(out->drone));
		out->boot = (uint32_t)sqlite3_column_int64(stmt, 1);
		out->from = (uint32_t)sqlite3_column_int64(stmt, 2);
		out->to = (uint32_t)sqlite3_column_int64(stmt, 3);
		out->lost = sqlite3_column_int(stmt, 4) != 0;
		schema_read_text(stmt, 5, out->why, sizeof(out->why));
	}
	sqlite3_finalize(stmt);
	return rc == SQLITE_ROW ? 1 : rc == SQLITE_DONE ? 0 : moments_fail(m, rc, err);
}
