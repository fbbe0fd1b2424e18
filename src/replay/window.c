/* Which files are open, and what of the past is known: see private.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "history/days.h"
#include "replay/private.h"

static bool wanted(void *context, const char *drone)
{
	const struct replay *r = context;

	return !r->chosen.count || strmap_get(&r->chosen, drone) != STRMAP_NONE;
}

static size_t add_drone(struct replay *r, const char *id)
{
	size_t i = strmap_get(&r->ids, id);

	if (i != STRMAP_NONE)
		return i;
	mem_grow(r->drones, r->drone_count, r->drone_cap);
	if (r->stream_cap != r->drone_cap) {
		r->streams = xreallocarray(r->streams, r->drone_cap, sizeof(*r->streams));
		r->stream_cap = r->drone_cap;
	}
	i = r->drone_count++;
	memset(&r->drones[i], 0, sizeof(r->drones[i]));
	memset(&r->streams[i], 0, sizeof(r->streams[i]));
	str_copy(r->drones[i].id, ID_SIZE, id);
	strmap_set(&r->ids, id, i);
	r->direction = 0;
	return i;
}

/* Numbers the file's drones, and takes over what it says of them. */
static void meet(struct replay *r, struct window_file *f)
{
	f->drones = xreallocarray(f->drones, f->m->drone_count, sizeof(*f->drones));
	for (size_t i = 0; i < f->m->drone_count; i++) {
		const struct moments_drone *d = &f->m->drones[i];
		struct replay_drone *mine;

		f->drones[i] = REPLAY_NO_DRONE;
		if (!d->wanted)
			continue;
		f->drones[i] = add_drone(r, d->info.id);
		mine = &r->drones[f->drones[i]];
		if (d->info.source[0]) {
			str_copy(mine->source, sizeof(mine->source), d->info.source);
			str_copy(mine->feed, sizeof(mine->feed), d->info.feed);
			str_copy(mine->model, sizeof(mine->model), d->info.model);
			mine->kind = d->info.kind;
		}
	}
}

static void index_drones(struct replay *r)
{
	for (size_t k = 0; k < r->file_count; k++) {
		struct window_file *f = &r->files[k];

		f->indices = xreallocarray(f->indices, r->drone_count, sizeof(*f->indices));
		f->index_cap = r->drone_count;
		for (size_t i = 0; i < r->drone_count; i++)
			f->indices[i] = SIZE_MAX;
		for (size_t i = 0; i < f->m->drone_count; i++) {
			if (f->drones[i] != REPLAY_NO_DRONE)
				f->indices[f->drones[i]] = i;
		}
	}
}

struct moments_drone *window_drone(const struct window_file *f, size_t drone)
{
	if (drone >= f->index_cap || f->indices[drone] == SIZE_MAX)
		return NULL;
	return &f->m->drones[f->indices[drone]];
}

void window_place_notes(struct replay *r)
{
	for (size_t k = 0; k < r->file_count; k++) {
		const struct moments *m = r->files[k].m;
		size_t low = 0, high = m->note_count;

		while (low < high) {
			size_t mid = (low + high) / 2;

			if (m->notes[mid].at_ms <= r->position_ms)
				low = mid + 1;
			else
				high = mid;
		}
		r->files[k].noted = low;
	}
}

static void close_file(struct window_file *f)
{
	moments_close(&f->m);
	free(f->drones);
	free(f->indices);
	memset(f, 0, sizeof(*f));
}

void window_close(struct replay *r)
{
	for (size_t i = 0; i < r->file_count; i++)
		close_file(&r->files[i]);
	r->file_count = 0;
}

/* Of the days beside the one that is looked at, what may matter to it. */
static enum moments_part part_of(const struct replay *r, int64_t day)
{
	return r->single || day == r->window_day ? MOMENTS_WHOLE
	    : day < r->window_day               ? MOMENTS_END
						: MOMENTS_BEGIN;
}

static int open_file(struct replay *r, int64_t day, struct err *err)
{
	struct window_file f = { .day = day, .serial = ++r->serial };
	char path[DAY_PATH_SIZE];

	if (r->single)
		str_copy(path, sizeof(path), r->path);
	else
		day_path(path, r->path, day);
	if (moments_open(&f.m, path, r->single ? INT64_MIN : day, part_of(r, day), wanted, r, err) == -1)
		return -1;
	if (!f.m)
		return 0;
	meet(r, &f);
	r->files[r->file_count++] = f;
	return 0;
}

int window_open_day(struct replay *r, int64_t day, struct moments **m, struct err *err)
{
	char path[DAY_PATH_SIZE];

	day_path(path, r->path, day);
	return moments_open(m, path, day, MOMENTS_WHOLE, wanted, r, err);
}

static int list_days(struct replay *r, struct err *err)
{
	free(r->days);
	r->days = NULL;
	r->day_count = 0;
	return r->single ? 0 : days_list(r->path, &r->days, &r->day_count, err);
}

bool window_other_day(const struct replay *r, bool before, int64_t *day)
{
	bool found = false;

	for (size_t i = 0; i < r->day_count; i++) {
		if (before ? r->days[i] < r->window_day : r->days[i] > r->window_day && !found) {
			*day = r->days[i];
			found = true;
		}
	}
	return found;
}

struct place {
	uint32_t slot, number;
	size_t drone;
};

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->slot != y->slot)
		return x->slot < y->slot ? -1 : 1;
	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return (x->drone > y->drone) - (x->drone < y->drone);
}

/* Rows of one time lie in the file slot by slot: read like that, pages come one after another and
 * each once. */
static void order_drones(struct replay *r)
{
	struct place *places = xcalloc(r->drone_count, sizeof(*places));

	for (size_t i = 0; i < r->drone_count; i++) {
		places[i].drone = i;
		for (size_t k = 0; k < r->file_count; k++) {
			const struct moments_drone *d = window_drone(&r->files[k], i);

			if (!d || (places[i].number && r->files[k].day != r->window_day))
				continue;
			places[i].number = d->number;
			places[i].slot = plain_slot(d->number);
		}
	}
	if (r->drone_count)
		qsort(places, r->drone_count, sizeof(*places), compare_places);
	r->order = xreallocarray(r->order, r->drone_count ? r->drone_count : 1, sizeof(*r->order));
	r->order_count = r->drone_count;
	for (size_t i = 0; i < r->drone_count; i++)
		r->order[i] = places[i].drone;
	free(places);
}

static void restart(struct replay *r)
{
	for (size_t i = 0; i < r->drone_count; i++)
		r->streams[i].state = NEXT_UNKNOWN;
	r->direction = 0;
	index_drones(r);
	order_drones(r);
	window_place_notes(r);
	state_stale(r);
	plans_stale(r);
}

/* Runs stay: their rows are the same. */
static int change_part(struct replay *r, struct window_file *f, enum moments_part part, struct err *err)
{
	if (f->m->part == part)
		return 0;
	if (moments_change_part(f->m, part, err) == -1)
		return -1;
	meet(r, f);
	return 0;
}

int window_whole(struct replay *r, struct err *err)
{
	bool changed = false;

	for (size_t i = 0; i < r->file_count; i++) {
		changed |= r->files[i].day < r->window_day && r->files[i].m->part != MOMENTS_WHOLE;
		if (r->files[i].day < r->window_day && change_part(r, &r->files[i], MOMENTS_WHOLE, err) == -1)
			return -1;
	}
	if (changed)
		restart(r);
	return 0;
}

static void set_unread(struct err *unread, const struct err *why)
{
	err_set(unread, "%s: of this day nothing is shown; `odyssey history verify` says what is left of it",
	    why->text);
}

int window_move(struct replay *r, int64_t day, struct err *err)
{
	struct window_file old[WINDOW_MAX];
	size_t old_count = r->file_count, at;
	int64_t need[WINDOW_MAX], other;
	size_t n = 0;

	if (r->single ? r->file_count : r->window_day == day && r->ranged)
		return 0;
	r->window_day = day;
	r->unread.text[0] = '\0';
	moments_close(&r->beside);
	if (r->single) {
		need[n++] = 0;
	} else {
		if (window_other_day(r, true, &other))
			need[n++] = other;
		for (size_t i = 0; i < r->day_count; i++) {
			if (r->days[i] == day)
				need[n++] = day;
		}
		if (window_other_day(r, false, &other))
			need[n++] = other;
	}
	memcpy(old, r->files, sizeof(old));
	r->file_count = 0;
	for (size_t i = 0; i < n; i++) {
		for (at = 0; at < old_count && !(old[at].m && old[at].day == need[i]); at++)
			;
		if (at < old_count && change_part(r, &old[at], part_of(r, need[i]), err) == 0) {
			r->files[r->file_count++] = old[at];
			old[at] = (struct window_file){ 0 };
		} else if (open_file(r, need[i], err) == -1) {
			if (r->single) {
				for (at = 0; at < old_count; at++)
					close_file(&old[at]);
				return -1;
			}
			/* One day's damage is a gap, and no end of the others. */
			if (need[i] == day)
				set_unread(&r->unread, err);
		}
	}
	for (at = 0; at < old_count; at++)
		close_file(&old[at]);
	restart(r);
	return 0;
}

/* Reads again what came, or all of it. */
static int reread(struct replay *r, struct window_file *f, bool whole, struct err *err)
{
	int changed = moments_refresh(f->m, whole, err);

	if (changed != 1)
		return changed;
	/* Slices of what is not sealed are others now, rows only where all was read. */
	for (size_t i = 0; i < r->drone_count; i++) {
		for (int k = 0; k < RUNS_MAX; k++) {
			struct stream_run *run = &r->streams[i].runs[k];

			if (run->serial == f->serial && (whole || f->m->over || run->row < 0)) {
				run_clear(&run->run);
				run->serial = 0;
			}
		}
	}
	meet(r, f);
	return 1;
}

int window_mend(struct replay *r, struct err *err)
{
	for (size_t i = 0; i < r->file_count; i++) {
		if (reread(r, &r->files[i], true, err) == -1)
			return -1;
	}
	r->gone = false;
	restart(r);
	return 0;
}

static struct window_file *open_of(struct replay *r, int64_t day)
{
	for (size_t i = 0; i < r->file_count; i++) {
		if (r->files[i].day == day)
			return &r->files[i];
	}
	return NULL;
}

/* The first moment of the days from that one on, of the first that can be read. */
static void find_first(struct replay *r, size_t from, size_t to)
{
	r->first_ms = INT64_MAX;
	r->first_listed = r->day_count ? r->days[0] : 0;
	for (; from < to && r->first_ms == INT64_MAX; from++) {
		struct moments *m = NULL;
		struct err err;

		if (open_of(r, r->days[from])) {
			r->first_ms = open_of(r, r->days[from])->m->first_ms;
		} else if (window_open_day(r, r->days[from], &m, &err) == -1) {
			set_unread(&r->unread_end, &err);
		} else if (m) {
			r->first_ms = m->first_ms;
			moments_close(&m);
		}
	}
	for (size_t i = 0; i < r->file_count; i++)
		r->first_ms = r->files[i].m->first_ms < r->first_ms ? r->files[i].m->first_ms : r->first_ms;
	r->first_ms = r->first_ms < r->from_ms ? r->from_ms : r->first_ms;
}

static void days_within(const struct replay *r, size_t *from, size_t *to)
{
	*from = 0;
	*to = r->day_count;
	while (*from < *to && r->days[*from] < day_of(r->from_ms))
		(*from)++;
	while (*to > *from && r->days[*to - 1] > day_of(r->to_ms))
		(*to)--;
}

/* From the ends of the days that there are; the last of them that can be read is open then. */
static int find_range(struct replay *r, struct err *err)
{
	size_t from, to;

	days_within(r, &from, &to);
	r->last_ms = INT64_MIN;
	if (r->single && window_move(r, 0, err) == -1)
		return -1;
	for (; to > from; to--) {
		if (window_move(r, r->days[to - 1], err) == -1)
			return -1;
		r->ranged = true;
		if (open_of(r, r->days[to - 1]))
			break;
		if (*r->unread.text) {
			r->unread_end = r->unread;
			r->last_unread = true;
		}
	}
	r->ranged = true;
	if (!r->file_count && *r->unread_end.text) {
		*err = r->unread_end;
		return -1;
	}
	for (size_t i = 0; i < r->file_count; i++)
		r->last_ms = r->files[i].m->last_ms > r->last_ms ? r->files[i].m->last_ms : r->last_ms;
	r->last_ms = r->last_ms > r->to_ms ? r->to_ms : r->last_ms;
	find_first(r, from, to);
	return 0;
}

const char *replay_unread(const struct replay *r)
{
	return *r->unread.text ? r->unread.text : r->unread_end.text;
}

/* Before everything, or where it was asked for. */
static int64_t start_of(const struct replay *r, int64_t start_ms)
{
	int64_t first_ms = r->first_ms <= r->last_ms ? r->first_ms - 1 : r->from_ms, at_ms;

	if (!start_ms || r->first_ms > r->last_ms)
		return first_ms;
	at_ms = start_ms < 0 ? r->last_ms + start_ms : start_ms - 1;
	return at_ms < first_ms ? first_ms : at_ms > r->last_ms ? r->last_ms : at_ms;
}

/* What was locked when the range was made may be free now. 1 where it is. */
static int try_last(struct replay *r)
{
	struct moments *m = NULL;
	struct err err;

	if (!r->last_unread || !r->day_count ||
	    window_open_day(r, r->days[r->day_count - 1], &m, &err) == -1 || !m)
		return 0;
	r->last_unread = false;
	r->unread_end.text[0] = '\0';
	r->last_ms = m->last_ms > r->to_ms ? r->to_ms : m->last_ms;
	moments_close(&m);
	return 1;
}

int replay_refresh(struct replay *r, struct err *err)
{
	int64_t count = (int64_t)r->day_count, last = r->day_count ? r->days[r->day_count - 1] : 0;
	int changed = 0;

	for (size_t i = 0; i < r->file_count; i++) {
		int one = reread(r, &r->files[i], false, err);

		if (one == -1)
			return -1;
		changed |= one;
	}
	if (list_days(r, err) == -1)
		return -1;
	if (*r->unread.text) {
		int64_t day = r->window_day;

		/* It may only have been locked. */
		r->window_day = INT64_MIN;
		if (window_move(r, day, err) == -1)
			return -1;
		changed |= !*r->unread.text;
	}
	changed |= try_last(r);
	if ((int64_t)r->day_count != count || (r->day_count && r->days[r->day_count - 1] != last)) {
		int64_t day = r->window_day;

		/* A day more, or one that was thrown away. */
		r->window_day = INT64_MIN;
		if (window_move(r, day, err) == -1)
			return -1;
		changed = 1;
		if (r->day_count && r->days[0] != r->first_listed) {
			size_t from, to;

			days_within(r, &from, &to);
			find_first(r, from, to);
		}
	}
	if (!changed)
		return 0;
	for (size_t i = 0; i < r->file_count; i++) {
		const struct moments *m = r->files[i].m;

		/* What is asked for later may lie before all there was. */
		if (m->first_ms < r->first_ms)
			r->first_ms = m->first_ms < r->from_ms ? r->from_ms : m->first_ms;
		if (m->last_ms > r->last_ms)
			r->last_ms = m->last_ms > r->to_ms ? r->to_ms : m->last_ms;
	}
	restart(r);
	return 1;
}

int replay_open(struct replay **out, const struct replay_options *options, struct err *err)
{
	struct replay *r;
	struct stat st;

	*out = NULL;
	if (stat(options->path, &st) == -1)
		return err_set(err, "there is no history at %s: %s; name its directory or a day's file",
		    options->path, strerror(errno));
	r = xcalloc(1, sizeof(*r));
	r->path = xstrdup(options->path);
	r->single = !S_ISDIR(st.st_mode);
	r->from_ms = options->from_ms;
	r->to_ms = options->to_ms;
	r->window_day = INT64_MIN;
	chunk_init(&r->chunk);
	wire_doc_init(&r->plan.doc);
	for (size_t i = 0; i < options->drone_count; i++)
		strmap_set(&r->chosen, options->drones[i], i);
	if (list_days(r, err) == -1 || find_range(r, err) == -1)
		goto fail;
	if (!r->file_count) {
		err_set(err, "there is nothing recorded in %s yet", r->path);
		goto fail;
	}
	if (replay_seek(r, start_of(r, options->start_ms), err) == -1)
		goto fail;
	*out = r;
	return 0;
fail:
	replay_close(&r);
	return -1;
}

void replay_close(struct replay **replay)
{
	struct replay *r = *replay;

	if (!r)
		return;
	window_close(r);
	for (size_t i = 0; i < r->drone_count; i++)
		stream_forget(&r->streams[i]);
	state_clear(r);
	plans_clear(r);
	timeline_clear(r);
	strmap_clear(&r->chosen);
	strmap_clear(&r->ids);
	chunk_clear(&r->chunk);
	buf_free(&r->bytes);
	free(r->days);
	free(r->drones);
	free(r->streams);
	free(r->heap);
	free(r->order);
	free(r->path);
	free(r);
	*replay = NULL;
}

bool replay_range(const struct replay *r, int64_t *first_ms, int64_t *last_ms)
{
	*first_ms = r->first_ms;
	*last_ms = r->last_ms;
	return r->first_ms <= r->last_ms;
}

size_t replay_drone_count(const struct replay *r)
{
	return r->drone_count;
}

const struct replay_drone *replay_drone(const struct replay *r, size_t i)
{
	return &r->drones[i];
}

size_t replay_find_drone(const struct replay *r, const char *id)
{
	size_t i = strmap_get(&r->ids, id);

	return i == STRMAP_NONE ? REPLAY_NO_DRONE : i;
}

int64_t replay_position(const struct replay *r)
{
	return r->position_ms;
}
