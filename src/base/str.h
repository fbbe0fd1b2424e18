/*
 * Text: bounded copies, identifiers, UTF-8, numbers as people type them.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ID_MAX 32              /* longest drone id or source name */
#define ID_SIZE (ID_MAX + 1)   /* an array that holds one */

/* True for [A-Za-z0-9_-]{1,32}: what a drone id or a source name may be. */
bool id_valid(const char *s, size_t len);

/* Copies at most size - 1 bytes, cut at a character boundary; always ends in
 * 0. Returns false if something was cut. */
bool str_copy(char *dst, size_t size, const char *src);
bool str_copy_n(char *dst, size_t size, const char *src, size_t len);

/* Drops an incomplete UTF-8 character from the end. */
void str_trim_utf8(char *s);
bool utf8_valid(const char *s, size_t len);
/* Replaces control characters, C0, C1 and bidi marks alike, by '?', in place,
 * so that text from outside cannot drive a terminal. */
void str_clean(char *s);

bool str_starts(const char *s, const char *prefix);
/* Shell-style pattern, case matters: see fnmatch(3). */
bool str_glob(const char *pattern, const char *s);

/* The whole of s as a finite number or an integer within [min, max]; false
 * otherwise. Decimal point is '.', whatever the locale. */
bool str_double(const char *s, double *out);
bool str_int(const char *s, int64_t min, int64_t max, int64_t *out);

/* The entry of names (ended by NULL) nearest to s, for "did you mean";
 * NULL where none is near. */
const char *str_nearest(const char *s, const char *const *names);

#endif
