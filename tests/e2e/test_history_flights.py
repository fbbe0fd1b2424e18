"""Flights found in the history, exported for other programs; backfill from the history."""
import json
import os
import pathlib
import re
import shutil
import signal
import stat
import subprocess
import threading
import xml.etree.ElementTree as ET

import pytest

import protocol
from history_helpers import (SmallDisk, backfilled_rows, count, history_of, ready, settle, sql,
                             wait_all_stored, wait_slowly)
from programs import ODYSSEY, run
from wire import Control, wait_for

KML, GX = "{http://www.opengis.net/kml/2.2}", "{http://www.google.com/kml/ext/2.2}"
GPX = "{http://www.topografix.com/GPX/1/1}"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def flights(d, *more):
    code, out, err = run([ODYSSEY, "flights", "--history", history_of(d), "--json", *more], "/")
    assert code == 0, err
    return [json.loads(line) for line in out.splitlines()]


def export(d, *args, **env):
    return run([ODYSSEY, "export", "--history", history_of(d), *args], "/", **env)


def do(d, w, drone, cmd, args=None, timeout=60):
    name, reply = d.command(drone, cmd, args)
    assert reply["ok"], reply
    assert w.wait_stage(name, "done", "failed", timeout=timeout)["stage"] == "done"


@pytest.fixture
def idle(sim, daemon, watch):
    """Two simulated drones on the ground, twenty times as fast, and a daemon."""
    s = sim("--drones", "2", "--idle", "--speedup", "20", "--home", "47.1410,9.5209")
    d = ready(s, daemon(sources=[s]))
    w = watch(d, strict=False)
    d.wait_drone("D01", "D02")
    return s, d, w


def check_flight(d, drone):
    [f] = sql(history_of(d), "SELECT * FROM flights WHERE drone = '%s'" % drone)
    rows = sql(history_of(d), "SELECT time, lat, lon, height, battery, flags FROM telemetry WHERE drone = '%s'"
               " ORDER BY seq" % drone)
    air = [r for r in rows if r["flags"] & (protocol.ARMED | protocol.IN_AIR)]
    assert f["start"] == air[0]["time"] and abs(f["end"] - air[-1]["time"]) <= 11000
    assert abs(f["highest"] - max(r["height"] for r in air)) < 0.02
    assert 26 < f["highest"] < 45
    assert abs(f["start_lat"] - air[0]["lat"]) < 1e-4 and abs(f["end_lat"] - air[-1]["lat"]) < 1e-4
    assert f["end_lat"] - f["start_lat"] == pytest.approx(0.002, abs=2e-4)  # 222 m north
    assert 200 < f["distance"] < 300
    assert f["ended"] == "landed" and f["flown"] == 1
    assert 0 < f["battery_used"] < 50 and f["battery_used"] == pytest.approx(
        f["battery_start"] - f["battery_end"], abs=0.11)
    return f


def there(d, w, drone="D01"):
    lat, lon = d.drone(drone)["home"][:2]
    do(d, w, drone, "arm")
    do(d, w, drone, "takeoff", {"height": 30})
    return lat + 0.002, lon


def test_a_flight_from_arming_to_landing(idle):
    _, d, w = idle
    lat, lon = there(d, w)
    [now] = wait_for(lambda: flights(d), "a flight under way", 5)
    assert now["end"] is None and re.fullmatch(r"in the air 20..-..-..T..:..:..Z", now["ended"]) and now["drone"] == "D01"
    do(d, w, "D01", "goto", {"lat": lat, "lon": lon})
    do(d, w, "D01", "land")
    wait_for(lambda: flights(d)[0]["end"], "its end")
    f = check_flight(d, "D01")
    [listed] = flights(d)
    assert listed["id"] == f["id"] == now["id"] and listed["id"].startswith("D01-")
    assert listed["distance_m"] == round(f["distance"]) and listed["ended"] == "landed"
    assert flights(d, "--drone", "D02") == [] and flights(d, "--drone", "D01") == [listed]
    assert flights(d, "--until", "2020-01-01T00:00Z") == []
    # A drone that is armed and never leaves the ground has not flown.
    do(d, w, "D02", "arm")
    do(d, w, "D02", "disarm")
    settle(d)
    assert len(flights(d)) == 1
    code, out, _ = run([ODYSSEY, "flights", "--history", history_of(d)], "/")
    assert code == 0 and TIME.search(out) and f["id"] in out


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_restart_in_mid_flight_does_not_split_it(idle, opened, watch, number):
    s, d, w = idle
    lat, lon = there(d, w)
    settle(d)
    d.send_signal(number)
    d.wait()
    w.close()
    opened.append(d.again())
    d = ready(s, opened[-1])
    w = watch(d, strict=False)
    d.wait_drone("D01")
    do(d, w, "D01", "goto", {"lat": lat, "lon": lon})
    do(d, w, "D01", "land")
    wait_for(lambda: [f for f in flights(d) if f["end"]], "its end")
    check_flight(d, "D01")


def test_flown_while_the_daemon_was_away(idle, opened):
    """All of it comes by backfill; it is a flight all the same."""
    s, d, w = idle
    settle(d)
    d.kill()
    with Control(s.control) as c:
        def command(cmd, args=None):
            name, reply = c.command("D01", cmd, args)
            assert reply["ok"], reply
            wait_for(lambda: c.ask("commands", id=name)["commands"][-1]["stage"] == "done", cmd)
        command("arm")
        command("takeoff", {"height": 30})
        command("land")
    opened.append(d.again())
    d = ready(s, opened[-1])
    d.wait_drone("D01")
    wait_slowly(lambda: len(flights(d)) == 1, "the flight", 5)
    [f] = sql(history_of(d), "SELECT * FROM flights")
    assert 26 < f["highest"] < 45


# --- export ---

@pytest.fixture
def track(fake, daemon):
    """A flight of three segments: a hole in seq, and samples without a valid position."""
    src = fake()
    src.on_backfill = lambda r: [(0, {"v": 1, "ok": True, "samples": [], "more": False, "held": [],
                                      "lost": [[10, 14]]})]
    d = ready(src, daemon(sources=[src]))
    flying = protocol.POSITION | protocol.ARMED | protocol.IN_AIR
    start = src.now() - 60000
    for n in range(40):
        if 10 <= n < 15:
            continue
        valid = not 25 <= n < 28
        src.sample(seq=n, time=start + n * 100, lat=471400000 + n * 1013, lon=-95200000 - n * 1507,
                   alt=52000 + n, height=n, flags=flying if valid else flying & ~protocol.POSITION,
                   course=None)
    src.sample(seq=40, time=start + 4000, flags=protocol.POSITION, lat=471440520, lon=-95260280, course=None)
    wait_for(lambda: [f for f in flights(d) if f["end"]], "the flight's end")
    settle(d)
    return src, d, flights(d)[0]["id"]


def expected(src):
    """[[(time, lon, lat, alt), …] a segment]"""
    held, segments, before = src.recorded["F01", src.boot], [], None
    for seq in sorted(held):
        row = dict(zip(protocol.NAMES, held[seq]))
        if not row["flags"] & protocol.POSITION:
            before = None
            continue
        if before != seq - 1:
            segments.append([])
        before = seq
        segments[-1].append((row["time"], row["lon"] / 1e7, row["lat"] / 1e7, row["alt"] / 100))
    return segments


def utc_ms(text):
    from datetime import datetime, timezone
    assert TIME.fullmatch(text), text
    at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
    return round(at.timestamp() * 1000)


def read_kml(text):
    root = ET.fromstring(text)
    assert root.tag == KML + "kml"
    got = []
    for t in root.iter(GX + "Track"):
        when = [e.text for e in t.findall(KML + "when")]
        coord = [e.text.split() for e in t.findall(GX + "coord")]
        assert len(when) == len(coord)
        got.append([(utc_ms(w), *map(float, c)) for w, c in zip(when, coord)])
    return got


def read_gpx(text):
    root = ET.fromstring(text)
    assert root.tag == GPX + "gpx" and root.get("version") == "1.1" and root.get("creator")
    return [[(utc_ms(p.find(GPX + "time").text), float(p.get("lon")), float(p.get("lat")),
              float(p.find(GPX + "ele").text)) for p in s.findall(GPX + "trkpt")]
            for s in root.iter(GPX + "trkseg")]


def read_geojson(text):
    root = json.loads(text)
    assert root["type"] == "FeatureCollection"
    got = []
    for f in root["features"]:
        points = f["geometry"]["coordinates"]
        points = [points] if f["geometry"]["type"] == "Point" else points
        assert len(points) == len(f["properties"]["times"])
        got.append([(utc_ms(t), *p) for t, p in zip(f["properties"]["times"], points)])
    return got


READERS = {"kml": read_kml, "gpx": read_gpx, "geojson": read_geojson}


def same(got, wanted, *said):
    assert [len(s) for s in got] == [len(s) for s in wanted], said
    for a, b in zip(sum(got, []), sum(wanted, [])):
        assert a[0] == b[0]
        assert a[1:3] == pytest.approx(b[1:3], abs=1e-9) and a[3] == pytest.approx(b[3], abs=1e-4)


@pytest.mark.parametrize("form", READERS)
def test_exported_points_are_those_sent(track, place, form):
    src, d, flight = track
    path = pathlib.Path(place) / ("flight." + form)
    code, out, err = export(d, flight, "--format", form, "--output", path)
    assert code == 0 and out == "", err
    text = path.read_text(encoding="utf-8")
    wanted = expected(src)
    # The sample on the ground that ends the flight may be its last.
    if len(sum(READERS[form](text), [])) < len(sum(wanted, [])):
        wanted[-1].pop()
    same(READERS[form](text), wanted, sql(history_of(d), "SELECT * FROM flights"),
         sql(history_of(d), "SELECT seq, time, flags, lat FROM telemetry"))
    code, out, err = export(d, flight, "--format", form)
    assert code == 0 and out == text, err


@pytest.mark.parametrize("form", ["kml", "gpx"])
def test_xmllint_reads_it(track, place, form):
    if not shutil.which("xmllint"):
        pytest.skip("there is no xmllint")
    _, d, flight = track
    path = place + "/x." + form
    assert export(d, flight, "--format", form, "-o", path)[0] == 0
    done = subprocess.run(["xmllint", "--noout", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stderr == "", done.stderr


@pytest.mark.parametrize("form", READERS)
def test_ogrinfo_reads_it(track, place, form):
    if not shutil.which("ogrinfo"):
        pytest.skip("there is no ogrinfo")
    _, d, flight = track
    path = place + "/x." + form
    assert export(d, flight, "--format", form, "-o", path)[0] == 0
    done = subprocess.run(["ogrinfo", "-ro", "-al", path], capture_output=True, text=True, check=False,
                          timeout=20)
    assert done.returncode == 0 and "ERROR" not in done.stderr, done.stderr
    assert re.search(r"-9\.52\d* 47\.14|-9\.52\d*,47\.14", done.stdout), done.stdout[:2000]


def test_csv_has_every_field(track):
    import csv
    import io
    src, d, flight = track
    code, out, err = export(d, flight)
    assert code == 0, err
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert set(protocol.NAMES) < set(rows[0])
    held = src.recorded["F01", src.boot]
    assert [int(r["seq"]) for r in rows] == sorted(held)[:len(rows)] and len(rows) >= len(held) - 1
    for r in rows:
        sent = dict(zip(protocol.NAMES, held[int(r["seq"])]))
        assert float(r["lat"]) == pytest.approx(sent["lat"] / 1e7, abs=1e-9)
        assert r["course"] == "" and float(r["height"]) == pytest.approx(sent["height"] / 100)
    # Every sample has a row, and rows around a hole are of two segments.
    of = {int(r["seq"]): r["segment"] for r in rows}
    assert of[9] != of[15] and of[0] == of[9]


def test_a_range_instead_of_a_flight(track):
    src, d, _ = track
    held = src.recorded["F01", src.boot]
    first, last = held[3][2], held[8][2]
    code, out, err = export(d, "--drone", "F01", "--from", first, "--to", last, "--format", "gpx")
    assert code == 0, err
    assert [p[0] for p in sum(read_gpx(out), [])] == [held[s][2] for s in range(3, 9)]
    code, out, err = export(d, "--drone", "F01", "--from", "1h", "--format", "gpx")
    assert code == 0 and len(sum(read_gpx(out), [])) == len(sum(expected(src), []))


@pytest.fixture(scope="module")
def german(tmp_path_factory):
    """The environment of somebody whose numbers have a decimal comma."""
    path = tmp_path_factory.mktemp("locale")
    if not shutil.which("localedef") or not os.path.exists("/usr/share/i18n/locales/de_DE"):
        pytest.skip("no locale de_DE can be made here (apt-get install locales)")
    subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", path / "de_DE.UTF-8"],
                   capture_output=True, check=False)
    env = {"LOCPATH": str(path), "LC_ALL": "de_DE.UTF-8", "TZ": "America/New_York"}
    said = subprocess.run(["printf", "%.1f", "1,5"], env={**os.environ, **env}, capture_output=True,
                          text=True, check=False).stdout
    if said != "1,5":
        pytest.skip("the locale de_DE was not made (printf says %r)" % said)
    return env


def test_the_same_in_every_locale_and_time_zone(track, german):
    _, d, flight = track
    for form in ("csv", *READERS):
        here, there_ = export(d, flight, "--format", form), export(d, flight, "--format", form, **german)
        assert here[0] == there_[0] == 0 and here[1] == there_[1], form
    for args in (["sql", "SELECT * FROM telemetry", "--csv"], ["flights"], ["flights", "--json"]):
        args = [ODYSSEY, args[0], "--history", history_of(d), *args[1:]]
        assert run(args, "/") == run(args, "/", **german)


def test_an_exported_file_is_whole_or_not_there(track, place, opened):
    if not SmallDisk.allowed():
        pytest.skip("a small tmpfs can be mounted by root only")
    _, d, flight = track
    disk = SmallDisk(place + "/disk", 64)
    opened.append(disk)
    old = disk.path / "flight.kml"
    old.write_text("what was there before")
    disk.fill()
    for form, path in (("kml", old), ("csv", disk.path / "new.csv"), ("geojson", disk.path / "new.json"),
                       ("gpx", disk.path / "new.gpx")):
        code, _, err = export(d, flight, "--format", form, "--output", path)
        assert code == 1 and str(path) in err and len(err.splitlines()) == 1, err
    assert old.read_text() == "what was there before"
    assert sorted(p.name for p in disk.path.iterdir()) == ["filler", "flight.kml"]


def test_an_exported_file_is_like_any_other(track, place):
    """Readable for whom the umask lets, and in the place of what was there."""
    _, d, flight = track
    path = pathlib.Path(place) / "x.gpx"
    umask = os.umask(0)
    os.umask(umask)
    for _ in range(2):
        assert export(d, flight, "--format", "gpx", "-o", path)[0] == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~umask
    assert len(list(pathlib.Path(place).glob("x.gpx*"))) == 1


def test_a_full_disk_behind_standard_output(track):
    _, d, flight = track
    for form in ("csv", *READERS):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([ODYSSEY, "export", "--history", history_of(d), flight, "--format", form],
                                  stdout=full, stderr=subprocess.PIPE, timeout=20, check=False)
        assert done.returncode == 1 and len(done.stderr.splitlines()) == 1, (form, done.stderr)


CANNOT = [
    (["nothing-20261121T000000"], 1, "nothing-20261121T000000"), ([], 2, "--drone"), (["a", "b"], 2, "one flight"),
    (["--drone", "F01"], 2, "--from"), (["--drone", "F01", "--from", "yesterday"], 2, "yesterday"),
    (["--drone", "F 1", "--from", "1h"], 2, "F 1"), (["--drone", "F01", "--from", "1h", "--to", "2h"], 2, "later"),
    (["--drone", "F99", "--from", "1h"], 1, "F99"), (["x", "--format", "shp"], 2, "shp"),
    (["x'; DROP TABLE flights; --"], 1, "no flight"), (["x", "-o", "/nowhere/x.csv"], 1, ""),
]


def test_what_cannot_be_exported_is_said(track):
    _, d, _ = track
    for args, code, says in CANNOT:
        got, _, err = export(d, *args)
        assert got == code and says in err and len(err.splitlines()) == 1, (args, got, err)


# --- backfill from the history ---

def test_fifteen_minutes_in_pieces(fake, daemon):
    """9,000 samples of a drone at 10 Hz, 2,000 at a time."""
    src = fake()
    start = src.now() - 900000
    for n in range(9000):
        src.sample(seq=n, send=False, time=start + n * 100)
    d = ready(src, daemon(sources=[src]))
    src.sample(seq=9000)
    wait_all_stored(history_of(d), src)
    rows, pieces = backfilled_rows(d, "F01", src.boot, 0, 9000)
    held = src.recorded["F01", src.boot]
    assert rows == [held[n] for n in range(9001)] and pieces >= 5
    # Any part of it, and what is not there.
    with Control(d.control) as c:
        r = c.backfill("F01", src.boot, 4321, 4330)
        assert [s[1] for s in r["samples"]] == list(range(4321, 4331)) and not r["more"]
        assert r["held"] == [[src.boot, 0, 9000]] and r["lost"] == []
        assert c.backfill("F01", src.boot, 9001, 2**32 - 1)["samples"] == []
        r = c.backfill("F01", 1, 0, 10)
        assert r["samples"] == [] and r["held"] == [[src.boot, 0, 9000]]
        assert len(c.backfill("F01", src.boot, 0, 1999)["samples"]) == 2000
        assert c.backfill("F01", src.boot, 0, 1999)["more"] is False
        assert c.backfill("F01", src.boot, 0, 2000)["more"] is True


def test_clients_come_and_go(fake, daemon, watch):
    """Thousands of short connections, as of shell commands in a loop."""
    src = fake()
    d = ready(src, daemon(sources=[src]))
    w = watch(d)
    for _ in range(2500):
        assert d.ask("hello")["ok"]
    n = len(w.messages)
    w.wait(len(w.of("hb")) + 2, "hb")
    assert len(w.messages) > n and d.stop()[0] == 0


def test_many_clients_ask_at_once(fake, daemon, watch):
    """Each gets its own; the feed and commands go on meanwhile."""
    src = fake(drones=["F%02d" % n for n in range(10)])
    for drone in src.drones:
        for n in range(1500):
            src.sample(drone, seq=n, send=False, time=src.now() - 200000 + n * 100)
    d = ready(src, daemon(sources=[src]))
    for drone in src.drones:
        src.sample(drone, seq=1500)
    wait_all_stored(history_of(d), src)
    w, wrong, answered = watch(d), [], []

    def client(number):
        drone = src.drones[number % 10]
        held = src.recorded[drone, src.boot]
        for step in range(5):
            first = (number * 37 + step * 211) % 700
            rows, _ = backfilled_rows(d, drone, src.boot, first, first + 600)
            if rows != [held[n] for n in range(first, first + 601)]:
                wrong.append((drone, first, len(rows)))
            answered.append(number)
    clients = [threading.Thread(target=client, args=(n,)) for n in range(30)]
    for c in clients:
        c.start()
    while any(c.is_alive() for c in clients):
        assert d.command("F01", "hold")[1]["ok"]
        src.sample("F01")
    for c in clients:
        c.join()
    assert wrong == [] and len(answered) == 150
    assert count(history_of(d)) >= 15010 and w.wrong == []
