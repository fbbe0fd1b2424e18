"""Every built-in rule raised once, by a drone or source that gives cause for it; and none
besides. All of them fly at once, for a minute and a bit, since some rules wait that long."""
import json
import math
import pathlib
import sqlite3
import tempfile
import threading
import time

import pytest

import protocol
from fake_source import FakeSource
from programs import Daemon
from wire import Watcher, wait_for

AIR = protocol.ARMED | protocol.IN_AIR | protocol.POSITION | protocol.HOME
GROUND = protocol.POSITION | protocol.HOME
RATE = 5            # samples a second of each drone
SECONDS = 74        # gaps are said after a minute
LAT, LON = 471400000, 95200000
M_LAT, M_LON = 1e7 / 111195, 1e7 / (111195 * math.cos(math.radians(47.14)))
MODE = {name: n for n, name in enumerate(protocol.MODES)}


def once(after, until, fields, otherwise):
    """fields within these seconds, otherwise before and after."""
    return lambda t: fields if after <= t < until else otherwise


def east(m):
    return int(LON + m * M_LON)


def north(m, i):
    return int(LAT + i * 200000 + m * M_LAT)


# drone: (what it says at second t, or None for nothing; the rules that are to be raised)
# Each has a place of its own, 2 km from the next: see place().
DRONES = {
    "quiet": (lambda t: {"mode": MODE["goto"], "speed": 1000, "course": 9000, "lon": east(10 * t)}, []),
    "parked": (lambda t: {"flags": GROUND, "mode": MODE["idle"], "battery": 20}, []),
    "dither": (lambda t: {"battery": 142 if int(t * RATE) % 3 else 152}, []),
    "low": (lambda t: {"battery": 142}, ["battery-low"]),
    "low2": (once(5, 6, {"battery": 142}, {"battery": 200}), ["battery-low"]),
    "critical": (lambda t: {"battery": 60}, ["battery-critical", "battery-low"]),
    # 6 km out, 600 s away, 0.27 % a second of the clock it says: 32 % of what is left.
    "energy": (lambda t: {"battery": int(450 - 200 * t / SECONDS), "speed": 1000, "course": 0,
                          "fast": 5, "lon": east(6000)}, ["return-energy", "return-short"]),
    "high": (lambda t: {"height": 13500}, ["ceiling"]),
    "outside": (lambda t: {"lon": east(700)}, ["fence-breach"]),
    "leaving": (lambda t: {"lon": east(400), "speed": 1200, "course": 9000}, ["fence-ahead"]),
    "near1": (lambda t: {}, ["separation"]),
    "near2": (lambda t: {"beside": 3}, []),
    "pause": (lambda t: None if 10 < t < 16 else {}, ["stale"]),
    "gone": (lambda t: None if t > 10 else {}, ["lost", "stale"]),
    "off": (lambda t: None if t > 10 else {"flags": GROUND, "mode": MODE["idle"]}, ["lost-ground"]),
    "nofix": (lambda t: {"flags": AIR & ~protocol.POSITION, "fix": 0}, ["position-lost"]),
    "sats": (lambda t: {"sats": 4}, ["satellites"]),
    "link": (lambda t: {"link": 10}, ["link-weak"]),
    "failsafe": (lambda t: {"flags": AIR | protocol.FAILSAFE, "mode": MODE["rtl"],
                            "lon": east(-10 * t)}, ["failsafe"]),
    "falling": (lambda t: {"mode": MODE["emergency"]}, ["emergency"]),
    "failed": (lambda t: {}, ["command-failed"]),
    "unknown": (lambda t: {}, ["command-unknown"]),
    "astray": (lambda t: {"mode": MODE["mission"], "waypoint": 1, "waypoints": 1, "speed": 500,
                          "lon": east(5 * t), "astray": 300 if t > 5 else 0}, ["deviation"]),
    "stuck": (lambda t: {"mode": MODE["goto"], "fast": 5}, ["no-progress"]),
    "holes": (lambda t: {}, ["gaps"]),
}
NAMES = list(DRONES)
SUBJECTS = {"fake": ["rejects"], "skewed": ["clock-skew"], "vanished": ["source-lost"],
            "odyssey": ["flood", "history"]}
AROUND = [[9.3, 46.9], [9.9, 46.9], [9.9, 48.1], [9.3, 48.1], [9.3, 46.9]]
TOP = {"type": "FeatureCollection", "features": [
    {"type": "Feature", "properties": {"name": "Top", "kind": "ceiling", "ceiling": 120},
     "geometry": {"type": "Polygon", "coordinates": [AROUND]}}]}


def place(drone):
    """Drones that have to do with each other are at one place."""
    return NAMES.index("near1" if drone == "near2" else drone)


def answer_plan(request):
    if request["op"] == "backfill" and request["drone"] == "holes":
        return [(0, {"v": 1, "ok": True, "samples": [], "more": False, "held": [], "lost": []})]
    if request["op"] != "plan":
        return None
    i = NAMES.index(request["drone"])
    home = [(LAT + i * 200000) / 1e7, LON / 1e7]
    fence, mission = [], []
    if request["drone"] in ("outside", "leaving"):
        fence = [{"kind": "in", "center": home, "radius": 500.0}]
    if request["drone"] == "astray":
        mission = [{"lat": home[0], "lon": home[1] + 0.1, "height": 60.0}]
    return [(0, {"v": 1, "ok": True, "rev": 1, "mission": mission, "fence": fence, "rally": []})]


def answer_command(request):
    return [] if request["drone"] == "unknown" else [(0, {"v": 1, "ok": True, "stage": "accepted"})]


def say(src, start_ms, drone, t):
    fields = DRONES[drone][0](t)
    if fields is None:
        return
    i = place(drone)
    values = {"flags": AIR, "mode": MODE["hold"], "speed": 0, "sats": 17, "hdop": 80, "lat": north(0, i),
              "lon": LON, "home_lat": north(0, i), "home_lon": LON, "battery": 800, "height": 6000,
              "airspeed": None}
    values.update(fields)
    values["lat"] = north(values.pop("beside", 0) + values.pop("astray", 0), i)
    # A clock that runs ahead: what depends on the drone's own time need not be waited for.
    values["time"] = int(start_ms + t * 1000 * values.pop("fast", 1))
    if drone == "holes" and 3 <= t < 3.9:
        src.sample(drone, send=False, **values)
    else:
        src.sample(drone, **values)


@pytest.fixture(scope="module")
def flown():
    """({subject: [rule raised, ...]}, the `al` in their order, the daemon while it runs)."""
    with tempfile.TemporaryDirectory(prefix="ody-") as where:
        sources = [FakeSource(where, drones=NAMES), FakeSource(where, name="skewed", drones=[], skew_ms=5000),
                   FakeSource(where, name="vanished", drones=[])]
        conf, top = where + "/odyssey.conf", where + "/top.geojson"
        with open(top, "w", encoding="utf-8") as f:
            json.dump(TOP, f)
        with open(conf, "w", encoding="utf-8") as f:
            f.write("[zone top]\nfile = %s\n" % top)
        src = sources[0]
        src.on_any, src.on_command = answer_plan, answer_command
        d = Daemon(where, "--config", conf, sources=sources, ODYSSEY_COMMAND_ANSWER_S="1")
        w = Watcher(d.feed, b"al.")
        d.wait_up(*sources)
        start, start_ms, step = time.monotonic(), int(time.time() * 1000), 0
        later = [(4, lambda: d.command("failed", "goto", {"lat": 47.1, "lon": 9.5}, id="c1")),
                 (5, lambda: src.progress({"id": "c1", "drone": "failed", "cmd": "goto", "by": "tester"},
                                          "failed", "no way there")),
                 (6, lambda: d.command("unknown", "hold")),
                 (8, lambda: src.raw(b"tm.low", b"\xc1")),
                 (10, sources[2].vanish),
                 (68, threading.Thread(target=lock_history, args=(d,)).start)]
        while step < SECONDS * RATE:
            t = step / RATE
            while later and later[0][0] <= t:
                later.pop(0)[1]()
            for drone in NAMES:
                say(src, start_ms, drone, t)
            step += 1
            time.sleep(max(0, start + step / RATE - time.monotonic()))
        wait_for(lambda: "flood" in rules(w), "the flood")
        alarms = [m.value for m in w.messages]
        yield alarms, d.ask("alarms"), w.wrong
        w.close()
        d.end()
        for s in sources:
            s.close()


def lock_history(d):
    """Another program holds the day's file for longer than a moment."""
    day = max(pathlib.Path(d.state, "history").glob("*.db"))
    db = sqlite3.connect(day, timeout=10, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    time.sleep(3)
    db.execute("ROLLBACK")
    db.close()


def rules(w):
    return {m.value["rule"] for m in w.messages}


def subject(al):
    return al["drone"] or al["id"].split(".")[0]


@pytest.mark.parametrize("name", NAMES + list(SUBJECTS))
def test_exactly_these(flown, name):
    alarms, _, _ = flown
    want = DRONES[name][1] if name in DRONES else SUBJECTS[name]
    said = [(a["rule"], a["state"], a["text"]) for a in alarms if subject(a) == name]
    assert sorted(r for r, state, _ in said if state == "raised") == want, said


def test_none_besides(flown):
    alarms, reply, wrong = flown
    assert {subject(a) for a in alarms} <= set(NAMES) | set(SUBJECTS)
    assert wrong == []
    assert reply["flood"]
    assert sum(r[2] for r in reply["rules"]) == len([a for a in reply["alarms"] if a["state"] != "cleared"])
    ranks = [("critical", "warning", "watch").index(a["level"]) for a in reply["alarms"]
             if a["state"] != "cleared"]
    assert ranks == sorted(ranks)


def test_texts_say_what_to_do(flown):
    for al in flown[0]:
        assert 10 < len(al["text"]) < 200 and "{" not in al["text"] and "?" not in al["text"].replace(
            "switched off?", ""), al
        assert al["since"] <= al["time"]
