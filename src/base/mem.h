/*
 * Memory that is there or the program ends.
 *
 * Out of memory is not something a caller here can mend: it prints one line
 * and ends the program with exit code 1 after running mem_on_failure, which
 * a screen uses to give the terminal back. Everything is freed with free().
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *xmalloc(size_t size) __attribute__((malloc, returns_nonnull));
/* Zeroed; count * size is checked for overflow. */
void *xcalloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
/* count * size is checked for overflow; never 0 bytes. */
void *xreallocarray(void *ptr, size_t count, size_t size) __attribute__((returns_nonnull));
char *xstrdup(const char *s) __attribute__((malloc, returns_nonnull));
void *xmemdup(const void *data, size_t len) __attribute__((malloc, returns_nonnull));
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2), returns_nonnull));

/* Called once before the program ends for want of memory. */
extern void (*mem_on_failure)(void);

/* Makes room for one more element in a growing array: doubles *cap. */
#define mem_grow(array, len, cap)                                              \
	do {                                                                   \
		if ((len) == (cap)) {                                          \
			(cap) = (cap) ? (cap) * 2 : 16;                        \
			(array) = xreallocarray((array), (cap), sizeof(*(array))); \
		}                                                              \
	} while (0)

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
