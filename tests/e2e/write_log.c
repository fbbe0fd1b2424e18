/*
 * Preloaded by tests: everything that happens to files below a directory called history is
 * noted in the file named by WRITE_LOG, in order, so that the disk can be rebuilt as a power cut
 * at any moment would have left it: see power_cut.py, which reads it.
 *
 * A record: kind ('C' created, 'W' written, 'T' truncated, 'S' synced, 'U' unlinked, 'R' renamed),
 * then of eight bytes each: ns of the monotonic clock, offset or size, bytes of the path, bytes of
 * the data; then path and data. The data of a rename is the new path.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void note(char kind, const char *path, uint64_t at, const void *data, size_t len)
{
	static int fd = -1;
	struct timespec now;
	uint64_t head[4];
	struct iovec parts[4] = {
		{ &kind, 1 },
		{ head, sizeof(head) },
		{ (void *)path, strlen(path) },
		{ (void *)data, len },
	};
	ssize_t all = (ssize_t)(1 + sizeof(head) + strlen(path) + len);

	clock_gettime(CLOCK_MONOTONIC, &now);
	head[0] = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	head[1] = at;
	head[2] = strlen(path);
	head[3] = len;
	if (fd == -1)
		fd = openat(AT_FDCWD, getenv("WRITE_LOG"), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	/* A log with a hole in it would prove anything. */
	if (writev(fd, parts, 4) != all)
		abort();
}

static int is_ours(const char *path)
{
	return strstr(path, "/history/") && getenv("WRITE_LOG") && !strstr(path, "-shm");
}

static int path_of(int fd, char path[4096])
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, 4095);
	if (n <= 0)
		return 0;
	path[n] = '\0';
	return is_ours(path);
}

/* Done and noted as one, so that the log's order is the disk's. */
#define NOTED(result, fd, kind, at, data, len)                                 \
	do {                                                                   \
		char path_[4096];                                              \
		int saved_ = errno, ours_ = path_of(fd, path_);                \
		if (ours_)                                                     \
			pthread_mutex_lock(&lock);                             \
		errno = saved_;                                                \
		(result);                                                      \
		saved_ = errno;                                                \
		if (ours_) {                                                   \
			if (r >= 0)                                            \
				note(kind, path_, (uint64_t)(at), data, len);  \
			pthread_mutex_unlock(&lock);                           \
		}                                                              \
		errno = saved_;                                                \
	} while (0)

ssize_t pwrite(int fd, const void *data, size_t n, off_t at)
{
	ssize_t r;

	NOTED(r = REAL(pwrite)(fd, data, n, at), fd, 'W', at, data, (size_t)r);
	return r;
}

ssize_t pwrite64(int fd, const void *data, size_t n, off64_t at)
{
	ssize_t r;

	NOTED(r = REAL(pwrite64)(fd, data, n, at), fd, 'W', at, data, (size_t)r);
	return r;
}

int ftruncate(int fd, off_t n)
{
	int r;

	NOTED(r = REAL(ftruncate)(fd, n), fd, 'T', n, NULL, 0);
	return r;
}

int ftruncate64(int fd, off64_t n)
{
	int r;

	NOTED(r = REAL(ftruncate64)(fd, n), fd, 'T', n, NULL, 0);
	return r;
}

int fsync(int fd)
{
	int r;

	NOTED(r = REAL(fsync)(fd), fd, 'S', 0, NULL, 0);
	return r;
}

int fdatasync(int fd)
{
	int r;

	NOTED(r = REAL(fdatasync)(fd), fd, 'S', 0, NULL, 0);
	return r;
}

int unlink(const char *path)
{
	int r;

	pthread_mutex_lock(&lock);
	r = REAL(unlink)(path);
	if (r == 0 && is_ours(path))
		note('U', path, 0, NULL, 0);
	pthread_mutex_unlock(&lock);
	return r;
}

int rename(const char *from, const char *to)
{
	int r;

	pthread_mutex_lock(&lock);
	r = REAL(rename)(from, to);
	if (r == 0 && is_ours(from))
		note('R', from, 0, to, strlen(to));
	pthread_mutex_unlock(&lock);
	return r;
}

#define OPEN(name)                                                             \
	int name(const char *path, int flags, ...)                             \
	{                                                                      \
		int fd, made, mode = 0;                                        \
		struct stat st;                                                \
		va_list ap;                                                    \
                                                                               \
		va_start(ap, flags);                                           \
		if (flags & O_CREAT)                                           \
			mode = va_arg(ap, int);                                \
		va_end(ap);                                                    \
		pthread_mutex_lock(&lock);                                     \
		made = (flags & O_CREAT) && is_ours(path) && stat(path, &st) == -1; \
		fd = REAL(name)(path, flags, (mode_t)mode);                    \
		if (made && fd != -1)                                          \
			note('C', path, 0, NULL, 0);                           \
		pthread_mutex_unlock(&lock);                                   \
		return fd;                                                     \
	}

OPEN(open)
OPEN(open64)
