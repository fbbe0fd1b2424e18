/* The past that the screen keeps itself: see screen_own.h. */
#include "app/screen_own.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "app/screen_own_private.h"
#include "base/mem.h"

#define COMMIT_MS   500
#define QUEUE_BYTES (16u << 20)
#define LEFT_S      60 /* a directory this old that nobody holds was left behind */

/* ---- its directory ---- */

static void remove_dir(const char *path)
{
	struct dirent *e;
	DIR *d = opendir(path);

	while (d && (e = readdir(d))) {
		if (*e->d_name != '.')
			unlinkat(dirfd(d), e->d_name, 0);
	}
	if (d)
		closedir(d);
	rmdir(path);
}

/* Those of screens that ended without a word. */
static void sweep(const char *above)
{
	struct dirent *e;
	DIR *d = opendir(above);

	while (d && (e = readdir(d))) {
		char path[CONFIG_PATH_SIZE + 300];
		struct stat st;
		int fd;

		if (!str_starts(e->d_name, "past-"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", above, e->d_name);
		fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd == -1)
			continue;
		/* Its writer holds the lock: history/history.c. */
		if (fstat(fd, &st) == 0 && st.st_uid == geteuid() && time(NULL) - st.st_mtime > LEFT_S &&
		    flock(fd, LOCK_EX | LOCK_NB) == 0)
			remove_dir(path);
		close(fd);
	}
	if (d)
		closedir(d);
}

static int make_dir(const struct screen *s, struct screen_own *own, struct err *err)
{
	const char *above = s->app->config.state_dir;

	sweep(above);
	if (days_make_dir(above, err) == -1)
		return -1;
	snprintf(own->dir, sizeof(own->dir), "%s/past-XXXXXX", above);
	if (!mkdtemp(own->dir))
		return err_set(err, "no directory can be made in %s: %s", above, strerror(errno));
	return 0;
}

/* ---- begin and end ---- */

static int begin(struct screen *s, struct err *err)
{
	struct screen_own *own = xcalloc(1, sizeof(*own));
	struct history_options options = { .dir = own->dir, .commit_ms = COMMIT_MS,
		.queue_bytes = QUEUE_BYTES, .keep_ms = OWN_KEEP_MS, .keep_bytes = OWN_KEEP_BYTES };

	if (make_dir(s, own, err) == -1) {
		free(own);
		return -1;
	}
	if (history_open(&own->history, &options, err) == -1) {
		remove_dir(own->dir);
		free(own);
		return -1;
	}
	own->since_ms = s->now_ms;
	s->own = own;
	return 0;
}

void screen_own_end(struct screen *s)
{
	struct screen_own *own = s->own;

	if (!own)
		return;
	history_close(&own->history);
	remove_dir(own->dir);
	refill_clear(&own->refill);
	free(own->drones);
	free(own);
	s->own = NULL;
}

void screen_own_hello(struct screen *s, const struct hello *hello)
{
	struct err err;

	/* A replay has its past there, and its times are not ours. */
	if (screen_replay_has(s) || hello->kind == KIND_REPLAY) {
		screen_own_end(s);
		return;
	}
	/* Another answers there now: that is another's past. */
	if (s->own && strcmp(s->own->source, hello->source) != 0)
		screen_own_end(s);
	if (!s->own && !s->own_failed && begin(s, &err) == -1) {
		s->own_failed = true;
		ui_say(&s->ui, ROLE_WARN, "there will be no past to look at: %s", err.text);
	}
	if (s->own)
		str_copy(s->own->source, sizeof(s->own->source), hello->source);
}

const char *screen_own_dir(const struct screen *s)
{
	return s->own ? s->own->dir : NULL;
}

/* ---- what came ---- */

struct own_drone *own_drone(struct screen_own *own, size_t drone)
{
	if (drone >= own->drone_count) {
		size_t count = drone + 64;

		own->drones = xreallocarray(own->drones, count, sizeof(*own->drones));
		memset(own->drones + own->drone_count, 0,
		    (count - own->drone_count) * sizeof(*own->drones));
		own->drone_count = count;
	}
	return &own->drones[drone];
}

/* Who it is, once the roster has told. */
static void tell_drone(struct screen *s, size_t i)
{
	const struct ui_drone *d = &s->live->drones[i];
	struct own_drone *o = own_drone(s->own, i);
	struct history_drone told = { .kind = d->kind };

	if (!*d->source || (o->told && o->kind == d->kind && strcmp(o->source, d->source) == 0))
		return;
	str_copy(told.id, sizeof(told.id), d->id);
	str_copy(told.source, sizeof(told.source), d->source);
	str_copy(told.feed, sizeof(told.feed), s->at.feed);
	str_copy(told.model, sizeof(told.model), d->model);
	o->told = history_put_drone(s->own->history, &told, s->now_ms);
	o->kind = d->kind;
	str_copy(o->source, sizeof(o->source), d->source);
}

void own_put_gap(struct screen *s, size_t i, uint32_t boot, struct range r, enum gap_state state,
    const char *why)
{
	struct history_gap gap = { .drone = s->live->drones[i].id, .boot = boot, .from = r.from,
		.to = r.to, .state = state, .why = why, .at_ms = s->now_ms };

	history_put_gap(s->own->history, &gap);
}

/* When what was asked for would have come, as far as it is of today. It is put there so
 * that its place does not hang on how much else was asked for (history/moments.h). */
static int64_t would_have_come(struct screen *s, size_t i, const struct sample *sample)
{
	const struct own_drone *o = own_drone(s->own, i);
	int64_t at = sample_time(sample) + (o->timed ? o->delay_ms : -s->live->offset_ms);

	return at > s->now_ms || day_of(at) != day_of(s->now_ms) ? s->now_ms : at;
}

static void time_drone(struct screen *s, size_t i, const struct sample *sample)
{
	struct own_drone *o = own_drone(s->own, i);
	int64_t delay = s->now_ms - sample_time(sample);

	o->delay_ms = !o->timed || delay < o->delay_ms ? delay : o->delay_ms;
	o->timed = true;
}

/* True where it was in a hole. */
static bool put_sample(struct screen *s, size_t i, const struct sample *sample, const void *body,
    size_t len, bool asked)
{
	uint32_t boot = sample_boot(sample), seq = sample_seq(sample);
	struct range hole;
	enum refill_arrival how = refill_arrived(&s->own->refill, i, boot, seq, &hole);

	if (how == REFILL_HAD)
		return false;
	tell_drone(s, i);
	if (hole.from <= hole.to)
		own_put_gap(s, i, boot, hole, GAP_OPEN, "it did not come to this screen");
	if (!asked)
		time_drone(s, i, sample);
	if (!history_put_sample(s->own->history, s->live->drones[i].id, sample, body, len,
		asked ? would_have_come(s, i, sample) : s->now_ms, asked))
		own_put_gap(s, i, boot, (struct range){ seq, seq }, GAP_LOST, "the disk did not take it");
	return how == REFILL_FILLED;
}

static void filled(struct screen *s, size_t i, uint32_t boot, struct range run)
{
	own_put_gap(s, i, boot, run, GAP_FILLED, "it came later");
}

void screen_own_sample(
    struct screen *s, const char *id, const struct sample *sample, const void *body, size_t len)
{
	const struct ui_drone *d = s->own ? model_find(s->live, id) : NULL;

	if (d && put_sample(s, (size_t)(d - s->live->drones), sample, body, len, false))
		filled(s, (size_t)(d - s->live->drones), sample_boot(sample),
		    (struct range){ sample_seq(sample), sample_seq(sample) });
}

void screen_own_samples(struct screen *s, size_t drone, const wire_value *list)
{
	struct buf body = BUF_INIT;
	struct range run = { 1, 0 };
	uint32_t boot = 0;

	for (size_t i = 0; s->own && i < wire_count(list) && wire_is_array(list); i++) {
		struct sample sample;
		struct reject why;

		if (sample_read(wire_at(list, i), &sample, &why) == -1)
			continue;
		buf_clear(&body);
		wire_put_value(&body, wire_at(list, i));
		if (!put_sample(s, drone, &sample, body.data, body.len, true))
			continue;
		/* A row for each run of them. */
		if (run.from <= run.to && (sample_boot(&sample) != boot || sample_seq(&sample) != run.to + 1)) {
			filled(s, drone, boot, run);
			run = (struct range){ 1, 0 };
		}
		boot = sample_boot(&sample);
		run = (struct range){ run.from <= run.to ? run.from : sample_seq(&sample), sample_seq(&sample) };
	}
	if (s->own && run.from <= run.to)
		filled(s, drone, boot, run);
	buf_free(&body);
}

static void put_message(struct screen *s, enum topic_kind kind, const union message *m, int64_t at_ms)
{
	struct history *h = s->own->history;

	switch (kind) {
	case TOPIC_EV:
		history_put_event(h, &m->ev, at_ms);
		break;
	case TOPIC_CM:
		history_put_progress(h, &m->cm, at_ms);
		break;
	case TOPIC_AL:
		history_put_alarm(h, &m->al, at_ms);
		break;
	case TOPIC_OR:
		history_put_order(h, &m->or, at_ms);
		break;
	default:
		break;
	}
}

void screen_own_message(struct screen *s, enum topic_kind kind, const union message *m)
{
	struct screen_own *own = s->own;

	if (!own)
		return;
	put_message(s, kind, m, s->now_ms);
	if (kind == TOPIC_EV) {
		own->told_from = m->ev.time < own->told_from ? m->ev.time : own->told_from;
		own->told_to = m->ev.time > own->told_to ? m->ev.time : own->told_to;
	}
}

/* ---- what was before: from lists ---- */

/* By our clock. */
static int64_t here(const struct screen *s, uint64_t time_ms)
{
	int64_t at = (int64_t)time_ms - s->live->offset_ms;

	return at > s->now_ms ? s->now_ms : at;
}

static int64_t first_ms(const struct screen *s)
{
	return s->own->since_ms - OWN_BACK_MS;
}

static void put_command(struct screen *s, const union message *m)
{
	const struct ledger_row *row = ledger_find(&s->live->ledger, m->cm.id);

	if ((!row || row->last.stage != m->cm.stage) && here(s, m->cm.time) >= first_ms(s))
		put_message(s, TOPIC_CM, m, here(s, m->cm.time));
}

/* One that has stood for long stands when the past begins. */
static void put_alarm(struct screen *s, const union message *m)
{
	const struct ui_alarm *known = model_find_alarm(s->live, m->al.id);
	int64_t at = here(s, m->al.time), since = here(s, m->al.since), first = first_ms(s);
	union message raised = *m;

	if ((known && known->alarm.time >= m->al.time) || (m->al.state == ALARM_CLEARED && at < first))
		return;
	/* That it was raised then is told, too. */
	if (!known && m->al.state != ALARM_RAISED) {
		raised.al.state = ALARM_RAISED;
		raised.al.time = m->al.since;
		*raised.al.by = '\0';
		put_message(s, TOPIC_AL, &raised, since < first ? first : since);
	}
	put_message(s, TOPIC_AL, m, at < first ? first : at);
}

/* Neither what the feed has told nor what an earlier list did. */
static void put_event(struct screen *s, const union message *m)
{
	struct screen_own *own = s->own;

	if (m->ev.time > own->listed_to && m->ev.time < own->told_from &&
	    here(s, m->ev.time) >= first_ms(s))
		put_message(s, TOPIC_EV, m, here(s, m->ev.time));
	own->told_to = m->ev.time > own->told_to ? m->ev.time : own->told_to;
}

void screen_own_arrived(struct screen *s)
{
	if (!s->own)
		return;
	s->own->listed_to = s->own->told_to;
	/* Changes were missed. */
	for (size_t i = 0; i < s->own->drone_count; i++)
		s->own->drones[i].plan_asked = false;
	s->own->told_from = UINT64_MAX;
}

void screen_own_listed(struct screen *s, enum topic_kind kind, const union message *m)
{
	if (!s->own)
		return;
	if (kind == TOPIC_CM)
		put_command(s, m);
	else if (kind == TOPIC_AL)
		put_alarm(s, m);
	else if (kind == TOPIC_EV)
		put_event(s, m);
}
