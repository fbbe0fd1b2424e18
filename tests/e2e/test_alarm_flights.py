"""The simulator's drones under the daemon's rules: a working day raises nothing, and each fault
that can be ordered raises what it should, under a fixed seed."""
import json
import re

import pytest

from alarm_helpers import config
from wire import wait_for

# Time runs ten times as fast here, which the rule on clocks would rightly say.
FAST = "[alarm clock-skew]\non = no\n"


def raised(w):
    return sorted({(m.value["drone"] or m.value["id"].split(".")[0], m.value["rule"]) for m in w.of("al")
                   if m.value["state"] == "raised"})


@pytest.mark.parametrize("seed", [1, 7])
def test_a_quiet_day_raises_nothing(place, sim, daemon, watch, seed):
    s = sim("--drones", 12, "--seed", seed, "--speedup", 10, "--rate", 5)
    d = daemon("--config", config(place, FAST), sources=[s])
    w = watch(d, holes=True)
    w.wait(12 * 5 * 10 * 30, "tm", timeout=120)  # five minutes of each
    assert any(v.flags & 2 for v in w.samples())
    assert w.of("al") == [], [m.value["text"] for m in w.of("al")]
    assert w.wrong == []


@pytest.mark.parametrize("fault, rule, drone, more", [
    ("nogps=1@D01", "position-lost", "D01", {"satellites", "failsafe", "command-failed"}),
    ("silence=1@D01", "stale", "D01", {"lost"}),
    ("garbage=0.05", "rejects", "sim", set()),
    ("skew=4000", "clock-skew", "sim", set()),
    # The autopilot starts anew in the air: silent for a while, then holding on to what it knows.
    ("crash=0.1@D01", "failsafe", "D01", {"lost", "stale", "command-failed", "position-lost"}),
])
def test_faults(sim, daemon, watch, fault, rule, drone, more):
    s = sim("--drones", 2, "--idle", "--seed", 3, "--fault", fault)
    d = daemon(sources=[s])
    w = watch(d, strict=False)
    d.wait_drone("D01", "D02")
    if drone != "sim":
        wait_for(lambda: d.drone("D01")["tm"], "a sample")
        for name in ("D01", "D02"):
            d.command(name, "arm")
            d.command(name, "takeoff", {"height": 20})
    wait_for(lambda: (drone, rule) in raised(w), "%s of %s, not %s" % (rule, drone, raised(w)), 60)
    assert set(raised(w)) <= {(drone, r) for r in more | {rule}}, [m.value for m in w.of("al")]


def test_beyond_the_fence_and_back(place, sim, daemon, watch):
    """Ahead of it, past it, and over once it is back: one alarm each."""
    with open(place + "/field.geojson", "w", encoding="utf-8") as f:
        json.dump({"type": "FeatureCollection", "features": [{
            "type": "Feature", "properties": {"name": "Field", "kind": "in", "ceiling": 60},
            "geometry": {"type": "Polygon", "coordinates": [[
                [9.510, 47.135], [9.5245, 47.135], [9.5245, 47.147], [9.510, 47.147], [9.510, 47.135]]]}}]},
            f)
    path = config(place, "[zone field]\nfile = %s/field.geojson\n" % place)
    s = sim("--drones", 1, "--idle", "--seed", 3, "--home", "47.1410,9.5209", "--speedup", 2)
    d = daemon("--config", path, sources=[s], ODYSSEY_FLEET_LOST_S="20")
    w = watch(d)
    d.wait_drone("D01")
    home = d.drone("D01")["home"]
    d.command("D01", "arm")
    name, reply = d.command("D01", "takeoff", {"height": 30})
    assert reply["ok"], reply
    w.wait_stage(name, "done", timeout=60)
    name, _ = d.command("D01", "goto", {"lat": home[0], "lon": 9.5262, "height": 30})
    wait_for(lambda: ("D01", "fence-breach") in raised(w), "the breach, not %s" % raised(w), 90)
    rules = [m.value["rule"] for m in w.of("al", "D01") if m.value["state"] == "raised"]
    assert rules == ["fence-ahead", "fence-breach"]
    d.command("D01", "goto", {"lat": home[0], "lon": home[1], "height": 30})
    wait_for(lambda: [m for m in w.of("al", "D01") if m.value["rule"] == "fence-breach" and
                      m.value["state"] == "returned"], "its return", 90)
    d.command("D01", "goto", {"lat": home[0], "lon": home[1], "height": 75})
    wait_for(lambda: ("D01", "ceiling") in raised(w), "the ceiling, not %s" % raised(w), 90)
    assert {r for n, r in raised(w) if n == "D01"} == {"fence-ahead", "fence-breach", "ceiling"}
    said = {m.value["rule"]: m.value["text"] for m in w.of("al", "D01")}
    assert re.search(r"\bField\b", said["fence-breach"]) and "Field" in said["ceiling"]
