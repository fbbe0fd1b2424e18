/*
 * For LD_PRELOAD: clocks that a test moves. The file CLOCK_SHIFT names holds
 * two 64-bit numbers, the nanoseconds that CLOCK_REALTIME and CLOCK_MONOTONIC
 * are ahead of the truth; a test changes them while the program runs.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL

static volatile int64_t *shift;

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("CLOCK_SHIFT");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *at = fd == -1 ? MAP_FAILED : mmap(NULL, 16, PROT_READ, MAP_SHARED, fd, 0);

	if (at != MAP_FAILED)
		shift = at;
	if (fd != -1)
		close(fd);
}

int clock_gettime(clockid_t id, struct timespec *ts)
{
	int ret = (int)syscall(SYS_clock_gettime, id, ts);
	int64_t ns;

	if (ret == -1 || !shift || (id != CLOCK_REALTIME && id != CLOCK_MONOTONIC))
		return ret;
	ns = ts->tv_nsec + shift[id == CLOCK_MONOTONIC];
	ts->tv_sec += ns / SECOND;
	ts->tv_nsec = ns % SECOND;
	if (ts->tv_nsec < 0) {
		ts->tv_nsec += SECOND;
		ts->tv_sec--;
	}
	return ret;
}
