/* A mission being drawn up: see draft.h. */
#include "ui/draft.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "format/mission_file.h"

void draft_clear(struct draft *d)
{
	mission_clear(&d->mission);
	for (size_t i = 0; i < d->undo_count; i++)
		mission_clear(&d->undo[i]);
	*d = (struct draft){ .home_lat = NAN, .home_lon = NAN };
}

static void remember(struct draft *d)
{
	if (d->undo_count == DRAFT_UNDO_MAX) {
		mission_clear(&d->undo[0]);
		memmove(d->undo, d->undo + 1, --d->undo_count * sizeof(*d->undo));
	}
	d->undo[d->undo_count++] = mission_copy(&d->mission);
}

bool draft_undo(struct draft *d)
{
	if (!d->undo_count)
		return false;
	mission_clear(&d->mission);
	d->mission = d->undo[--d->undo_count];
	return true;
}

static int check_number(const struct draft *d, size_t number, struct err *err)
{
	if (number >= 1 && number <= d->mission.count)
		return 0;
	if (!d->mission.count)
		return err_set(err, "the draft has no points; wp add LAT LON HEIGHT adds one");
	return err_set(err, "there is no point %zu; there are 1 to %zu", number, d->mission.count);
}

int draft_add(struct draft *d, size_t before, const struct mission_item *item, struct err *err)
{
	struct mission *m = &d->mission;
	size_t at = before ? before - 1 : m->count;

	if (m->count == MISSION_ITEMS_MAX)
		return err_set(err, "a mission has at most %d points", MISSION_ITEMS_MAX);
	if (before && check_number(d, before, err) == -1)
		return -1;
	remember(d);
	m->items = xreallocarray(m->items, m->count + 1, sizeof(*m->items));
	memmove(m->items + at + 1, m->items + at, (m->count - at) * sizeof(*m->items));
	m->items[at] = *item;
	/* Without a height of its own it takes the one before it. */
	if (isnan(m->items[at].height))
		m->items[at].height = at > 0 ? m->items[at - 1].height : 50;
	m->count++;
	return 0;
}

int draft_change(struct draft *d, size_t number, const struct mission_item *item, struct err *err)
{
	struct mission_item *own;

	if (check_number(d, number, err) == -1)
		return -1;
	remember(d);
	own = &d->mission.items[number - 1];
	if (isfinite(item->lat) && isfinite(item->lon)) {
		own->lat = item->lat;
		own->lon = item->lon;
	}
	if (isfinite(item->height))
		own->height = item->height;
	return 0;
}

int draft_delete(struct draft *d, size_t number, struct err *err)
{
	struct mission *m = &d->mission;

	if (check_number(d, number, err) == -1)
		return -1;
	remember(d);
	memmove(m->items + number - 1, m->items + number, (m->count - number) * sizeof(*m->items));
	m->count--;
	return 0;
}

void draft_replace(struct draft *d, const struct mission *m)
{
	struct mission copy = mission_copy(m);

	remember(d);
	mission_clear(&d->mission);
	d->mission = copy;
}

int draft_load(struct draft *d, const char *path, struct err *err)
{
	struct mission_file file;
	int result = mission_file_read(path, &file, err);

	if (result == 0) {
		struct mission m = { .items = xcalloc(file.count + 1, sizeof(*m.items)),
			.count = file.count };

		for (size_t i = 0; i < file.count; i++)
			m.items[i] = (struct mission_item){ file.items[i].lat, file.items[i].lon,
				file.items[i].height, file.items[i].speed, file.items[i].hold };
		remember(d);
		mission_clear(&d->mission);
		d->mission = m;
	}
	mission_file_clear(&file);
	return result;
}

int draft_save(const struct draft *d, const char *path, struct err *err)
{
	const struct mission *m = &d->mission;
	size_t len = strlen(path);
	struct waypoint *points;
	struct buf text = BUF_INIT;
	int fd, result = 0;

	if (!m->count)
		return err_set(err, "the draft has no points to save");
	points = xcalloc(m->count, sizeof(*points));
	for (size_t i = 0; i < m->count; i++)
		points[i] = (struct waypoint){ m->items[i].lat, m->items[i].lon, m->items[i].height,
			m->items[i].speed, m->items[i].hold };
	if (len > 5 && strcmp(path + len - 5, ".plan") == 0) {
		struct mission_home home = { d->home_lat, d->home_lon, 0 };

		if (isnan(home.lat))
			home = (struct mission_home){ points[0].lat, points[0].lon, 0 };
		mission_file_write_plan(&text, points, m->count, &home);
	} else {
		mission_file_write_csv(&text, points, m->count);
	}
	/* Never over something that is there. */
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd == -1 || write(fd, text.data, text.len) != (ssize_t)text.len)
		result = err_set(err, "%s cannot be written: %s", path, strerror(errno));
	if (fd != -1 && close(fd) == -1 && result == 0)
		result = err_set(err, "%s cannot be written: %s", path, strerror(errno));
	buf_free(&text);
	free(points);
	return result;
}
