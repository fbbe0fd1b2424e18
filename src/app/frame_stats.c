/* What drawing costs: see frame_stats.h. */
#include "app/frame_stats.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void frame_stats_begin(struct frame_stats *f)
{
	f->begun_us = cpu_us();
}

void frame_stats_end(struct frame_stats *f)
{
	f->us[f->count++ % FRAME_STATS_MAX] = (uint32_t)(cpu_us() - f->begun_us);
}

static int smaller(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

void frame_stats_print(const struct frame_stats *f, FILE *out)
{
	size_t n = f->count < FRAME_STATS_MAX ? (size_t)f->count : FRAME_STATS_MAX;
	static uint32_t sorted[FRAME_STATS_MAX];
	double sum = 0;

	if (!n)
		return;
	memcpy(sorted, f->us, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), smaller);
	for (size_t i = 0; i < n; i++)
		sum += sorted[i];
	fprintf(out,
	    "frames %llu, CPU ms a frame: mean %.2f, p50 %.2f, p99 %.2f, most %.2f\n",
	    (unsigned long long)f->count, sum / (double)n / 1000, sorted[n / 2] / 1000.0,
	    sorted[n - 1 - n / 100] / 1000.0, sorted[n - 1] / 1000.0);
}
