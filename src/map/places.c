/* Places by name: see places.h. */
#include "map/places.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "map/shapefile.h"

#define FOLDED (2 * SHAPEFILE_NAME)

/* U+00C0 to U+017F without their accents; '-' stays as it is. */
static const char *const latin[] = {
	"a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i", "d", "n", "o",
	"o", "o", "o", "o", "-", "o", "u", "u", "u", "u", "y", "th", "ss", "a", "a", "a", "a", "a", "a",
	"ae", "c", "e", "e", "e", "e", "i", "i", "i", "i", "d", "n", "o", "o", "o", "o", "o", "-", "o",
	"u", "u", "u", "u", "y", "th", "y", "a", "a", "a", "a", "a", "a", "c", "c", "c", "c", "c", "c",
	"c", "c", "d", "d", "d", "d", "e", "e", "e", "e", "e", "e", "e", "e", "e", "e", "g", "g", "g",
	"g", "g", "g", "g", "g", "h", "h", "h", "h", "i", "i", "i", "i", "i", "i", "i", "i", "i", "i",
	"ij", "ij", "j", "j", "k", "k", "k", "l", "l", "l", "l", "l", "l", "l", "l", "l", "l", "n", "n",
	"n", "n", "n", "n", "n", "n", "n", "o", "o", "o", "o", "o", "o", "oe", "oe", "r", "r", "r", "r",
	"r", "r", "s", "s", "s", "s", "s", "s", "s", "s", "t", "t", "t", "t", "t", "t", "u", "u", "u",
	"u", "u", "u", "u", "u", "u", "u", "u", "u", "w", "w", "y", "y", "y", "z", "z", "z", "z", "z",
	"z", "s",
};
_Static_assert(ARRAY_LEN(latin) == 0x180 - 0xc0, "a letter for each code");

void map_places_fold(const char *text, char *folded, size_t size)
{
	size_t n = 0;

	for (const unsigned char *p = (const unsigned char *)text; *p && n + 3 < size; p++) {
		unsigned code = (p[0] & 0xe0) == 0xc0 && (p[1] & 0xc0) == 0x80
		    ? (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu) : 0;

		if (code >= 0xc0 && code < 0x180 && latin[code - 0xc0][0] != '-') {
			for (const char *l = latin[code - 0xc0]; *l; l++)
				folded[n++] = *l;
			p++;
		} else {
			folded[n++] = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
		}
	}
	folded[n] = '\0';
}

struct keyed {
	const struct map_name *name;
	char *key;
};

static int compare_keyed(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;
	int d = strcmp(x->key, y->key);

	return d ? d : (x->name > y->name) - (x->name < y->name);
}

void map_places_index(struct map_layer *layer)
{
	struct keyed *keyed = xcalloc(layer->name_count, sizeof(*keyed));
	char folded[FOLDED];

	for (size_t i = 0; i < layer->name_count; i++) {
		map_places_fold(layer->names[i].text, folded, sizeof(folded));
		keyed[i] = (struct keyed){ &layer->names[i], xstrdup(folded) };
	}
	qsort(keyed, layer->name_count, sizeof(*keyed), compare_keyed);
	layer->sorted = xcalloc(layer->name_count, sizeof(*layer->sorted));
	for (size_t i = 0; i < layer->name_count; i++) {
		layer->sorted[i] = keyed[i].name;
		free(keyed[i].key);
	}
	free(keyed);
}

/* The first name that does not sort before the folded prefix. */
static size_t lower_bound(const struct map_layer *layer, const char *prefix)
{
	size_t low = 0, high = layer->name_count;
	char folded[FOLDED];

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		map_places_fold(layer->sorted[middle]->text, folded, sizeof(folded));
		if (strcmp(folded, prefix) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Sorts before by what a person more probably means. */
static bool before(const struct map_layer *const *layers, const struct map_place *a,
    const struct map_place *b)
{
	bool place_a = layers[a->layer]->kind == MAP_PLACE, place_b = layers[b->layer]->kind == MAP_PLACE;

	if (place_a != place_b)
		return place_a;
	if (a->rank != b->rank)
		return a->rank < b->rank;
	return strcmp(a->text, b->text) < 0;
}

static size_t insert(const struct map_layer *const *layers, struct map_place *places, size_t count,
    size_t max, struct map_place place)
{
	size_t at;

	for (size_t i = 0; i < count; i++) {
		if (strcmp(places[i].text, place.text))
			continue;
		if (!before(layers, &place, &places[i]))
			return count;
		memmove(&places[i], &places[i + 1], (count - i - 1) * sizeof(*places));
		count--;
		break;
	}
	for (at = count; at && before(layers, &place, &places[at - 1]); at--)
		;
	if (at == max)
		return count;
	if (count == max)
		count--;
	memmove(&places[at + 1], &places[at], (count - at) * sizeof(*places));
	places[at] = place;
	return count + 1;
}

size_t map_places_find(const struct map_layer *const *layers, size_t layer_count,
    const char *prefix, struct map_place *places, size_t max)
{
	char wanted[FOLDED], folded[FOLDED];
	size_t count = 0;

	map_places_fold(prefix, wanted, sizeof(wanted));
	for (size_t i = 0; i < layer_count; i++) {
		const struct map_layer *layer = layers[i];

		if (!layer)
			continue;
		for (size_t k = lower_bound(layer, wanted); k < layer->name_count; k++) {
			const struct map_name *name = layer->sorted[k];
			double zoom = fmax(name->zoom + 2, layer->kind == MAP_PLACE ? 6 : 12);

			map_places_fold(name->text, folded, sizeof(folded));
			if (!str_starts(folded, wanted))
				break;
			count = insert(layers, places, count, max,
			    (struct map_place){ .text = name->text,
			        .at = { mercator_lat(name->at.y), mercator_lon(name->at.x) },
			        .zoom = zoom, .layer = (int)i, .rank = name->rank });
		}
	}
	return count;
}
