/*
 * What the readers of zone files share: adding a zone piece by piece with every
 * bound checked, and sentences that name the place.
 *
 * Each function returns 0, or -1 with r->err set to "FILE: PLACE: what". The
 * zone in work is the last of r->out, which owns it from the start.
 */
#ifndef FORMAT_ZONE_READ_H
#define FORMAT_ZONE_READ_H

#include <jansson.h>

#include "format/zone_file.h"

struct zone_reader {
	const char *name; /* of the file */
	struct zone_file *out;
	struct err *err;
	char place[96];   /* of what is being read: a line as "12", or "features[3]" */
	size_t ring_cap;  /* of the ring in work */
};

/* The remedy is part of what. */
int zone_fail(struct zone_reader *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A sentence for notes, with file and place. */
void zone_note(struct zone_reader *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Begins a zone: no limits, always, kind unsaid; line as in struct zone. */
int zone_begin(struct zone_reader *r, size_t line);
struct zone *zone_now(struct zone_reader *r);
/* Another zone with all but the rings of the one in work. */
int zone_begin_same(struct zone_reader *r);
/* Cut and cleaned; Latin-1 where it is no UTF-8. */
void zone_name(struct zone_reader *r, const char *name, size_t len);

int zone_ring_begin(struct zone_reader *r);
int zone_ring_point(struct zone_reader *r, double lat, double lon);
/* From one bearing to another around a center, both ends included; sweep is
 * positive clockwise. The radius goes evenly from one to the other. */
int zone_ring_arc(struct zone_reader *r, struct geo_point center, double from_deg, double sweep_deg,
    double from_m, double to_m);
int zone_ring_end(struct zone_reader *r);
/* A whole ring. */
int zone_ring_circle(struct zone_reader *r, struct geo_point center, double radius_m);

int zone_add_time(struct zone_reader *r, const struct zone_time *t);
#define ZONE_ALWAYS ((struct zone_time){ .from_ms = INT64_MIN, .to_ms = INT64_MAX })
/* RFC 3339 with Z, an offset or (as UTC) neither. */
int zone_date(struct zone_reader *r, const char *text, int64_t *ms);

/* JSON: a ring of positions, [longitude, latitude] or the other way round. at is its
 * place below r->place. */
int zone_json_ring(struct zone_reader *r, const json_t *ring, bool lat_first, const char *at);
/* The rings of a polygon. */
int zone_json_polygon(struct zone_reader *r, const json_t *rings, const char *at);
/* Floor and ceiling as ED-269 names them: lowerLimit, lowerVerticalReference,
 * ... uomDimensions. */
int zone_json_limits(struct zone_reader *r, const json_t *o, struct zone *z);
/* The kind that an ED-269 restriction makes: ZONE_UNSAID for none. */
enum zone_kind zone_json_restriction(struct zone_reader *r, const json_t *word);

/* The readers; zone_file_parse() chooses. */
int zone_geojson_read(struct zone_reader *r, const json_t *root);
int zone_plan_read(struct zone_reader *r, const json_t *root);
int zone_ed269_read(struct zone_reader *r, const json_t *root);
int zone_kml_read(struct zone_reader *r, const char *text, size_t len);
int zone_openair_read(struct zone_reader *r, const char *text, size_t len);

#endif
