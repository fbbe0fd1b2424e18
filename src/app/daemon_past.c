/*
 * What the history tells the daemon: what an earlier run left, and whether
 * the disk takes data. See daemon.h.
 */
#include <string.h>

#include <uuid/uuid.h>

#include "app/daemon.h"
#include "base/log.h"

/* A drone that an earlier run has heard is given so long, once its source is up, before it
 * counts as silent. */
#define AWAITED_MS 10000

static int find_source(const struct daemon *d, const char *feed)
{
	for (size_t i = 0; i < d->source_count; i++) {
		if (strcmp(d->sources[i].config->feed, feed) == 0)
			return (int)i;
	}
	return NO_SOURCE;
}

/* A drone stays with the source it belonged to, here or not, as long as that
 * source is configured: ownership never moves by itself. */
static void restore_drone(struct daemon *d, const struct history_drone *stored)
{
	int source = find_source(d, stored->feed);
	struct drone *drone;

	if (source == NO_SOURCE || !id_valid(stored->id, strlen(stored->id)))
		return;
	/* Until it says so itself: its alarms of the earlier run are of that name. */
	if (!*d->sources[source].name && id_valid(stored->source, strlen(stored->source)))
		str_copy(d->sources[source].name, sizeof(d->sources[source].name), stored->source);
	drone = fleet_add(&d->fleet, stored->id);
	if (!drone)
		return;
	drone->source = source;
	drone->kind = stored->kind;
	str_copy(drone->model, sizeof(drone->model), stored->model);
	str_copy(drone->origin, sizeof(drone->origin), stored->source);
}

static void restore_coverage(struct daemon *d, const struct history_coverage *stored)
{
	struct drone *drone;

	if (!id_valid(stored->drone, strlen(stored->drone)))
		return;
	drone = fleet_add(&d->fleet, stored->drone);
	if (!drone)
		return;
	coverage_restore(drone_coverage(drone, stored->boot), stored->boot, &stored->stored,
	    &stored->lost);
	drone->missing_since_ms = d->now_mono_ms;
	drone->ask_tries = 0;
}

/* What it said last, as old as it is: for a drone that is silent now. */
static void restore_newest(struct daemon *d, const struct history_newest *stored)
{
	struct drone *drone = fleet_find(&d->fleet, stored->drone);
	int64_t age = d->now_ms - stored->arrived_ms;
	struct reject why;
	struct sample s;

	if (!drone || drone->newest.known || sample_decode(stored->body, stored->len, &s, &why) == -1)
		return;
	drone->newest = s;
	buf_clear(&drone->body);
	buf_add(&drone->body, stored->body, stored->len);
	drone->arrived_ms = stored->arrived_ms;
	drone->arrived_mono_ms = d->now_mono_ms - (age > 0 ? age : 0);
	drone->remembered = drone->awaited = true;
}

void past_source_heard(struct daemon *d, struct source *s)
{
	if (s->awaited_over || d->now_mono_ms - s->up_mono_ms < AWAITED_MS)
		return;
	s->awaited_over = true;
	for (size_t i = 0; i < d->fleet.count; i++) {
		if (d->fleet.drones[i].source == s->index)
			d->fleet.drones[i].awaited = false;
	}
}

void past_source_back(struct daemon *d, struct source *s)
{
	s->awaited_over = false;
	for (size_t i = 0; i < d->fleet.count; i++) {
		if (d->fleet.drones[i].source == s->index)
			d->fleet.drones[i].awaited = true;
	}
}

void past_mark(struct daemon *d)
{
	struct err err;
	uuid_t id;

	uuid_generate(id);
	uuid_unparse_lower(id, d->history_mark);
	if (history_mark_write(d->config->history_dir, d->history_mark, &err) == -1) {
		log_warning("%s; screens take this daemon's history for another's", err.text);
		*d->history_mark = '\0';
	}
}

void past_restore(struct daemon *d)
{
	struct history_past past;

	history_take_past(d->history, &past);
	for (size_t i = 0; i < past.drone_count; i++)
		restore_drone(d, &past.drones[i]);
	for (size_t i = 0; i < past.coverage_count; i++)
		restore_coverage(d, &past.coverage[i]);
	for (size_t i = 0; i < past.newest_count; i++)
		restore_newest(d, &past.newest[i]);
	for (size_t i = 0; i < past.command_count; i++)
		ledger_apply(&d->ledger, &past.commands[i], (int64_t)past.commands[i].time);
	for (size_t i = 0; i < past.answer_count; i++)
		ledger_answer(&d->ledger, past.answers[i].id, (enum code)past.answers[i].code,
		    past.answers[i].text, past.answers[i].keep_until_ms);
	alarms_restore(d, &past);
	for (size_t i = 0; i < d->source_count; i++)
		alarms_source(d, &d->sources[i]);
	if (past.coverage_count)
		log_notice("the history knows %zu drones, %zu of their boots and %zu commands",
		    past.drone_count, past.coverage_count, past.command_count);
	history_past_clear(&past);
}

/* Rows went with a file: what is stored now is counted anew. */
static void recount(struct daemon *d)
{
	struct history_past past;

	history_take_past(d->history, &past);
	for (size_t i = 0; i < d->fleet.count; i++) {
		struct drone *drone = &d->fleet.drones[i];

		for (size_t b = 0; b < drone->boot_count; b++) {
			struct coverage *c = &drone->boots[b];

			/* All that was seen is missing, until the rows say it is here. */
			if (c->any)
				ranges_add(&c->missing, 0, c->newest);
			ranges_clear(&c->lost);
		}
	}
	for (size_t i = 0; i < past.coverage_count; i++) {
		struct drone *drone = fleet_find(&d->fleet, past.coverage[i].drone);
		struct coverage *c;

		if (!drone)
			continue;
		c = drone_coverage(drone, past.coverage[i].boot);
		for (size_t r = 0; r < past.coverage[i].stored.count; r++)
			ranges_remove(&c->missing, past.coverage[i].stored.items[r].from,
			    past.coverage[i].stored.items[r].to);
	}
	history_past_clear(&past);
}

void past_notices(struct daemon *d)
{
	struct history_notice notice;

	while (history_next_notice(d->history, &notice)) {
		switch (notice.kind) {
		case HISTORY_OUTAGE:
			d->history_out = true;
			alarms_history(d, true, notice.text);
			daemon_event(d, "", SEVERITY_ALERT, "the history is not written: %s",
			    notice.text);
			break;
		case HISTORY_BACK:
			/* Also after a burst that filled the queue, of which nobody
			 * need be told: it is asked for again and that is all. */
			if (d->history_out) {
				daemon_event(d, "", SEVERITY_WARNING,
				    "the history is written again; what is missing is asked for");
				alarms_history(d, false, "");
			}
			d->history_out = false;
			d->history_full = false;
			if (d->alarms_unlogged)
				alarms_store_again(d);
			holes_note_all(d, "the history could not be written");
			break;
		case HISTORY_DAMAGED:
			daemon_event(d, "", SEVERITY_ALERT, "%s", notice.text);
			break;
		case HISTORY_CHANGED:
			recount(d);
			plan_fetch_again(d);
			alarms_store_again(d);
			holes_note_all(d, "lost with a file of the history");
			break;
		}
	}
}
