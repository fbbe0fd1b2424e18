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
static size_t probe(const struct strmap *m, const char *key, size_t len, uint64_t h)
{
	size_t i = (size_t)h & (m->cap - 1);

	/* Hash and length first: a key from outside may hold a zero byte. */
	while (m->slots[i].key && (m->slots[i].hash != h || m->slots[i].len != len ||
				   memcmp(m->slots[i].key, key, len) != 0))
		i = (i + 1) & (m->cap - 1);
	return i;
}

size_t strmap_get_n(const struct strmap *m, const char *key, size_t len)
{
	size_t i;

	if (!m->cap)
		return STRMAP_NONE;
	i = probe(m, key, len, hash(key, len));
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
		const struct strmap_slot *s = &m->slots[i];

		if (s->key)
			bigger.slots[probe(&bigger, s->key, s->len, s->hash)] = *s;
	}
	free(m->slots);
	*m = bigger;
}

void strmap_set(struct strmap *m, const char *key, size_t value)
{
	size_t i, len = strlen(key);
	uint64_t h = hash(key, len);

	if ((m->count + 1) * 4 > m->cap * 3)
		grow(m);
	i = probe(m, key, len, h);
	if (!m->slots[i].key) {
		m->slots[i] = (struct strmap_slot){ xmemdup(key, len + 1), h, len, 0 };
		m->count++;
	}
	m->slots[i].value = value;
}

void strmap_remove(struct strmap *m, const char *key)
{
	size_t i, len = strlen(key);

	if (!m->cap)
		return;
	i = probe(m, key, len, hash(key, len));
	if (!m->slots[i].key)
		return;
	free(m->slots[i].key);
	m->slots[i].key = NULL;
	m->count--;
	/* Close the hole: what follows in the run goes where it now belongs. */
	for (size_t j = (i + 1) & (m->cap - 1); m->slots[j].key; j = (j + 1) & (m->cap - 1)) {
		struct strmap_slot moved = m->slots[j];

		m->slots[j].key = NULL;
		m->slots[probe(m, moved.key, moved.len, moved.hash)] = moved;
	}
}

void strmap_clear(struct strmap *m)
{
	for (size_t i = 0; i < m->cap; i++)
		free(m->slots[i].key);
	free(m->slots);
	memset(m, 0, sizeof(*m));
}
