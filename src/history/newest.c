/* The newest sample of each drone: see newest.h. */
#include "history/newest.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "history/chunk.h"

/* Its mark where the sample is newer than what is known. */
static struct newest_mark *newer(struct newest *n, size_t drone, uint32_t boot, uint32_t seq)
{
	struct newest_mark *m;

	if (drone >= n->cap) {
		size_t cap = n->cap ? n->cap : 256;

		while (cap <= drone)
			cap *= 2;
		n->marks = xreallocarray(n->marks, cap, sizeof(*n->marks));
		memset(n->marks + n->cap, 0, (cap - n->cap) * sizeof(*n->marks));
		n->cap = cap;
	}
	if (!n->marks[drone])
		n->marks[drone] = xcalloc(1, sizeof(*n->marks[drone]));
	m = n->marks[drone];
	if (m->any && (m->boot != boot ? m->boot > boot : m->seq >= seq))
		return NULL;
	m->any = true;
	m->boot = boot;
	m->seq = seq;
	m->row = 0;
	m->len = 0;
	return m;
}

static void keep(struct newest_mark *m, const void *body, size_t len, int64_t arrived_ms)
{
	m->row = 0;
	/* One with very long extras is not told. */
	if (len > sizeof(m->body))
		return;
	m->len = (uint16_t)len;
	memcpy(m->body, body, len);
	m->arrived_ms = arrived_ms;
}

void newest_sealed(struct newest *n, size_t drone, uint32_t boot, uint32_t seq, int64_t day,
    int64_t row)
{
	struct newest_mark *m = newer(n, drone, boot, seq);

	if (!m)
		return;
	m->day = day;
	m->row = row;
}

void newest_plain(struct newest *n, size_t drone, uint32_t boot, uint32_t seq, const void *body,
    size_t len, int64_t arrived_ms)
{
	struct newest_mark *m = newer(n, drone, boot, seq);

	if (m)
		keep(m, body, len, arrived_ms);
}

static void load(struct newest_mark *m, sqlite3_stmt *stmt, struct chunk *chunk, struct buf *body)
{
	sqlite3_bind_int64(stmt, 1, m->row);
	if (sqlite3_step(stmt) == SQLITE_ROW &&
	    chunk_decode(chunk, sqlite3_column_blob(stmt, 0), (size_t)sqlite3_column_bytes(stmt, 0),
		COLUMNS_ALL)) {
		for (size_t i = chunk->count; i-- > 0;) {
			if ((uint32_t)chunk->columns[FIELD_seq][i] != m->seq || chunk->boot != m->boot)
				continue;
			buf_clear(body);
			chunk_body(chunk, i, body);
			keep(m, body->data, body->len, chunk->columns[COLUMN_ARRIVED][i]);
			break;
		}
	}
	sqlite3_reset(stmt);
	m->row = 0;
}

void newest_load(struct newest *n, sqlite3 *db, int64_t day)
{
	struct buf body = BUF_INIT;
	struct chunk chunk;
	sqlite3_stmt *stmt;

	if (sqlite3_prepare_v2(db, "SELECT body FROM sealed WHERE id = ?", -1, &stmt, NULL) !=
	    SQLITE_OK)
		return;
	chunk_init(&chunk);
	for (size_t i = 0; i < n->cap; i++) {
		struct newest_mark *m = n->marks[i];

		if (m && m->row && m->day == day)
			load(m, stmt, &chunk, &body);
	}
	sqlite3_finalize(stmt);
	chunk_clear(&chunk);
	buf_free(&body);
}

void newest_clear(struct newest *n)
{
	for (size_t i = 0; i < n->cap; i++)
		free(n->marks[i]);
	free(n->marks);
	memset(n, 0, sizeof(*n));
}
