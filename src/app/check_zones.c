/* What was understood of zones: see check_zones.h. */
#include "app/check_zones.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "app/zone_setup.h"
#include "base/str.h"

#define SHOWN_MAX 20 /* zones of a section that are told one by one */
#define NOTES_MAX 10

struct report {
	check_line *line;
	void *user;
	char what[ID_SIZE + 8];
};

static void say(const struct report *r, bool ok, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void say(const struct report *r, bool ok, const char *fmt, ...)
{
	char text[700];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	r->line(r->user, ok, r->what, text);
}

static const char *area(double m2, char text[32])
{
	if (isnan(m2))
		snprintf(text, 32, "everywhere");
	else if (m2 < 1e5)
		snprintf(text, 32, "%.3g ha", m2 / 1e4);
	else
		snprintf(text, 32, "%.*f km2", m2 < 1e7 ? 2 : 0, m2 / 1e6);
	return text;
}

static const char *const rule_words[ZONE_KIND_COUNT] = {
	[ZONE_IN] = "stay in", [ZONE_OUT] = "stay out", [ZONE_CEILING] = "stay below", [ZONE_INFO] = "shown only",
};

static void tell_zone(const struct report *r, const struct zone_set *set, size_t i, int64_t now_ms)
{
	char low[ZONE_HEIGHT_SIZE], high[ZONE_HEIGHT_SIZE], size[32], time[ZONE_TIME_SIZE];
	struct zone_view v;
	const char *floor;

	zone_at(set, i, now_ms, &v);
	floor = isnan(v.floor.m) ? "ground" : zone_height_format(v.floor, low);
	say(r, true, "%s: %s, %s%s%s, %s%s%s%s%s", *v.name ? v.name : "(no name)", rule_words[v.kind],
	    v.kind == ZONE_CEILING ? "" : floor, v.kind == ZONE_CEILING ? "" : " to ",
	    zone_height_format(v.ceiling, high), area(v.area_m2, size),
	    v.time_count ? ", " : "", v.time_count ? zone_time_format(&v.times[0], time) : "",
	    v.time_count > 1 ? " and at other times" : "", v.active ? "" : "; does not apply now");
}

static void tell_notes(const struct report *r, const struct buf *notes)
{
	const char *p = notes->len ? notes->data : "";

	for (int i = 0; *p && i < NOTES_MAX; i++) {
		size_t n = strcspn(p, "\n");

		say(r, true, "note: %.*s", (int)(n < 600 ? n : 600), p);
		p += n + (p[n] == '\n');
	}
	if (*p)
		say(r, true, "note: and more of that");
}

static void check_section(const struct config *config, const struct config_zone *z,
    const struct report *r, int64_t now_ms)
{
	struct zone_set *set = zone_set_new();
	struct buf notes = BUF_INIT;
	struct zone_file file;
	struct err err;

	if (zone_setup_section(config, z, set, &file, &notes, &err) == -1) {
		say(r, false, "%s", err.text);
	} else {
		if (*z->file)
			say(r, true, "%s (%s): %zu zones, %zu points%s%s", z->file,
			    zone_format_names[file.format], file.count, file.points,
			    *z->drones ? ", for drones " : "", z->drones);
		for (size_t i = 0; i < zone_set_count(set) && i < SHOWN_MAX; i++)
			tell_zone(r, set, i, now_ms);
		if (zone_set_count(set) > SHOWN_MAX)
			say(r, true, "and %zu more", zone_set_count(set) - SHOWN_MAX);
		tell_notes(r, &notes);
	}
	zone_file_clear(&file);
	zone_set_free(&set);
	buf_free(&notes);
}

void check_zones(const struct config *config, int64_t now_ms, check_line *line, void *user)
{
	struct report r = { .line = line, .user = user };

	for (size_t i = 0; i < config->zone_count; i++) {
		snprintf(r.what, sizeof(r.what), "zone %s", config->zones[i].name);
		check_section(config, &config->zones[i], &r, now_ms);
	}
	snprintf(r.what, sizeof(r.what), "zones");
	if (config->zone_count > ZONE_SECTIONS_MAX)
		say(&r, false, "there are %zu sections, and at most %d are taken; join some",
		    config->zone_count, ZONE_SECTIONS_MAX);
}
