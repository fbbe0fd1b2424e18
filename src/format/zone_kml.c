/*
 * Zones in KML: see zone_file.h. Format: OGC 07-147r2 (KML 2.2): every
 * Placemark with a Polygon, alone or in a MultiGeometry, however deep in
 * folders. Network links, styles and views are not looked at, nor does anything
 * reach for a file or a host.
 *
 * A polygon extruded from the ground (extrude 1) with altitudeMode absolute or
 * relativeToGround has its altitude as ceiling. ExtendedData may say kind,
 * floor and ceiling, which count more; TimeSpan when it applies.
 */
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "format/zone_read.h"

#define DEPTH_MAX 64 /* folders in folders, geometries in geometries */

struct placemark {
	size_t zones; /* made of it so far */
	xmlNode *node;
};

struct kml {
	struct zone_reader *r;
	size_t left_out; /* placemarks without an area */
};

static bool is(const xmlNode *n, const char *name)
{
	return n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, name) == 0;
}

static xmlNode *child(xmlNode *n, const char *name)
{
	for (xmlNode *c = n ? n->children : NULL; c; c = c->next) {
		if (is(c, name))
			return c;
	}
	return NULL;
}

/* The text in an element, trimmed, "" for none; the caller frees. */
static char *text_of(const xmlNode *n)
{
	xmlChar *raw = n ? xmlNodeGetContent(n) : NULL;
	const char *s = raw ? (const char *)raw : "";
	char *copy;
	size_t len;

	s += strspn(s, " \t\r\n");
	len = strlen(s);
	while (len > 0 && strchr(" \t\r\n", s[len - 1]))
		len--;
	copy = xstrdup(s);
	copy[len] = '\0';
	xmlFree(raw);
	return copy;
}

static void place_at(struct zone_reader *r, const xmlNode *n)
{
	snprintf(r->place, sizeof(r->place), "%ld", xmlGetLineNo(n));
}

/* "lon,lat[,alt] ..." into the ring in work; the altitudes' range into
 * *low and *high. */
static int read_coordinates(struct zone_reader *r, const char *s, double *low, double *high)
{
	while (*(s += strspn(s, " \t\r\n"))) {
		size_t len = strcspn(s, " \t\r\n");
		char tuple[128], *part[4] = { NULL }, *save = NULL;
		double lon, lat, alt = 0;
		size_t n = 0;

		if (len >= sizeof(tuple))
			return zone_fail(r, "\"%.30s...\" is no position; write longitude,latitude", s);
		memcpy(tuple, s, len);
		tuple[len] = '\0';
		s += len;
		for (char *p = strtok_r(tuple, ",", &save); p && n < 4; p = strtok_r(NULL, ",", &save))
			part[n++] = p;
		if (n < 2 || n > 3 || !str_double(part[0], &lon) || !str_double(part[1], &lat) ||
		    (n == 3 && !str_double(part[2], &alt)))
			return zone_fail(r, "\"%.40s%s\" is no position; write longitude,latitude,altitude "
			    "without blanks", part[0] ? part[0] : "", n > 1 ? ",..." : "");
		*low = fmin(*low, alt);
		*high = fmax(*high, alt);
		if (zone_ring_point(r, lat, lon) == -1)
			return -1;
	}
	return 0;
}

static int read_boundary(struct zone_reader *r, xmlNode *boundary, double *low, double *high)
{
	xmlNode *coordinates = child(child(boundary, "LinearRing"), "coordinates");
	char *text;
	int result;

	place_at(r, boundary);
	if (!coordinates)
		return zone_fail(r, "a boundary needs a LinearRing with coordinates");
	if (zone_ring_begin(r) == -1)
		return -1;
	text = text_of(coordinates);
	result = read_coordinates(r, text, low, high);
	free(text);
	return result == -1 ? -1 : zone_ring_end(r);
}

/* The polygon's own ceiling, where it is a body from the ground. */
static int body(struct zone_reader *r, xmlNode *polygon, double low, double high)
{
	char *extrude = text_of(child(polygon, "extrude"));
	char *mode = text_of(child(polygon, "altitudeMode"));
	struct zone *z = zone_now(r);
	bool absolute = strcmp(mode, "absolute") == 0;
	bool counts = (strcmp(extrude, "1") == 0 || strcmp(extrude, "true") == 0) &&
	    (absolute || strcmp(mode, "relativeToGround") == 0);

	free(extrude);
	free(mode);
	if (!counts || !isnan(z->ceiling.m))
		return 0;
	place_at(r, polygon);
	if (!(high - low <= 1))
		return zone_fail(r, "its outline has altitudes from %.0f to %.0f m; say the ceiling in "
		    "ExtendedData, <Data name=\"ceiling\">", low, high);
	if (!(fabs(high) <= 100000))
		return zone_fail(r, "an altitude of %.0f m is none", high);
	z->ceiling = (struct zone_height){ high, absolute ? ABOVE_SEA : ABOVE_GROUND };
	return 0;
}

static int height_of(struct zone_reader *r, const char *name, const char *text, struct zone_height *h)
{
	struct err why;

	if (zone_height_parse(text, 1, ABOVE_HOME, h, &why) == -1)
		return zone_fail(r, "%s: %s", name, why.text);
	return 0;
}

static int extended(struct zone_reader *r, const char *name, const char *text)
{
	struct zone *z = zone_now(r);

	if (!*text)
		return 0;
	if (strcmp(name, "floor") == 0)
		return height_of(r, name, text, &z->floor);
	if (strcmp(name, "ceiling") == 0)
		return height_of(r, name, text, &z->ceiling);
	if (strcmp(name, "kind") != 0)
		return 0;
	for (int k = ZONE_IN; k < ZONE_KIND_COUNT; k++) {
		if (strcmp(text, zone_kind_names[k]) == 0) {
			z->kind = (enum zone_kind)k;
			return 0;
		}
	}
	return zone_fail(r, "kind must be in, out, ceiling or info, and \"%.20s\" is not", text);
}

/* <Data name="x"><value>y</value></Data>, and <SchemaData><SimpleData name="x">y. */
static int read_extended(struct zone_reader *r, xmlNode *data)
{
	for (xmlNode *c = data ? data->children : NULL; c; c = c->next) {
		xmlChar *name;
		char *text;
		int result = 0;

		if (is(c, "SchemaData") && read_extended(r, c) == -1)
			return -1;
		if (!is(c, "Data") && !is(c, "SimpleData"))
			continue;
		place_at(r, c);
		name = xmlGetProp(c, (const xmlChar *)"name");
		text = text_of(is(c, "Data") ? child(c, "value") : c);
		if (name)
			result = extended(r, (const char *)name, text);
		free(text);
		xmlFree(name);
		if (result == -1)
			return -1;
	}
	return 0;
}

static int read_span(struct zone_reader *r, xmlNode *span)
{
	struct zone_time t = ZONE_ALWAYS;
	char *begin, *end;
	int result = 0;

	if (!span)
		return 0;
	place_at(r, span);
	begin = text_of(child(span, "begin"));
	end = text_of(child(span, "end"));
	if (*begin)
		result = zone_date(r, begin, &t.from_ms);
	if (*end && result == 0)
		result = zone_date(r, end, &t.to_ms);
	if (result == 0 && (*begin || *end))
		result = zone_add_time(r, &t);
	free(begin);
	free(end);
	return result;
}

static int begin_zone(struct zone_reader *r, struct placemark *p)
{
	char *name;

	if (p->zones++ > 0)
		return zone_begin_same(r);
	if (zone_begin(r, (size_t)xmlGetLineNo(p->node)) == -1)
		return -1;
	name = text_of(child(p->node, "name"));
	zone_name(r, name, strlen(name));
	free(name);
	if (read_extended(r, child(p->node, "ExtendedData")) == -1)
		return -1;
	return read_span(r, child(p->node, "TimeSpan"));
}

static int read_polygon(struct zone_reader *r, struct placemark *p, xmlNode *polygon)
{
	double low = INFINITY, high = -INFINITY, hole_low = 0, hole_high = 0;
	xmlNode *outer = child(polygon, "outerBoundaryIs");

	place_at(r, polygon);
	if (!outer)
		return zone_fail(r, "a Polygon needs an outerBoundaryIs");
	if (begin_zone(r, p) == -1 || read_boundary(r, outer, &low, &high) == -1)
		return -1;
	for (xmlNode *c = polygon->children; c; c = c->next) {
		if (is(c, "innerBoundaryIs") && read_boundary(r, c, &hole_low, &hole_high) == -1)
			return -1;
	}
	return body(r, polygon, low, high);
}

static int read_geometries(struct zone_reader *r, struct placemark *p, xmlNode *parent, int depth)
{
	for (xmlNode *c = parent->children; c; c = c->next) {
		if (is(c, "Polygon") && read_polygon(r, p, c) == -1)
			return -1;
		if (is(c, "MultiGeometry") && depth < DEPTH_MAX &&
		    read_geometries(r, p, c, depth + 1) == -1)
			return -1;
	}
	return 0;
}

static int read_container(struct kml *k, xmlNode *parent, int depth)
{
	for (xmlNode *c = parent->children; c; c = c->next) {
		if (is(c, "Placemark")) {
			struct placemark p = { .node = c };

			if (read_geometries(k->r, &p, c, 0) == -1)
				return -1;
			k->left_out += p.zones == 0;
		} else if ((is(c, "Document") || is(c, "Folder")) && depth < DEPTH_MAX) {
			if (read_container(k, c, depth + 1) == -1)
				return -1;
		}
	}
	return 0;
}

static int read_document(struct zone_reader *r, xmlDoc *doc)
{
	struct kml k = { .r = r };
	xmlNode *root = xmlDocGetRootElement(doc);

	/* Entities of its own are how a small file becomes a large one. */
	if (doc->intSubset)
		return zone_fail(r, "has a DOCTYPE, which KML has not; remove it");
	if (!root || !is(root, "kml"))
		return zone_fail(r, "is XML, but no KML: its first element is <%.30s>",
		    root ? (const char *)root->name : "");
	if (read_container(&k, root, 0) == -1)
		return -1;
	r->place[0] = '\0';
	if (k.left_out)
		zone_note(r, "%zu placemarks without an area are left out", k.left_out);
	return 0;
}

int zone_kml_read(struct zone_reader *r, const char *text, size_t len)
{
	xmlParserCtxt *parser = xmlNewParserCtxt();
	xmlDoc *doc;
	int result;

	if (!parser)
		return zone_fail(r, "cannot be read: the XML library gives no parser");
	doc = xmlCtxtReadMemory(parser, text, (int)len, NULL, NULL,
	    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES |
		XML_PARSE_NOCDATA);
	if (doc) {
		result = read_document(r, doc);
	} else {
		const xmlError *why = xmlCtxtGetLastError(parser);
		char what[160];

		str_copy(what, sizeof(what), why && why->message ? why->message : "cut off");
		what[strcspn(what, "\n")] = '\0';
		str_clean(what);
		result = err_set(r->err, "%s:%d: is no XML: %s", r->name, why ? why->line : 1, what);
	}
	xmlFreeDoc(doc);
	xmlFreeParserCtxt(parser);
	return result;
}
