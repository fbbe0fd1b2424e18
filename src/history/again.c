/* Flights found again, once holes are filled: see again.h. */
#include "history/again.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "history/days.h"
#include "history/past.h"
#include "history/scan.h"

#define LOOK_MS 200
/* A row that is not sealed yet holds some eighty of 5,000 drones. Where more than a
 * few wait they wait for their rows to be sealed: then each is read alone. */
#define FEW 32
#define SEALED_MS 75000

#define COLUMNS_FLOWN                                                                              \
	(COLUMN_BIT(FIELD_boot) | COLUMN_BIT(FIELD_seq) | COLUMN_BIT(FIELD_time) |                 \
	    COLUMN_BIT(FIELD_lat) | COLUMN_BIT(FIELD_lon) | COLUMN_BIT(FIELD_height) |             \
	    COLUMN_BIT(FIELD_battery) | COLUMN_BIT(FIELD_used) | COLUMN_BIT(FIELD_flags) |         \
	    COLUMN_BIT(FIELD_mode))

/* One drone's samples, read from the hole on. */
struct again_run {
	size_t drone;
	struct flight_tracker tracker;
	uint32_t from_boot, from_seq; /* where it began */
	uint32_t boot;
	uint64_t seq;                 /* next to be read */
	sqlite3 *days[PAST_DAYS];
	struct flight *found;         /* ended, or turned out to be none */
	size_t found_count, found_cap;
	struct sample *window;        /* [AGAIN_WINDOW] by seq; known 0: not there */
};

/* ---- noting ---- */

static bool before(uint32_t boot, uint32_t seq, uint32_t than_boot, uint32_t than_seq)
{
	return boot != than_boot ? boot < than_boot : seq < than_seq;
}

static void note_late(struct again *a, struct again_hole *hole, const struct sample *s)
{
	uint32_t boot = sample_boot(s), seq = sample_seq(s);

	/* Older than the hole itself: it changes nothing that is still known. */
	if (hole->before.any && before(boot, seq, hole->before.boot, hole->before.seq))
		return;
	if (!hole->late || before(boot, seq, hole->boot, hole->seq)) {
		hole->boot = boot;
		hole->seq = seq;
	}
	hole->late = true;
	hole->late_ms = clock_mono_ms();
	a->wanted = true;
}

void again_note(struct again *a, struct roster_drone *d, const struct sample *s)
{
	const struct flight_tracker *t = &d->tracker;
	uint32_t boot = sample_boot(s), seq = sample_seq(s);

	if (t->any && !before(t->boot, t->seq, boot, seq)) {
		if (d->hole)
			note_late(a, d->hole, s);
		return;
	}
	if (d->hole || (!t->any && seq == 0) ||
	    (t->any && boot == t->boot &&
		(seq == t->seq + 1 || sample_time(s) - t->time_ms <= AGAIN_HOLE_MS)))
		return;
	d->hole = xcalloc(1, sizeof(*d->hole));
	d->hole->before = *t;
	d->hole->since_ms = clock_mono_ms();
}

/* ---- choosing ---- */

/* Everything from the hole's beginning to the newest is here. */
static bool filled(const struct roster_drone *d)
{
	const struct again_hole *hole = d->hole;
	const struct flight_tracker *t = &d->tracker;

	/* Where an earlier boot ended nobody knows. */
	if (hole->before.any && hole->before.boot != t->boot)
		return false;
	for (size_t b = 0; b < d->boot_count; b++) {
		const struct roster_boot *boot = &d->boots[b];

		if (boot->boot == t->boot)
			return ranges_covers(&boot->stored,
			    hole->before.any && hole->before.boot == t->boot ? hole->before.seq : 0,
			    t->seq);
	}
	return false;
}

static void forget(struct roster_drone *d)
{
	free(d->hole);
	d->hole = NULL;
}

static bool few_wait(const struct roster *roster)
{
	size_t n = 0;

	for (size_t i = 0; i < roster->count && n <= FEW; i++)
		n += roster->drones[i].hole && roster->drones[i].hole->late;
	return n <= FEW;
}

static bool is_ripe(const struct roster_drone *d, int64_t mono_ms, bool few)
{
	int64_t quiet_ms = mono_ms - d->hole->late_ms;

	return few ? filled(d) || quiet_ms >= AGAIN_QUIET_MS : quiet_ms >= SEALED_MS;
}

/* The next drone whose flights are to be found again. */
static bool choose(struct again *a, struct roster *roster, int64_t mono_ms)
{
	bool waiting = false, few = few_wait(roster);

	for (size_t n = 0; n < roster->count; n++) {
		size_t i = (a->drone + n) % roster->count;
		struct roster_drone *d = &roster->drones[i];

		if (!d->hole)
			continue;
		if (!d->hole->late) {
			if (mono_ms - d->hole->since_ms > AGAIN_FORGET_MS)
				forget(d);
			continue;
		}
		if (!is_ripe(d, mono_ms, few)) {
			waiting = true;
			continue;
		}
		a->drone = i + 1;
		a->run = xcalloc(1, sizeof(*a->run));
		a->run->drone = i;
		return true;
	}
	a->wanted = waiting;
	return false;
}

/* ---- reading ---- */

static void open_days(struct again_run *run, const char *dir, int64_t newest)
{
	for (int i = 0; i < PAST_DAYS; i++) {
		char path[DAY_PATH_SIZE];
		struct err err;

		day_path(path, dir, newest - PAST_DAYS + 1 + i);
		/* A day that is not there has nothing. */
		if (schema_open_read(&run->days[i], path, &err) != TROUBLE_NONE)
			run->days[i] = NULL;
	}
}

static void begin_run(struct again_run *run, const struct roster_drone *d, const char *dir,
    int64_t day)
{
	const struct again_hole *hole = d->hole;

	run->tracker = hole->before;
	run->from_boot = hole->before.any ? hole->before.boot : hole->boot;
	run->from_seq = hole->before.any ? hole->before.seq + 1 : hole->seq;
	run->boot = run->from_boot;
	run->seq = run->from_seq;
	run->window = xcalloc(AGAIN_WINDOW, sizeof(*run->window));
	open_days(run, dir, day);
}

static int read_day(struct again_run *run, sqlite3 *db, const char *drone, uint32_t from,
    uint32_t to)
{
	struct scan_filter filter = SCAN_ALL;
	struct scan *scan;
	int rc = schema_exec(db, "BEGIN");

	filter.drone = drone;
	filter.one_boot = true;
	filter.boot = run->boot;
	filter.first_seq = from;
	filter.last_seq = to;
	if (rc == SQLITE_OK)
		rc = scan_open(&scan, db, &filter, COLUMNS_FLOWN);
	if (rc == SQLITE_OK) {
		while ((rc = scan_next(scan)) == 1) {
			const struct chunk *c = scan_chunk(scan);
			uint32_t seq = (uint32_t)c->columns[FIELD_seq][scan_index(scan)];
			struct sample *s = &run->window[seq - from];

			chunk_sample(c, scan_index(scan), s);
			s->known &= COLUMNS_FLOWN;
		}
		rc = rc == 0 ? SQLITE_OK : scan_error(scan);
		scan_close(&scan);
	}
	schema_exec(db, "COMMIT");
	return rc;
}

static void take_found(struct again_run *run, const struct flight *f)
{
	/* One that is on is stored at the end, as it stands then. */
	if (f->ended == FLIGHT_ON)
		return;
	mem_grow(run->found, run->found_count, run->found_cap);
	run->found[run->found_count++] = *f;
}

static int read_window(struct again_run *run, const struct roster_drone *d, uint32_t from,
    uint32_t to)
{
	struct flight f;
	int rc = SQLITE_OK;

	memset(run->window, 0, AGAIN_WINDOW * sizeof(*run->window));
	for (int i = 0; i < PAST_DAYS && rc == SQLITE_OK; i++) {
		if (run->days[i])
			rc = read_day(run, run->days[i], d->info.id, from, to);
	}
	for (uint32_t i = 0; i <= to - from && rc == SQLITE_OK; i++) {
		if (run->window[i].known &&
		    flights_sample(&run->tracker, d->info.id, &run->window[i], &f))
			take_found(run, &f);
	}
	return rc;
}

/* The next samples that are stored: false at the end. */
static bool find_window(struct again_run *run, const struct roster_drone *d, uint32_t *from,
    uint32_t *to)
{
	for (size_t b = 0; b < d->boot_count; b++) {
		const struct roster_boot *boot = &d->boots[b];

		if (boot->boot < run->boot)
			continue;
		if (boot->boot > run->boot) {
			run->boot = boot->boot;
			run->seq = 0;
		}
		for (size_t i = 0; i < boot->stored.count; i++) {
			const struct range *r = &boot->stored.items[i];

			if (r->to < run->seq)
				continue;
			*from = r->from > run->seq ? r->from : (uint32_t)run->seq;
			*to = r->to - *from >= AGAIN_WINDOW ? *from + AGAIN_WINDOW - 1 : r->to;
			return true;
		}
	}
	return false;
}

/* ---- the end of it ---- */

static int finish(struct again_run *run, struct roster_drone *d, struct store *store)
{
	bool whole;
	int rc;

	if (run->tracker.on) {
		mem_grow(run->found, run->found_count, run->found_cap);
		run->found[run->found_count++] = run->tracker.flight;
	}
	rc = store_replace_flights(store, d->info.id, run->from_boot, run->from_seq, run->found,
	    run->found_count);
	if (rc != SQLITE_OK)
		return rc;
	/* It has seen what the other has, and more. */
	whole = filled(d);
	d->tracker = run->tracker;
	d->hole->late = false;
	if (whole)
		forget(d);
	return SQLITE_OK;
}

void again_leave(struct again *a)
{
	if (!a->run)
		return;
	for (int i = 0; i < PAST_DAYS; i++)
		sqlite3_close(a->run->days[i]);
	free(a->run->found);
	free(a->run->window);
	free(a->run);
	a->run = NULL;
}

bool again_step(struct again *a, const char *dir, struct store *store, struct roster *roster,
    int64_t mono_ms)
{
	struct roster_drone *d;
	uint32_t from, to;
	int rc;

	if (!a->run) {
		if (!a->wanted || mono_ms < a->look_ms)
			return false;
		if (!choose(a, roster, mono_ms)) {
			a->look_ms = mono_ms + LOOK_MS;
			return false;
		}
		begin_run(a->run, &roster->drones[a->run->drone], dir, store->day);
	}
	d = &roster->drones[a->run->drone];
	if (!d->hole) {
		again_leave(a);
		return true;
	}
	if (find_window(a->run, d, &from, &to)) {
		rc = read_window(a->run, d, from, to);
		a->run->seq = (uint64_t)to + 1;
		if (rc == SQLITE_OK)
			return true;
	} else {
		rc = finish(a->run, d, store);
	}
	/* What cannot be read or written now is tried again later. */
	if (rc != SQLITE_OK)
		d->hole->late_ms = mono_ms;
	again_leave(a);
	return true;
}
