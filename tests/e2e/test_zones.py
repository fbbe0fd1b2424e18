"""Zones in the configuration: what odyssey check says of them, and what odyssey
send says before it sends."""
import json

import pytest
from shell_helpers import IN_AIR, ARMED, POSITION, Source, flying, run

FIELD = [[9.50, 47.10], [9.55, 47.10], [9.55, 47.18], [9.50, 47.18], [9.50, 47.10]]
TOWER = [[9.525, 47.150], [9.527, 47.150], [9.527, 47.152], [9.525, 47.152], [9.525, 47.150]]
CROSSED = [[9.50, 47.10], [9.55, 47.18], [9.55, 47.10], [9.50, 47.18], [9.50, 47.10]]


def feature(name, kind, ring, **more):
    return {"type": "Feature", "properties": {"name": name, "kind": kind, **more},
            "geometry": {"type": "Polygon", "coordinates": [ring]}}


def write_zones(tmp_path, *features, section="", name="field"):
    path = tmp_path / f"{name}.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
    config = tmp_path / "odyssey.conf"
    config.write_text(f"[zone {name}]\nfile = {path}\n{section}")
    return config


FLEET = {"D01": flying, "D02": lambda t: flying(t - 600000)}


@pytest.fixture
def fleet(tmp_path):
    with Source(tmp_path, FLEET) as source:
        yield source


@pytest.fixture
def config(tmp_path):
    return write_zones(tmp_path, feature("Valley", "in", FIELD, ceiling=120),
                       feature("Tower", "out", TOWER, ceiling="80 m AGL"))


def send(tmp_path, source, config, *args):
    return run(tmp_path, "send", "--connect", source.feed, "--config", config, *args)


def test_check_tells_what_was_understood(tmp_path, config):
    out = run(tmp_path, "check", "--config", config, "--state", tmp_path / "s").stdout
    lines = [l for l in out.splitlines() if " zone field: " in l]
    assert lines[0].endswith("field.geojson (GeoJSON): 2 zones, 8 points")
    assert lines[1] == "ok     zone field: Valley: stay in, ground to 120 m above home, 34 km2"
    assert lines[2] == "ok     zone field: Tower: stay out, ground to 80 m AGL, 3.37 ha"
    assert len(lines) == 3


def test_a_plain_ceiling_and_times(tmp_path, fleet):
    path = tmp_path / "odyssey.conf"
    path.write_text("[zone low]\nceiling = 120\n[zone none]\nkind = out\n")
    out = run(tmp_path, "check", "--config", path, "--state", tmp_path / "s").stdout
    assert "ok     zone low: (no name): stay below, 120 m above home, everywhere\n" in out
    assert f"wrong  zone none: {path}:4: [zone none]: names neither a file nor a ceiling" in out
    path.write_text("[zone low]\nceiling = 120\n")
    out = send(tmp_path, fleet, path, "D01", "goto", "48", "11", "150")
    assert out.returncode == 2 and "it is 30 m above the ceiling of zone low" in out.stderr
    config = write_zones(tmp_path, feature("Fair", "out", TOWER, **{"from": "2020-05-01", "to": "2020-05-03"}))
    out = run(tmp_path, "check", "--config", config, "--state", tmp_path / "s").stdout
    assert "Fair: stay out, ground to no limit, 3.37 ha, from 2020-05-01 to 2020-05-03; does not apply now" in out


def test_check_names_what_is_wrong_with_zones(tmp_path):
    cases = [
        ([feature("A", "in", FIELD)], "ceiling = 120 yards\n", "[zone field]: ceiling: \"120 yards\" is no height"),
        ([feature("A", "inside", FIELD)], "", "features[0]: kind must be in, out, ceiling or info"),
        ([feature("A", None, FIELD)], "", "its file does not say whether drones stay in or out"),
        ([feature("A", "ceiling", FIELD)], "", "it is a ceiling without a height"),
        ([feature("A", "in", FIELD)], "floor = 100\nceiling = 50\n",
         "its ceiling, 50 m above home, is below its floor, 100 m above home"),
        ([feature("A", "in", [[9, 47], [9.1, 47.1], [9.2, 47.2], [9, 47]])], "", "no area is left of it"),
    ]
    for features, section, says in cases:
        config = write_zones(tmp_path, *features, section=section)
        out = run(tmp_path, "check", "--config", config, "--state", tmp_path / "s")
        assert out.returncode == 1
        (line,) = [l for l in out.stdout.splitlines() if "zone field" in l]
        assert line.startswith("wrong") and says in line, out.stdout


def test_an_outline_that_crosses_itself_is_mended_and_that_is_said(tmp_path):
    config = write_zones(tmp_path, feature("Bow", "in", CROSSED))
    out = run(tmp_path, "check", "--config", config, "--state", tmp_path / "s").stdout
    lines = [l for l in out.splitlines() if " zone field: " in l]
    assert len([l for l in lines if "Bow: stay in" in l]) == 2
    assert 'its outline is not right (Self-intersection near 47.140000, 9.525000)' in lines[-1]


def test_send_within_the_zones_says_nothing(tmp_path, fleet, config):
    out = send(tmp_path, fleet, config, "D01", "goto", "47.145", "9.52", "60")
    assert (out.returncode, out.stdout, out.stderr) == (0, "D01 goto: accepted\n", "")
    (request,) = fleet.of("command")
    assert "over" not in request and "reason" not in request


def test_send_outside_needs_a_reason(tmp_path, fleet, config):
    words = ["D01", "goto", "47.19", "9.52", "60"]
    out = send(tmp_path, fleet, config, *words)
    assert out.returncode == 2 and fleet.of("command") == []
    assert "D01: critical: the place is outside zone Valley of field\n" in out.stderr
    assert "goto is warned against for D01; nothing was sent" in out.stderr
    assert "--reason TEXT" in out.stderr
    out = send(tmp_path, fleet, config, *words, "--reason", "the farmer was asked")
    assert (out.returncode, out.stdout) == (0, "D01 goto: accepted\n")
    (request,) = fleet.of("command")
    assert request["over"] == "the place is outside zone Valley of field"
    assert request["reason"] == "the farmer was asked"


def test_send_through_a_tower_or_too_high(tmp_path, fleet, config):
    out = send(tmp_path, fleet, config, "D01", "goto", "47.16", "9.532", "60")
    assert out.returncode == 2
    assert "goes through zone Tower of field (ground to 80 m AGL)" in out.stderr
    out = send(tmp_path, fleet, config, "D01", "goto", "47.145", "9.52", "150")
    assert out.returncode == 2
    assert "it is 30 m above the ceiling of zone Valley of field, 120 m above home" in out.stderr


def test_send_over_another_operators_command(tmp_path, fleet, config):
    fleet.commands["c1"] = {"id": "c1", "drone": "D01", "cmd": "mission", "by": "bob@tower",
                            "stage": "active", "time": fleet.now() - 30000, "text": ""}
    out = send(tmp_path, fleet, config, "D01", "goto", "47.145", "9.52", "60")
    assert out.returncode == 2
    assert "D01: warning: mission of bob@tower is in progress (active, 30 s ago)" in out.stderr
    fleet.commands["c1"]["stage"] = "done"
    assert send(tmp_path, fleet, config, "D01", "goto", "47.145", "9.52", "60").returncode == 0


def test_a_lost_drone_needs_a_reason_and_a_drone_on_the_ground_none(tmp_path, config):
    drones = {"D02": FLEET["D02"], "D03": lambda t: flying(t, flags=ARMED | POSITION, height=0, speed=0)}
    with Source(tmp_path, drones) as source:
        out = send(tmp_path, source, config, "D02", "goto", "47.145", "9.52", "60")
        assert out.returncode == 2 and "it is lost: last heard of 10 min ago" in out.stderr
        out = send(tmp_path, source, config, "D03", "goto", "47.145", "9.52", "60")
        assert out.returncode == 0
        assert "D03: warning: it is on the ground; take off first" in out.stderr


def test_nothing_is_asked_before_hold_rtl_and_land(tmp_path, config):
    drones = {"D02": lambda t: flying(t - 600000, lat=480000000, flags=IN_AIR | ARMED | 4)}
    with Source(tmp_path, drones) as source:
        for command in ("hold", "rtl", "land"):
            for whom in ("D02", "*"):
                out = send(tmp_path, source, config, whom, command)
                assert (out.returncode, out.stderr) == (0, ""), command
        assert len(source.of("command")) == 6
        assert source.of("plan") == [] and source.of("commands") == []


def test_a_daemon_does_not_start_without_its_zones(tmp_path):
    config = write_zones(tmp_path, feature("A", None, FIELD))
    out = run(tmp_path, "daemon", "--config", config, "--state", tmp_path / "s",
              "--feed", f"ipc://{tmp_path}/own", "--control", f"ipc://{tmp_path}/own.control")
    assert out.returncode in (1, 2)
    assert "its file does not say whether drones stay in or out" in out.stderr
