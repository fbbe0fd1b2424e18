/* Whose history it is: see mark.h. */
#include "history/mark.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "history/days.h"

static void mark_path(char path[DAY_PATH_SIZE], const char *dir, const char *name)
{
	snprintf(path, DAY_PATH_SIZE, "%s/%s", dir, name);
}

int history_mark_write(const char *dir, const char *mark, struct err *err)
{
	char path[DAY_PATH_SIZE], fresh[DAY_PATH_SIZE];
	size_t len = strlen(mark);
	bool good;
	int fd;

	mark_path(path, dir, "writer");
	mark_path(fresh, dir, "writer.new");
	fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	good = fd != -1 && write(fd, mark, len) == (ssize_t)len && write(fd, "\n", 1) == 1;
	if (fd != -1 && close(fd) == -1)
		good = false;
	/* Whoever reads finds the old one or the new. */
	if (!good || rename(fresh, path) == -1)
		return err_set(err, "%s cannot be written: %s", path, strerror(errno));
	return 0;
}

bool history_mark_is(const char *dir, const char *mark)
{
	char path[DAY_PATH_SIZE], text[HISTORY_MARK_SIZE + 2];
	size_t len = strlen(mark);
	ssize_t n;
	int fd;

	mark_path(path, dir, "writer");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return false;
	n = read(fd, text, sizeof(text));
	close(fd);
	return len > 0 && len < HISTORY_MARK_SIZE && n == (ssize_t)len + 1 &&
	       memcmp(text, mark, len) == 0 && text[len] == '\n';
}
