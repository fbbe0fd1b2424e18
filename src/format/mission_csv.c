/* Missions as CSV: see mission_file.h. */
#include "format/mission_file.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/str.h"

#define FIELDS_MAX 32

enum column { COLUMN_LAT, COLUMN_LON, COLUMN_HEIGHT, COLUMN_SPEED, COLUMN_HOLD, COLUMN_COUNT };

static const struct {
	const char *name;
	enum column column;
} column_names[] = {
	{ "lat", COLUMN_LAT }, { "latitude", COLUMN_LAT },
	{ "lon", COLUMN_LON }, { "lng", COLUMN_LON }, { "longitude", COLUMN_LON },
	{ "height", COLUMN_HEIGHT }, { "height_m", COLUMN_HEIGHT },
	{ "speed", COLUMN_SPEED }, { "speed_ms", COLUMN_SPEED },
	{ "hold", COLUMN_HOLD }, { "hold_s", COLUMN_HOLD },
};

static const char *const titles[COLUMN_COUNT] = { "lat", "lon", "height", "speed", "hold" };

struct layout {
	int at[COLUMN_COUNT]; /* which field of a line; -1: not there */
	char separator;
};

/* One line cut into fields, in place: quotes and the blanks around a field
 * go. Returns how many, or -1 where a quote stays open. */
static int cut(char *line, char separator, char *fields[FIELDS_MAX])
{
	int n = 0;
	char *p = line;

	while (n < FIELDS_MAX) {
		char *out, *end;

		p += strspn(p, separator == '\t' ? " " : " \t");
		fields[n++] = out = p;
		if (*p == '"') {
			for (p++; *p && !(p[0] == '"' && p[1] != '"'); p++) {
				if (*p == '"')
					p++;
				*out++ = *p;
			}
			if (!*p)
				return -1;
			end = out;
			p++;
			p += strspn(p, " \t");
		} else {
			size_t len = strcspn(p, (char[]){ separator, 0 });

			p += len;
			end = p;
			while (end > fields[n - 1] && (end[-1] == ' ' || end[-1] == '\t'))
				end--;
		}
		if (*p != separator) {
			*end = '\0';
			return n;
		}
		p++;
		*end = '\0';
	}
	return n;
}

static char find_separator(const char *line)
{
	for (const char *c = "\t;,"; *c; c++) {
		if (strchr(line, *c))
			return *c;
	}
	return ',';
}

static int read_header(char *const *fields, int n, struct layout *layout, struct err *err)
{
	for (int c = 0; c < COLUMN_COUNT; c++)
		layout->at[c] = -1;
	for (int i = 0; i < n; i++) {
		size_t k;

		if (strcasecmp(fields[i], "alt") == 0 || strcasecmp(fields[i], "altitude") == 0)
			return err_set(err,
			    "column \"%s\" does not say above what; name it height and give metres above home",
			    fields[i]);
		for (k = 0; k < ARRAY_LEN(column_names); k++) {
			if (strcasecmp(fields[i], column_names[k].name) == 0)
				break;
		}
		if (k == ARRAY_LEN(column_names))
			return err_set(err,
			    "there is no column \"%s\"; the columns are lat, lon, height, speed, hold",
			    fields[i]);
		if (layout->at[column_names[k].column] >= 0)
			return err_set(err, "column \"%s\" is there twice", fields[i]);
		layout->at[column_names[k].column] = i;
	}
	for (int c = COLUMN_LAT; c <= COLUMN_HEIGHT; c++) {
		if (layout->at[c] < 0)
			return err_set(err, "column \"%s\" is missing; a mission needs lat, lon, height",
			    titles[c]);
	}
	return 0;
}

static int read_point(char *const *fields, int n, const struct layout *layout,
    struct waypoint *point, struct err *err)
{
	double *members[COLUMN_COUNT] = {
		&point->lat, &point->lon, &point->height, &point->speed, &point->hold,
	};

	*point = (struct waypoint){ NAN, NAN, NAN, NAN, 0 };
	for (int c = 0; c < COLUMN_COUNT; c++) {
		int i = layout->at[c];
		const char *text = i >= 0 && i < n ? fields[i] : "";

		if (*text ? !str_double(text, members[c]) : c <= COLUMN_HEIGHT) {
			char shown[40];

			str_copy(shown, sizeof(shown), text);
			str_clean(shown);
			return err_set(err, "%s must be a number with a decimal point, and \"%s\" is not",
			    titles[c], shown);
		}
	}
	return 0;
}

static int read_line(char *line, bool *headed, struct layout *layout, struct mission_file *out,
    struct err *err)
{
	char *fields[FIELDS_MAX];
	struct waypoint point;
	double number;
	int n;

	if (!*headed)
		layout->separator = find_separator(line);
	n = cut(line, layout->separator, fields);
	if (n == -1)
		return err_set(err, "a quote is not closed");
	if (!*headed) {
		*headed = true;
		if (!str_double(fields[0], &number))
			return read_header(fields, n, layout, err);
		for (int c = 0; c < COLUMN_COUNT; c++)
			layout->at[c] = c < n ? c : -1;
		if (n < 3 || n > COLUMN_COUNT)
			return err_set(err,
			    "there are %d values; without a header they are lat,lon,height[,speed[,hold]]",
			    n);
	}
	if (read_point(fields, n, layout, &point, err) == -1)
		return -1;
	return mission_file_add(out, &point, err);
}

int mission_csv_parse(const char *name, const char *text, size_t len, struct mission_file *out,
    struct err *err)
{
	struct layout layout = { .separator = ',' };
	bool headed = false;
	size_t number = 0;
	int result = 0;

	for (size_t i = 0; i < len && result == 0;) {
		const char *end = memchr(text + i, '\n', len - i);
		size_t n = end ? (size_t)(end - text) - i : len - i;
		char *line;
		struct err why;

		number++;
		line = xmalloc(n + 1);
		memcpy(line, text + i, n);
		line[n] = '\0';
		i += n + 1;
		if (n > 0 && line[n - 1] == '\r')
			line[n - 1] = '\0';
		if (line[strspn(line, " \t")] && line[0] != '#' &&
		    read_line(line, &headed, &layout, out, &why) == -1)
			result = err_set(err, "%s:%zu: %.400s", name, number, why.text);
		free(line);
	}
	if (result == 0 && out->count == 0)
		return err_set(err, "%s: holds no point; a line is lat,lon,height[,speed[,hold]]", name);
	return result;
}

void mission_file_write_csv(struct buf *b, const struct waypoint *items, size_t count)
{
	buf_add_str(b, "lat,lon,height,speed,hold\n");
	for (size_t i = 0; i < count; i++) {
		buf_printf(b, "%.7f,%.7f,%g,", items[i].lat, items[i].lon, items[i].height);
		if (!isnan(items[i].speed))
			buf_printf(b, "%g", items[i].speed);
		buf_printf(b, ",%g\n", items[i].hold);
	}
}
