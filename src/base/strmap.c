/* From a text to a number: see strmap.h. */
#include "base/strmap.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* FNV-1a, 64 bits, folded. */
static uint32_t hash(const char *key, size_t len)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)key[i]) * 0x100000001b3u;
	return (uint32_t)(h ^ h >> 32);
}

static bool is_free(const struct strmap_slot *s)
{
	return s->len == 0;
}

/* Compares lengths: a key from outside may hold a zero byte. */
static bool holds(const struct strmap_slot *s, const char *key, size_t len, uint32_t h)
{
	if (s->hash != h || s->len - 1 != len)
		return false;
	return memcmp(len > STRMAP_SHORT ? s->key.outside : s->key.inside, key, len) == 0;
}

static size_t next_slot(const struct strmap *m, size_t i)
{
	return (i + 1) & (m->cap - 1);
}

/* The slot of the key, or the free slot where it would go. cap > 0. */
static size_t probe(const struct strmap *m, const char *key, size_t len, uint32_t h)
{
	size_t i = h & (m->cap - 1);

	while (!is_free(&m->slots[i]) && !holds(&m->slots[i], key, len, h))
		i = next_slot(m, i);
	return i;
}

/* Where a slot that is in no table yet goes. */
static void place(struct strmap *m, const struct strmap_slot *s)
{
	size_t i = s->hash & (m->cap - 1);

	while (!is_free(&m->slots[i]))
		i = next_slot(m, i);
	m->slots[i] = *s;
}

static void fill(struct strmap_slot *s, const char *key, size_t len, uint32_t h)
{
	s->hash = h;
	s->len = (uint32_t)len + 1;
	if (len > STRMAP_SHORT)
		s->key.outside = xmemdup(key, len);
	else
		memcpy(s->key.inside, key, len);
}

static void empty(struct strmap_slot *s)
{
	if (s->len > STRMAP_SHORT + 1)
		free(s->key.outside);
	memset(s, 0, sizeof(*s));
}

size_t strmap_get_n(const struct strmap *m, const char *key, size_t len)
{
	size_t i;

	if (!m->cap)
		return STRMAP_NONE;
	i = probe(m, key, len, hash(key, len));
	return is_free(&m->slots[i]) ? STRMAP_NONE : m->slots[i].value;
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
		if (!is_free(&m->slots[i]))
			place(&bigger, &m->slots[i]);
	}
	free(m->slots);
	*m = bigger;
}

void strmap_set(struct strmap *m, const char *key, size_t value)
{
	size_t i, len = strlen(key);
	uint32_t h = hash(key, len);

	if ((m->count + 1) * 4 > m->cap * 3)
		grow(m);
	i = probe(m, key, len, h);
	if (is_free(&m->slots[i])) {
		fill(&m->slots[i], key, len, h);
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
	if (is_free(&m->slots[i]))
		return;
	empty(&m->slots[i]);
	m->count--;
	/* Close the hole: what follows in the run goes where it now belongs. */
	for (size_t j = next_slot(m, i); !is_free(&m->slots[j]); j = next_slot(m, j)) {
		struct strmap_slot moved = m->slots[j];

		m->slots[j].len = 0;
		place(m, &moved);
	}
}

void strmap_clear(struct strmap *m)
{
	for (size_t i = 0; i < m->cap; i++)
		empty(&m->slots[i]);
	free(m->slots);
	memset(m, 0, sizeof(*m));
}
