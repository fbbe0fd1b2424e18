/* The files of a history directory: see days.h. */
#include "history/days.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

/* SQLite's companions of a file, which go where it goes. */
static const char *const companions[] = { "", "-wal", "-shm", "-journal" };

int64_t day_of(int64_t ms)
{
	return ms / DAY_MS - (ms % DAY_MS < 0);
}

const char *day_name(int64_t day, char name[DAY_NAME_SIZE])
{
	char text[TIME_TEXT_SIZE];

	snprintf(name, DAY_NAME_SIZE, "%.10s.db", time_format_day(day * DAY_MS, text));
	return name;
}

static bool is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

void day_path(char path[DAY_PATH_SIZE], const char *dir, int64_t day)
{
	char name[DAY_NAME_SIZE];

	if (is_file(dir))
		snprintf(path, DAY_PATH_SIZE, "%s", dir);
	else
		snprintf(path, DAY_PATH_SIZE, "%s/%s", dir, day_name(day, name));
}

static int compare_days(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int days_list(const char *dir, int64_t **days, size_t *count, struct err *err)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	size_t cap = 0;

	*days = NULL;
	*count = 0;
	if (!d && errno == ENOENT)
		return 0;
	if (!d && errno == ENOTDIR && is_file(dir)) {
		mem_grow(*days, *count, cap);
		(*days)[(*count)++] = 0;
		return 0;
	}
	if (!d)
		return err_set(err, "the history directory %s cannot be read: %s", dir,
		    strerror(errno));
	while ((e = readdir(d))) {
		char text[11], name[DAY_NAME_SIZE];
		int64_t ms;

		if (e->d_type != DT_REG && e->d_type != DT_LNK && e->d_type != DT_UNKNOWN)
			continue; /* to open a pipe of that name would be to wait for ever */
		if (strlen(e->d_name) != 13 || strcmp(e->d_name + 10, ".db") != 0)
			continue;
		memcpy(text, e->d_name, 10);
		text[10] = '\0';
		/* Only the one way of writing a day counts. */
		if (!time_parse(text, &ms) || strcmp(day_name(day_of(ms), name), e->d_name) != 0)
			continue;
		mem_grow(*days, *count, cap);
		(*days)[(*count)++] = day_of(ms);
	}
	closedir(d);
	if (*count)
		qsort(*days, *count, sizeof(**days), compare_days);
	return 0;
}

int64_t day_bytes(const char *dir, int64_t day)
{
	char path[DAY_PATH_SIZE], name[DAY_PATH_SIZE + 16];
	int64_t bytes = 0;
	struct stat st;

	day_path(path, dir, day);
	for (size_t i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "%s%s", path, companions[i]);
		if (stat(name, &st) == 0)
			bytes += (int64_t)st.st_size;
	}
	return bytes;
}

int day_remove(const char *dir, int64_t day, struct err *err)
{
	char path[DAY_PATH_SIZE], name[DAY_PATH_SIZE + 16];

	day_path(path, dir, day);
	for (size_t i = 0; i < ARRAY_LEN(companions); i++) {
		snprintf(name, sizeof(name), "%s%s", path, companions[i]);
		if (unlink(name) == -1 && errno != ENOENT)
			return err_set(err, "%s cannot be removed: %s", name, strerror(errno));
	}
	return 0;
}

int day_set_aside(const char *dir, int64_t day, char name[64], struct err *err)
{
	char path[DAY_PATH_SIZE], from[DAY_PATH_SIZE + 16], to[DAY_PATH_SIZE + 96];
	char text[TIME_TEXT_SIZE];
	int n = 0;

	day_path(path, dir, day);
	do {
		snprintf(name, 64, "%.10s.damaged-%d.db",
		    time_format_day(day * DAY_MS, text), ++n);
		snprintf(to, sizeof(to), "%s/%s", dir, name);
	} while (access(to, F_OK) == 0);
	for (size_t i = 0; i < ARRAY_LEN(companions); i++) {
		snprintf(from, sizeof(from), "%s%s", path, companions[i]);
		snprintf(to, sizeof(to), "%s/%s%s", dir, name, companions[i]);
		if (rename(from, to) == -1 && errno != ENOENT)
			return err_set(err, "%s cannot be set aside as %s: %s", from, name,
			    strerror(errno));
	}
	return 0;
}

int days_make_dir(const char *dir, struct err *err)
{
	char path[DAY_PATH_SIZE];
	struct stat st;

	snprintf(path, sizeof(path), "%s", dir);
	for (char *p = path + 1;; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(path, 0777) == -1 && errno != EEXIST)
			return err_set(err, "the history directory %s cannot be made: %s", path,
			    strerror(errno));
		*p = c;
		if (!c)
			break;
	}
	if (stat(dir, &st) == -1 || !S_ISDIR(st.st_mode)) {
		errno = ENOTDIR;
		return err_set(err, "%s is in the history's place and is no directory", dir);
	}
	return 0;
}
