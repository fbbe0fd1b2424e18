/* --fields: see field_list.h. */
#include "app/field_list.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

static int unknown_field(const char *name, const char *const *others, struct err *err)
{
	const char *names[FIELD_COUNT + 128], *near;
	char shown[40];
	size_t n = 0;

	for (int f = 0; f < FIELD_COUNT; f++)
		names[n++] = field_table[f].name;
	for (; *others && n < ARRAY_LEN(names) - 1; others++)
		names[n++] = *others;
	names[n] = NULL;
	str_copy(shown, sizeof(shown), name);
	str_clean(shown);
	near = str_nearest(name, names);
	if (near)
		return err_set(err, "--fields: there is no field \"%s\"; did you mean %s?", shown, near);
	return err_set(err, "--fields: there is no field \"%s\"; odyssey doc fields lists them", shown);
}

static int add(struct field_list *list, const char *name, const char *const *others, struct err *err)
{
	enum field field = field_find(name);

	if (field == FIELD_COUNT) {
		const char *const *o = others;

		while (*o && strcmp(*o, name) != 0)
			o++;
		if (!*o)
			return unknown_field(name, others, err);
	}
	if (list->count == FIELD_LIST_MAX)
		return err_set(err, "--fields: at most %d fields", FIELD_LIST_MAX);
	str_copy(list->items[list->count].name, sizeof(list->items[0].name), name);
	list->items[list->count++].field = field;
	return 0;
}

int field_list_parse(struct field_list *list, const char *text, const char *const *others,
    struct err *err)
{
	list->count = 0;
	for (const char *p = text;; p++) {
		size_t len = strcspn(p, ",");
		char name[ID_SIZE + 8];

		str_copy_n(name, sizeof(name), p, len);
		if (add(list, name, others, err) == -1)
			return -1;
		p += len;
		if (!*p)
			return 0;
	}
}

bool field_is_position(enum field field)
{
	return field == FIELD_lat || field == FIELD_lon;
}

/* raw with its last `decimals` digits behind the point: what printf makes of
 * raw * scale, in far less time (tail writes a million of them a second),
 * and exact. */
static void put_decimal(struct buf *out, int64_t raw, int decimals)
{
	char text[32], *p = text + sizeof(text);
	uint64_t left = raw < 0 ? -(uint64_t)raw : (uint64_t)raw;

	for (int i = 0; i <= decimals || left > 0; i++) {
		if (i == decimals && decimals > 0)
			*--p = '.';
		*--p = (char)('0' + left % 10);
		left /= 10;
	}
	if (raw < 0)
		*--p = '-';
	buf_add(out, p, (size_t)(text + sizeof(text) - p));
}

void field_write(struct buf *out, const struct sample *s, enum field field, bool json)
{
	/* Every scale is a power of ten with as many decimals: the unit test
	 * walks the table. */
	int decimals = field == FIELD_time ? 0 : field_table[field].decimals;

	if (!sample_has(s, field) ||
	    (field_is_position(field) && !sample_flag(s, FLAG_POSITION_VALID)))
		buf_add_str(out, json ? "null" : "-");
	else
		put_decimal(out, s->raw[field], decimals);
}

void field_write_short(struct buf *out, const struct sample *s, enum field field, int decimals,
    const char *unit)
{
	double v = sample_value(s, field);
	char text[64];

	if (isnan(v)) {
		buf_add_str(out, "-");
		return;
	}
	snprintf(text, sizeof(text), "%.*f", decimals, v);
	/* A minus before nothing but zeros goes. */
	buf_printf(out, "%s%s%s", text + (text[0] == '-' && !strpbrk(text, "123456789")),
	    *unit ? " " : "", unit);
}
