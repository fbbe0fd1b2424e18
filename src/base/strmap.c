/* From a text to a number: see strmap.h. */
#include "base/strmap.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* FNV-1a, 64 bits. */
static uint64_t hash(const char *key, size_t len)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)key[i]) * 0x100000001b3u;
	return h ^ (h >> 29);
}

/* The slot of the key, or the free slot where it would go. cap > 0. */
static size_t probe(const struct strmap *m, const char *key, size_t len)
{
	size_t i = (size_t)hash(key, len) & (m->cap - 1);

	/* The length first: a key from outside may hold a zero byte. */
	while (m->slots[i].key && (strnlen(m->slots[i].key, len + 1) != len ||
				   memcmp(m->slots[i].key, key, len) != 0))
		i = (i + 1) & (m->cap - 1);
	return i;
}

size_t strmap_get_n(const struct strmap *m, const char *key, size_t len)
{
	size_t i;

	if (!m->cap)
		return STRMAP_NONE;
	i = probe(m, key, len);
	return m->slots[i].key ? m->slots[i].value : STRMAP_NONE;
}

size_t strmap_get(const struct strmap *m, const char *key)
{
	return strmap_get_n(m, key, strlen(key));
}

static void grow(struct strmap *m)
{
	struct strmap bigger = { .cap = m->cap ? m->cap * 2 : 64, .count = m->count };

	bigger.slots = xcalloc(bigger.cap, sizeof(*bigger.slots));
	for (size_t i = 0; i < m->cap; i++) {
		if (m->slots[i].key)
			bigger.slots[probe(&bigger, m->slots[i].key, strlen(m->slots[i].key))] =
			    m->slots[i];
	}
	free(m->slots);
	*m = bigger;
}

void strmap_set(struct strmap *m, const char *key, size_t value)
{
	size_t i, len = strlen(key);

	if ((m->count + 1) * 4 > m->cap * 3)
		grow(m);
	i = probe(m, key, len);
	if (!m->slots[i].key) {
		m->slots[i].key = xmemdup(key, len + 1);
		m->count++;
	}
	m->slots[i].value = value;
}

void strmap_remove(struct strmap *m, const char *key)
{
	size_t i;

	if (!m->cap)
		return;
	i = probe(m, key, strlen(key));
	if (!m->slots[i].key)
		return;
	free(m->slots[i].key);
	m->slots[i].key = NULL;
	m->count--;
	/* Close the hole: what follows in the run goes where it now belongs. */
	for (size_t j = (i + 1) & (m->cap - 1); m->slots[j].key; j = (j + 1) & (m->cap - 1)) {
		struct strmap_slot moved = m->slots[j];

		m->slots[j].key = NULL;
		m->slots[probe(m, moved.key, strlen(moved.key))] = moved;
	}
}

void strmap_clear(struct strmap *m)
{
	for (size_t i = 0; i < m->cap; i++)
		free(m->slots[i].key);
	free(m->slots);
	memset(m, 0, sizeof(*m));
}
