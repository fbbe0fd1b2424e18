/* Whether the program of a hook can be run at all: see notify.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/notify.h"

#define PROGRAM_SIZE 4096
/* As posix_spawnp(3) has it where PATH is not set. */
#define PATH_DEFAULT "/bin:/usr/bin"

/* The first of PATH that is there, one that may be run before one that may not. */
static bool look_up(const char *name, char found[PROGRAM_SIZE])
{
	const char *path = getenv("PATH");
	bool any = false;

	for (const char *p = path ? path : PATH_DEFAULT; p; p = strchr(p, ':') ? strchr(p, ':') + 1 : NULL) {
		char at[PROGRAM_SIZE];
		int len = (int)strcspn(p, ":");
		struct stat st;

		if (snprintf(at, sizeof(at), "%.*s%s%s", len, p, len ? "/" : "./", name) >= (int)sizeof(at) ||
		    stat(at, &st) == -1 || !S_ISREG(st.st_mode))
			continue;
		if (!any || eaccess(at, X_OK) == 0)
			str_copy(found, PROGRAM_SIZE, at);
		any = true;
		if (eaccess(at, X_OK) == 0)
			break;
	}
	return any;
}

/* What its first line hands it to, as execve(2) reads that line; "" where it is
 * no script, or cannot be read. */
static void read_interpreter(const char *program, char interpreter[256])
{
	int fd = open(program, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char head[256] = "";
	ssize_t n = fd == -1 ? -1 : read(fd, head, sizeof(head) - 1);
	const char *at;

	if (fd != -1)
		close(fd);
	interpreter[0] = '\0';
	if (n < 2 || memcmp(head, "#!", 2) != 0)
		return;
	at = head + 2 + strspn(head + 2, " \t");
	str_copy_n(interpreter, 256, at, strcspn(at, " \t\n"));
}

static int check_file(const char *program, struct err *err)
{
	char interpreter[256];
	struct stat st;

	if (stat(program, &st) == -1)
		return errno == ENOENT
		    ? err_set(err, "%.200s is not there; put it there, or name another", program)
		    : err_set(err, "%.200s: %s; mend that, or name another", program, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(err, "%.200s is %s and no program; name one", program,
		    S_ISDIR(st.st_mode) ? "a directory" : "no plain file");
	if (eaccess(program, X_OK) == -1)
		return err_set(err, "%.200s may not be executed; chmod +x it", program);
	read_interpreter(program, interpreter);
	if (*interpreter && eaccess(interpreter, X_OK) == -1)
		return err_set(err, "%.200s is to be run by %.100s, as its first line says, and that %s; "
		    "mend that line", program, interpreter,
		    errno == ENOENT ? "is not there" : "may not be executed");
	return 0;
}

int notify_check(const char *run, struct err *err)
{
	char found[PROGRAM_SIZE];

	if (!*run)
		return 0;
	if (strchr(run, '/'))
		return check_file(run, err);
	if (!look_up(run, found))
		return err_set(err, "there is no program %.200s in PATH; name it with its directory", run);
	return check_file(found, err);
}
