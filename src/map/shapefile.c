/* Shapefiles record by record: see shapefile.h. */
#include "map/shapefile.h"

#include <locale.h>
#include <math.h>
#include <shapefil.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/str.h"
#include "map/encoding.h"
#include "map/projection.h"

/* Degrees that a coordinate may lie beyond the world by rounding. */
#define SLACK 0.001

enum column {
	COLUMN_NAME,
	COLUMN_SCALERANK,
	COLUMN_POPULATION,
	COLUMN_FCLASS,
	COLUMNS
};

/* First one found, without case. */
static const char *const column_names[COLUMNS][8] = {
	[COLUMN_NAME] = { "name", "name_en", "nam", "label" },
	[COLUMN_SCALERANK] = { "scalerank", "labelrank" },
	[COLUMN_POPULATION] = { "pop_max", "population", "pop_est", "pop" },
	[COLUMN_FCLASS] = { "fclass", "highway", "waterway", "railway", "place" },
};

struct shapefile {
	char *path;
	SHPHandle shp;
	DBFHandle dbf; /* NULL: no attributes */
	int type, next, records, dbf_records;
	int columns[COLUMNS]; /* -1: none */
	struct map_encoding *encoding;
	struct map_projection *projection; /* NULL: degrees as they are */
	locale_t c_locale;
	bool not_degrees; /* by the header, and no .prj */

	struct mercator_point *points;
	size_t point_cap;
	size_t *parts;
	size_t part_cap;
	double *x, *y; /* of one record, for PROJ */
	size_t xy_cap;

	size_t skipped;
	char why[96];
};

/* shapelib's hooks carry no argument, so what they need is the thread's. */
static _Thread_local char hook_message[128];
static _Thread_local locale_t hook_locale;

static void hook_error(const char *message)
{
	str_copy(hook_message, sizeof(hook_message), message);
	str_clean(hook_message);
}

static double hook_atof(const char *s)
{
	return strtod_l(s, NULL, hook_locale);
}

/* A named pipe would be waited for, a directory opens and then fails. */
static SAFile hook_open(const char *path, const char *access)
{
	struct stat st;

	(void)access;
	if (stat(path, &st) == -1 || !S_ISREG(st.st_mode))
		return NULL;
	return (SAFile)fopen(path, "rb");
}

static SAOffset hook_write(void *data, SAOffset size, SAOffset count, SAFile file)
{
	(void)data, (void)size, (void)count, (void)file;
	return 0;
}

static int hook_remove(const char *path)
{
	(void)path;
	return -1;
}

static void set_hooks(SAHooks *hooks)
{
	SASetupDefaultHooks(hooks);
	hooks->FOpen = hook_open;
	hooks->FWrite = hook_write;
	hooks->Remove = hook_remove;
	hooks->Error = hook_error;
	hooks->Atof = hook_atof;
	hook_message[0] = '\0';
}

static int find_column(DBFHandle dbf, enum column column)
{
	char name[12];

	for (size_t i = 0; i < ARRAY_LEN(column_names[column]) && column_names[column][i]; i++)
		for (int field = 0; field < DBFGetFieldCount(dbf); field++)
			if (DBFGetFieldInfo(dbf, field, name, NULL, NULL) != FTInvalid &&
			    !strcasecmp(name, column_names[column][i]))
				return field;
	return -1;
}

/* A schema nobody foresaw: its first text. */
static int first_text(DBFHandle dbf)
{
	for (int field = 0; field < DBFGetFieldCount(dbf); field++)
		if (DBFGetFieldInfo(dbf, field, NULL, NULL, NULL) == FTString)
			return field;
	return -1;
}

static void open_attributes(struct shapefile *f, const char *path)
{
	SAHooks hooks;

	for (int i = 0; i < COLUMNS; i++)
		f->columns[i] = -1;
	set_hooks(&hooks);
	f->dbf = DBFOpenLL(path, "rb", &hooks);
	if (!f->dbf)
		return;
	f->dbf_records = DBFGetRecordCount(f->dbf);
	for (int i = 0; i < COLUMNS; i++)
		f->columns[i] = find_column(f->dbf, i);
	if (f->columns[COLUMN_NAME] == -1)
		f->columns[COLUMN_NAME] = first_text(f->dbf);
	f->encoding = map_encoding_new(DBFGetCodePage(f->dbf));
}

static int check_header(struct shapefile *f, bool prj, const double min[4], const double max[4],
    struct err *err)
{
	/* Z and M variants are 10 and 20 higher. */
	static const bool drawable[10] = { [SHPT_POINT] = true, [SHPT_ARC] = true,
		[SHPT_POLYGON] = true, [SHPT_MULTIPOINT] = true };
	int plain = f->type % 10;

	if (f->type < 0 || f->type > SHPT_MULTIPOINTM || !drawable[plain])
		return err_set(err, "%s: holds shapes of type %d, which cannot be drawn; points, lines "
		    "and areas can", f->path, f->type);
	/* One wild vertex makes such a header too: it counts once no record can be used. */
	f->not_degrees = !prj && !(fabs(min[0]) <= 360 && fabs(max[0]) <= 360 && fabs(min[1]) <= 91 &&
	                           fabs(max[1]) <= 91);
	f->type = plain;
	return 0;
}

/* Why it would not open, as well as can be found out. */
static int open_failed(const char *path, struct err *err)
{
	struct stat st;
	size_t len = strlen(path);
	char *shx = xasprintf("%.*s.shx", (int)(len > 4 && path[len - 4] == '.' ? len - 4 : len), path);
	int rc;

	if (stat(path, &st) == -1)
		rc = err_set(err, "%s: there is no such file, or it may not be read", path);
	else if (!S_ISREG(st.st_mode))
		rc = err_set(err, "%s: is not a file; name the .shp", path);
	else if (stat(shx, &st) == -1)
		rc = err_set(err, "%s: no .shx beside it; copy it too, or make it anew (ogr2ogr NEW.shp %s)",
		    path, path);
	else
		rc = err_set(err, "%s: is not a shapefile that can be read%s%s", path,
		    hook_message[0] ? ": " : "", hook_message);
	free(shx);
	return rc;
}

int shapefile_open(struct shapefile **out, const char *path, struct err *err)
{
	struct shapefile *f = xcalloc(1, sizeof(*f));
	double min[4], max[4];
	SAHooks hooks;
	bool prj;

	f->path = xstrdup(path);
	f->c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	hook_locale = f->c_locale;
	set_hooks(&hooks);
	f->shp = SHPOpenLL(path, "rb", &hooks);
	if (!f->shp) {
		open_failed(path, err);
		goto fail;
	}
	SHPSetFastModeReadObject(f->shp, 1);
	SHPGetInfo(f->shp, &f->records, &f->type, min, max);
	if (map_projection_open(&f->projection, path, &prj, err) == -1)
		goto fail;
	if (check_header(f, prj, min, max, err) == -1)
		goto fail;
	open_attributes(f, path);
	*out = f;
	return 0;
fail:
	shapefile_close(&f);
	*out = NULL;
	return -1;
}

enum shapefile_type shapefile_type(const struct shapefile *f)
{
	return f->type == SHPT_ARC ? SHAPEFILE_LINES
	    : f->type == SHPT_POLYGON ? SHAPEFILE_AREAS : SHAPEFILE_POINTS;
}

static void skip(struct shapefile *f, int record, const char *why)
{
	if (!f->skipped++)
		snprintf(f->why, sizeof(f->why), "record %d %s", record + 1, why);
}

/* The record's vertices as degrees in f->x, f->y. */
static void take_degrees(struct shapefile *f, const SHPObject *shape)
{
	size_t n = (size_t)shape->nVertices;

	if (n > f->xy_cap) {
		f->xy_cap = n;
		f->x = xreallocarray(f->x, n, sizeof(*f->x));
		f->y = xreallocarray(f->y, n, sizeof(*f->y));
	}
	memcpy(f->x, shape->padfX, n * sizeof(*f->x));
	memcpy(f->y, shape->padfY, n * sizeof(*f->y));
	if (f->projection)
		map_projection_apply(f->projection, f->x, f->y, n);
}

static bool on_earth(const struct shapefile *f, size_t count)
{
	for (size_t i = 0; i < count; i++)
		/* Written so that NaN fails. */
		if (!(fabs(f->x[i]) <= 180 + SLACK && fabs(f->y[i]) <= 90 + SLACK))
			return false;
	return true;
}

static void add_point(struct shapefile *f, size_t *count, struct mercator_point p)
{
	mem_grow(f->points, *count, f->point_cap);
	f->points[(*count)++] = p;
}

static void add_part(struct shapefile *f, size_t *count, size_t first)
{
	mem_grow(f->parts, *count, f->part_cap);
	f->parts[(*count)++] = first;
}

/* Makes a part of what was added from first on. */
static void end_part(struct shapefile *f, struct shapefile_record *r, size_t first)
{
	bool line = f->type == SHPT_ARC || f->type == SHPT_POLYGON;

	if (r->point_count - first < (line ? 2 : 1))
		r->point_count = first; /* a line of one vertex is none */
	else
		add_part(f, &r->part_count, first);
}

/* A line that crosses the date line comes as a step around the whole world:
 * it ends on one edge of the map and goes on from the other. */
static size_t cross_date_line(struct shapefile *f, struct shapefile_record *r, size_t first,
    size_t i)
{
	double side = f->x[i - 1] > 0 ? 180 : -180;
	double across = 360 - fabs(f->x[i] - f->x[i - 1]);
	double part = across > 0 ? fabs(side - f->x[i - 1]) / across : 0;
	double lat = f->y[i - 1] + part * (f->y[i] - f->y[i - 1]);

	add_point(f, &r->point_count, mercator_point(lat, side));
	end_part(f, r, first);
	first = r->point_count;
	add_point(f, &r->point_count, mercator_point(lat, -side));
	return first;
}

/* Vertices from to end of the record, one part of it. */
static void take_part(struct shapefile *f, struct shapefile_record *r, size_t from, size_t end)
{
	size_t first = r->point_count;

	for (size_t i = from; i < end; i++) {
		if (f->type == SHPT_ARC && i > from && fabs(f->x[i] - f->x[i - 1]) > 180)
			first = cross_date_line(f, r, first, i);
		add_point(f, &r->point_count, mercator_point(f->y[i], f->x[i]));
	}
	if (f->type == SHPT_POLYGON && r->point_count > first &&
	    (f->points[first].x != f->points[r->point_count - 1].x ||
	        f->points[first].y != f->points[r->point_count - 1].y))
		add_point(f, &r->point_count, f->points[first]);
	end_part(f, r, first);
}

static void take_shape(struct shapefile *f, const SHPObject *shape, int number,
    struct shapefile_record *r)
{
	if (shape->nSHPType == SHPT_NULL || shape->nVertices < 1)
		return; /* empty is allowed */
	if (shape->nSHPType % 10 != f->type) {
		skip(f, number, "is of another type than the file");
		return;
	}
	take_degrees(f, shape);
	if (!on_earth(f, (size_t)shape->nVertices)) {
		skip(f, number, "has coordinates that are nowhere on Earth");
		return;
	}
	if (f->type == SHPT_ARC || f->type == SHPT_POLYGON) {
		for (int i = 0; i < shape->nParts; i++) {
			int from = shape->panPartStart[i];
			int end = i + 1 < shape->nParts ? shape->panPartStart[i + 1] : shape->nVertices;

			if (from < 0 || end > shape->nVertices || from >= end)
				continue;
			take_part(f, r, (size_t)from, (size_t)end);
		}
	} else {
		for (int i = 0; i < shape->nVertices; i++)
			take_part(f, r, (size_t)i, (size_t)i + 1);
	}
	add_part(f, &r->part_count, r->point_count);
	r->part_count--;
	r->points = f->points;
	r->parts = f->parts;
}

static double read_number(const struct shapefile *f, int record, enum column column)
{
	if (f->columns[column] == -1 || DBFIsAttributeNULL(f->dbf, record, f->columns[column]))
		return NAN;
	return DBFReadDoubleAttribute(f->dbf, record, f->columns[column]);
}

static void take_attributes(struct shapefile *f, int number, struct shapefile_record *r)
{
	const char *raw;

	r->scalerank = r->population = NAN;
	if (!f->dbf || number >= f->dbf_records || DBFIsRecordDeleted(f->dbf, number))
		return;
	r->scalerank = read_number(f, number, COLUMN_SCALERANK);
	r->population = read_number(f, number, COLUMN_POPULATION);
	if (f->columns[COLUMN_NAME] != -1) {
		raw = DBFReadStringAttribute(f->dbf, number, f->columns[COLUMN_NAME]);
		if (raw)
			map_encoding_text(f->encoding, raw, r->name, sizeof(r->name));
	}
	if (f->columns[COLUMN_FCLASS] != -1) {
		raw = DBFReadStringAttribute(f->dbf, number, f->columns[COLUMN_FCLASS]);
		if (raw)
			map_encoding_text(f->encoding, raw, r->fclass, sizeof(r->fclass));
	}
}

bool shapefile_next(struct shapefile *f, struct shapefile_record *r)
{
	SHPObject *shape;
	int number = f->next++;

	*r = (struct shapefile_record){ .part_count = 0 };
	if (number >= f->records)
		return false;
	hook_locale = f->c_locale;
	shape = SHPReadObject(f->shp, number);
	if (!shape) {
		skip(f, number, "is damaged or cut off");
		return true;
	}
	take_shape(f, shape, number, r);
	SHPDestroyObject(shape);
	if (r->point_count)
		take_attributes(f, number, r);
	return true;
}

size_t shapefile_skipped(const struct shapefile *f, const char **why)
{
	*why = f->why;
	return f->skipped;
}

int shapefile_unusable(const struct shapefile *f, struct err *err)
{
	if (f->not_degrees)
		return err_set(err, "%s: its coordinates are no degrees and no .prj beside it says what they "
		    "are; put the .prj there, or convert it to WGS 84 (ogr2ogr -t_srs EPSG:4326)", f->path);
	return err_set(err, "%s: none of its %d records can be drawn: %s", f->path, f->records, f->why);
}

bool shapefile_has_names(const struct shapefile *f)
{
	return f->columns[COLUMN_NAME] != -1;
}

bool shapefile_has_classes(const struct shapefile *f)
{
	return f->columns[COLUMN_FCLASS] != -1;
}

size_t shapefile_records(const struct shapefile *f)
{
	return (size_t)f->records;
}

void shapefile_close(struct shapefile **file)
{
	struct shapefile *f = *file;

	if (!f)
		return;
	if (f->shp)
		SHPClose(f->shp);
	if (f->dbf)
		DBFClose(f->dbf);
	map_encoding_free(&f->encoding);
	map_projection_close(&f->projection);
	if (f->c_locale)
		freelocale(f->c_locale);
	free(f->points);
	free(f->parts);
	free(f->x);
	free(f->y);
	free(f->path);
	free(f);
	*file = NULL;
}
