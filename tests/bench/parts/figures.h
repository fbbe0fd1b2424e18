/*
 * What the benches share: a figure beside its bar, as bench.py prints it, and what a process
 * has used.
 */
#ifndef BENCH_FIGURES_H
#define BENCH_FIGURES_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/err.h"

static bool missed;

static inline void report(const char *what, double value, const char *unit, double bar, bool at_most)
{
	bool good = at_most ? value <= bar : value >= bar;

	missed |= !good;
	printf("%s  %-62s %12.4g %-12s %s %g\n", good ? "ok  " : "MISS", what, value, unit,
	    at_most ? "<=" : ">=", bar);
	fflush(stdout);
}

static inline void fail(const struct err *err)
{
	fprintf(stderr, "%s\n", err->text);
	exit(1);
}

/* RUSAGE_SELF, RUSAGE_THREAD. */
static inline double cpu_s(int who)
{
	struct rusage u;

	getrusage(who, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	    (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* Resident. */
static inline double memory_mb(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long pages = 0;

	if (f && fscanf(f, "%*d %ld", &pages) != 1)
		pages = 0;
	if (f)
		fclose(f);
	return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

static inline int compare_doubles(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

#endif
