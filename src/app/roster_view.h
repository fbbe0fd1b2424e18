/*
 * The fleet as a list: a roster reply read, aged and written for people or
 * programs.
 */
#ifndef APP_ROSTER_VIEW_H
#define APP_ROSTER_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/field_list.h"
#include "base/buf.h"
#include "base/err.h"
#include "proto/messages.h"
#include "proto/sample.h"
#include "proto/wire.h"

/* How far a drone can be believed. */
enum freshness { FRESH, STALE, LOST, NEVER_HEARD };

struct roster_drone {
	char id[ID_SIZE];
	char model[NAME_SIZE];
	char source[ID_SIZE];
	int kind;             /* enum source_kind */
	bool has_sample;
	struct sample sample;
	double age_s;         /* NAN: never heard */
	bool source_lost;     /* its source is known to be gone */
	enum freshness freshness;
};

struct roster_view {
	struct roster_drone *drones; /* owned; by id */
	size_t count;
	size_t malformed; /* entries passed over */
};

int roster_view_read(const wire_value *reply, struct roster_view *r, struct err *err);
void roster_view_clear(struct roster_view *r);
/* NULL where there is none. */
const struct roster_drone *roster_view_find(const struct roster_view *r, const char *id);

/* Ages all drones: now_ms by the clock of the one who gave the roster.
 * stale_s and lost_s as in the configuration. */
void roster_view_age(struct roster_view *r, int64_t now_ms, double stale_s, double lost_s);
/* Mends the ages by a `sources` reply, whose times are the sources' own
 * clocks: call it before roster_view_age() with the same now_ms. */
struct source_skew {
	char source[ID_SIZE];
	int64_t offset_ms; /* its clock less the daemon's */
	bool lost;
};
struct source_skews {
	struct source_skew *items; /* owned */
	size_t count;
};
void source_skews_read(const wire_value *reply, int64_t now_ms, struct source_skews *skews);
void source_skews_clear(struct source_skews *skews);
void roster_view_age_skewed(struct roster_view *r, const struct source_skews *skews, int64_t now_ms,
    double stale_s, double lost_s);

/* "fresh", "stale", "lost", "never heard". */
const char *freshness_name(enum freshness f);
/* The names that --fields takes beside telemetry fields; ended by NULL. */
extern const char *const roster_fields[];

/* Appends the table for people. */
void roster_view_write_table(const struct roster_view *r, struct buf *out, bool colour);
/* Only these fields, a row a drone. */
void roster_view_write_fields(const struct roster_view *r, const struct field_list *fields, struct buf *out,
    bool colour);
/* A JSON object a line; fields may be NULL for all. */
void roster_view_write_json(const struct roster_view *r, const struct field_list *fields, struct buf *out);

#endif
