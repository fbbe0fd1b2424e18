/* What a .prj says, through PROJ: see projection.h. */
#include "map/projection.h"

#include <proj.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

struct map_projection {
	PJ_CONTEXT *context;
	PJ *transform;
	char message[256]; /* PROJ's last one */
};

static void keep_message(void *arg, int level, const char *message)
{
	struct map_projection *p = arg;

	if (level <= PJ_LOG_ERROR) {
		str_copy(p->message, sizeof(p->message), message);
		str_clean(p->message);
	}
}

/* The .prj's text: false where there is none. */
static bool read_prj(const char *shp_path, char *text, size_t size)
{
	static const char *const endings[] = { "prj", "PRJ" };
	size_t stem = strlen(shp_path);
	bool found = false;

	if (stem > 4 && shp_path[stem - 4] == '.')
		stem -= 4;
	for (size_t i = 0; i < ARRAY_LEN(endings) && !found; i++) {
		char *path = xasprintf("%.*s.%s", (int)stem, shp_path, endings[i]);
		FILE *f = fopen(path, "rb");

		if (f) {
			text[fread(text, 1, size - 1, f)] = '\0';
			found = true;
			fclose(f);
		}
		free(path);
	}
	return found;
}

/* The two spellings almost every file has, since asking PROJ costs 20 ms. */
static bool is_wgs84(const char *wkt)
{
	static const char esri[] = "GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\"";
	static const char ogc[] = "GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\"";

	return (str_starts(wkt, esri) || str_starts(wkt, ogc)) &&
	    strstr(wkt, "PRIMEM[\"Greenwich\",0") && strstr(wkt, "UNIT[\"Degree\",0.0174532925199433") &&
	    !strstr(wkt, "VERTCS");
}

static int open_transform(struct map_projection *p, const char *wkt)
{
	PJ *source, *target = NULL, *raw = NULL;

	proj_context_set_enable_network(p->context, 0);
	proj_log_func(p->context, p, keep_message);
	source = proj_create(p->context, wkt);
	if (source)
		target = proj_create(p->context, "EPSG:4326");
	if (target)
		raw = proj_create_crs_to_crs_from_pj(p->context, source, target, NULL, NULL);
	if (raw)
		p->transform = proj_normalize_for_visualization(p->context, raw);
	proj_destroy(raw);
	proj_destroy(source);
	proj_destroy(target);
	return p->transform ? 0 : -1;
}

int map_projection_open(struct map_projection **out, const char *shp_path, bool *said,
    struct err *err)
{
	char wkt[16384];
	struct map_projection *p;
	int rc;

	*out = NULL;
	*said = read_prj(shp_path, wkt, sizeof(wkt));
	if (!*said || is_wgs84(wkt))
		return 0;
	p = xcalloc(1, sizeof(*p));
	p->context = proj_context_create();
	rc = p->context ? open_transform(p, wkt) : -1;
	if (rc == -1) {
		err_set(err, "%s: its .prj names no coordinate system that PROJ knows%s%s; "
		    "convert it to WGS 84 (ogr2ogr -t_srs EPSG:4326)", shp_path,
		    p->message[0] ? ": " : "", p->message);
		map_projection_close(&p);
		return -1;
	}
	*out = p;
	return 0;
}

void map_projection_close(struct map_projection **p)
{
	if (!*p)
		return;
	proj_destroy((*p)->transform);
	proj_context_destroy((*p)->context);
	free(*p);
	*p = NULL;
}

void map_projection_apply(struct map_projection *p, double *x, double *y, size_t count)
{
	proj_trans_generic(p->transform, PJ_FWD, x, sizeof(*x), count, y, sizeof(*y), count, NULL, 0, 0,
	    NULL, 0, 0);
	/* An error of one vertex would otherwise be remembered for all. */
	proj_errno_reset(p->transform);
}
