#!/usr/bin/python3
"""Makes fuzz_shapefile's first inputs from the smallest shipped maps and, with
ogr2ogr, one shapefile of each other type."""
import pathlib
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
MAPS = HERE.parent.parent / "maps"
KINDS = ["land", "water", "green", "building", "river", "coast", "rail", "road", "border", "other", "place"]
ENDINGS = ["shp", "shx", "dbf", "cpg", "prj"]
SHAPES = {
    "pointz": "POINT Z (9.5 47.1 3)", "multipoint": "MULTIPOINT (9 47, 10 48)",
    "linem": "LINESTRING M (9 47 1, 10 48 2, 9 48 3)", "linez": "LINESTRING Z (9 47 1, 10 48 2, 9 48 3)",
    "polygonz": "POLYGON Z ((9 47 1, 10 47 1, 10 48 1, 9 47 1))",
    "hole": "POLYGON ((9 47, 10 47, 10 48, 9 48, 9 47), (9.2 47.2, 9.4 47.2, 9.4 47.4, 9.2 47.2))",
}


def pack(shp, kind):
    parts = [shp.with_suffix("." + e).read_bytes() if shp.with_suffix("." + e).exists() else b""
             for e in ENDINGS]
    plain = KINDS.index(kind)
    first = plain if b"PROJCS" not in parts[4] else 192 + (plain - 192) % len(KINDS)
    return bytes([first]) + b"".join(len(p).to_bytes(2, "little") for p in parts[:4]) + b"".join(parts)


def main():
    folder = HERE / "corpus/fuzz_shapefile"
    folder.mkdir(parents=True, exist_ok=True)
    for kind in ("rail", "place", "water"):
        (folder / kind).write_bytes(pack(MAPS / f"vaduz/{kind}.shp", kind))
    with tempfile.TemporaryDirectory() as scratch:
        for name, wkt in SHAPES.items():
            csv = pathlib.Path(scratch) / "in.csv"
            csv.write_text(f'name,population,fclass,WKT\nZürich,400000,city,"{wkt}"\n')
            shp = pathlib.Path(scratch) / f"{name}.shp"
            subprocess.run(["ogr2ogr", "-oo", "AUTODETECT_TYPE=YES", "-lco", "ENCODING=UTF-8", "-lco",
                            "RESIZE=YES", "-a_srs", "EPSG:2056" if name == "hole" else "EPSG:4326",
                            shp, csv], check=True)
            (folder / name).write_bytes(pack(shp, "land" if name == "hole" else "other"))


if __name__ == "__main__":
    main()
