/* A drone's samples in order, forward and backward: see private.h. */
#include <stdlib.h>
#include <string.h>

#include "replay/private.h"

void stream_forget(struct stream *s)
{
	for (int i = 0; i < RUNS_MAX; i++) {
		if (s->runs[i].serial)
			run_clear(&s->runs[i].run);
		s->runs[i].serial = 0;
	}
}

static struct sample_key run_key(const struct run *run, size_t i)
{
	return (struct sample_key){ run_at(run, i), run->boot, run_seq(run, i) };
}

/* How many of the run's samples are before the key, or, with it, up to it. */
static size_t count_before(const struct run *run, struct sample_key key, bool with)
{
	size_t low = 0, high = run->count;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (compare_sample_keys(run_key(run, mid), key) < with)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct stream_run *cached(struct stream *s, const struct window_file *f, int64_t row)
{
	for (int i = 0; i < RUNS_MAX; i++) {
		if (s->runs[i].serial == f->serial && s->runs[i].row == row)
			return &s->runs[i];
	}
	return NULL;
}

/* Gives up the runs that lie behind, the way it goes. */
static void drop_passed(const struct replay *r, struct stream *s)
{
	for (int i = 0; i < RUNS_MAX; i++) {
		const struct run *run = &s->runs[i].run;

		if (!s->runs[i].serial || !s->any || !run->count ||
		    (r->direction < 0 ? run_at(run, 0) <= s->now.at
				      : run_at(run, run->count - 1) >= s->now.at))
			continue;
		run_clear(&s->runs[i].run);
		s->runs[i].serial = 0;
		s->runs[i].used = 0;
		if (s->state == NEXT_KNOWN && s->next_run == i)
			s->state = NEXT_UNKNOWN;
	}
}

struct stream_run *stream_run(struct replay *r, size_t drone, struct window_file *f, size_t i,
    bool *failed, struct err *err)
{
	struct stream *s = &r->streams[drone];
	struct moments_drone *d = window_drone(f, drone);
	struct stream_run *run = cached(s, f, d->rows[i].id);
	int got;

	*failed = false;
	if (run) {
		run->used = ++r->clock;
		return run;
	}
	got = moments_read(f->m, d, &d->rows[i], &r->chunk, err);
	if (got != 1) {
		*failed = got == -1;
		r->gone |= got == 0;
		return NULL;
	}
	drop_passed(r, s);
	run = &s->runs[0];
	for (int k = 1; k < RUNS_MAX; k++) {
		if (s->runs[k].used < run->used)
			run = &s->runs[k];
	}
	if (s->state == NEXT_KNOWN && run == &s->runs[s->next_run])
		s->state = NEXT_UNKNOWN;
	if (run->serial)
		run_clear(&run->run);
	run_make(&run->run, &d->rows[i], &r->chunk);
	run->serial = f->serial;
	run->row = d->rows[i].id;
	run->used = ++r->clock;
	if (run->run.count)
		moments_tighten(d, i, run_at(&run->run, 0), run_at(&run->run, run->run.count - 1));
	return run;
}

/* The first row that reaches the moment. */
static size_t first_reaching(const struct moments_drone *d, int64_t at_ms)
{
	size_t low = 0, high = d->row_count;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (moment_reach(&d->rows[mid]) < at_ms)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* How many rows begin at or before the moment. */
static size_t rows_begun(const struct moments_drone *d, int64_t at_ms)
{
	size_t low = 0, high = d->row_count;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (d->rows[mid].lo_ms <= at_ms)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct search {
	struct sample_key after;
	bool any;
	int64_t until_ms;
	bool found;
	struct sample_key best;
	struct window_file *file; /* where best is */
	size_t row, index;
	int64_t second_ms; /* what other rows may have begins here */
	int64_t bound_ms;  /* rows beyond until_ms begin here */
};

/* Takes the row's nearest into account: false where it could not be read. */
static bool search_row(struct replay *r, size_t drone, struct window_file *f, size_t i,
    struct search *q, bool *failed, struct err *err)
{
	struct stream_run *run = stream_run(r, drone, f, i, failed, err);
	struct sample_key key;
	int64_t lo_ms;
	size_t n;

	if (!run)
		return false;
	n = q->any ? count_before(&run->run, q->after, true) : 0;
	if (n == run->run.count)
		return true;
	key = run_key(&run->run, n);
	lo_ms = key.at;
	if (!q->found || compare_sample_keys(key, q->best) < 0) {
		if (q->found)
			lo_ms = q->best.at;
		q->best = key;
		q->file = f;
		q->row = i;
		q->index = n;
		if (q->found && lo_ms < q->second_ms)
			q->second_ms = lo_ms;
		q->found = true;
	} else if (lo_ms < q->second_ms) {
		q->second_ms = lo_ms;
	}
	return true;
}

int stream_next(struct replay *r, size_t drone, int64_t until_ms, struct err *err)
{
	struct stream *s = &r->streams[drone];
	struct search q = { .after = s->now, .any = s->any, .until_ms = until_ms,
		.second_ms = INT64_MAX, .bound_ms = INT64_MAX };
	int64_t from_ms = s->any ? s->now.at : INT64_MIN;

	for (size_t k = 0; k < r->file_count; k++) {
		struct window_file *f = &r->files[k];
		struct moments_drone *d = window_drone(f, drone);

		if (!d)
			continue;
		for (size_t i = first_reaching(d, from_ms); i < d->row_count; i++) {
			bool failed;

			if (d->rows[i].lo_ms > until_ms) {
				if (d->rows[i].lo_ms < q.bound_ms)
					q.bound_ms = d->rows[i].lo_ms;
				break;
			}
			if (q.found && d->rows[i].lo_ms > q.best.at) {
				if (d->rows[i].lo_ms < q.second_ms)
					q.second_ms = d->rows[i].lo_ms;
				break;
			}
			if (moment_first(&d->rows[i]) > until_ms) {
				if (moment_first(&d->rows[i]) < q.bound_ms)
					q.bound_ms = moment_first(&d->rows[i]);
				continue;
			}
			if (moment_hi(&d->rows[i]) >= from_ms &&
			    !search_row(r, drone, f, i, &q, &failed, err))
				return failed ? -1 : 0;
		}
	}
	if (q.found && q.best.at <= q.bound_ms) {
		bool failed;
		struct stream_run *run = stream_run(r, drone, q.file, q.row, &failed, err);

		if (!run)
			return failed ? -1 : 0;
		s->state = NEXT_KNOWN;
		s->next = q.best;
		s->next_run = (int)(run - s->runs);
		s->next_index = q.index;
		s->clear_ms = q.second_ms < q.bound_ms ? q.second_ms : q.bound_ms;
		return 1;
	}
	s->state = q.bound_ms == INT64_MAX ? NEXT_NONE : NEXT_BOUND;
	s->next = (struct sample_key){ q.bound_ms, 0, 0 };
	return s->state == NEXT_BOUND;
}

static void bound(int64_t *next_ms, int64_t at_ms)
{
	if (at_ms < *next_ms)
		*next_ms = at_ms;
}

/* The newest before the key in a row that is no run yet, without making one. */
static int look_before(struct replay *r, struct window_file *f, struct moments_drone *d, size_t i,
    struct sample_key key, struct sample_key *best, bool *any, struct sample *s, bool *backfilled,
    int64_t *next_ms, struct err *err)
{
	const struct moment_row *row = &d->rows[i];
	int64_t first_ms = INT64_MAX, last_ms = INT64_MIN;
	struct chunk *c = &r->chunk;
	size_t found = SIZE_MAX;
	int got = moments_read_times(f->m, d, row, c, err);

	r->gone |= got == 0;
	if (got != 1)
		return got;
	for (size_t n = 0; n < c->count; n++) {
		struct sample_key k = { moments_at(row, c, n), c->boot, (uint32_t)c->columns[FIELD_seq][n] };

		first_ms = k.at < first_ms ? k.at : first_ms;
		last_ms = k.at > last_ms ? k.at : last_ms;
		if (compare_sample_keys(k, key) >= 0) {
			bound(next_ms, k.at);
			continue;
		}
		if (*any && compare_sample_keys(k, *best) <= 0)
			continue;
		*best = k;
		*any = true;
		found = n;
	}
	if (c->count)
		moments_tighten(d, i, first_ms, last_ms);
	if (found == SIZE_MAX)
		return 1;
	*backfilled = c->backfilled[found];
	return moments_read_sample(f->m, d, row, c, found, s, err);
}

int stream_before(struct replay *r, size_t drone, struct sample_key key, struct sample_key *best,
    struct sample *s, bool *backfilled, int64_t *next_ms, struct err *err)
{
	struct stream *stream = &r->streams[drone];
	bool any = false;

	*next_ms = INT64_MAX;
	for (size_t k = r->file_count; k-- > 0;) {
		struct window_file *f = &r->files[k];
		struct moments_drone *d = window_drone(f, drone);
		size_t begun = d ? rows_begun(d, key.at) : 0;

		if (d && begun < d->row_count)
			bound(next_ms, d->rows[begun].lo_ms);
		for (size_t i = begun; i-- > 0;) {
			struct stream_run *run;
			size_t n;

			if (any && moment_reach(&d->rows[i]) < best->at)
				break;
			if (any && moment_hi(&d->rows[i]) < best->at)
				continue;
			if (moment_first(&d->rows[i]) > key.at) {
				bound(next_ms, moment_first(&d->rows[i]));
				continue;
			}
			run = cached(stream, f, d->rows[i].id);
			if (!run) {
				int got = look_before(r, f, d, i, key, best, &any, s, backfilled, next_ms, err);

				if (got != 1)
					return got;
				continue;
			}
			n = count_before(&run->run, key, false);
			if (n < run->run.count)
				bound(next_ms, run_at(&run->run, n));
			if (n && (!any || compare_sample_keys(run_key(&run->run, n - 1), *best) > 0)) {
				*best = run_key(&run->run, n - 1);
				run_sample(&run->run, n - 1, s);
				*backfilled = run_backfilled(&run->run, n - 1);
				any = true;
			}
		}
	}
	return any;
}

int stream_find(struct replay *r, size_t drone, struct sample_key key, const struct run **run,
    size_t *index, struct err *err)
{
	for (size_t k = 0; k < r->file_count; k++) {
		struct window_file *f = &r->files[k];
		struct moments_drone *d = window_drone(f, drone);
		bool failed;

		for (size_t i = d ? first_reaching(d, key.at) : 0;
		     d && i < d->row_count && d->rows[i].lo_ms <= key.at; i++) {
			struct stream_run *at;

			if (moment_hi(&d->rows[i]) < key.at || d->rows[i].boot != key.boot ||
			    d->rows[i].first_seq > key.seq || d->rows[i].last_seq < key.seq)
				continue;
			at = stream_run(r, drone, f, i, &failed, err);
			if (!at)
				return failed ? -1 : 0;
			*index = count_before(&at->run, key, false);
			*run = &at->run;
			if (*index < at->run.count &&
			    compare_sample_keys(run_key(&at->run, *index), key) == 0)
				return 1;
		}
	}
	return 0;
}
