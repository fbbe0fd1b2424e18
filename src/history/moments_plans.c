/* What drones were to fly, in order of time: see moments.h. */
#include "history/moments_private.h"

int moments_load_plans(struct moments *m)
{
	sqlite3_stmt *stmt;
	int rc;

	/* Before version 3 there is none. */
	if (!schema_has_table(m->db, "plans"))
		return SQLITE_OK;
	rc = sqlite3_prepare_v2(m->db, "SELECT row, at, arrived, drone FROM plans WHERE row > ?"
				       " ORDER BY row", -1, &stmt, NULL);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(stmt, 1, m->last_rows[TOPIC_PL]);
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct moment_note n = { .drone = MOMENT_NO_DRONE, .kind = TOPIC_PL };

		n.row = m->last_rows[TOPIC_PL] = sqlite3_column_int64(stmt, 0);
		n.at_ms = sqlite3_column_int64(stmt, 1);
		n.until_ms = sqlite3_column_int64(stmt, 2);
		if (moments_note_drone(m, &n, (const char *)sqlite3_column_text(stmt, 3)) &&
		    n.drone != MOMENT_NO_DRONE)
			*moments_add_note(m) = n;
	}
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

int moments_plan(struct moments *m, const struct moment_note *note, struct buf *content,
    struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = SQLITE_OK;

	if (!m->get_plan)
		rc = sqlite3_prepare_v2(m->db, "SELECT content FROM plans WHERE row = ?", -1,
		    &m->get_plan, NULL);
	if (rc != SQLITE_OK)
		return moments_fail(m, rc, err);
	stmt = m->get_plan;
	buf_clear(content);
	sqlite3_bind_int64(stmt, 1, note->row);
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW && sqlite3_column_bytes(stmt, 0))
		buf_add(content, sqlite3_column_blob(stmt, 0), (size_t)sqlite3_column_bytes(stmt, 0));
	sqlite3_reset(stmt);
	return rc == SQLITE_ROW ? 1 : rc == SQLITE_DONE ? 0 : moments_fail(m, rc, err);
}
