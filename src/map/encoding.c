/* Names in their encodings: see encoding.h. */
#include "map/encoding.h"

#include <ctype.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/str.h"

struct map_encoding {
	iconv_t convert; /* (iconv_t)-1: the text is UTF-8 or taken as such */
};

/* Language driver numbers of dBASE that are seen in shapefiles. */
static const struct {
	int id;
	const char *name;
} drivers[] = {
	{ 0x01, "CP437" },  { 0x02, "CP850" },  { 0x03, "CP1252" }, { 0x13, "CP932" },
	{ 0x4d, "CP936" },  { 0x4e, "CP949" },  { 0x4f, "CP950" },  { 0x57, "CP1252" },
	{ 0x58, "CP1252" }, { 0x59, "CP1252" }, { 0x64, "CP852" },  { 0x65, "CP866" },
	{ 0x66, "CP865" },  { 0x67, "CP861" },  { 0x6a, "CP737" },  { 0x6b, "CP857" },
	{ 0x78, "CP950" },  { 0x79, "CP949" },  { 0x7a, "CP936" },  { 0x7b, "CP932" },
	{ 0x7d, "CP1255" }, { 0x7e, "CP1256" }, { 0xc8, "CP1250" }, { 0xc9, "CP1251" },
	{ 0xca, "CP1254" }, { 0xcb, "CP1253" }, { 0xcc, "CP1257" },
};

static void encoding_name(const char *code_page, char *name, size_t size)
{
	int number;
	char rest;

	snprintf(name, size, "ISO-8859-1");
	if (!code_page)
		return;
	if (sscanf(code_page, "LDID/%d", &number) == 1) {
		for (size_t i = 0; i < ARRAY_LEN(drivers); i++)
			if (drivers[i].id == number)
				snprintf(name, size, "%s", drivers[i].name);
	} else if (sscanf(code_page, "%d%c", &number, &rest) == 1) {
		if (number == 65001)
			snprintf(name, size, "UTF-8");
		else if (number / 100 == 8859 || number / 10 == 8859) /* "88591", "885915" */
			snprintf(name, size, "ISO-8859-%d", number % (number > 99999 ? 100 : 10));
		else
			snprintf(name, size, "CP%d", number);
	} else if (str_starts(code_page, "ANSI ")) {
		snprintf(name, size, "CP%s", code_page + 5);
	} else {
		snprintf(name, size, "%s", code_page);
	}
}

struct map_encoding *map_encoding_new(const char *code_page)
{
	struct map_encoding *e = xmalloc(sizeof(*e));
	char name[64];

	encoding_name(code_page, name, sizeof(name));
	/* A name with a slash would be an instruction to iconv. */
	if (strchr(name, '/'))
		snprintf(name, sizeof(name), "ISO-8859-1");
	e->convert = (iconv_t)-1;
	if (strcasecmp(name, "UTF-8") && strcasecmp(name, "UTF8")) {
		e->convert = iconv_open("UTF-8", name);
		if (e->convert == (iconv_t)-1)
			e->convert = iconv_open("UTF-8", "ISO-8859-1");
	}
	return e;
}

void map_encoding_free(struct map_encoding **e)
{
	if (!*e)
		return;
	if ((*e)->convert != (iconv_t)-1)
		iconv_close((*e)->convert);
	free(*e);
	*e = NULL;
}

void map_encoding_text(struct map_encoding *e, const char *raw, char *text, size_t size)
{
	char converted[1024];
	size_t len;

	while (isspace((unsigned char)*raw))
		raw++;
	if (!utf8_valid(raw, strlen(raw))) {
		char whole[512];

		/* A field of fixed length may end within a character. */
		str_copy(whole, sizeof(whole), raw);
		str_trim_utf8(whole);
		if (e->convert != (iconv_t)-1) {
			char *in = (char *)raw, *out = converted;
			size_t in_left = strnlen(raw, 255), out_left = sizeof(converted) - 1;

			iconv(e->convert, NULL, NULL, NULL, NULL);
			iconv(e->convert, &in, &in_left, &out, &out_left);
			*out = '\0';
			raw = converted;
		} else if (utf8_valid(whole, strlen(whole))) {
			str_copy(converted, sizeof(converted), whole);
			raw = converted;
		} else { /* says it is UTF-8 and is not: what remains is the ASCII of it */
			len = 0;
			for (const char *p = raw; *p && len + 1 < sizeof(converted); p++)
				converted[len++] = *p & 0x80 ? '?' : *p;
			converted[len] = '\0';
			raw = converted;
		}
	}
	str_copy(text, size, raw);
	str_clean(text);
	len = strlen(text);
	while (len && isspace((unsigned char)text[len - 1]))
		text[--len] = '\0';
}
