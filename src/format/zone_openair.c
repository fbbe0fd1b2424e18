/*
 * Airspace in OpenAir: see zone_file.h. Format: "Open Air terrain and
 * airspace description language" 1.0 (winpilot.com, 1999) and the additions of
 * Naviter's "Extended OpenAir file format specification" (2024).
 *
 *	AC class, AY type    which kind it makes is in the tables below; of
 *	                     the two the stricter counts; unknown ones are `out`
 *	AN name
 *	AL, AH               floor and ceiling; feet above sea level where a number is alone
 *	V X=, V D=           center; direction of the next arc
 *	DP, DA, DB, DC       point, arc by angles, arc by ends, circle; radii in NM
 *
 * Frequencies, labels, pens and terrain are passed over; times of activation
 * (AA) too, which is said, and the zone applies always. An airway (DY) is
 * refused, since it would leave a piece missing.
 */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/str.h"
#include "format/zone_read.h"

#define NM_M 1852.0
#define FOOT_M 0.3048
#define LINE_MAX_LEN 512

struct openair {
	struct zone_reader *r;
	bool open;     /* an airspace is in work */
	bool drawn;    /* it has points of its outline */
	bool circle;   /* it has its circle, and takes no more */
	bool have_center;
	bool counter;  /* arcs go counter-clockwise */
	struct geo_point center;
	bool said_times;
};

/* Classes of AC and types of AY that close nothing to drones by themselves. */
static const char *const harmless[] = {
	"E", "F", "G", "W", "UNCLASSIFIED", "UNC", "FIR", "UIR", "FIS_SECTOR", "ACC_SECTOR", "GLIDING_SECTOR",
	"VFR_SECTOR", "GSEC", "AERIAL_SPORTING_RECREATIONAL", "ASRA", "NONE", "OTHER", "UNKNOWN", "TIZ", "TIA",
};
static const char *const closed[] = {
	"A", "B", "C", "D", "R", "Q", "P", "GP", "CTR", "CTA", "TMA", "TMZ", "RMZ", "ATZ", "MATZ", "MCTR",
	"RESTRICTED", "DANGER", "PROHIBITED", "TRA", "TSA", "TFR", "MTA", "MTR", "MRT", "AWY", "LTA", "UTA",
	"ADIZ", "ALERT", "WARNING", "PROTECTED", "HTZ", "TRP", "OVERFLIGHT_RESTRICTION", "NOTAM", "CUSTOM",
};

static bool one_of(const char *word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcasecmp(word, list[i]) == 0)
			return true;
	}
	return false;
}

static void set_class(struct openair *o, const char *word)
{
	struct zone *z = zone_now(o->r);

	if (one_of(word, harmless, ARRAY_LEN(harmless))) {
		if (z->kind == ZONE_UNSAID)
			z->kind = ZONE_INFO;
		return;
	}
	if (!one_of(word, closed, ARRAY_LEN(closed)))
		zone_note(o->r, "class \"%.20s\" is not known and taken as out", word);
	z->kind = ZONE_OUT;
}

/* Degrees from "47:08:30 N", "47:08.5N", "47.14 N"; *s is moved past it. */
static bool read_angle(const char **s, const char *letters, double most, double *out)
{
	double part[3] = { 0, 0, 0 };
	const char *p = *s + strspn(*s, " \t");
	int n = 0;

	while (n < 3) {
		char number[24];
		size_t len = strspn(p, "0123456789.");

		if (len == 0 || len >= sizeof(number))
			return false;
		str_copy_n(number, sizeof(number), p, len);
		if (!str_double(number, &part[n++]))
			return false;
		p += len;
		if (*p != ':')
			break;
		p++;
	}
	p += strspn(p, " \t");
	if (!*p || !strchr(letters, toupper((unsigned char)*p)) || part[1] >= 60 || part[2] >= 60)
		return false;
	*out = part[0] + part[1] / 60 + part[2] / 3600;
	if (toupper((unsigned char)*p) == letters[1])
		*out = -*out;
	*s = p + 1;
	return fabs(*out) <= most;
}

static int read_position(struct openair *o, const char **s, struct geo_point *p)
{
	const char *from = *s;

	if (read_angle(s, "NS", 90, &p->lat) && read_angle(s, "EW", 180, &p->lon))
		return 0;
	return zone_fail(o->r, "\"%.40s\" is no position; write 47:08:30 N 009:31:12 E", from);
}

static int read_number(struct openair *o, const char *s, const char *what, double *out)
{
	char text[32];

	s += strspn(s, " \t");
	str_copy_n(text, sizeof(text), s, strcspn(s, " \t,"));
	if (!str_double(text, out))
		return zone_fail(o->r, "%s must be a number, and \"%.20s\" is not", what, text);
	return 0;
}

static int finish(struct openair *o)
{
	bool open = o->open, drawn = o->drawn, circle = o->circle;
	char here[sizeof(o->r->place)];

	o->open = o->drawn = o->circle = false;
	if (!open || circle)
		return 0;
	str_copy(here, sizeof(here), o->r->place);
	snprintf(o->r->place, sizeof(o->r->place), "%zu", zone_now(o->r)->line);
	if (!drawn)
		return zone_fail(o->r, "airspace \"%.40s\" has no outline; remove it or complete it",
		    zone_now(o->r)->name);
	if (zone_ring_end(o->r) == -1)
		return -1;
	str_copy(o->r->place, sizeof(o->r->place), here);
	return 0;
}

static int draw(struct openair *o)
{
	if (o->circle)
		return zone_fail(o->r, "comes after the circle of the same airspace; begin another with AC");
	if (o->drawn)
		return 0;
	o->drawn = true;
	return zone_ring_begin(o->r);
}

static int do_class(struct openair *o, const char *s, size_t line)
{
	if (finish(o) == -1 || zone_begin(o->r, line) == -1)
		return -1;
	o->open = true;
	o->have_center = o->counter = false;
	set_class(o, s);
	return 0;
}

static int do_type(struct openair *o, const char *s, size_t line)
{
	(void)line;
	set_class(o, s);
	return 0;
}

static int do_name(struct openair *o, const char *s, size_t line)
{
	(void)line;
	zone_name(o->r, s, strlen(s));
	return 0;
}

static int do_height(struct openair *o, const char *what, const char *s, struct zone_height *h)
{
	struct err why;

	if (zone_height_parse(s, FOOT_M, ABOVE_SEA, h, &why) == -1)
		return zone_fail(o->r, "%s: %s", what, why.text);
	return 0;
}

static int do_floor(struct openair *o, const char *s, size_t line)
{
	(void)line;
	return do_height(o, "AL", s, &zone_now(o->r)->floor);
}

static int do_ceiling(struct openair *o, const char *s, size_t line)
{
	(void)line;
	return do_height(o, "AH", s, &zone_now(o->r)->ceiling);
}

static int do_times(struct openair *o, const char *s, size_t line)
{
	(void)s;
	(void)line;
	if (!o->said_times)
		zone_note(o->r, "times of activation (AA) are not read; such airspaces apply always");
	o->said_times = true;
	return 0;
}

static int do_variable(struct openair *o, const char *s, size_t line)
{
	const char *value = strchr(s, '=');

	(void)line;
	if (!value)
		return zone_fail(o->r, "a variable is written V X=... or V D=+");
	value++;
	value += strspn(value, " \t");
	switch (toupper((unsigned char)*s)) {
	case 'X':
		o->have_center = true;
		return read_position(o, &value, &o->center);
	case 'D':
		if (*value != '+' && *value != '-')
			return zone_fail(o->r, "a direction is V D=+ or V D=-");
		o->counter = *value == '-';
		return 0;
	default:
		return 0; /* W, Z, T: width of airways, zoom, label */
	}
}

static int do_point(struct openair *o, const char *s, size_t line)
{
	struct geo_point p;

	(void)line;
	if (draw(o) == -1 || read_position(o, &s, &p) == -1)
		return -1;
	return zone_ring_point(o->r, p.lat, p.lon);
}

static int need_center(struct openair *o)
{
	return o->have_center ? 0 : zone_fail(o->r, "there is no center; put V X=... before it");
}

static double sweep(const struct openair *o, double from, double to)
{
	double clockwise = geo_wrap_360(to - from);

	return o->counter ? clockwise - 360 : clockwise;
}

static int do_arc_angles(struct openair *o, const char *s, size_t line)
{
	const char *second = strchr(s, ','), *third = second ? strchr(second + 1, ',') : NULL;
	double radius, from, to;

	(void)line;
	if (!third)
		return zone_fail(o->r, "an arc is DA radius, from, to");
	if (need_center(o) == -1 || draw(o) == -1 || read_number(o, s, "radius", &radius) == -1 ||
	    read_number(o, second + 1, "angle", &from) == -1 || read_number(o, third + 1, "angle", &to) == -1)
		return -1;
	if (!(fabs(from) <= 720) || !(fabs(to) <= 720))
		return zone_fail(o->r, "an angle is 0 to 360 degrees");
	return zone_ring_arc(o->r, o->center, from, sweep(o, from, to), radius * NM_M, radius * NM_M);
}

static int do_arc_ends(struct openair *o, const char *s, size_t line)
{
	struct geo_point from, to;
	double from_deg, to_deg, from_m, to_m;

	(void)line;
	if (need_center(o) == -1 || draw(o) == -1 || read_position(o, &s, &from) == -1)
		return -1;
	s += strspn(s, " \t,");
	if (read_position(o, &s, &to) == -1)
		return -1;
	from_m = geo_inverse(o->center, from, &from_deg);
	to_m = geo_inverse(o->center, to, &to_deg);
	return zone_ring_arc(o->r, o->center, from_deg, sweep(o, from_deg, to_deg), from_m, to_m);
}

static int do_circle(struct openair *o, const char *s, size_t line)
{
	double radius;

	(void)line;
	if (need_center(o) == -1 || read_number(o, s, "radius", &radius) == -1)
		return -1;
	if (o->drawn || o->circle)
		return zone_fail(o->r, "a circle is an airspace of its own; begin another with AC");
	o->circle = true;
	return zone_ring_circle(o->r, o->center, radius * NM_M);
}

static int do_airway(struct openair *o, const char *s, size_t line)
{
	(void)s;
	(void)line;
	return zone_fail(o->r, "an airway (DY) is nothing that can be read here; draw it as a polygon of DP");
}

static int do_terrain(struct openair *o, const char *s, size_t line)
{
	(void)s;
	(void)line;
	return finish(o); /* what follows up to the next AC is drawn only */
}

static int do_nothing(struct openair *o, const char *s, size_t line)
{
	(void)o;
	(void)s;
	(void)line;
	return 0;
}

static const struct record {
	const char *word;
	bool anywhere; /* also outside an airspace */
	int (*read)(struct openair *o, const char *s, size_t line);
} records[] = {
	{ "AC", true, do_class },     { "AY", false, do_type },     { "AN", false, do_name },
	{ "AL", false, do_floor },    { "AH", false, do_ceiling },  { "AA", false, do_times },
	{ "V", false, do_variable },  { "DP", false, do_point },    { "DA", false, do_arc_angles },
	{ "DB", false, do_arc_ends }, { "DC", false, do_circle },   { "DY", false, do_airway },
	{ "TO", true, do_terrain },   { "TC", true, do_terrain },   { "AT", true, do_nothing },
	{ "AF", true, do_nothing },   { "AG", true, do_nothing },   { "AI", true, do_nothing },
	{ "AX", true, do_nothing },   { "TP", true, do_nothing },   { "SP", true, do_nothing },
	{ "SB", true, do_nothing },
};

static int read_line(struct openair *o, char *text, size_t line)
{
	char *s = text + strspn(text, " \t"), *end;
	size_t word;

	end = s + strlen(s);
	while (end > s && isspace((unsigned char)end[-1]))
		*--end = '\0';
	if (*s == '*' || *s == '\0')
		return 0;
	word = strcspn(s, " \t=");
	for (size_t i = 0; i < ARRAY_LEN(records); i++) {
		const char *rest = s + word;

		if (strlen(records[i].word) != word || strncasecmp(s, records[i].word, word) != 0)
			continue;
		if (!o->open && !records[i].anywhere)
			return 0; /* of terrain, or before the first airspace */
		rest += strspn(rest, " \t");
		/* A comment behind it; a name may hold a star. */
		if (strcmp(records[i].word, "AN") != 0)
			s[word + strcspn(s + word, "*")] = '\0';
		end = s + strlen(s);
		while (end > rest && isspace((unsigned char)end[-1]))
			*--end = '\0';
		return records[i].read(o, rest, line);
	}
	return zone_fail(o->r, "\"%.10s\" is no record of OpenAir; mend or remove the line", s);
}

int zone_openair_read(struct zone_reader *r, const char *text, size_t len)
{
	struct openair o = { .r = r };
	size_t line = 0, at = 0;

	while (at < len) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t n = end ? (size_t)(end - (text + at)) : len - at;
		char copy[LINE_MAX_LEN];

		snprintf(r->place, sizeof(r->place), "%zu", ++line);
		if (n >= sizeof(copy)) {
			if (text[at] != '*')
				return zone_fail(r, "is over %d characters long", LINE_MAX_LEN - 1);
		} else {
			memcpy(copy, text + at, n);
			copy[n] = '\0';
			if (read_line(&o, copy, line) == -1)
				return -1;
		}
		at += n + 1;
	}
	if (finish(&o) == -1)
		return -1;
	r->place[0] = '\0';
	return 0;
}
