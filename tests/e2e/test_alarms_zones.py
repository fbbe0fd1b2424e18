"""Alarms of fences and ceilings, from a file of zones and from a drone's own plan."""
import json

import pytest

import protocol
from wire import wait_for

AIR = protocol.ARMED | protocol.IN_AIR | protocol.POSITION | protocol.HOME
HOME = {"home_lat": 471400000, "home_lon": 95200000}
# Around home, 2 km by 2 km; and a tower within, 80 m high.
FIELD = [[9.507, 47.131], [9.533, 47.131], [9.533, 47.149], [9.507, 47.149]]
TOWER = [[9.525, 47.142], [9.527, 47.142], [9.527, 47.144], [9.525, 47.144]]


def plan(*fences):
    def answer(request):
        if request["op"] == "plan":
            return [(0, {"v": 1, "ok": True, "rev": 1, "mission": [], "fence": list(fences), "rally": []})]
        return None
    return answer


def config(tmp_path, **drones):
    def feature(name, kind, ring, ceiling):
        return {"type": "Feature", "properties": {"name": name, "kind": kind, "ceiling": ceiling},
                "geometry": {"type": "Polygon", "coordinates": [ring + ring[:1]]}}
    zones = tmp_path / "field.geojson"
    zones.write_text(json.dumps({"type": "FeatureCollection", "features": [
        feature("Field", "in", FIELD, 120), feature("Tower", "out", TOWER, 80)]}))
    path = tmp_path / "odyssey.conf"
    path.write_text(f"[zone field]\nfile = {zones}\n" + "".join(f"{k} = {v}\n" for k, v in drones.items()))
    return path


@pytest.fixture
def start(fake, daemon, watch, tmp_path):
    def go(*fences, **section):
        src = fake(drones=["F01"])
        src.on_any = plan(*fences)
        d = daemon("--config", config(tmp_path, **section), sources=[src])
        w = watch(d)
        w.wait(1, "hb")
        d.wait_up(src)
        return src, w
    return go


def sample(src, lat=47.14, lon=9.52, height=60, **fields):
    src.sample(lat=round(lat * 1e7), lon=round(lon * 1e7), height=height * 100,
               **{"flags": AIR, "mode": 4, "speed": 0, **HOME, **fields})


def said(w, rule, *states):
    return [m.value for m in w.of("al") if m.value["rule"] == rule and m.value["state"] in states]


def raised(w, rule):
    return said(w, rule, "raised")


def fly_until(src, condition, what, **where):
    """Samples from there until it is so: far from any limit zones are asked once a second."""
    def once():
        sample(src, **where)
        return condition()
    return wait_for(once, what)


def fly_until_raised(src, w, rule, **where):
    count = len(raised(w, rule))
    return fly_until(src, lambda: raised(w, rule)[count:], f"the alarm {rule}", **where)[0]


def fly_a_while(src, **where):
    """Longer than any of the rules waits."""
    start = src.now()
    fly_until(src, lambda: src.now() - start > 2500, "time", **where)


def test_out_of_the_field_over_its_ceiling_and_into_the_tower(start):
    src, w = start()
    alarm = fly_until_raised(src, w, "fence-breach", lat=47.150)
    assert alarm["level"] == "critical" and "past the limit of" in alarm["text"], alarm
    assert "Field" in alarm["text"] and -125 < alarm["value"] < -100
    fly_until(src, lambda: said(w, "fence-breach", "returned", "cleared"), "the end of the breach")
    alarm = fly_until_raised(src, w, "ceiling", height=130)
    assert alarm["text"].startswith("10 m above the ceiling of") and "Field" in alarm["text"], alarm
    fly_until(src, lambda: said(w, "ceiling", "returned", "cleared"), "the end of that")
    alarm = fly_until_raised(src, w, "fence-breach", lat=47.143, lon=9.526)
    assert "Tower" in alarm["text"]


def test_warned_before_the_limit(start):
    src, w = start()
    # 110 m from the northern limit at 12 m/s: nine seconds.
    alarm = fly_until_raised(src, w, "fence-ahead", lat=47.148, speed=1200, course=0)
    assert 8 < alarm["value"] < 10 and not raised(w, "fence-breach"), alarm


def test_over_the_tower_and_along_the_limit_is_silent(start):
    src, w = start()
    fly_a_while(src, lat=47.143, lon=9.526, height=95)
    fly_a_while(src, lat=47.148, speed=1200, course=9000)
    fly_a_while(src, lat=47.1, flags=protocol.POSITION | protocol.HOME)  # on the ground, carried about
    fly_until_raised(src, w, "ceiling", height=130)
    assert not raised(w, "fence-breach") and not raised(w, "fence-ahead")


def test_zones_of_other_drones_are_no_limit(start):
    src, w = start(drones="A* B07")
    fly_a_while(src, lat=47.2)
    fly_until_raised(src, w, "battery-low", lat=47.2, battery=142)
    assert not raised(w, "fence-breach")


def test_the_fence_of_its_own_plan(start):
    src, w = start({"kind": "in", "center": [47.14, 9.52], "radius": 200, "ceiling": 100})
    fly_until(src, lambda: src.asked("plan"), "its plan is asked for")
    alarm = fly_until_raised(src, w, "fence-breach", lat=47.1425)
    assert 60 < -alarm["value"] < 90
    alarm = fly_until_raised(src, w, "ceiling", height=110)
    assert "plan" in alarm["text"], alarm
