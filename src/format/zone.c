/* Zones: heights and times as texts and numbers. See zone.h. */
#include "format/zone.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"

#define FOOT_M 0.3048
#define DAY_S 86400

const char *const zone_kind_names[ZONE_KIND_COUNT + 1] = { "unsaid", "in", "out", "ceiling", "info" };
const char *const zone_above_names[ABOVE_COUNT + 1] = { "AGL", "home", "AMSL", "FL" };

void zone_clear(struct zone *z)
{
	for (size_t i = 0; i < z->ring_count; i++)
		free(z->rings[i].points);
	free(z->rings);
	free(z->times);
	z->rings = NULL;
	z->times = NULL;
	z->ring_count = z->time_count = 0;
}

static const struct {
	const char *word;
	enum zone_above above;
} references[] = {
	{ "AGL", ABOVE_GROUND }, { "GND", ABOVE_GROUND }, { "SFC", ABOVE_GROUND },
	{ "ASFC", ABOVE_GROUND }, { "AAL", ABOVE_GROUND }, { "home", ABOVE_HOME },
	{ "AMSL", ABOVE_SEA }, { "MSL", ABOVE_SEA }, { "ALT", ABOVE_SEA }, { "STD", ABOVE_STANDARD },
};

static const struct {
	const char *word;
	double m;
} units[] = { { "m", 1 }, { "ft", FOOT_M }, { "feet", FOOT_M }, { "f", FOOT_M } };

/* The next word of letters or number of *s; what it is in *letters. */
static bool next_token(const char **s, char *token, size_t size, bool *letters)
{
	const char *p = *s + strspn(*s, " \t,;()");
	size_t n = 0;

	if (*p == '\0')
		return false;
	*letters = isalpha((unsigned char)*p);
	if (*letters)
		while (isalpha((unsigned char)p[n]))
			n++;
	else
		n = strcspn(p, " \t,;()ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
	str_copy_n(token, size, p, n);
	*s = p + n;
	return true;
}

static int bad_height(const char *text, struct err *err)
{
	char shown[48];

	str_copy(shown, sizeof(shown), text);
	str_clean(shown);
	return err_set(err, "\"%s\" is no height; write 120 m AGL, 400 ft AMSL, FL95, GND or UNL", shown);
}

int zone_height_parse(const char *text, double unit_m, enum zone_above above,
    struct zone_height *out, struct err *err)
{
	const char *p = text;
	double number = NAN;
	bool level = false, ground = false, letters;
	char token[32];

	*out = (struct zone_height){ NAN, above };
	while (next_token(&p, token, sizeof(token), &letters)) {
		bool known = false;

		if (!letters) {
			if (!isnan(number) || !str_double(token, &number))
				return bad_height(text, err);
			continue;
		}
		if (strcasecmp(token, "UNL") == 0 || strcasecmp(token, "UNLIMITED") == 0 ||
		    strcasecmp(token, "UNLTD") == 0)
			return 0;
		if (strcasecmp(token, "FL") == 0) {
			level = known = true;
		}
		for (size_t i = 0; i < ARRAY_LEN(units); i++) {
			if (strcasecmp(token, units[i].word) == 0) {
				unit_m = units[i].m;
				known = true;
			}
		}
		for (size_t i = 0; i < ARRAY_LEN(references); i++) {
			if (strcasecmp(token, references[i].word) == 0) {
				out->above = references[i].above;
				ground = known = true;
			}
		}
		if (!known)
			return bad_height(text, err);
	}
	if (level) {
		out->above = ABOVE_STANDARD;
		unit_m = 100 * FOOT_M;
	}
	/* "GND" by itself is a height; "AMSL" too, which nobody writes. */
	if (isnan(number) && ground && !level)
		number = 0;
	out->m = number * unit_m;
	if (!(fabs(out->m) <= 100000))
		return bad_height(text, err);
	return 0;
}

const char *zone_height_format(struct zone_height h, char text[ZONE_HEIGHT_SIZE])
{
	if (isnan(h.m))
		snprintf(text, ZONE_HEIGHT_SIZE, "no limit");
	else if (h.above == ABOVE_STANDARD)
		snprintf(text, ZONE_HEIGHT_SIZE, "FL%.0f", h.m / (100 * FOOT_M));
	else if (h.above == ABOVE_GROUND && h.m == 0)
		snprintf(text, ZONE_HEIGHT_SIZE, "ground");
	else if (h.above == ABOVE_HOME)
		snprintf(text, ZONE_HEIGHT_SIZE, "%.0f m above home", h.m);
	else
		snprintf(text, ZONE_HEIGHT_SIZE, "%.0f m %s", h.m, zone_above_names[h.above]);
	return text;
}

const char *zone_time_format(const struct zone_time *t, char text[ZONE_TIME_SIZE])
{
	static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	struct buf b = BUF_INIT;
	char day[TIME_TEXT_SIZE];

	buf_add(&b, "", 0);
	if (t->from_ms != INT64_MIN)
		buf_printf(&b, "from %s", time_format_day(t->from_ms, day));
	if (t->to_ms != INT64_MAX)
		buf_printf(&b, "%sto %s", b.len ? " " : "", time_format_day(t->to_ms, day));
	if (t->days && t->days != 0x7f) {
		buf_add_str(&b, b.len ? "," : "");
		for (size_t i = 0; i < ARRAY_LEN(days); i++) {
			if (t->days >> i & 1)
				buf_printf(&b, "%s%s", b.len ? " " : "", days[i]);
		}
	}
	if (t->start_s != t->end_s)
		buf_printf(&b, "%s%02d:%02d to %02d:%02d UTC", b.len ? ", " : "", t->start_s / 3600,
		    t->start_s / 60 % 60, t->end_s / 3600, t->end_s / 60 % 60);
	str_copy(text, ZONE_TIME_SIZE, b.len ? b.data : "always");
	buf_free(&b);
	return text;
}

static bool time_applies(const struct zone_time *t, int64_t now_ms)
{
	int64_t second, day;
	int of_day, weekday;

	if (now_ms < t->from_ms || now_ms >= t->to_ms)
		return false;
	if (t->days == 0 && t->start_s == t->end_s)
		return true;
	second = now_ms / 1000 - (now_ms % 1000 < 0);
	day = second / DAY_S - (second % DAY_S < 0);
	of_day = (int)(second - day * DAY_S);
	/* 1970-01-01 was a Thursday. */
	weekday = (int)(((day + 3) % 7 + 7) % 7);
	/* After midnight it is still the evening before's. */
	if (t->end_s < t->start_s && of_day < t->end_s)
		weekday = (weekday + 6) % 7;
	if (t->days && !(t->days >> weekday & 1))
		return false;
	if (t->start_s == t->end_s)
		return true;
	if (t->end_s < t->start_s)
		return of_day >= t->start_s || of_day < t->end_s;
	return of_day >= t->start_s && of_day < t->end_s;
}

bool zone_applies(const struct zone *z, int64_t now_ms)
{
	for (size_t i = 0; i < z->time_count; i++) {
		if (time_applies(&z->times[i], now_ms))
			return true;
	}
	return z->time_count == 0;
}
