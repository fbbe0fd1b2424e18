/* Missions in files: what the two formats share. See mission_file.h. */
#include "format/mission_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "format/text_file.h"

int mission_file_add(struct mission_file *m, const struct waypoint *p, struct err *err)
{
	if (m->count == WAYPOINTS_MAX)
		return err_set(err, "a mission has at most %d points; split it", WAYPOINTS_MAX);
	if (!(fabs(p->lat) <= 90))
		return err_set(err, "latitude must be within -90 to 90, and %.10g is not", p->lat);
	if (!(fabs(p->lon) <= 180))
		return err_set(err, "longitude must be within -180 to 180, and %.10g is not", p->lon);
	if (!(fabs(p->height) <= 10000))
		return err_set(err, "height must be within -10000 to 10000 m above home, and %.10g is not",
		    p->height);
	if (!isnan(p->speed) && !(p->speed >= 0.1 && p->speed <= 300))
		return err_set(err, "speed must be within 0.1 to 300 m/s, and %.10g is not", p->speed);
	if (!(p->hold >= 0 && p->hold <= 86400))
		return err_set(err, "hold must be within 0 to 86400 s, and %.10g is not", p->hold);
	mem_grow(m->items, m->count, m->cap);
	m->items[m->count++] = *p;
	return 0;
}

int mission_file_parse(const char *name, const char *text, size_t len, struct mission_file *out,
    struct err *err)
{
	size_t start = 0;

	*out = (struct mission_file){ .notes = BUF_INIT };
	/* A byte order mark, which spreadsheets write. */
	if (len >= 3 && memcmp(text, "\357\273\277", 3) == 0) {
		text += 3;
		len -= 3;
	}
	if (len >= 7 && memcmp(text, "QGC WPL", 7) == 0)
		return err_set(err,
		    "%s:1: this is an old waypoint list (QGC WPL); open it in QGroundControl and save it as .plan",
		    name);
	if (memchr(text, 0, len))
		return err_set(err, "%s: is no text; a mission is a .plan of QGroundControl or CSV", name);
	while (start < len && strchr(" \t\r\n", text[start]))
		start++;
	if (start < len && text[start] == '{')
		return mission_plan_parse(name, text, len, out, err);
	return mission_csv_parse(name, text, len, out, err);
}

int mission_file_read(const char *path, struct mission_file *out, struct err *err)
{
	static const struct text_file_words words = {
		.max = MISSION_FILE_MAX,
		.remedy = "name a mission file, .plan or CSV",
		.unfit = "is a directory; name a mission file in it",
		.over = ", which no mission is",
	};
	struct buf text = BUF_INIT;
	int result;

	*out = (struct mission_file){ .notes = BUF_INIT };
	result = text_file_read(path, &words, &text, err);
	if (result == 0)
		result = mission_file_parse(path, text.data ? text.data : "", text.len, out, err);
	buf_free(&text);
	return result;
}

void mission_file_clear(struct mission_file *m)
{
	free(m->items);
	buf_free(&m->notes);
	*m = (struct mission_file){ .notes = BUF_INIT };
}
