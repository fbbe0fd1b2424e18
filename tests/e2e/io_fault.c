/*
 * Preloaded by tests: while a file READ_FAULT is there, reading files whose path has the text in it
 * that it holds fails with EIO; and while the file named by IO_FAULT is there, writing to files below a
 * directory called history fails with the errno that it holds, as on a disk that breaks (EIO) or
 * that the kernel has made read-only (EROFS).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int fault(const char *path)
{
	const char *control = getenv("IO_FAULT");
	char text[16] = "";
	int fd, saved = errno;
	ssize_t n = 0;

	if (!control || !strstr(path, "/history/"))
		return 0;
	fd = openat(AT_FDCWD, control, O_RDONLY | O_CLOEXEC);
	if (fd != -1) {
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	errno = saved;
	return n > 0 ? atoi(text) : 0;
}

static int fault_of(int fd)
{
	char link[64], path[4096];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n <= 0)
		return 0;
	path[n] = '\0';
	return fault(path);
}

static int read_fault(int fd)
{
	const char *control = getenv("READ_FAULT");
	char link[64], path[4096], text[256] = "";
	int control_fd, saved = errno;
	ssize_t n;

	control_fd = control ? openat(AT_FDCWD, control, O_RDONLY | O_CLOEXEC) : -1;
	errno = saved;
	if (control_fd == -1)
		return 0;
	n = read(control_fd, text, sizeof(text) - 1);
	close(control_fd);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	path[n > 0 && (n = readlink(link, path, sizeof(path) - 1)) > 0 ? n : 0] = '\0';
	errno = saved;
	return *text && strstr(path, text) ? EIO : 0;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define FAIL_IF(broken)                                                        \
	do {                                                                   \
		int why_ = (broken);                                           \
		if (why_) {                                                    \
			errno = why_;                                          \
			return -1;                                             \
		}                                                              \
	} while (0)

ssize_t pread(int fd, void *data, size_t n, off_t at)
{
	FAIL_IF(read_fault(fd));
	return REAL(pread)(fd, data, n, at);
}

ssize_t pread64(int fd, void *data, size_t n, off64_t at)
{
	FAIL_IF(read_fault(fd));
	return REAL(pread64)(fd, data, n, at);
}

ssize_t pwrite(int fd, const void *data, size_t n, off_t at)
{
	FAIL_IF(fault_of(fd));
	return REAL(pwrite)(fd, data, n, at);
}

ssize_t pwrite64(int fd, const void *data, size_t n, off64_t at)
{
	FAIL_IF(fault_of(fd));
	return REAL(pwrite64)(fd, data, n, at);
}

int fsync(int fd)
{
	FAIL_IF(fault_of(fd));
	return REAL(fsync)(fd);
}

int fdatasync(int fd)
{
	FAIL_IF(fault_of(fd));
	return REAL(fdatasync)(fd);
}

int ftruncate64(int fd, off64_t n)
{
	FAIL_IF(fault_of(fd));
	return REAL(ftruncate64)(fd, n);
}

#define OPEN(name)                                                             \
	int name(const char *path, int flags, ...)                             \
	{                                                                      \
		mode_t mode = 0;                                               \
		va_list ap;                                                    \
                                                                               \
		va_start(ap, flags);                                           \
		if (flags & O_CREAT)                                           \
			mode = va_arg(ap, mode_t);                             \
		va_end(ap);                                                    \
		if ((flags & O_ACCMODE) != O_RDONLY)                           \
			FAIL_IF(fault(path));                                  \
		return REAL(name)(path, flags, mode);                          \
	}

OPEN(open)
OPEN(open64)
