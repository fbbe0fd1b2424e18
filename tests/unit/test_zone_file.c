/* Files of zones in each format: what becomes of what they say, and what is
 * refused with which sentence. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "format/zone_file.h"

/* The zones as text: name kind floor..ceiling rings' points, and times. */
static void show(const struct zone_file *f, struct buf *out)
{
	char low[ZONE_HEIGHT_SIZE], high[ZONE_HEIGHT_SIZE];

	buf_add_str(out, "");
	for (size_t i = 0; i < f->count; i++) {
		const struct zone *z = &f->zones[i];

		buf_printf(out, "%s%s %s %s..%s", i ? "; " : "", *z->name ? z->name : "-",
		    zone_kind_names[z->kind], zone_height_format(z->floor, low),
		    zone_height_format(z->ceiling, high));
		for (size_t r = 0; r < z->ring_count; r++)
			buf_printf(out, "%s%zu", r ? "," : " ", z->rings[r].count);
		if (z->time_count)
			buf_printf(out, " %zu times", z->time_count);
	}
}

#define RING "[[9.5,47.1],[9.6,47.1],[9.6,47.2],[9.5,47.1]]"
#define HOLE "[[9.55,47.11],[9.57,47.11],[9.57,47.12],[9.55,47.11]]"
#define FEATURE(properties, geometry) \
	"{\"type\":\"Feature\",\"properties\":{" properties "},\"geometry\":" geometry "}"
#define FEATURES(list) "{\"type\":\"FeatureCollection\",\"features\":[" list "]}"
#define POLYGON(rings) "{\"type\":\"Polygon\",\"coordinates\":[" rings "]}"
#define PLAN(fence) "{\"fileType\":\"Plan\",\"version\":1,\"geoFence\":{" fence ",\"version\":2}}"
#define LATLON "[[47.1,9.5],[47.1,9.6],[47.2,9.6]]"
#define KML(inside) "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" \
	"<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document>\n" inside "\n</Document></kml>"
#define LINEAR(text) "<LinearRing><coordinates>" text "</coordinates></LinearRing>"
#define AROUND "9.5,47.1 9.6,47.1\n 9.6,47.2 9.5,47.1"
#define OUTER(text) "<outerBoundaryIs>" LINEAR(text) "</outerBoundaryIs>"
#define VOLUME "\"uomDimensions\":\"M\",\"lowerLimit\":0,\"lowerVerticalReference\":\"AGL\"," \
	"\"upperLimit\":120,\"upperVerticalReference\":\"AGL\","
#define ED(more, geometry) "{\"title\":\"CHE\",\"features\":[{\"identifier\":\"CHE1\",\"country\":\"CHE\"," \
	"\"name\":\"LSZH CTR\",\"type\":\"COMMON\"," more "\"geometry\":[" geometry "]}]}"
#define PROJECTION "\"horizontalProjection\":" POLYGON(RING)
#define ALWAYS "\"applicability\":[{\"permanent\":\"YES\"}],"
#define AIRSPACE "AC R\nAN LS-R 8\nAL GND\nAH 3500ft AMSL\n"
#define POINTS "DP 47:06:00 N 009:30:00 E\nDP 47:06:00 N 009:36:00 E\nDP 47:12.000 N 009:36.000 E\n"

static const struct {
	const char *legend, *text, *zones, *note;
} right[] = {
	{ "geojson: a feature", FEATURES(FEATURE("\"name\":\"Field\",\"kind\":\"in\",\"ceiling\":120", POLYGON(RING))),
	    "Field in no limit..120 m above home 3", NULL },
	{ "geojson: a hole", FEATURES(FEATURE("\"kind\":\"out\"", POLYGON(RING "," HOLE))), "- out no limit..no limit 3,3", NULL },
	{ "geojson: many parts",
	    FEATURES(FEATURE("\"name\":\"A\",\"inclusion\":false,\"floor\":\"GND\"", "{\"type\":\"MultiPolygon\",\"coordinates\":[[" RING "],[" HOLE "]]}")),
	    "A out ground..no limit 3; A out ground..no limit 3", NULL },
	{ "geojson: heights as texts", FEATURES(FEATURE("\"floor\":\"2500 ft AMSL\",\"ceiling\":\"FL95\"", POLYGON(RING))),
	    "- unsaid 762 m AMSL..FL95 3", NULL },
	{ "geojson: a circle", FEATURES(FEATURE("\"kind\":\"out\",\"radius\":50", "{\"type\":\"Point\",\"coordinates\":[9.5,47.1]}")),
	    "- out no limit..no limit 36", NULL },
	{ "geojson: times", FEATURES(FEATURE("\"from\":\"2026-11-21\",\"to\":\"2026-11-21T10:00:00+01:00\"", POLYGON(RING))),
	    "- unsaid no limit..no limit 3 1 times", NULL },
	{ "geojson: lines are left out", FEATURES(FEATURE("", POLYGON(RING)) "," FEATURE("", "{\"type\":\"LineString\",\"coordinates\":[]}") "," FEATURE("", "null")),
	    "- unsaid no limit..no limit 3", "f: 2 shapes that are no area" },
	{ "geojson: a bare geometry", POLYGON(RING), "- unsaid no limit..no limit 3", NULL },
	{ "geojson: a collection of geometries", FEATURE("\"name\":\"G\"", "{\"type\":\"GeometryCollection\",\"geometries\":[" POLYGON(RING) "," POLYGON(HOLE) "]}"),
	    "G unsaid no limit..no limit 3; G unsaid no limit..no limit 3", NULL },
	{ "geojson: as ED-318 has limits", FEATURES(FEATURE("\"restriction\":\"PROHIBITED\",\"uomDimensions\":\"FT\",\"upperLimit\":400,\"upperVerticalReference\":\"AGL\"", POLYGON(RING))),
	    "- out no limit..122 m AGL 3", NULL },
	{ "plan: polygons and circles",
	    PLAN("\"circles\":[{\"circle\":{\"center\":[47.1,9.5],\"radius\":50},\"inclusion\":false,\"version\":1}],"
		 "\"polygons\":[{\"inclusion\":true,\"polygon\":" LATLON ",\"version\":1}]"),
	    "polygon 1 in no limit..no limit 3; circle 1 out no limit..no limit 36", NULL },
	{ "plan: of the first version", "{\"fileType\":\"Plan\",\"geoFence\":{\"version\":1,\"polygon\":" LATLON "}}",
	    "fence in no limit..no limit 3", NULL },
	{ "kml: a placemark", KML("<Folder><Placemark><name>Feld &amp; Wald</name><Polygon>" OUTER(AROUND) "</Polygon></Placemark></Folder>"),
	    "Feld & Wald unsaid no limit..no limit 3", NULL },
	{ "kml: extruded, with a hole",
	    KML("<Placemark><Polygon><extrude>1</extrude><altitudeMode>relativeToGround</altitudeMode>"
		OUTER("9.5,47.1,120 9.6,47.1,120 9.6,47.2,120 9.5,47.1,120")
		"<innerBoundaryIs>" LINEAR("9.55,47.11 9.57,47.11 9.57,47.12") "</innerBoundaryIs></Polygon></Placemark>"),
	    "- unsaid no limit..120 m AGL 3,3", NULL },
	{ "kml: data, times and parts",
	    KML("<Placemark><name>R8</name><TimeSpan><begin>2026-01-01</begin></TimeSpan><ExtendedData>"
		"<Data name=\"kind\"><value>out</value></Data><SchemaData><SimpleData name=\"ceiling\">FL100</SimpleData></SchemaData>"
		"</ExtendedData><MultiGeometry><Polygon>" OUTER(AROUND) "</Polygon><Polygon>" OUTER(AROUND) "</Polygon></MultiGeometry></Placemark>"),
	    "R8 out no limit..FL100 3 1 times; R8 out no limit..FL100 3 1 times", NULL },
	{ "kml: points are left out", KML("<Placemark><Point/></Placemark><Placemark><Polygon>" OUTER(AROUND) "</Polygon></Placemark>"),
	    "- unsaid no limit..no limit 3", "f: 1 placemarks without an area" },
	{ "openair: a polygon", AIRSPACE POINTS, "LS-R 8 out ground..1067 m AMSL 3", NULL },
	{ "openair: CRLF, comments, Latin-1", "* made by hand\r\n\r\nAC CTR * of the field\r\nAN Z\374rich * 1\r\nAL SFC\r\nAH 4500 * feet\r\n" POINTS,
	    "Zürich * 1 out ground..1372 m AMSL 3", NULL },
	{ "openair: a circle of 1 NM", "AC P\nAN P\nAL 500ft AGL\nAH FL 95\nV X=47:06:00 N 009:30:00 E\nDC 1\n",
	    "P out 152 m AGL..FL95 96", NULL },
	{ "openair: class G shows only; with a type that closes it does not",
	    "AC G\nAY FIS_SECTOR\nAN a\n" POINTS "AC G\nAY TMZ\nAN b\nAH UNL\n" POINTS,
	    "a info no limit..no limit 3; b out no limit..no limit 3", NULL },
	{ "openair: frequencies, pens and terrain are passed over",
	    "SP 0,1,0,0,255\nTO ridge\nDP nowhere\n" AIRSPACE "AF 118.1\nAG Zurich\n" POINTS "TC lake\nDP here\n",
	    "LS-R 8 out ground..1067 m AMSL 3", NULL },
	{ "openair: times of activation are said", AIRSPACE "AA 2023-12-16T12:00Z/2023-12-16T13:00Z\n" POINTS,
	    "LS-R 8 out ground..1067 m AMSL 3", "f:5: times of activation (AA) are not read" },
	{ "openair: unknown class", "AC XYZ\nAN x\n" POINTS, "x out no limit..no limit 3", "class \"XYZ\" is not known and taken as out" },
	{ "ed-269: a polygon", ED("\"restriction\":\"REQ_AUTHORISATION\"," ALWAYS, "{" VOLUME PROJECTION "}"),
	    "LSZH CTR out ground..120 m AGL 3 1 times", NULL },
	{ "ed-269: feet, a circle, no restriction",
	    ED("\"restriction\":\"NO_RESTRICTION\"," ALWAYS, "{\"uomDimensions\":\"FT\",\"lowerLimit\":0,\"lowerVerticalReference\":\"AGL\",\"upperLimit\":6677,"
	       "\"upperVerticalReference\":\"AMSL\",\"horizontalProjection\":{\"type\":\"Circle\",\"center\":[9.5,47.1],\"radius\":926.0}}"),
	    "LSZH CTR info ground..2035 m AMSL 68 1 times", NULL },
	{ "ed-269: a schedule",
	    ED("\"restriction\":\"PROHIBITED\",\"applicability\":[{\"permanent\":\"NO\",\"startDateTime\":\"2026-01-01T00:00:00.00Z\",\"schedule\":"
	       "[{\"day\":[\"MON\",\"TUE\"],\"startTime\":\"08:00:00.00Z\",\"endTime\":\"17:00Z\"},{\"day\":[\"ANY\"],\"startTime\":\"20:00+01:00\",\"endTime\":\"04:00+01:00\"}]}],",
		"{" PROJECTION "}"),
	    "LSZH CTR out no limit..no limit 3 2 times", NULL },
	{ "ed-269: two volumes, bare list", "[{\"name\":\"N\",\"restriction\":\"CONDITIONAL\",\"geometry\":[{" VOLUME PROJECTION "},{" PROJECTION "}]}]",
	    "N out ground..120 m AGL 3; N out no limit..no limit 3", NULL },
};

static const struct {
	const char *legend, *text, *says;
} wrong[] = {
	{ "empty", "", "f: is no file of zones" },
	{ "prose", "Acropolis\n", "f: is no file of zones; those are GeoJSON" },
	{ "zero byte", "AC\0R", "f: is no text" },
	{ "packed", "PK\003\004xx", "f: is packed (KMZ?)" },
	{ "json cut off", "{\"type\":\n\"Feature\",", "f:2: is no JSON" },
	{ "json twice the same", "{\"type\":\"Feature\",\"type\":\"Feature\"}", "f:1: is no JSON" },
	{ "json of another kind", "{\"a\":1}", "f: has no type; GeoJSON is" },
	{ "geojson: nothing in it", FEATURES(""), "f: holds no zone; it is GeoJSON without an area" },
	{ "geojson: lat and lon swapped beyond 90", POLYGON("[[9.5,147.1],[9.6,47.1],[9.6,47.2]]"), "f: .geometry.coordinates[0][0]: latitude must be within" },
	{ "geojson: two points", FEATURES(FEATURE("", POLYGON("[[9.5,47.1],[9.6,47.1],[9.5,47.1]]"))), "f: features[0].geometry.coordinates[0]: an outline needs three" },
	{ "geojson: text for a number", FEATURES(FEATURE("", POLYGON("[[\"9.5\",47.1]]"))), "f: features[0].geometry.coordinates[0][0]: must be two numbers, [longitude, latitude]" },
	{ "geojson: no rings", FEATURES(FEATURE("", POLYGON(""))), "must be an array of rings" },
	{ "geojson: kind", FEATURES(FEATURE("\"kind\":\"inside\"", POLYGON(RING))), "f: features[0]: kind must be in, out, ceiling or info, and \"inside\" is not" },
	{ "geojson: height", FEATURES(FEATURE("\"ceiling\":\"120 yd\"", POLYGON(RING))), "f: features[0]: ceiling: \"120 yd\" is no height; write 120 m AGL" },
	{ "geojson: radius", FEATURES(FEATURE("\"radius\":-5", "{\"type\":\"Point\",\"coordinates\":[9.5,47.1]}")), "f: features[0]: a radius must be above 0" },
	{ "geojson: time", FEATURES(FEATURE("\"from\":\"tomorrow\"", POLYGON(RING))), "f: features[0]: \"tomorrow\" is no time" },
	{ "geojson: unknown geometry", FEATURES(FEATURE("", "{\"type\":\"Blob\"}")), "geometry \"Blob\" is none" },
	{ "plan: no fence", "{\"fileType\":\"Plan\",\"mission\":{}}", "f: has no geoFence" },
	{ "plan: an empty fence", PLAN("\"circles\":[],\"polygons\":[]"), "f: holds no fence; draw one" },
	{ "plan: neither in nor out", PLAN("\"polygons\":[{\"polygon\":" LATLON "}]"), "f: geoFence.polygons[0]: inclusion must be true or false" },
	{ "plan: no radius", PLAN("\"circles\":[{\"circle\":{\"center\":[47,9]},\"inclusion\":true}]"), "f: geoFence.circles[0]: a circle needs" },
	{ "plan: out of range", PLAN("\"polygons\":[{\"inclusion\":true,\"polygon\":[[47.1,9.5],[47.1,9.6],[97.2,9.6]]}]"), "f: geoFence.polygons[0].polygon[2]: latitude" },
	{ "xml of another kind", "<gpx></gpx>", "f: is XML, but no KML: its first element is <gpx>" },
	{ "xml cut off", "<kml>\n<Document>", "f:2: is no XML: " },
	{ "xml with a DOCTYPE", "<!DOCTYPE kml [<!ENTITY a \"b\">]><kml><Placemark/></kml>", "f: has a DOCTYPE" },
	{ "kml: nothing in it", KML(""), "f: holds no zone; it is KML" },
	{ "kml: no boundary", KML("<Placemark><Polygon/></Placemark>"), "f:3: a Polygon needs an outerBoundaryIs" },
	{ "kml: position", KML("<Placemark><Polygon>" OUTER("9.5, 47.1 9.6,47.1") "</Polygon></Placemark>"), "f:3: \"9.5\" is no position" },
	{ "kml: altitudes differ", KML("<Placemark><Polygon><extrude>1</extrude><altitudeMode>absolute</altitudeMode>" OUTER("9.5,47.1,100 9.6,47.1,200 9.6,47.2,150") "</Polygon></Placemark>"),
	    "f:3: its outline has altitudes from 100 to 200 m; say the ceiling" },
	{ "openair: no outline", AIRSPACE "\nAC P\nAN x\n" POINTS, "f:1: airspace \"LS-R 8\" has no outline" },
	{ "openair: position", AIRSPACE "DP 47:66:00 N 009:30:00 E\n", "f:5: \"47:66:00 N 009:30:00 E\" is no position; write" },
	{ "openair: no center", AIRSPACE "DC 1\n", "f:5: there is no center; put V X=" },
	{ "openair: height", "AC R\nAH by NOTAM\n", "f:2: AH: \"by NOTAM\" is no height" },
	{ "openair: radius", AIRSPACE "V X=47:06:00 N 009:30:00 E\nDC one\n", "f:6: radius must be a number, and \"one\" is not" },
	{ "openair: radius far too large", AIRSPACE "V X=47:06:00 N 009:30:00 E\nDC 6000\n", "f:6: a radius must be above 0 and at most 1000 km" },
	{ "openair: an airway", AIRSPACE "DY 47:06:00 N 009:30:00 E\n", "f:5: an airway (DY)" },
	{ "openair: unknown record", AIRSPACE POINTS "QQ 1\n", "f:8: \"QQ 1\" is no record of OpenAir" },
	{ "openair: a point after the circle", AIRSPACE "V X=47:06:00 N 009:30:00 E\nDC 1\nDP 47:06:00 N 009:30:00 E\n", "f:7: comes after the circle" },
	{ "openair: escape", AIRSPACE "\033[2J\n", "f:5: \"?[2J\" is no record" },
	{ "ed-269: reference", ED("", "{\"lowerLimit\":0,\"lowerVerticalReference\":\"SFC\"," PROJECTION "}"), "f: features[0]: lowerVerticalReference must be AGL or AMSL, and \"SFC\" is not" },
	{ "ed-269: limit without reference", ED("", "{\"upperLimit\":120," PROJECTION "}"), "f: features[0]: upperLimit has no upperVerticalReference" },
	{ "ed-269: unit", ED("", "{\"uomDimensions\":\"YD\"," PROJECTION "}"), "uomDimensions must be M or FT" },
	{ "ed-269: no shape", ED("", "{" VOLUME "\"x\":1}"), "f: features[0]: geometry[0].horizontalProjection must be a Polygon or a Circle" },
	{ "ed-269: a day", ED("\"applicability\":[{\"schedule\":[{\"day\":[\"MONDAY\"]}]}],", "{" PROJECTION "}"), "day must be MON to SUN or ANY, and \"MONDAY\" is not" },
	{ "ed-269: a clock", ED("\"applicability\":[{\"schedule\":[{\"day\":[\"MON\"],\"startTime\":\"8 am\"}]}],", "{" PROJECTION "}"), "startTime must be a time as 08:00Z" },
	{ "ed-269: no geometry", "{\"features\":[{\"name\":\"x\"}]}", "f: features[0]: has no list geometry" },
};

static size_t text_len(const char *legend, const char *text)
{
	return strcmp(legend, "zero byte") == 0 ? 4 : strlen(text);
}

static void test_right(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(right); i++) {
		struct buf shown = BUF_INIT;
		struct zone_file f;
		struct err err = { "" };
		int result = zone_file_parse("f", right[i].text, strlen(right[i].text), &f, &err);

		if (result == -1)
			fail_msg("%s: %s", right[i].legend, err.text);
		show(&f, &shown);
		if (strcmp(shown.data, right[i].zones) != 0)
			fail_msg("%s: %s", right[i].legend, shown.data);
		if (right[i].note ? !f.notes.data || !strstr(f.notes.data, right[i].note) : f.notes.len > 0)
			fail_msg("%s: notes: %s", right[i].legend, f.notes.data ? f.notes.data : "none");
		buf_free(&shown);
		zone_file_clear(&f);
	}
}

static void test_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct zone_file f;
		struct err err = { "" };

		if (zone_file_parse("f", wrong[i].text, text_len(wrong[i].legend, wrong[i].text), &f, &err) == 0)
			fail_msg("%s: taken", wrong[i].legend);
		if (strncmp(err.text, "f:", 2) != 0 || !strstr(err.text, wrong[i].says))
			fail_msg("%s: says \"%s\"", wrong[i].legend, err.text);
		zone_file_clear(&f);
	}
}

/* Every point of the ring is so far from there, and they go all the way round
 * from one bearing to the other. */
static void test_arcs(void **state)
{
	static const struct geo_point center = { 47.1, 9.5 };
	static const struct {
		const char *legend, *records;
		double radius_m, from, through;
	} cases[] = {
		{ "DC", "DC 2\n", 3704, 0, 180 },
		{ "DA clockwise", "DA 2,80,100\nDP 47:06:00 N 009:30:00 E\n", 3704, 80, 90 },
		{ "DA counter-clockwise", "V D=-\nDA 2,100,80\nDP 47:06:00 N 009:30:00 E\n", 3704, 100, 90 },
		{ "DA the long way", "DA 2,100,80\nDP 47:06:00 N 009:30:00 E\n", 3704, 100, 270 },
		{ "DB", "DB 47:08:00 N 009:30:00 E,47:06:00 N 009:32:56 E\nDP 47:06:00 N 009:30:00 E\n", 3707, 0, 45 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf text = BUF_INIT;
		struct zone_file f;
		struct err err = { "" };
		double first, best = 360;

		buf_printf(&text, "AC R\nAN arc\nV X=47:06:00 N 009:30:00 E\n%s", cases[i].records);
		if (zone_file_parse("f", text.data, text.len, &f, &err) == -1)
			fail_msg("%s: %s", cases[i].legend, err.text);
		geo_inverse(center, f.zones[0].rings[0].points[0], &first);
		CHECK(cases[i].legend, fabs(geo_wrap_180(first - cases[i].from)) < 0.01);
		for (size_t k = 0; k < f.zones[0].rings[0].count; k++) {
			double bearing, d = geo_inverse(center, f.zones[0].rings[0].points[k], &bearing);

			if (d < 1)
				continue; /* the center closes the sector */
			if (fabs(d - cases[i].radius_m) > 10)
				fail_msg("%s: a point %.1f m from the center", cases[i].legend, d);
			best = fmin(best, fabs(geo_wrap_180(bearing - cases[i].through)));
		}
		CHECK(cases[i].legend, best < 3);
		zone_file_clear(&f);
		buf_free(&text);
	}
}

static void test_times(void **state)
{
	static const char text[] = ED("\"restriction\":\"PROHIBITED\",\"applicability\":[{\"permanent\":\"NO\","
	    "\"startDateTime\":\"2026-01-01T00:00:00+01:00\",\"endDateTime\":\"2027-01-01T00:00:00Z\",\"schedule\":["
	    "{\"day\":[\"MON\",\"FRI\"],\"startTime\":\"08:00Z\",\"endTime\":\"17:00Z\"},"
	    "{\"day\":[\"SAT\"],\"startTime\":\"00:30+01:00\",\"endTime\":\"02:00+01:00\"}]}],", "{" PROJECTION "}");
	static const struct {
		const char *time;
		bool applies;
	} cases[] = {
		{ "2026-11-20T07:59:59Z", false }, /* a Friday */
		{ "2026-11-20T08:00Z", true },
		{ "2026-11-20T16:59:59Z", true },
		{ "2026-11-20T17:00Z", false },
		{ "2026-11-19T12:00Z", false },
		{ "2026-11-23T12:00Z", true }, /* Monday */
		{ "2026-11-20T23:29Z", false },
		{ "2026-11-20T23:30Z", true }, /* Saturday 00:30 there */
		{ "2026-11-21T00:59Z", true },
		{ "2026-11-21T01:00Z", false },
		{ "2025-12-29T12:00Z", false }, /* a Monday before it began */
		{ "2027-01-04T12:00Z", false },
	};
	struct zone_file f;
	struct err err = { "" };

	(void)state;
	if (zone_file_parse("f", text, strlen(text), &f, &err) == -1)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t ms;

		assert_true(time_parse(cases[i].time, &ms));
		CHECK(cases[i].time, zone_applies(&f.zones[0], ms) == cases[i].applies);
	}
	zone_file_clear(&f);
}

static void test_files_that_cannot_be_read(void **state)
{
	struct zone_file f;
	struct err err;

	(void)state;
	assert_int_equal(zone_file_read("/no/such/file", &f, &err), -1);
	assert_string_equal(err.text, "/no/such/file: No such file or directory; name a file of zones");
	assert_int_equal(zone_file_read("/", &f, &err), -1);
	assert_string_equal(err.text, "/: is no plain file; name a file of zones");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_arcs),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_files_that_cannot_be_read),
	};

	return cmocka_run_group_tests_name("zone_file", tests, NULL, NULL);
}
