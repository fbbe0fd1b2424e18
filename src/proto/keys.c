/* Maps of the protocol as tables: see keys.h. */
#include "proto/keys.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/str.h"

static void set_unknown(const struct key_desc *k, char *at)
{
	switch (k->type) {
	case KEY_ID:
	case KEY_TEXT:
	case KEY_TOKEN:
		*at = '\0';
		break;
	case KEY_UINT:
		*(uint64_t *)(void *)at = KEY_NONE;
		break;
	case KEY_NUMBER:
		*(double *)(void *)at = NAN;
		break;
	case KEY_BOOL:
		*(bool *)(void *)at = false;
		break;
	case KEY_ENUM:
		*(int *)(void *)at = 0;
		break;
	case KEY_VALUE:
		*(const wire_value **)(void *)at = NULL;
		break;
	}
}

static bool is_unknown(const struct key_desc *k, const char *at)
{
	switch (k->type) {
	case KEY_ID:
	case KEY_TEXT:
	case KEY_TOKEN:
		return *at == '\0';
	case KEY_UINT:
		return *(const uint64_t *)(const void *)at == KEY_NONE;
	case KEY_NUMBER:
		return isnan(*(const double *)(const void *)at);
	case KEY_ENUM:
		return *(const int *)(const void *)at == 0;
	case KEY_VALUE:
		return *(const wire_value *const *)(const void *)at == NULL;
	case KEY_BOOL:
		break;
	}
	return false;
}

static int wrong_type(const struct key_desc *k, struct reject *why)
{
	static const char *const names[] = {
		[KEY_ID] = "an id", [KEY_TEXT] = "a text", [KEY_TOKEN] = "a text",
		[KEY_UINT] = "a whole number from 0", [KEY_NUMBER] = "a finite number",
		[KEY_BOOL] = "true or false", [KEY_ENUM] = "a word", [KEY_VALUE] = "a value",
	};

	return reject_set(why, REJECT_TYPE, "%s must be %s", k->key, names[k->type]);
}

static int read_one(const wire_value *v, const struct key_desc *k, char *at, struct reject *why)
{
	const char *text = "";
	size_t len = 0;

	switch (k->type) {
	case KEY_ID:
	case KEY_TEXT:
	case KEY_TOKEN:
	case KEY_ENUM:
		if (!wire_get_text(v, &text, &len))
			return wrong_type(k, why);
		if (!utf8_valid(text, len) || memchr(text, '\0', len))
			return reject_set(why, REJECT_TEXT, "%s is not UTF-8 text", k->key);
		break;
	default:
		break;
	}
	/* Other writers say "concerns nobody" by an empty text. */
	if ((k->type == KEY_ID || k->type == KEY_TOKEN) && len == 0 && !(k->flags & KEY_REQUIRED)) {
		set_unknown(k, at);
		return 0;
	}
	switch (k->type) {
	case KEY_ID:
		if (!id_valid(text, len))
			return reject_set(why, REJECT_TEXT,
			    "%s must be 1 to 32 of A-Z a-z 0-9 _ -", k->key);
		str_copy_n(at, k->size, text, len);
		return 0;
	case KEY_TOKEN:
		if (len < 1 || len >= k->size)
			return reject_set(why, REJECT_TEXT, "%s must be 1 to %zu bytes", k->key,
			    k->size - 1);
		str_copy_n(at, k->size, text, len);
		return 0;
	case KEY_TEXT:
		str_copy_n(at, k->size, text, len);
		str_clean(at);
		return 0;
	case KEY_ENUM:
		*(int *)(void *)at = 0;
		for (int i = 1; k->names[i]; i++) {
			if (strlen(k->names[i]) == len && memcmp(k->names[i], text, len) == 0)
				*(int *)(void *)at = i;
		}
		return 0;
	case KEY_UINT: {
		uint64_t u;

		if (!wire_get_uint(v, &u))
			return wrong_type(k, why);
		if (u > (k->max ? k->max : INT64_MAX))
			return reject_set(why, REJECT_RANGE, "%s: %" PRIu64 " is over %" PRIu64,
			    k->key, u, k->max ? k->max : (uint64_t)INT64_MAX);
		*(uint64_t *)(void *)at = u;
		return 0;
	}
	case KEY_NUMBER:
		if (wire_get_number(v, (double *)(void *)at))
			return 0;
		wrong_type(k, why);
		if (wire_is_float(v)) /* of the right type, but not finite */
			why->reason = REJECT_RANGE;
		return -1;
	case KEY_BOOL:
		return wire_get_bool(v, (bool *)(void *)at) ? 0 : wrong_type(k, why);
	case KEY_VALUE:
		*(const wire_value **)(void *)at = v;
		return 0;
	}
	return 0;
}

int keys_read(const wire_value *map, const struct key_desc *keys, size_t n, void *out,
    struct reject *why)
{
	if (!wire_is_map(map))
		return reject_set(why, REJECT_SHAPE, "the body must be a map");
	for (size_t i = 0; i < n; i++) {
		const wire_value *v = wire_key(map, keys[i].key);
		char *at = (char *)out + keys[i].offset;

		set_unknown(&keys[i], at);
		if (!v || wire_is_nil(v)) {
			if (keys[i].flags & KEY_REQUIRED)
				return reject_set(why, REJECT_MISSING, "%s is missing", keys[i].key);
			continue;
		}
		if (read_one(v, &keys[i], at, why) == -1)
			return -1;
	}
	return 0;
}

static void write_one(struct buf *b, const struct key_desc *k, const char *at)
{
	switch (k->type) {
	case KEY_ID:
	case KEY_TEXT:
	case KEY_TOKEN:
		wire_put_text(b, at);
		break;
	case KEY_UINT:
		wire_put_uint(b, *(const uint64_t *)(const void *)at);
		break;
	case KEY_NUMBER:
		wire_put_number(b, *(const double *)(const void *)at);
		break;
	case KEY_BOOL:
		wire_put_bool(b, *(const bool *)(const void *)at);
		break;
	case KEY_ENUM:
		wire_put_text(b, k->names[*(const int *)(const void *)at]);
		break;
	case KEY_VALUE:
		wire_put_value(b, *(const wire_value *const *)(const void *)at);
		break;
	}
}

size_t keys_count(const struct key_desc *keys, size_t n, const void *in)
{
	size_t pairs = 0;

	for (size_t i = 0; i < n; i++)
		pairs += !((keys[i].flags & KEY_OMIT) &&
			   is_unknown(&keys[i], (const char *)in + keys[i].offset));
	return pairs;
}

void keys_write_pairs(struct buf *b, const struct key_desc *keys, size_t n, const void *in)
{
	for (size_t i = 0; i < n; i++) {
		const char *at = (const char *)in + keys[i].offset;
		bool unknown = is_unknown(&keys[i], at);

		if (unknown && (keys[i].flags & KEY_OMIT))
			continue;
		wire_put_text(b, keys[i].key);
		/* A word of a later version that must be there stays a word: nil would be refused. */
		if (unknown && !(keys[i].flags & KEY_EMPTY) &&
		    !(keys[i].type == KEY_ENUM && (keys[i].flags & KEY_REQUIRED)))
			wire_put_nil(b);
		else
			write_one(b, &keys[i], at);
	}
}

void keys_write(struct buf *b, const struct key_desc *keys, size_t n, const void *in)
{
	wire_put_map(b, keys_count(keys, n, in));
	keys_write_pairs(b, keys, n, in);
}
