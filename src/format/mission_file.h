/*
 * Missions in files: QGroundControl's .plan (JSON) and CSV, read and written.
 *
 * What is read is what a drone here flies: points with a height above home,
 * a speed and a time to hold. What a .plan says beyond that falls in three:
 *  - camera, gimbal and servo items, and landing or return as the last item,
 *    are left out, and `notes` says so for a person to read before sending;
 *  - take-off without a position is left out: its height is the first point's;
 *  - anything that would change the way flown (jumps, turns around a point,
 *    heights above sea level or terrain) is refused, naming item and remedy.
 *
 * CSV has a header naming its columns in any order: lat, lon, height and
 * maybe speed, hold; without a header they are in that order. The separator is
 * comma, semicolon or tab; lines that begin with # are comments.
 */
#ifndef FORMAT_MISSION_FILE_H
#define FORMAT_MISSION_FILE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

struct waypoint {
	double lat, lon; /* degrees, WGS 84 */
	double height;   /* m above home */
	double speed;    /* m/s over ground; NAN: the drone's own choice */
	double hold;     /* s to stay there; 0 for none */
};

#define MISSION_FILE_MAX (16u << 20) /* bytes read of one */
#define WAYPOINTS_MAX 65535

struct mission_file {
	struct waypoint *items; /* owned */
	size_t count, cap;
	struct buf notes;       /* a sentence a line; data is NULL for none */
};

/* 0, or -1 with a sentence that begins with the path and the line or item. The
 * contents say which of the two it is, not the name. mission_file_clear()
 * frees in either case. */
int mission_file_read(const char *path, struct mission_file *out, struct err *err);
/* The same from memory; name stands for the path in sentences. */
int mission_file_parse(const char *name, const char *text, size_t len, struct mission_file *out,
    struct err *err);
void mission_file_clear(struct mission_file *m);

/* Where home is planned, for a .plan, which must say it. */
struct mission_home {
	double lat, lon, alt; /* alt: m above mean sea level */
};

/* Appends the file's text. */
void mission_file_write_plan(struct buf *b, const struct waypoint *items, size_t count,
    const struct mission_home *home);
void mission_file_write_csv(struct buf *b, const struct waypoint *items, size_t count);

/* The readers of the two formats; mission_file_parse() chooses. */
int mission_plan_parse(const char *name, const char *text, size_t len, struct mission_file *out,
    struct err *err);
int mission_csv_parse(const char *name, const char *text, size_t len, struct mission_file *out,
    struct err *err);
/* Adds a point after checking it: 0, or -1 with what is wrong with it, without
 * a place. */
int mission_file_add(struct mission_file *m, const struct waypoint *point, struct err *err);

#endif
