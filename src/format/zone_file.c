/* Zone files: which format it is, and reading it whole. See zone_file.h. */
#include "format/zone_file.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "format/text_file.h"
#include "format/zone_read.h"

const char *const zone_format_names[ZONE_FORMAT_COUNT + 1] = { "GeoJSON", "QGroundControl plan", "KML",
	"OpenAir", "ED-269" };

/* A GeoJSON says so in its first member; ED-269 has no such word, but features
 * whose geometry is a list. */
static enum zone_format json_format(const json_t *root)
{
	const json_t *list = json_object_get(root, "features");
	const char *type = json_string_value(json_object_get(root, "type"));

	if (json_object_get(root, "geoFence") || json_object_get(root, "fileType"))
		return ZONE_PLAN;
	if (json_is_array(root) || json_object_get(root, "UASZoneList") ||
	    json_is_array(json_object_get(json_array_get(list, 0), "geometry")) ||
	    (list && !type))
		return ZONE_ED269;
	return ZONE_GEOJSON;
}

static int (*const json_readers[ZONE_FORMAT_COUNT])(struct zone_reader *r, const json_t *root) = {
	[ZONE_GEOJSON] = zone_geojson_read,
	[ZONE_PLAN] = zone_plan_read,
	[ZONE_ED269] = zone_ed269_read,
};

static int read_json(struct zone_reader *r, const char *text, size_t len)
{
	json_error_t why;
	json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	int result;

	if (!root)
		return err_set(r->err, "%s:%d: is no JSON: %.120s", r->name, why.line, why.text);
	r->out->format = json_format(root);
	result = json_readers[r->out->format](r, root);
	json_decref(root);
	return result;
}

/* A line that begins with AC and a blank. */
static bool looks_like_openair(const char *text, size_t len)
{
	for (size_t i = 0; i + 3 < len; i++) {
		if ((i == 0 || text[i - 1] == '\n') && text[i] == 'A' && text[i + 1] == 'C' &&
		    isblank((unsigned char)text[i + 2]))
			return true;
	}
	return false;
}

int zone_file_parse(const char *name, const char *text, size_t len, struct zone_file *out,
    struct err *err)
{
	struct zone_reader r = { .name = name, .out = out, .err = err };
	size_t start = 0;
	int result;

	*out = (struct zone_file){ .notes = BUF_INIT };
	if (len >= 3 && memcmp(text, "\357\273\277", 3) == 0) {
		text += 3;
		len -= 3;
	}
	if (len >= 4 && memcmp(text, "PK\003\004", 4) == 0)
		return err_set(err, "%s: is packed (KMZ?); unpack it and name the doc.kml in it", name);
	if (memchr(text, 0, len))
		return err_set(err,
		    "%s: is no text; zones are GeoJSON, a QGroundControl .plan, KML, OpenAir or ED-269", name);
	while (start < len && strchr(" \t\r\n", text[start]))
		start++;
	if (start < len && (text[start] == '{' || text[start] == '[')) {
		result = read_json(&r, text, len);
	} else if (start < len && text[start] == '<') {
		out->format = ZONE_KML;
		result = zone_kml_read(&r, text + start, len - start);
	} else if (looks_like_openair(text, len)) {
		out->format = ZONE_OPENAIR;
		result = zone_openair_read(&r, text, len);
	} else {
		result = err_set(err,
		    "%s: is no file of zones; those are GeoJSON, a QGroundControl .plan, KML, OpenAir or ED-269",
		    name);
	}
	if (result == -1)
		return -1;
	if (out->count == 0)
		return err_set(err, "%s: holds no zone; it is %s without an area in it", name,
		    zone_format_names[out->format]);
	return 0;
}

int zone_file_read(const char *path, struct zone_file *out, struct err *err)
{
	static const struct text_file_words words = {
		.max = ZONE_FILE_MAX,
		.plain_only = true,
		.remedy = "name a file of zones",
		.unfit = "is no plain file; name a file of zones",
		.over = "; cut it to the region that is flown",
	};
	struct buf text = BUF_INIT;
	int result;

	*out = (struct zone_file){ .notes = BUF_INIT };
	result = text_file_read(path, &words, &text, err);
	if (result == 0)
		result = zone_file_parse(path, text.data ? text.data : "", text.len, out, err);
	buf_free(&text);
	return result;
}

void zone_file_clear(struct zone_file *f)
{
	for (size_t i = 0; i < f->count; i++)
		zone_clear(&f->zones[i]);
	free(f->zones);
	buf_free(&f->notes);
	*f = (struct zone_file){ .notes = BUF_INIT };
}
