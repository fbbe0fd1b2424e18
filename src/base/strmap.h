/*
 * From a short text (a drone id, a command id) to a number: a hash table
 * with open addressing. Keys are copied. Zero-initialised is empty.
 *
 * A short key lies in its slot, two slots to a cache line: at some thousand
 * drones a look-up is one miss and little else.
 */
#ifndef BASE_STRMAP_H
#define BASE_STRMAP_H

#include <stddef.h>
#include <stdint.h>

#define STRMAP_NONE SIZE_MAX

#define STRMAP_SHORT 16 /* bytes of a key that lies in its slot */

struct strmap_slot {
	uint32_t hash;
	uint32_t len; /* of the key, plus 1; 0: free */
	size_t value;
	union {
		char inside[STRMAP_SHORT];
		char *outside; /* owned */
	} key;
};

struct strmap {
	struct strmap_slot *slots;
	size_t count, cap; /* cap is 0 or a power of two */
};

/* STRMAP_NONE where there is no such key. */
size_t strmap_get(const struct strmap *m, const char *key);
size_t strmap_get_n(const struct strmap *m, const char *key, size_t len);
/* Adds or replaces. */
void strmap_set(struct strmap *m, const char *key, size_t value);
void strmap_remove(struct strmap *m, const char *key);
void strmap_clear(struct strmap *m);

#endif
