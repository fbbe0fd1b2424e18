/* Clocks and times as text: see clock.h. */
#include "base/clock.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/str.h"

static int64_t read_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t clock_wall_ms(void)
{
	return read_us(CLOCK_REALTIME) / 1000;
}

int64_t clock_mono_ms(void)
{
	return read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t clock_mono_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static bool split(int64_t ms, struct tm *tm, int *fraction)
{
	time_t s = (time_t)floor_div(ms, 1000);

	*fraction = (int)((ms % 1000 + 1000) % 1000); /* no overflow, whatever ms is */
	return gmtime_r(&s, tm) && tm->tm_year + 1900 >= 0 && tm->tm_year + 1900 <= 9999;
}

const char *time_format(int64_t ms, char text[TIME_TEXT_SIZE])
{
	struct tm tm;
	int fraction;

	/* Outside the years of RFC 3339 the number itself says more. */
	if (!split(ms, &tm, &fraction))
		snprintf(text, TIME_TEXT_SIZE, "%lld ms", (long long)ms);
	else
		snprintf(text, TIME_TEXT_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
		    (unsigned)(tm.tm_year + 1900) % 10000, (unsigned)(tm.tm_mon + 1) % 100,
		    (unsigned)tm.tm_mday % 100, (unsigned)tm.tm_hour % 100,
		    (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100,
		    (unsigned)fraction % 1000);
	return text;
}

const char *time_format_day(int64_t ms, char text[TIME_TEXT_SIZE])
{
	struct tm tm;
	int fraction;

	if (!split(ms, &tm, &fraction))
		memset(&tm, 0, sizeof(tm));
	snprintf(text, TIME_TEXT_SIZE, "%04u-%02u-%02u", (unsigned)(tm.tm_year + 1900) % 10000,
	    (unsigned)(tm.tm_mon + 1) % 100, (unsigned)tm.tm_mday % 100);
	return text;
}

/* Reads exactly n digits and moves on. */
static bool digits(const char **p, int n, int *out)
{
	*out = 0;
	for (int i = 0; i < n; i++, (*p)++) {
		if (!isdigit((unsigned char)**p))
			return false;
		*out = *out * 10 + (**p - '0');
	}
	return true;
}

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

bool time_parse(const char *text, int64_t *ms)
{
	static const int month_days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	struct tm tm = { 0 };
	const char *p = text;
	int year, month, day, hour = 0, minute = 0, second = 0, fraction = 0;

	if (str_int(text, 0, INT64_MAX, ms))
		return strlen(text) > 4; /* a bare year is no time */
	if (!digits(&p, 4, &year) || *p++ != '-' || !digits(&p, 2, &month) || *p++ != '-' ||
	    !digits(&p, 2, &day))
		return false;
	if (*p == 'T' || *p == 't' || *p == ' ') {
		p++;
		if (!digits(&p, 2, &hour) || *p++ != ':' || !digits(&p, 2, &minute))
			return false;
		if (*p == ':') {
			p++;
			if (!digits(&p, 2, &second))
				return false;
			if (*p == '.') {
				int scale = 100;

				if (!isdigit((unsigned char)*++p))
					return false;
				for (; isdigit((unsigned char)*p); p++, scale /= 10)
					fraction += scale * (*p - '0');
			}
		}
		if (*p == 'Z' || *p == 'z')
			p++;
	}
	if (*p || month < 1 || month > 12 || day < 1 ||
	    day > month_days[month - 1] - (month == 2 && !is_leap(year)) || hour > 23 ||
	    minute > 59 || second > 60)
		return false;
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;
	tm.tm_mday = day;
	tm.tm_hour = hour;
	tm.tm_min = minute;
	tm.tm_sec = second;
	*ms = (int64_t)timegm(&tm) * 1000 + fraction;
	return true;
}

bool duration_parse(const char *text, int64_t *ms)
{
	static const struct { const char *unit; double seconds; } units[] = {
		{ "ms", 0.001 }, { "s", 1 }, { "m", 60 }, { "h", 3600 }, { "d", 86400 }, { "", 1 },
	};
	size_t n = strspn(text, "0123456789.");
	char number[32];
	double value;

	if (!n || n >= sizeof(number))
		return false;
	memcpy(number, text, n);
	number[n] = '\0';
	if (!str_double(number, &value))
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(text + n, units[i].unit) == 0 && value * units[i].seconds < 1e12) {
			*ms = llround(value * units[i].seconds * 1000);
			return true;
		}
	}
	return false;
}
