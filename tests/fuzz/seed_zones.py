#!/usr/bin/python3
"""Makes the first inputs of the fuzzers of zone files: a small file of each
format with each thing in it that is read."""
import json
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
RING = [[9.5, 47.1], [9.6, 47.1], [9.6, 47.2], [9.5, 47.1]]
HOLE = [[9.55, 47.11], [9.57, 47.11], [9.57, 47.12], [9.55, 47.11]]
LINE = [[179.5, -17], [-179.5, -17], [-179.5, -16], [179.5, -16], [179.5, -17]]
BOW = [[9.5, 47.1], [9.6, 47.2], [9.6, 47.1], [9.5, 47.2], [9.5, 47.1]]


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def feature(geometry, **properties):
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features):
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


GEOJSON = {
    "field": collection(feature(polygon(RING, HOLE), name="Field", kind="in", ceiling=120)),
    "heights": collection(feature(polygon(RING), floor="2500 ft AMSL", ceiling="FL95")),
    "circle": collection(feature({"type": "Point", "coordinates": [9.5, 47.1]}, radius=50, kind="out")),
    "many": collection(feature({"type": "MultiPolygon", "coordinates": [[RING], [HOLE]]}, inclusion=True)),
    "collection": json.dumps(feature({"type": "GeometryCollection", "geometries": [polygon(RING), polygon(BOW)]})),
    "line": collection(feature(polygon(LINE), **{"from": "2026-11-21", "to": "2026-11-22T10:00:00+01:00"})),
    "ed318": collection(feature(polygon(RING), restriction="PROHIBITED", uomDimensions="FT", upperLimit=400,
                                upperVerticalReference="AGL")),
}
LATLON = [[y, x] for x, y in RING[:3]]
PLAN = {
    "both": json.dumps({"fileType": "Plan", "geoFence": {
        "circles": [{"circle": {"center": [47.1, 9.5], "radius": 50}, "inclusion": False, "version": 1}],
        "polygons": [{"inclusion": True, "polygon": LATLON, "version": 1}], "version": 2}}),
    "old": json.dumps({"fileType": "Plan", "geoFence": {"version": 1, "polygon": LATLON}}),
}


def kml(inside):
    return f'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{inside}</Document></kml>'


def boundary(name, text):
    return f"<{name}><LinearRing><coordinates>{text}</coordinates></LinearRing></{name}>"


OUTER = boundary("outerBoundaryIs", "9.5,47.1,120 9.6,47.1,120 9.6,47.2,120 9.5,47.1,120")
KML = {
    "plain": kml(f"<Folder><Placemark><name>A &amp; B</name><Polygon>{OUTER}</Polygon></Placemark></Folder>"),
    "extruded": kml("<Placemark><Polygon><extrude>1</extrude><altitudeMode>absolute</altitudeMode>" + OUTER +
                    boundary("innerBoundaryIs", "9.55,47.11 9.57,47.11 9.57,47.12") + "</Polygon></Placemark>"),
    "data": kml('<Placemark><TimeSpan><begin>2026-01-01</begin></TimeSpan><ExtendedData><Data name="kind"><value>out'
                '</value></Data><SchemaData><SimpleData name="ceiling">FL100</SimpleData></SchemaData></ExtendedData>'
                f"<MultiGeometry><Polygon>{OUTER}</Polygon><Polygon>{OUTER}</Polygon></MultiGeometry></Placemark>"),
}
HEAD = "AC R\nAN LS-R 8\nAL GND\nAH 3500ft AMSL\n"
CENTER = "V X=47:06:00 N 009:30:00 E\n"
OPENAIR = {
    "polygon": "* made\n" + HEAD + "DP 47:06:00 N 009:30:00 E\nDP 47:06:00 N 009:36:00 E\nDP 47:12.000 N 009:36.000 E\n",
    "circle": "SP 0,1,0,0,255\nAC G\nAY TMZ\nAN c\nAL 500ft AGL\nAH FL 95\n" + CENTER + "DC 1.5\n",
    "arcs": HEAD + CENTER + "V D=-\nDA 2,100,80\nDB 47:08:00 N 009:30:00 E,47:06:00 N 009:32:56 E\n"
            "DP 47:06:00 N 009:30:00 E\nTO hill\nDP 1\n",
}
VOLUME = {"uomDimensions": "M", "lowerLimit": 0, "lowerVerticalReference": "AGL", "upperLimit": 120,
          "upperVerticalReference": "AMSL"}


def ed269(applicability, *volumes):
    return json.dumps({"title": "CHE", "features": [{
        "identifier": "CHE1", "country": "CHE", "name": "LSZH CTR", "type": "COMMON", "restriction": "PROHIBITED",
        "applicability": applicability, "geometry": [{**VOLUME, "horizontalProjection": v} for v in volumes]}]})


ED269 = {
    "always": ed269([{"permanent": "YES"}], polygon(RING)),
    "circle": ed269([{"permanent": "NO", "startDateTime": "2026-01-01T00:00:00.00Z"}],
                    {"type": "Circle", "center": [9.5, 47.1], "radius": 926.0}, polygon(LINE)),
    "schedule": ed269([{"schedule": [{"day": ["MON", "ANY"], "startTime": "22:00:00.00Z",
                                      "endTime": "04:00+01:00"}]}], polygon(RING)),
}


def main():
    for name, files in (("geojson", GEOJSON), ("plan", PLAN), ("kml", KML), ("openair", OPENAIR), ("ed269", ED269)):
        folder = HERE / "corpus" / f"fuzz_zone_{name}"
        folder.mkdir(parents=True, exist_ok=True)
        for stem, text in files.items():
            (folder / stem).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
