"""Zones on another machine: what a daemon enforces is what screens and shells draw and advise by."""
import json
import math

import pytest

import protocol
from alarm_helpers import flying, no_plan
from programs import ODYSSEY, run
from screen_helpers import Terminal
from test_zones import FIELD, TOWER, feature

# Around the drone, some 150 m: all of it on the map as it is at first.
HERE = [[9.519, 47.1395], [9.521, 47.1395], [9.521, 47.1405], [9.519, 47.1405], [9.519, 47.1395]]


def write(place, name, *features, section=""):
    path = "%s/%s.geojson" % (place, name)
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"type": "FeatureCollection", "features": list(features)}, f)
    conf = "%s/%s.conf" % (place, name)
    with open(conf, "w", encoding="utf-8") as f:
        f.write("[zone %s]\nfile = %s\n%s" % (name, path, section))
    return conf


@pytest.fixture
def zoned(place, fake, daemon):
    """A drone, and the daemon that has zones for it."""
    def start(*features, section="", conf=None):
        src = fake()
        src.on_any = no_plan
        d = daemon("--config", conf or write(place, "theirs", *features, section=section), sources=[src])
        d.wait_up(src)
        flying(src)
        d.wait_drone("F01")
        return src, d
    return start


def screen(tmp_path, d, *more, **how):
    return Terminal(tmp_path, "--connect", "%s,%s" % (d.feed, d.control), *more, **how)


def test_what_is_told(zoned):
    src, d = zoned(feature("Valley", "in", FIELD, ceiling=120),
                   feature("Tower", "out", TOWER, ceiling="80 m AGL", **{"from": "2020-05-01"}),
                   section="drones = F* G01\n")
    reply = d.ask("zones")
    assert reply["count"] == 2 and not reply["more"] and len(reply["revision"]) == 16
    valley, tower = reply["zones"]
    assert (valley["section"], valley["name"], valley["kind"]) == ("theirs", "Valley", "in")
    assert valley["drones"] == "F* G01" and valley["ceiling"] == [120, "home"] and "floor" not in valley
    assert {(round(lat, 9), round(lon, 9)) for lat, lon in valley["rings"][0]} == {(lat, lon) for lon, lat in FIELD}
    assert tower["ceiling"] == [80, "AGL"] and tower["times"][0][0] == 1588291200000 and tower["times"][0][1] is None
    # Who has them is sent none.
    same = d.ask("zones", revision=reply["revision"])
    assert same["zones"] == [] and same["count"] == 2 and not same["more"]
    assert len(d.ask("zones", revision="others")["zones"]) == 2
    assert d.ask("zones", from_=1)["zones"] == [tower]
    assert d.ask("zones", from_=2)["zones"] == [] == d.ask("zones", from_=1 << 31)["zones"]
    # The same zones have the same revision in the next run.
    d.stop()
    again = d.again()
    try:
        assert again.ask("zones")["revision"] == reply["revision"]
    finally:
        again.end()


def test_a_hundred_zones_of_five_hundred_points_in_pieces(zoned):
    def circle(n):
        x, y = 9.0 + n % 10 * 0.05, 47 + n // 10 * 0.05
        ring = [[x + 0.02 * math.cos(2 * math.pi * i / 500), y + 0.02 * math.sin(2 * math.pi * i / 500)]
                for i in range(500)]
        return feature("Z%d" % n, "out", ring + ring[:1])
    src, d = zoned(*[circle(n) for n in range(100)])
    got, answers = [], 0
    while True:
        reply = d.ask("zones", from_=len(got))
        assert len(protocol.pack(reply)) < 300000
        got += reply["zones"]
        answers += 1
        if not reply["more"]:
            break
    assert [z["name"] for z in got] == ["Z%d" % n for n in range(100)]
    assert all(len(z["rings"][0]) == 500 for z in got) and answers > 2


def test_a_simulator_has_none(sim):
    reply = sim("--drones", "1").ask("zones")
    assert not reply["ok"] and reply["code"] == "unknown-op"


def test_a_screen_without_zones_draws_the_daemons(zoned, tmp_path):
    src, d = zoned(feature("Meadow", "in", HERE))
    with screen(tmp_path, d) as t:
        t.wait_for("LIVE", "F01", "Meadow")
        # And advises by them: the place is outside.
        t.send(":goto F01 47.2 9.6 60\r")
        t.wait_for("CONFIRM", "Meadow")


def test_the_daemons_zones_win(zoned, tmp_path):
    src, d = zoned(feature("Meadow", "in", HERE))
    own = write(tmp_path, "own", feature("Orchard", "in", HERE))
    with screen(tmp_path, d, "--config", own) as t:
        t.wait_for("LIVE", "F01", "Meadow", "its zones are others than those of the configuration here")
        assert "Orchard" not in t.text()
        # It is attached again: not said twice.
        d.stop()
        t.wait_for("NO LINK")
        t.send("\x1b")
        again = d.again()
        try:
            t.wait_for("LIVE", "Meadow")
            t.read(1)
            assert "its zones are others" not in t.text()
        finally:
            again.end()


def test_the_same_zones_are_not_spoken_of(zoned, tmp_path):
    conf = write(tmp_path, "both", feature("Meadow", "in", HERE))
    src, d = zoned(conf=conf)
    with screen(tmp_path, d, "--config", conf) as t:
        t.wait_for("LIVE", "F01", "Meadow")
        t.read(1)
        assert "configuration here" not in t.text()


@pytest.mark.parametrize("own", [True, False])
def test_a_daemon_that_does_not_know_the_question(fake, tmp_path, own):
    """An older one: the screen's own configuration counts, and that is said."""
    src = fake(kind="daemon")

    def older(request):
        if request["op"] == "zones":
            return [(0, {"v": 1, "ok": False, "code": "unknown-op", "text": "there is no op \"zones\""})]
        return no_plan(request)
    src.on_any = older
    conf = ["--config", write(tmp_path, "own", feature("Orchard", "in", HERE))] if own else []
    with screen(tmp_path, src, *conf) as t:
        flying(src)
        t.wait_for("LIVE", "does not tell the zones it enforces",
                   "those of the configuration here are shown" if own else "none are shown")
        if own:
            t.wait_for("Orchard")


@pytest.mark.parametrize("more", [(), ("--config", "own.conf")])
def test_a_shell_on_another_machine_is_warned(zoned, tmp_path, more):
    src, d = zoned(feature("Valley", "in", HERE))
    # Its own would permit it.
    write(tmp_path, "own", feature("Orchard", "in", [[9, 46], [10, 46], [10, 48], [9, 48], [9, 46]]))
    code, _, err = run([ODYSSEY, "send", "--connect", "%s,%s" % (d.feed, d.control), *more, "F01", "goto", "47.2",
                        "9.6", "60"], tmp_path)
    assert code == 2 and "Valley" in err and "nothing was sent" in err


def test_through_another_daemon(zoned, daemon, fake, tmp_path):
    """What watches the drone is the daemon behind: its zones are told by the one in front."""
    src, behind = zoned(feature("Meadow", "in", HERE))
    front = daemon("--name", "front", sources=[behind], name="front")
    front.wait_up(behind)
    flying(src)
    front.wait_drone("F01")
    assert front.ask("zones") == behind.ask("zones")
    assert front.ask("zones", revision=behind.ask("zones")["revision"])["zones"] == []
    with screen(tmp_path, front) as t:
        t.wait_for("LIVE", "F01", "Meadow")
    # With another one beside it nobody can say whose.
    other = fake(name="other", kind="daemon", drones=("G01",))
    two = daemon("--name", "two", sources=[behind, other], name="two")
    two.wait_up(behind, other)
    reply = two.ask("zones")
    assert reply["code"] == "unavailable" and "several daemons" in reply["text"]
